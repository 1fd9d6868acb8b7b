"""matplotlib's SVG made fit for the page: no styles, no ids of its own, the page's colours.

The page's policy forbids style attributes and its colours change with the reader's scheme. So
every drawing is made with the stand-in colours below, and this module turns them into classes
that the style sheet gives a meaning, and all other styles into plain attributes.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, LINE, ACCENT, SECOND = "#010101", "#020202", "#030303", "#040404", "#050505"
"""Stand-ins for text, secondary text, rules, the data and what the data is held against."""

CLASSES = {INK: "ink", MUTED: "muted", LINE: "line", ACCENT: "accent", SECOND: "second"}

KEPT = frozenset(
    {
        *("viewBox", "d", "x", "y", "width", "height", "transform", "clip-path", "href", "id"),
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity"),
        *("stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "text-anchor"),
        *("font-size", "class", "points", "cx", "cy", "r"),
    }
)
DROPPED = frozenset({"metadata", "style", "title"})
URL = re.compile(r"url\(#([^)]+)\)")

_KEPT: ContextVar["dict[str, Figure] | None"] = ContextVar("drawings", default=None)


@contextmanager
def drawings() -> Iterator["dict[str, Figure]"]:
    """Every figure that is drawn meanwhile, by its prefix: to be drawn again for paper."""
    found: dict[str, Figure] = {}
    token = _KEPT.set(found)
    try:
        yield found
    finally:
        _KEPT.reset(token)


def to_svg(figure: "Figure", prefix: str, label_id: str) -> str:
    """The figure as an inline <svg> whose ids start with `prefix`; the same bytes every time.

    It is an image to a screen reader, named by the element with the id `label_id`.
    """
    import matplotlib
    from matplotlib.text import Text

    target = io.BytesIO()
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # labels are data: a dollar sign is a dollar sign
    with (
        matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "evalsuite"}),
        warnings.catch_warnings(),
    ):
        # The reader's fonts draw the text: what matplotlib's lack does not matter.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None})
    if (kept := _KEPT.get()) is not None:
        kept[prefix] = figure
    root = ElementTree.fromstring(target.getvalue())
    ids = {name: f"{prefix}-{k}" for k, name in enumerate(_referenced(root))}
    cleaned = _clean(root, ids)
    for size in ("width", "height"):
        cleaned.attrib.pop(size, None)
    cleaned.attrib.update({"role": "img", "aria-labelledby": label_id, "focusable": "false"})
    return ElementTree.tostring(cleaned, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _referenced(root: ElementTree.Element) -> list[str]:
    """The ids that something points at, in order of first mention."""
    found: dict[str, None] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if _local(name) == "href":
                found[value.removeprefix("#")] = None
            elif match := URL.fullmatch(value):
                found[match[1]] = None
    return list(found)


def _clean(element: ElementTree.Element, ids: dict[str, str]) -> ElementTree.Element:
    attributes: dict[str, str] = {}
    classes: list[str] = []
    for name, value in _attributes(element):
        if name in ("fill", "stroke") and value in CLASSES:
            classes.append(f"{name}-{CLASSES[value]}")
        elif name == "href":
            attributes[name] = f"#{ids[value.removeprefix('#')]}"
        elif name == "id":
            attributes |= {name: ids[value]} if value in ids else {}
        elif match := URL.fullmatch(value):
            attributes[name] = f"url(#{ids[match[1]]})"
        elif name in KEPT:
            attributes[name] = value
    if classes:
        attributes["class"] = " ".join(classes)
    result = ElementTree.Element(_local(str(element.tag)), attributes)
    result.text = element.text if result.tag in ("text", "tspan") else None
    for child in element:
        if isinstance(child.tag, str) and _local(child.tag) not in DROPPED:
            result.append(_clean(child, ids))
    return result


def _attributes(element: ElementTree.Element) -> list[tuple[str, str]]:
    """The element's attributes, with those inside `style` spread out."""
    pairs = []
    for name, value in element.attrib.items():
        if _local(name) != "style":
            pairs.append((_local(name), value))
            continue
        for part in value.split(";"):
            key, _, setting = part.partition(":")
            pairs.append((key.strip(), setting.strip().removesuffix("px")))
    return pairs
