"""The report as one HTML file that needs no network and runs no code.

Everything that comes from outside goes through one `finalize`: hidden and reordering characters
become visible escapes, and autoescape does the rest. The page's policy forbids whatever it does
not need: its one style sheet is allowed by hash, images only as data: URIs, all else not at all.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.report.format import visible, with_level

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


def render(page: object, template: str = "index.html.jinja") -> str:
    """A page's HTML by its template here; the same page gives the same bytes."""
    from markupsafe import Markup

    # Nothing of the page's own enters the style sheet, and its bytes must stay as hashed.
    style = (HERE / "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template(template)
        .render(page=page, style=Markup(style), policy=policy(style))
    )


@cache
def environment() -> "Environment":
    """Where templates are rendered: whatever comes from outside becomes visible, escaped text.

    One for all pages, so that a template is compiled once.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    def shown(value: object) -> object:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Drawings are our own, parsed and rebuilt by `svg.py` from names that it knows.
    found.filters["drawing"] = Markup
    # A data: URI is our own and longer than `visible` allows for words.
    found.filters["address"] = lambda uri: Markup(escape(uri))
    found.filters["with_level"] = with_level
    found.filters["block"] = lambda text: Markup(escape(block(text)))
    return found


def block(text: str) -> str:
    """Text of several lines with its hidden characters made visible."""
    return "\n".join(visible(line, limit=20_000) for line in text.split("\n"))


def policy(style: str) -> str:
    """The content security policy under which the page shows everything it has."""
    return (
        f"default-src 'none'; img-src data:; style-src '{hashed(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def hashed(text: str) -> str:
    """An inline style sheet or script as a policy names it: by its SHA-256."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"
