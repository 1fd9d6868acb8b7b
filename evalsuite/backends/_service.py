"""A back-end that asks a service: one request an image, several in flight, each with its price."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from evalsuite.backends._caller import RETRIES, Account, Again, Caller, Clock
from evalsuite.backends._replies import short
from evalsuite.records import (
    Drawn,
    InputError,
    Json,
    NoImage,
    Pixels,
    Prompt,
    Request,
    Stopped,
)

Seeds = Literal["honoured", "ignored", "unknown"]

CONCURRENCY = 4
"""Requests in flight where nobody said how many."""

SECONDS = 15.0
"""Assumed time of a request before any was timed, for `--dry-run`."""

PROBE = "a red circle on a white background"


class Api(Protocol):
    """One service's dialect: how it is asked once, and what it says."""

    def describe(self) -> Mapping[str, Json]:
        """All that repeats the images, as a back-end says it."""

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that it cannot be given whole."""

    def ask(self, text: str, seed: int) -> Drawn:
        """One try; raises `Again` where another one may go better.

        Fact `cost_usd` is what the service said, or 0 for what it takes no money for; without it
        the answer is taken to cost the price.
        """

    clock: Clock
    """The caller's clock: for waiting within one try."""

    def check(self) -> None:
        """Raise `InputError` for what keeps it from being asked at all: no key, no package."""


class Service:
    """Keeps to `evalsuite.records.Backend`; the rest is `Api`'s."""

    batch_size = 1

    def __init__(
        self,
        api: Api,
        *,
        dialect: str,
        seeds: Seeds = "unknown",
        price: float | None = None,
        concurrency: int | None = None,
        retries: int | None = None,
        probe: bool | None = None,
    ) -> None:
        self.api, self.dialect, self.seeds, self.price = api, dialect, seeds, price
        self.concurrency = concurrency or CONCURRENCY
        self.caller = Caller(RETRIES if retries is None else retries)
        self.use(self.caller.clock)
        self.seconds = SECONDS
        # Three pictures for nothing are worth the knowledge; bought ones only if asked for.
        self._probe = price == 0 if probe is None else probe

    def use(self, clock: Clock) -> None:
        """Go by this clock, here and in the API."""
        self.caller.clock = self.api.clock = clock

    @property
    def account(self) -> Account:
        """What was spent in this process, and with it by the run's rows."""
        return self.caller.account

    def describe(self) -> Mapping[str, Json]:
        """What the API says of itself, and what it makes of a seed."""
        return {**self.api.describe(), "seeds": self.seeds}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that the service would read otherwise, or not whole."""
        return self.api.problems(prompts)

    def limit(self, max_cost: float, spent: float) -> None:
        """Let nothing be asked that could make the run cost more; `spent` is on record already."""
        if self.price is None:
            raise InputError(
                f"--max-cost {max_cost:g}: nobody knows what an image costs here; say it with "
                "--price"
            )
        self.account.limit, self.account.spent = max_cost, spent

    def halt(self) -> None:
        """Wake all that waits: it ends without an answer."""
        self.caller.clock.halted.set()

    def prepare(self, recorded: Mapping[str, Json] | None) -> None:
        """See to the key, and find out what a seed does, unless the run knows it already."""
        self.api.check()
        known = (recorded or {}).get("seeds")
        if known in ("honoured", "ignored", "unknown"):
            self.seeds = known
        elif self._probe and self.seeds == "unknown":
            self.seeds = self._probed()

    def _probed(self) -> Seeds:
        """Whether one seed gives one picture, and another another; "unknown" where none came."""
        try:
            first, again, other = (self._ask(PROBE, seed).image for seed in (1, 1, 2))
        except Stopped:  # drawing will hear it too, and say it
            return "unknown"
        if any(isinstance(image, NoImage) for image in (first, again, other)):
            return "unknown"
        return "honoured" if _same(first, again) and not _same(first, other) else "ignored"

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage | Drawn]:
        """One answer per request; nothing is raised but `InputError` and `Stopped`."""
        return [self._ask(request.prompt.text, request.seed) for request in requests]

    def _ask(self, text: str, seed: int) -> Drawn:
        def once() -> Drawn:
            try:
                return self.api.ask(text, seed)
            except (Again, InputError, Stopped):
                raise
            except Exception as error:
                # Whatever a service said to break our reading of it: it is not paid for twice.
                return Drawn(NoImage("failed", f"{type(error).__name__}: {short(error)}"), {})

        drawn = self.caller.ask(once, self.price)
        if str(drawn.facts.get("revised_prompt", "")).strip() == text.strip():
            kept = {name: said for name, said in drawn.facts.items() if name != "revised_prompt"}
            return Drawn(drawn.image, kept)
        return drawn


def _same(first: object, second: object) -> bool:
    import numpy as np

    return np.array_equal(np.asarray(first), np.asarray(second))
