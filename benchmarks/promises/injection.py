"""Promise 16: no text from outside becomes anything but text, wherever it is shown.

Three hundred payloads, each in every text field of a run (prompt, tag, group label and value, card,
reason, evidence, summary, failure, box, look, option, label, model, command, manifest, and the
names, titles and units of an outside scorer's measures). The pages are read by parsers: HTML by
`html.parser`, Markdown by markdown-it with CommonMark and GitHub's tables, JUnit by ElementTree.
What a page may hold is what the same page holds where the payload is a plain word.
"""

import contextlib
import io
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import typer
from markdown_it import MarkdownIt

from benchmarks.promises import _hostile
from benchmarks.promises._payloads import payloads
from benchmarks.promises.proof import Proof
from evalsuite.commands import comparing, console, gate, stages
from evalsuite.commands.table import HEAD, tables
from evalsuite.comparison.result import Comparison
from evalsuite.pipeline.stages import Outcome
from evalsuite.report import html, junit, markdown, pictures, verdicts
from evalsuite.report.comparison.page import compose as compose_comparison
from evalsuite.report.format import visible
from evalsuite.report.page import compose
from evalsuite.report.pictures import flips
from evalsuite.report.verdicts import Gated

NUMBER = 16
PROMISE = "No text from outside becomes markup, a link, code or a terminal's command."

TAME = "x"
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


def prove(quick: bool) -> Proof:
    """Every payload in every field, in every kind of output; `quick` takes each 44th."""
    chosen = payloads()[::44] if quick else payloads()
    tame = outputs(TAME)
    counts: Counter[str] = Counter()
    broken: list[str] = []
    for word in chosen:
        counts["payloads"] += 1
        for name, text in outputs(word).items():
            counts["outputs"] += 1
            broken += [f"{name}: {word!a}: {what}" for what in CHECKS[name](text, tame[name])]
        broken += [f"junit: {word!a}: {what}" for what in not_carried(word)]
    return Proof(counts=counts, broken=broken)


def outputs(word: str) -> dict[str, str]:
    """Everything that is written or printed where the texts from outside hold the word."""
    page = compose(_hostile.report(word))
    compared = compose_comparison(_hostile.comparison(word))
    gated = _hostile.gated(word)
    return {
        "report": html.render(page),
        "report's Markdown": markdown.render(page),
        **pictures_of(word),
        "comparison": html.render(compared, "comparison.html.jinja"),
        "comparison's Markdown": markdown.render(compared, "comparison.md.jinja"),
        "notebook": gated._repr_html_(),
        "comment": verdicts.comment(gated),
        "step summary": verdicts.comment(gated, verdicts.SUMMARY_CAP),
        "annotations": "\n".join(verdicts.annotations(gated)),
        "JUnit": junit.render(gated.verdicts, name=gated.run, created=word),
        "terminal": printed(word, gated),
    }


def pictures_of(word: str) -> dict[str, str]:
    """The pages of all pictures and of flips, and their data files, one after another."""
    with tempfile.TemporaryDirectory() as home:
        compared = _hostile.comparison(word)
        pages = {
            "pictures": pictures.write(Path(home, "report"), _hostile.report(word)),
            "flips": flips.FlipGallery(Path(home, "compare"), compared).write(compared, word),
        }
        files = [f for p in pages.values() for f in sorted((p.parent / "pictures").glob("*.js"))]
        told = {name: page.read_text("utf-8") for name, page in pages.items()}
        return {**told, "pictures' data": "".join(file.read_text("utf-8") for file in files)}


def printed(word: str, gated: Gated) -> str:
    """What the commands print about a run, a gate and a comparison, on both streams."""
    data = _hostile.report(word)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        for _, rows in tables(data.estimates, data.measures):
            console.print_table(HEAD, rows)
        with contextlib.suppress(typer.Exit):
            stages._finish(outcome(word), False, again="evalsuite run")
        gate.show(gated, Path("a run"), False)
        comparing._print_text(compared(word))
        console.say(f"evalsuite: {word}: is wrong; mend it")
    return out.getvalue()


def outcome(word: str) -> Outcome:
    """An unfinished run, whose images and scorers failed with the word as the reason."""
    data = _hostile.report(word)
    return Outcome(
        run=cast(Any, SimpleNamespace(work=SimpleNamespace(prompt_sets=data.prompt_sets))),
        folder=Path("a run"),
        planned=24,
        missing_images=1,
        missing_judgements=2,
        estimates=data.estimates,
        measures=data.measures,
        **cast(Any, _hostile.endings(word)),
    )


def compared(word: str) -> Comparison:
    """The comparison as the command has it."""
    data = _hostile.comparison(word)
    return Comparison(
        baseline=data.baseline.name,
        candidates=data.candidates,
        tested=(3, 4),
        measures=data.measures,
        headlines=data.headlines,
        boards=data.boards,
        incomplete=(),
        folder=Path("c"),
        report=Path("c/index.html"),
    )


# What must not be: each check says how a text breaks the promise


def in_html(text: str, tame: str) -> Iterator[str]:
    """A new element, an event, a script, an address that is not the page's own."""
    found, own = Page(text), Page(tame)
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
    found, own = MARKDOWN.parse(text), MARKDOWN.parse(tame)
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


def not_carried(word: str) -> Iterator[str]:
    """Texts that do not come out of the JUnit file as they went in, hidden signs written out."""
    gated = _hostile.gated(word)
    first = replace(gated.verdicts[0], group={"sort" + word: word})
    root = ElementTree.fromstring(junit.render([first], name=word))
    case = next(root.iter("testcase"))
    name = " ".join(visible(f"{first.measure} [sort{word} {word}]").split())
    if case.attrib["name"] != name:
        yield f"name {case.attrib['name']!a}"
    told = next(root.iter("property")).attrib["value"]
    if told != visible(word):
        yield f"run {told!a}"
    if case[0].attrib["message"] != visible(f"{first.word}: {first.reason}"):
        yield f"message {case[0].attrib['message']!a}"
