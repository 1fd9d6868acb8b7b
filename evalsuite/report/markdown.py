"""The report as Markdown in which nothing from outside can be anything but a code span."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.report.format import visible, with_level
from evalsuite.report.tables import Table

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


def render(page: object, template: str = "report.md.jinja") -> str:
    """A page's Markdown (GitHub's flavour, for its tables); no HTML, no links, no images."""
    text = environment().get_template(template).render(page=page)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def environment() -> "Environment":
    """Where templates are rendered; one for all pages, so that a template is compiled once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=False,  # every value from outside is a code span
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["code"] = code
    found.filters["cell"] = cell
    found.filters["fenced"] = fenced
    found.filters["plain"] = plain
    found.filters["table"] = table
    found.filters["with_level"] = with_level
    return found


def code(text: str) -> str:
    """Text as a code span on one line, with a fence longer than any run of backticks in it."""
    shown = visible(text).strip(" ") or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    r"""Text as a code span in a table, where a bar would end the cell even inside the span.

    A backslash before a bar is written as its escape: renderers disagree on what `\\|` is.
    """
    return re.sub(r"\\(?=\\*\|)", r"\\u005c", code(text)).replace("|", r"\|")


def fenced(text: str) -> str:
    """Lines of text as a code block, with a fence longer than any run of backticks in it."""
    lines = "\n".join(visible(line, limit=20_000) for line in text.split("\n"))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", lines)), default=0))
    return f"{fence}text\n{lines}\n{fence}"


HARMLESS = re.compile(
    r"(?:[A-Za-z0-9 %(),;'+·\N{MINUS SIGN}]|(?<=[0-9])\.(?=[0-9])|(?<=[a-z] )=(?= [0-9]))+"
)
"""Text that no Markdown can take for anything but text: no link, no mention, no emphasis."""


def plain(text: str) -> str:
    """Text as it is where it is harmless, or else as a code span."""
    return text if HARMLESS.fullmatch(text) else code(text)


def table(data: Table) -> str:
    """A table; its labels are code spans, and all else that is not plainly harmless."""
    head = [heading.text for heading in data.head]
    lines = [_line(head), "|" + " --- |" * len(head)]
    return "\n".join(lines + [_line([entry.text for entry in row]) for row in data.rows])


def _line(texts: list[str]) -> str:
    rest = [text if not text or HARMLESS.fullmatch(text) else cell(text) for text in texts[1:]]
    return "| " + " | ".join([cell(texts[0]), *rest]) + " |"
