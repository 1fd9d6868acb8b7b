"""Two ways of doing one work, run in turn: what each costs, and the interval of their ratio.

What is compared is the process's CPU time unless a program says otherwise: on shared cores the wall
clock says how busy they are. The median ratio comes with the least and the greatest of the pairs,
which for n pairs is an interval of the median at 1 - 2 / 2^n: 96.9 % for six (order statistics).
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

PAIRS = 6
CORES = "two shared cores without a GPU"

T = TypeVar("T")
Clock = Callable[[], float]


def timed(way: Callable[[], T], clock: Clock = time.process_time) -> tuple[T, float]:
    """What it gives, and what it took by the clock, in seconds of the process's CPU time."""
    start = clock()
    return way(), clock() - start


def in_turn(
    name: str,
    ways: Sequence[Callable[[], Any]],
    pairs: int = PAIRS,
    clock: Clock = time.process_time,
    same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b),
) -> list[list[float]]:
    """Seconds of every way by round; raises `AssertionError` where one gives another result."""
    found: list[list[float]] = [[] for _ in ways]
    for _ in range(pairs):
        given = []
        for way, times in zip(ways, found, strict=True):
            result, took = timed(way, clock)
            given.append(result)
            times.append(took)
        assert all(same(given[0], other) for other in given[1:]), f"{name}: results differ"
    return found


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """The quotient of each round."""
    return [a / b for a, b in zip(over, under, strict=True)]


def said(of: Sequence[float], digits: int = 2) -> str:
    """The median with its interval: "5.22 (4.96 to 5.80)"."""
    low, middle, high = (f"{value:.{digits}f}" for value in (min(of), median(of), max(of)))
    return f"{middle} ({low} to {high})"


def verdict(of: Sequence[float], *, least: float | None = None, most: float | None = None) -> str:
    """Whether every round keeps a bar: "met" or "missed"."""
    is_met = (least is None or min(of) >= least) and (most is None or max(of) <= most)
    return "met" if is_met else "missed"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown."""
    return [f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *rows)]


def show(text: str, page: Path | None) -> None:
    """Print a program's page, and write it where it has a place: the same bytes on every system."""
    print(text)
    if page is not None:
        page.write_text(text, encoding="utf-8", newline="\n")
