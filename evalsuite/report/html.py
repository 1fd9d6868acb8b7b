"""The report as one HTML file that needs no network and runs no code.

Everything that comes from outside goes through one `finalize`: hidden and reordering characters
become visible escapes, and autoescape does the rest. The page's policy forbids whatever it does
not need: its one style sheet is allowed by hash, images only as data: URIs, all else not at all.
"""

import base64
import hashlib
from pathlib import Path

from evalsuite.report.format import visible

HERE = Path(__file__).parent


def render(page: object, template: str = "index.html.jinja") -> str:
    """A page's HTML by its template here; the same page gives the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    def shown(value: object) -> object:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    # Nothing of the page's own enters the style sheet, and its bytes must stay as hashed.
    style = (HERE / "report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Drawings are our own, parsed and rebuilt by `svg.py` from names that it knows.
    environment.filters["drawing"] = Markup
    # A data: URI is our own and longer than `visible` allows for words.
    environment.filters["address"] = lambda uri: Markup(escape(uri))
    environment.filters["block"] = lambda text: Markup(escape(block(text)))
    return environment.get_template(template).render(
        page=page, style=Markup(style), policy=policy(style)
    )


def block(text: str) -> str:
    """Text of several lines with its hidden characters made visible."""
    return "\n".join(visible(line, limit=20_000) for line in text.split("\n"))


def policy(style: str) -> str:
    """The content security policy under which the page shows everything it has."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
