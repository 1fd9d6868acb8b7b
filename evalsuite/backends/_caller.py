"""Ask a service with manners: bounded tries, its own waiting times, no more money than allowed.

One `Caller` is shared by all threads of a back-end. Whoever was told to wait (`Retry-After`) has
the others wait too, for a service limits the account and not the thread.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from evalsuite.records import Drawn, NoImage, Stopped

RETRIES = 6
"""Tries after the first one where nobody said how many: over a minute of back-off."""

LONGEST_BACK_OFF = 60.0
"""Seconds; the waits before it double from one second on, each drawn from 0 to its end."""

LONGEST_WAIT = 900.0
"""Seconds that a service may ask for; beyond that the run ends, to be taken up again later."""


class Again(Exception):
    """A try that gave nothing and may be repeated, not before `wait` seconds where they are known.

    `cost` is what the try may have cost, in dollars; None where it is the price of an image.
    """

    def __init__(self, reason: str, *, wait: float | None = None, cost: float | None = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.wait, self.cost = reason, wait, cost


class Clock:
    """Time in seconds, and sleep that can be ended; `speed` runs it faster than the world's."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed, self.halted = speed, threading.Event()

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        """Wait; raises `Stopped` once the clock is halted, at once or meanwhile."""
        if self.halted.wait(max(0.0, seconds) / self.speed):
            raise Stopped("interrupted")


class Account:
    """What was spent, what requests in flight may cost, and where it has to end."""

    def __init__(self) -> None:
        self.limit: float | None = None
        self.spent = self._held = 0.0
        self._changed = threading.Condition()

    def hold(self, price: float) -> None:
        """Set `price` aside for a request that is about to be sent.

        Waits where what is set aside for others decides; raises `Stopped` where it cannot be.
        """
        with self._changed:
            while self.limit is not None and self.spent + self._held + price > self.limit + 1e-9:
                if self._held <= 1e-12:
                    raise Stopped(
                        f"one more image could cost more than --max-cost {self.limit:g}: "
                        f"${self.spent:.4f} spent, ${price:.4f} an image"
                    )
                self._changed.wait()
            self._held += price

    def settle(self, price: float, cost: float) -> None:
        """What was set aside was spent, or part of it."""
        with self._changed:
            self._held -= price
            self.spent += cost
            self._changed.notify_all()


@dataclass
class Caller:
    """Sends requests for a back-end; `retries` after the first try of each."""

    retries: int = RETRIES
    clock: Clock = field(default_factory=Clock)
    account: Account = field(default_factory=Account)
    _not_before: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, once: Callable[[], Drawn], price: float | None) -> Drawn:
        """What `once` gives, tried again where it raises `Again`; then a failure, with the reason.

        Facts of the answer are extended by `attempts` and, where `price` is known or the service
        said it, `cost_usd` of all tries. Raises `Stopped`, and whatever else `once` raises.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        costs: list[float] = []
        tried = Retrying(
            stop=stop_after_attempt(1 + self.retries),
            wait=_back_off,
            sleep=self.clock.sleep,
            retry=retry_if_exception_type(Again),
            reraise=True,
        )
        try:
            drawn = tried(self._once, once, price, costs)
        except Again as error:
            drawn = Drawn(NoImage("failed", error.reason), {})
        facts = {name: value for name, value in drawn.facts.items() if name != "cost_usd"}
        facts["attempts"] = tried.statistics.get("attempt_number", 1)
        if price is not None or "cost_usd" in drawn.facts:
            facts["cost_usd"] = round(sum(costs), 6)
        return Drawn(drawn.image, facts)

    def _once(self, once: Callable[[], Drawn], price: float | None, costs: list[float]) -> Drawn:
        held, cost = price or 0.0, 0.0
        self.account.hold(held)
        try:
            self._take_turn()
            drawn = once()
            cost = float(drawn.facts.get("cost_usd", held))
            return drawn
        except Again as error:
            cost = held if error.cost is None else error.cost
            self._postpone(error.wait or 0.0)
            raise
        finally:
            costs.append(cost)
            self.account.settle(held, cost)

    def _take_turn(self) -> None:
        """Wait until nobody's `Retry-After` runs any more."""
        while (left := self._not_before - self.clock.now()) > 0:
            # Not all at one moment: that would be the next burst.
            self.clock.sleep(left + random.uniform(0, min(1.0, left)))

    def _postpone(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            raise Stopped(f"the service asks to wait {seconds / 60:.0f} minutes; go on after that")
        with self._lock:
            self._not_before = max(self._not_before, self.clock.now() + seconds)


def _back_off(state: object) -> float:
    """Seconds before the next try: none besides what the service asked for, or exponential."""
    from tenacity import RetryCallState, wait_random_exponential

    assert isinstance(state, RetryCallState) and state.outcome is not None
    error = state.outcome.exception()
    if isinstance(error, Again) and error.wait is not None:
        return 0.0  # `_take_turn` waits
    return wait_random_exponential(multiplier=1, max=LONGEST_BACK_OFF)(state)
