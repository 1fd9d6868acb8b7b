"""What the commands print: results on stdout, everything else on stderr."""

import codecs
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from evalsuite.files.credentials import conceal
from evalsuite.records import Json

PIPED_WIDTH = 160
PLAIN = {
    "\u2212": "-",
    "\u2013": "-",
    "\u2026": "...",
    "\u00d7": "x",
    "\u2265": ">=",
}
"""Our own signs, for terminals that cannot show them; other ones become escapes."""
BETWEEN_WORDS, IN_NAMES = r"\s+", r"(?<=[-._/])(?=[^\W\d])"
"""Where a table's lines may break: in names after a hyphen or point, but never within a number."""

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

    # Folding would take a secret apart, so it goes before.
    body = [[harmless(conceal(cell)) for cell in row] for row in rows]
    is_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    console = Console(width=PIPED_WIDTH if is_piped else None, highlight=False)
    table = Table(box=None, pad_edge=False, show_header=any(columns), header_style="bold")
    folded, widths = _fitted([list(columns), *body], console.width)
    for column, width in zip(folded[0], widths, strict=True):
        table.add_column(column, overflow="fold", width=width)
    for row in folded[1:]:
        table.add_row(*map(Text, row))
    console.print(table)


def _fitted(rows: list[list[str]], room: int) -> tuple[list[list[str]], Sequence[int | None]]:
    """The cells, and how wide to make their columns, so that lines break where a reader would.

    `room` is the terminal's; two signs of it stand between columns. Lines break between words, or
    where that is too wide, after the points and hyphens of names too. The longest part sets how
    narrow a column can be; what is left goes to the columns whose text takes the most lines. Where
    nothing helps, the widths are None: whoever draws the table may break anywhere.
    """
    wanted = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for gap in (BETWEEN_WORDS, rf"{BETWEEN_WORDS}|{IN_NAMES}"):
        widths = [
            max(len(part) for cell in column for part in re.split(gap, cell))
            for column in zip(*rows, strict=True)
        ]
        left = room - 2 * (len(widths) - 1) - sum(widths)
        if left >= 0:
            break
    else:
        return rows, [None] * len(wanted)
    while left and (short := [at for at, width in enumerate(widths) if width < wanted[at]]):
        widths[max(short, key=lambda at: wanted[at] / max(1, widths[at]))] += 1
        left -= 1
    return [[_folded(*pair) for pair in zip(row, widths, strict=True)] for row in rows], widths


def _folded(cell: str, width: int) -> str:
    """The cell with its longer words broken after points and hyphens, into lines of that width."""

    def fold(word: "re.Match[str]") -> str:
        lines = [""]
        for part in re.split(IN_NAMES, word[0]):
            if lines[-1] and len(lines[-1] + part) > width:
                lines.append("")
            lines[-1] += part
        return "\n".join(lines)

    return re.sub(rf"\S{{{width + 1},}}", fold, cell)


def counted(counts: Mapping[str, int]) -> str:
    """'3 ok, 1 refused'."""
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
