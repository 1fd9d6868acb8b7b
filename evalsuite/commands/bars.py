"""How far a run is: bars on a terminal or in a notebook, lines in a log."""

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evalsuite.commands.console import say

EVERY_SECONDS = 30.0
EVERY_SHARE = 0.1


@contextmanager
def progress(shown: bool) -> Iterator[Any]:
    """A function of (stage, done, total) that shows how far a run is, on stderr.

    Of all workers together. Bars in a notebook, bars with rate and time left on a terminal;
    elsewhere a line each tenth or each half minute, which a log can keep; nothing where `shown` is
    false.
    """
    if not shown:
        yield None
    elif in_notebook():
        with notebook_bars() as tell:
            yield tell
    elif sys.stderr.isatty():
        with _bars() as tell:
            yield tell
    else:
        yield Lines()


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    interactive = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return interactive is not None and "IPKernelApp" in interactive.config


@contextmanager
def notebook_bars() -> Iterator[Any]:
    """One bar per stage: a widget where ipywidgets is installed, else a line of text.

    rich draws nothing in a notebook without ipywidgets, so it is not used here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm asks to install ipywidgets, and goes on without
        from tqdm.auto import tqdm
    bars: dict[str, Any] = {}

    def tell(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            close()  # a bar above another needs a cursor that moves up, which a notebook has not
            bars[stage] = tqdm(desc=stage, initial=done, total=total)
        bars[stage].update(done - bars[stage].n)

    def close() -> None:
        for bar in bars.values():
            bar.close()

    try:
        yield tell
    finally:
        close()


class Lines:
    """Tells progress in lines, few enough for a log."""

    def __init__(self, clock: Any = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._began = self._last = 0.0
        self._first = self._told = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say so where a tenth of the cells or half a minute has passed, and at the end."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._last = stage, now, now
            self._first = self._told = done
            if done < total:
                say(f"{stage}: {done}/{total}")
            return
        far = done - self._told >= EVERY_SHARE * total or now - self._last >= EVERY_SECONDS
        if done > self._told and (far or done == total):
            each = (now - self._began) / (done - self._first)
            left = f", {rate(each)}, {clock(each * (total - done))} left" if done < total else ""
            say(f"{stage}: {done}/{total}{left}")
            self._told, self._last = done, now


def rate(seconds: float | None) -> str:
    """'2.5/s' where each takes 0.4 seconds, '0.050/s' for 20, "" where nobody knows."""
    if not seconds:
        return ""
    digits = sum(seconds > limit for limit in (0.1, 1, 10))
    return f"{1 / seconds:.{digits}f}/s"


def clock(seconds: float) -> str:
    """'2:05', or '1:02:05' from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def _bars() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(rate(1 / task.speed if task.speed else None))

    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total, completed=done)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell
