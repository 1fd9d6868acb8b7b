"""A gate's verdict on the run's own page, where a reader looks, and as Markdown beside it."""

from pathlib import Path

from evalsuite.files.atomic import naming, write_text
from evalsuite.report import html
from evalsuite.report.verdicts import Gated, comment, counted, measured

PLACES = ("gate in a line", "gate")
"""What the comments around the page's top line and its part about other versions say.

No text from outside can hold such a comment unescaped.
"""


def write(gated: Gated) -> None:
    """Write `report/gate.md`, and put the verdict into `report/index.html` where there is one.

    A report that is written anew has no verdict (`withdraw`): its rows may be others.
    """
    page = gated.folder / "report" / "index.html"
    write_text(page.with_name("gate.md"), comment(gated))
    if not page.is_file():
        return
    text = page.read_text("utf-8")
    for place, said in zip(PLACES, (line(gated), section(gated)), strict=True):
        text = _put(text, place, said)
    write_text(page, text)


def _put(text: str, place: str, said: str) -> str:
    before, begin, rest = text.partition(f"<!-- {place} -->\n")
    _, end, after = rest.partition(f"<!-- end of {place} -->\n")
    return before + begin + said + end + after if begin and end else text


def withdraw(folder: Path) -> None:
    """Remove what a gate wrote beside the page of the run in `folder`, which is written anew."""
    for name in ("gate.md", "junit.xml"):
        path = folder / "report" / name
        with naming(path):
            path.unlink(missing_ok=True)


def line(gated: Gated) -> str:
    """The verdict at the top of the page, where nobody has to look for it."""
    return html.environment().get_template("gate-line.html.jinja").render(gate=gated)


def section(gated: Gated) -> str:
    """The part of the page, as its template has it."""
    verdicts = [(verdict, measured(verdict)) for verdict in gated.verdicts]
    is_open = [(v, said) for v, said in verdicts if v.tier == "block" and v.word != "pass"]
    return (
        html.environment()
        .get_template("gate.html.jinja")
        .render(
            gate=gated,
            summary=counted(gated),
            open=is_open,
            verdicts=verdicts,
            level=f"{100 * gated.level:g} %",
        )
    )
