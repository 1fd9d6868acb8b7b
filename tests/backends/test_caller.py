"""Tries, waits and money of requests to a service."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalsuite.backends._caller import Again, Caller, Clock
from evalsuite.records import Drawn, NoImage, Stopped

DRAWN = Drawn(NoImage("refused", "no"), {})


class Told:
    """A clock that waits for nobody and remembers what it was asked."""

    def __init__(self):
        self.time, self.slept = 100.0, []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


def failing(*errors, then=DRAWN):
    left = list(errors)

    def once():
        if left:
            raise left.pop(0)
        return then

    return once


def test_a_try_that_gave_nothing_is_repeated_and_counted():
    caller = Caller(retries=3, clock=Told())
    drawn = caller.ask(failing(Again("HTTP 500"), Again("HTTP 503")), None)
    assert drawn.image is DRAWN.image and drawn.facts == {"attempts": 3}
    first, second = caller.clock.slept
    assert 0 <= first <= 1 and 0 <= second <= 2


def test_after_the_last_try_it_has_failed_with_the_reason():
    caller = Caller(retries=2, clock=Told())
    drawn = caller.ask(failing(*[Again(f"HTTP 50{n}") for n in range(9)]), 0.5)
    assert drawn.image == NoImage("failed", "HTTP 502")
    assert drawn.facts == {"attempts": 3, "cost_usd": 0.0}


def test_the_tries_that_may_have_cost_something_are_in_the_sum():
    caller = Caller(retries=2, clock=Told())
    paid = Drawn(NoImage("refused", "no"), {"cost_usd": 0.03, "usage": {"tokens": 1}})
    drawn = caller.ask(failing(Again("hang", cost=None), Again("429"), then=paid), 0.5)
    assert drawn.facts == {"attempts": 3, "cost_usd": 0.53, "usage": {"tokens": 1}}
    assert caller.account.spent == pytest.approx(0.53)


def test_retry_after_is_kept_and_holds_for_everybody():
    caller = Caller(retries=1, clock=Told())
    caller.ask(failing(Again("HTTP 429", wait=30.0)), None)
    asked, waited = caller.clock.slept  # tenacity's own wait, of nothing; then its turn
    assert asked == 0 and 30 <= waited <= 31
    with pytest.raises(AssertionError):
        caller.ask(failing(Again("HTTP 429", wait=30.0), AssertionError()), None)
    caller.clock.time -= 30  # as if another thread came meanwhile
    before = len(caller.clock.slept)
    caller.ask(failing(), None)
    assert sum(caller.clock.slept[before:]) >= 29


def test_a_wait_of_hours_ends_the_run_and_fails_nothing():
    with pytest.raises(Stopped, match="asks to wait 120 minutes"):
        Caller(clock=Told()).ask(failing(Again("HTTP 429", wait=7200.0)), None)


def test_real_seconds_are_waited():
    caller = Caller(retries=1)
    began = time.monotonic()
    caller.ask(failing(Again("HTTP 429", wait=0.3)), None)
    assert 0.3 <= time.monotonic() - began < 5


def test_a_halt_wakes_what_waits():
    caller = Caller(retries=1, clock=Clock())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(caller.ask, failing(Again("HTTP 429", wait=60.0)), None)
        caller.clock.halted.set()
        with pytest.raises(Stopped, match="interrupted"):
            waiting.result(timeout=5)


def test_money_is_held_while_it_may_be_spent():
    caller = Caller(clock=Told())
    caller.account.limit = 0.10
    inside, let_go = threading.Semaphore(0), threading.Event()

    def once():
        inside.release()
        assert let_go.wait(5)
        return Drawn(NoImage("refused", "no"), {"cost_usd": 0.0})

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(caller.ask, once, 0.04) for _ in range(3)]
        assert inside.acquire(timeout=5) and inside.acquire(timeout=5)
        assert not inside.acquire(timeout=0.1)  # a third would be 0.12
        let_go.set()
        assert all(each.result(5).facts["cost_usd"] == 0 for each in asked)
    caller.account.spent = 0.07
    with pytest.raises(Stopped, match=r"more than --max-cost 0\.1: \$0\.0700 spent"):
        caller.ask(failing(), 0.04)


def test_an_error_of_another_kind_is_not_tried_again():
    caller = Caller(clock=Told())
    caller.account.limit = 1.0
    with pytest.raises(KeyError):
        caller.ask(failing(KeyError("x")), 0.5)
    assert caller.clock.slept == [] and caller.account.spent == 0
