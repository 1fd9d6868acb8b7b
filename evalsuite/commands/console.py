"""What the commands print: results on stdout, everything else on stderr."""

import codecs
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from evalsuite.files.credentials import conceal
from evalsuite.records import Json

EVERY_SECONDS = 30.0
EVERY_SHARE = 0.1
PIPED_WIDTH = 160
PLAIN = {
    "\u2212": "-",
    "\u2013": "-",
    "\u2026": "...",
    "\u00d7": "x",
    "\u2265": ">=",
}
"""Our own signs, for terminals that cannot show them; other ones become escapes."""
verbosity = 0


def speak(verbose: int, no_progress: bool) -> None:
    """Decide how much libraries may say on stderr; before any of them is imported."""
    global verbosity
    verbosity = verbose
    own, everybody = logging.getLogger("evalsuite"), logging.getLogger()
    if not any(isinstance(handler, Notes) for handler in own.handlers):
        own.addHandler(Notes())
    if verbose == 0:
        warnings.simplefilter("ignore")
        if not everybody.handlers:  # else what a library logs about an error would be a second line
            everybody.addHandler(logging.NullHandler())
        for name in ("TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY", "HF_HUB_VERBOSITY"):
            os.environ.setdefault(name, "error")
    if no_progress or not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


class Notes(logging.Handler):
    """What the package itself logs, one line each on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        say(f"evalsuite: {' '.join(record.getMessage().split())}")


class Output:
    """A standard stream that goes on where its reader has gone or its disk is full.

    What cannot be written is dropped and the first error kept: no command stops, or changes its
    exit code, because nobody reads what it says.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text without its credentials, as long as writing works."""
        self._try(lambda: self.stream.write(conceal(text)))
        return len(text)

    def flush(self) -> None:
        """Flush the stream, as long as writing works."""
        self._try(self.stream.flush)

    def close(self) -> None:
        """Send what is left to nowhere, so that Python's own last flush finds nothing to say."""
        self.flush()
        if self.error is not None:
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self.stream.fileno())
                os.close(nowhere)

    def _try(self, act: Callable[[], object]) -> None:
        if self.error is None:
            try:
                act()
            except OSError as error:
                self.error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def streams() -> Iterator[list[OSError]]:
    """Let stdout and stderr take any text; at its end the list holds what stopped them."""
    codecs.register_error("plainly", _plainly)
    before, lost = (sys.stdout, sys.stderr), list[OSError]()
    outputs = [Output(stream or open(os.devnull, "w")) for stream in before]  # noqa: SIM115
    for output in outputs:
        if reconfigure := getattr(output.stream, "reconfigure", None):
            reconfigure(errors="plainly")
    sys.stdout, sys.stderr = outputs
    try:
        yield lost
    finally:
        for output in outputs:
            output.close()
            lost += [output.error] if output.error else []
        sys.stdout, sys.stderr = before


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    plain = (PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in text)
    return "".join(plain), error.end


def say(text: str) -> None:
    """One line on stderr."""
    print(harmless(text), file=sys.stderr, flush=True)


def tell(text: object = "") -> None:
    """A result in a line, or more, on stdout."""
    print(harmless(str(text)))


def harmless(text: str) -> str:
    """Text as a terminal may have it: what it would obey, or what hides, is written as an escape.

    Models, prompts and plug-ins say what they like; their lines may reach a terminal or a log.
    """
    from evalsuite.report.format import visible

    return "\n".join(visible(line, limit=len(line)) for line in text.split("\n"))


def print_json(value: Json) -> None:
    """One JSON object on stdout, and nothing else there."""
    print(json.dumps(conceal(value), indent=2, sort_keys=True))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout, its lines folded to a terminal's width and never cut where it is piped.

    Nothing in a cell is read as markup.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=any(columns), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Folding would take a secret apart, so it goes before.
        table.add_row(*(Text(harmless(conceal(cell))) for cell in row))
    is_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    Console(width=PIPED_WIDTH if is_piped else None, highlight=False).print(table)


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


def counted(counts: Mapping[str, int]) -> str:
    """'3 ok, 1 refused'."""
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
