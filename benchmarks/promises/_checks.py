"""What no text may do to a page, a file or a terminal, by parsers of each.

Each check says how a text breaks promise 16, held against the tame one: the same page where the
texts from outside are a plain word.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
"""What a terminal could obey, or what hides; line breaks are our own."""
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
INLINE = {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
CALL = re.compile(r'pictures\("(?:index|\d+)",([^<]*)\);')
FILES = ("index.html", "images.html", "flips.html", "compare.md", "../differences.json")
LOADING = ("href", "src", "srcset", "xlink:href", "action", "formaction", "data", "poster")


class Page(HTMLParser):
    """The elements outside of drawings, and every attribute, of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.drawn: set[tuple[str, str]] = set()
        self.inside = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Count the element; matplotlib sets letters one by one, so those are only named."""
        self.inside += tag == "svg"
        self.attributes += [(name, value or "") for name, value in attrs]
        self.drawn |= {(tag, name) for name, _ in attrs} if self.inside else set()
        self.elements[tag] += not self.inside

    def handle_endtag(self, tag: str) -> None:
        """Leave a drawing."""
        self.inside -= tag == "svg"


@lru_cache(maxsize=16)
def tame_page(text: str) -> Page:
    """The same pages are what every payload's are held against."""
    return Page(text)


@lru_cache(maxsize=16)
def tame_tokens(text: str) -> list[Token]:
    """The same for Markdown."""
    return MARKDOWN.parse(text)


def in_html(text: str, tame: str) -> Iterator[str]:
    """A new element, an event, a script, an address that is not the page's own."""
    found, own = Page(text), tame_page(tame)
    if found.elements != own.elements:
        yield f"other elements: {found.elements - own.elements or own.elements - found.elements}"
    if new := {tag for tag, _ in found.drawn} - {tag for tag, _ in own.drawn} - {"tspan"}:
        yield f"new elements in drawings: {new}"
    for name, value in found.attributes:
        if name.startswith("on") or name == "style":
            yield f"attribute {name}={value!a}"
        if name in LOADING and not value.startswith(("#", "data:image/")) and value not in FILES:
            yield f"an address: {name}={value!a}"
    if "script" in found.elements:
        yield "a script"


def in_script(text: str, tame: str) -> Iterator[str]:
    """What breaks a page, but for one script that is the same whatever the texts are."""
    scripts = [re.findall("<script>(.*?)</script>", each, re.DOTALL) for each in (text, tame)]
    if scripts[0] != scripts[1] or len(scripts[0]) != 1:
        yield "another script"
    yield from (fault for fault in in_html(text, tame) if fault != "a script")


def in_data(text: str, tame: str) -> Iterator[str]:
    """Anything but one call a line, whose JSON has our keys, and texts with nothing hidden."""
    found, own = ([CALL.fullmatch(line) for line in each.splitlines()] for each in (text, tame))
    if len(found) != len(own) or not all(found) or not text.isascii():
        yield "more or less than one call a line"
        return
    values = [[json.loads(each[1]) for each in calls if each] for calls in (found, own)]
    shapes = [Counter(keys_of(value)) for value in values]
    if shapes[0].keys() != shapes[1].keys():
        yield f"other keys: {shapes[0].keys() ^ shapes[1].keys()}"
    if hidden := CONTROL.findall("".join(texts_of(values[0]))):
        yield f"hidden: {sorted(set(hidden))!a}"


def keys_of(value: Any) -> Iterator[str]:
    """Every key of a JSON value's objects."""
    if isinstance(value, dict):
        yield from value
    for held in held_in(value):
        yield from keys_of(held)


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for held in held_in(value):
        yield from texts_of(held)


def held_in(value: Any) -> Iterable[Any]:
    """What a list or an object holds."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def in_markdown(text: str, tame: str) -> Iterator[str]:
    """A block that the tame page lacks, or anything but text and code in a line."""
    found, own = MARKDOWN.parse(text), tame_tokens(tame)
    if [token.type for token in found] != [token.type for token in own]:
        more = Counter(t.type for t in found) - Counter(t.type for t in own)
        yield f"other blocks: {dict(more) or 'fewer, or in another order'}"
    inline = {child.type for token in found for child in token.children or ()}
    if new := inline - INLINE:
        yield f"in a line: {new}"


def in_xml(text: str, tame: str) -> Iterator[str]:
    """Other elements or attributes than the tame file's, or no XML at all."""
    try:
        shapes = [
            [(each.tag, *sorted(each.attrib)) for each in ElementTree.fromstring(data).iter()]
            for data in (text, tame)
        ]
    except ElementTree.ParseError as error:
        yield f"no XML: {error}"
        return
    if shapes[0] != shapes[1]:
        yield "other elements"


def in_lines(text: str, tame: str) -> Iterator[str]:
    """A line more or less: each is one command to GitHub."""
    if text.count("\n") != tame.count("\n"):
        yield "other lines"
    yield from in_terminal(text, tame)


def in_terminal(text: str, tame: str) -> Iterator[str]:
    """A character that a terminal obeys, or that hides or turns what follows."""
    if found := CONTROL.findall(text):
        yield f"prints {sorted(set(found))!a}"


CHECKS: dict[str, Callable[[str, str], Iterator[str]]] = {
    "report": in_html,
    "report's Markdown": in_markdown,
    "pictures": in_script,
    "flips": in_script,
    "pictures' data": in_data,
    "comparison": in_html,
    "comparison's Markdown": in_markdown,
    "notebook": in_html,
    "comment": in_markdown,
    "step summary": in_markdown,
    "annotations": in_lines,
    "JUnit": in_xml,
    "terminal": in_terminal,
}
