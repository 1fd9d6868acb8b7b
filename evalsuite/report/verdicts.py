"""The gate's verdicts as Markdown, for a comment or a step summary, and as annotations.

GitHub cuts a comment at 64 KB and drops a summary of over 1 MiB: what does not fit is left out
here, the least important last, and the text says how much that was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.records import Flip, Verdict, Word
from evalsuite.report.format import difference_unit, interval, number, plural, short, visible
from evalsuite.report.markdown import code, table
from evalsuite.report.marks import NOT_AUDITED
from evalsuite.report.notebook import Result, group_words
from evalsuite.report.tables import NOTHING, Table, cells

if TYPE_CHECKING:
    import pandas as pd

COMMENT_CAP = 64_000
"""Bytes: GitHub takes 65,536 characters, and a bot may put a line of its own before."""

SUMMARY_CAP = 1024 * 1024
"""Bytes of one step's summary."""

ANNOTATIONS = 10
"""Of each kind: GitHub shows no more of one step."""

_ROOM_FOR_NOTE = 300
_ORDER: dict[Word, int] = {"fail": 0, "undecided": 1, "pass": 2}
_NAME = 120
_TEXT = 200
_REASON = 600


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gated(Result):
    """All that is said of one gate: its word, its verdicts, and the flips behind them.

    `level` is that of the intervals shown, which are the ones that decided; `complete` is the
    run's; `note` is a remark of the gate's own, in harmless words. `commit` is the one that CI
    tests, or that the run's code had; `folder` is the run's.
    """

    word: Word
    run: str
    baseline: str
    policy: str
    alpha: float
    level: float
    verdicts: Sequence[Verdict]
    complete: bool = True
    flips: Sequence[Flip] = ()
    note: str = ""
    commit: str = ""
    folder: Path = Path()

    @property
    def passed(self) -> bool:
        """Whether a build may go on: the word is "pass", and nothing is missing in the run."""
        return self.word == "pass" and self.complete

    def to_pandas(self) -> "pd.DataFrame":
        """One row per verdict, with the difference that it is about; `group` is "" for all."""
        import pandas as pd

        return pd.DataFrame([_flat(verdict) for verdict in self.verdicts])

    def line(self) -> str:
        """The word, and of what."""
        lacking = "" if self.complete else " (the run is incomplete)"
        note = f"; {self.note}" if self.note else ""
        return f"gate: {self.word}{lacking}: {self.run} against {self.baseline}{note}"

    def tables(self) -> Sequence[Table]:
        """The verdicts."""
        return [Table("", cells(*HEAD), tuple(cells(*row(verdict)) for verdict in self.verdicts))]


def comment(gated: Gated, cap: int = COMMENT_CAP) -> str:
    """Markdown of at most `cap` bytes in which text from outside is only ever a code span."""
    lines = [f"## Gate: {gated.word}", "", *_head(gated), ""]
    room = cap - _ROOM_FOR_NOTE - _size(lines)
    cut: dict[str, int] = {}
    for noun, block in _blocks(gated):
        head, rows = block
        if room < _size(head) + (_size(rows[:1])):
            cut[noun] = cut.get(noun, 0) + len(rows)
            continue
        room -= _size(head)
        lines += head
        for place, row in enumerate(rows):
            if room < _size([row, ""]):
                cut[noun] = cut.get(noun, 0) + len(rows) - place
                break
            lines.append(row)
            room -= _size([row])
        lines.append("")
        room -= 1
    if cut:
        words = " and ".join(plural(count, noun) for noun, count in cut.items())
        lines += [f"Cut for length: {words} more. The JUnit file has every verdict.", ""]
    return "\n".join(lines)


def annotations(gated: Gated) -> list[str]:
    """GitHub's workflow commands: an error for what blocks and did not pass, else a warning.

    At most `ANNOTATIONS` of each kind, the last one saying how many are left out.
    """
    lines: dict[str, list[str]] = {"error": [], "warning": []}
    for verdict in _sorted(gated.verdicts):
        if verdict.word != "pass" and verdict.tier != "watch":
            kind = "error" if verdict.tier == "block" else "warning"
            title = _property(f"{verdict.measure} of {verdict.prompt_set}: {verdict.word}")
            lines[kind].append(f"::{kind} title={title}::{_data(verdict.reason)}")
    for kind, found in lines.items():
        if (more := len(found) - ANNOTATIONS + 1) > 1:
            lines[kind] = [*found[: ANNOTATIONS - 1], f"::{kind} title=gate::and {more} more"]
    return lines["error"] + lines["warning"]


def _flat(verdict: Verdict) -> dict[str, Any]:
    found = verdict.difference
    return {
        "word": verdict.word,
        "tier": verdict.tier,
        "prompt_set": verdict.prompt_set,
        "measure": verdict.measure,
        "group": group_words(verdict.group),
        "baseline": found.baseline.value if found else None,
        "candidate": found.candidate.value if found else None,
        "value": found.value if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "margin": verdict.margin,
        "unit": verdict.unit,
        "judge": verdict.judge,
        "p": verdict.p,
        "reason": verdict.reason,
    }


def row(verdict: Verdict) -> tuple[str, ...]:
    """A verdict as the cells of a table, as `HEAD` names them; nothing in it is escaped."""
    found = verdict.difference
    signed = difference_unit(verdict.unit)
    group = ", ".join(f"{name} {value}" for name, value in verdict.group.items())
    return (
        verdict.word,
        verdict.tier,
        short(f"{verdict.measure} ({group})" if group else verdict.measure, _NAME),
        short(verdict.prompt_set, _NAME),
        number(found.baseline.value, verdict.unit) if found else NOTHING,
        number(found.candidate.value, verdict.unit) if found else NOTHING,
        number(found.value, signed) if found else NOTHING,
        interval(found.low, found.high, signed) if found and found.low is not None else NOTHING,
        number(verdict.margin, signed).lstrip("+"),
        verdict.judge or NOT_AUDITED,
        short(verdict.reason, _REASON),
    )


def in_short(verdict: Verdict) -> tuple[str, ...]:
    """The same for a terminal, as `SHORT` names the cells: fewer columns, and no reason."""
    word, tier, measure, where, before, after, value, ends, margin, judge, _ = row(verdict)
    value += f" ({ends})" * (ends != NOTHING)
    return word, tier, f"{measure} {where}", before, after, value, margin, judge


def measured(verdict: Verdict) -> str:
    """'blocks; 50.0%, then 75.0%: +25.0 points (+5.0 to +45.0 points); margin 10.0 points; ...'."""
    _, _, _, before, after, difference, margin, judge = in_short(verdict)
    tier = {"block": "blocks", "warn": "warns", "watch": "is watched"}[verdict.tier]
    found = "" if verdict.difference is None else f" {before}, then {after}: {difference};"
    return f"{tier};{found} margin {margin}; judge, audited: {judge}"


SHORT = (
    *("verdict", "tier", "measure and set", "baseline", "run", "difference, interval"),
    *("margin", "judge, audited"),
)
HEAD = (
    *("verdict", "tier", "measure", "prompt set", "baseline", "run", "difference"),
    *("interval", "margin", "judge, audited", "reason"),
)


def counted(gated: Gated) -> str:
    """How many of the blocking measures passed, in a sentence."""
    blocking = [verdict.word for verdict in gated.verdicts if verdict.tier == "block"]
    counts = [f"{blocking.count(word)} {word}" for word in _ORDER]
    return f"{plural(len(blocking), 'blocking measure')}: {', '.join(counts)}."


def _head(gated: Gated) -> Iterator[str]:
    yield counted(gated)
    yield ""
    yield f"- run: {code(short(gated.run, _NAME))}"
    yield f"- baseline: {code(short(gated.baseline, _NAME))}"
    yield f"- policy: {code(short(gated.policy, _NAME))}, alpha {gated.alpha:g}"
    yield f"- intervals: {100 * gated.level:g} %, the level that decides"
    if gated.commit:
        yield f"- commit: {code(short(gated.commit, _NAME))}"
    if gated.note:
        yield f"- {gated.note}"


def _blocks(gated: Gated) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """What to say, most important first: (what its lines are, (heading, lines))."""
    ordered = _sorted(gated.verdicts)
    for title, tiers in (("What blocks", ("block",)), ("What does not", ("warn", "watch"))):
        shown = [verdict for verdict in ordered if verdict.tier in tiers]
        if shown:
            drawn = table(Table("", cells(*HEAD), tuple(cells(*row(verdict)) for verdict in shown)))
            _, rule, *rows = drawn.split("\n")
            yield "verdict", ([f"### {title}", "", f"| {' | '.join(HEAD)} |", rule], rows)
        if tiers == ("block",):
            yield from _flips(gated)


def _flips(gated: Gated) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """The flips of each measure: those of measures that did not pass come first."""
    for measure, prompt_set in dict.fromkeys(
        (v.measure, v.prompt_set) for v in _sorted(gated.verdicts) if v.tier == "block"
    ):
        place = measure, prompt_set
        found = [flip for flip in gated.flips if (flip.measure, flip.key.prompt_set) == place]
        if not found:
            continue
        lost = sum(flip.lost for flip in found)
        name = f"{code(short(measure, _NAME))} of {code(short(prompt_set, _NAME))}"
        head = [f"### Flips of {name}: {lost} lost, {len(found) - lost} gained", ""]
        rows = [_flip(flip) for flip in sorted(found, key=lambda flip: not flip.lost)]
        yield "flip", (head, rows)


def _flip(flip: Flip) -> str:
    prompt = code(short(flip.key.prompt_id, _NAME))
    ending = "lost" if flip.lost else "gained"
    return f"- {ending}: {prompt}, image {flip.key.index}: {code(short(flip.prompt, _TEXT))}"


def _sorted(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that did not pass first, and the surest among them; else in the policy's order."""
    return sorted(verdicts, key=lambda v: (_ORDER[v.word], 1.0 if v.p is None else v.p))


def _size(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _data(text: str) -> str:
    """A workflow command's message as GitHub's runner unescapes it."""
    shown = visible(text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
