"""Promise 16: no text from outside becomes anything but text, wherever it is shown.

Three hundred payloads, each in every text field of a run (prompt, tag, group label and value, card,
reason, evidence, summary, failure, box, look, option, label, model, command, manifest, and the
names, titles and units of an outside scorer's measures). The pages are read by parsers: HTML by
`html.parser`, Markdown by markdown-it with CommonMark and GitHub's tables, JUnit by ElementTree.
What a page may hold is what the same page holds where the payload is a plain word.
"""

import contextlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import typer

from benchmarks.promises import _hostile
from benchmarks.promises._checks import CHECKS
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
