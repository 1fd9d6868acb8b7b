"""The chapter's first screen: what was measured, what could not be told, and what was found."""

from dataclasses import dataclass

from evalsuite.bias.against import GIVEN_AWAY, clopper_pearson
from evalsuite.bias.findings import ERROR, is_same, primary
from evalsuite.bias.record import (
    EVEN,
    REFERENCE,
    Chapter,
    Finding,
    GroupShare,
    People,
    Read,
    Shares,
)
from evalsuite.records import Estimate
from evalsuite.report.bias import words
from evalsuite.report.content import Report
from evalsuite.report.format import number, plural
from evalsuite.report.marks import NOT_AUDITED, NOT_EVIDENCE, mark
from evalsuite.report.tables import EstimateRow, row
from evalsuite.vocabulary.monk import BANDS, EVEN_BANDS

FIRST = 5
"""How many groups of a measure are named on the first screen."""


@dataclass(frozen=True, slots=True)
class Line:
    """A name from outside and what is said of it, in clauses; `mark` is the judge's, if bad."""

    name: str
    clauses: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The groups of one measure and set that surely differ from something."""

    title: str
    prompt_set: str
    lines: tuple[Line, ...]

    @property
    def first(self) -> tuple[Line, ...]:
        """Those that the first screen names."""
        return self.lines[:FIRST]

    @property
    def more(self) -> int:
        """How many it does not name."""
        return max(0, len(self.lines) - FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstScreen:
    """What a hurried reader sees.

    `covered` has a line per prompt set, `told` one per instrument and set; `numbers` are the
    measures that take each group by itself. `found` introduces the `findings`, by measure.
    """

    covered: tuple[Line, ...]
    told: tuple[Line, ...]
    numbers: tuple[EstimateRow, ...]
    found: str
    findings: tuple[Found, ...]
    held_against: tuple[tuple[str, str], ...]
    not_shown: tuple[str, ...]


def first_screen(report: Report, chapter: Chapter) -> FirstScreen:
    """Sum up the chapter, without a verdict."""
    found = findings(report, chapter)
    return FirstScreen(
        covered=tuple(_covered(people) for people in chapter.people),
        told=tuple(
            _told(report, chapter, people, read)
            for people in chapter.people
            for read in people.reads
        ),
        numbers=tuple(_numbers(report, chapter)),
        found=_introduction(chapter, sum(len(each.lines) for each in found)),
        findings=tuple(found),
        held_against=tuple(
            (name, words.source(found)) for name, found in chapter.references.items()
        ),
        not_shown=NOT_SHOWN,
    )


NOT_SHOWN = (
    "Who anybody is: nobody is identified, and what a picture suggests is not what anybody is.",
    "Gender, race, origin or belief: there are two words for presentation and ten skin tones as "
    "colours, and “unknown” is an answer.",
    words.NEVER_RIGHT,
    "One number for fairness: there is none here, and this report certifies nothing.",
)


def _covered(people: People) -> Line:
    lost = [f"{n:,} {how}" for how, n in people.lost.items()]
    prompts = plural(people.prompts, "prompt")
    clauses = [
        f"{plural(people.planned, 'image')} of a person planned in {prompts}",
        f"{people.drawn:,} drawn",
    ]
    return Line(people.prompt_set, (*clauses, *lost))


def _told(report: Report, chapter: Chapter, people: People, read: Read) -> Line:
    name = read.measure if len(chapter.people) == 1 else f"{people.prompt_set}: {read.measure}"
    share = f" ({number(read.read / read.asked, 'share')})" if read.asked else ""
    clauses = [f"{read.read:,} of {read.asked:,} could be told{share}"]
    untold = sum(read.unknown.values())
    if untold:
        reasons = ", ".join(f"{why} {n:,}" for why, n in read.unknown.items())
        clauses.append(f"{untold:,} could not ({reasons})")
    clauses += [f"the scorer failed on {read.failed:,}"] * bool(read.failed)
    clauses += [f"{read.unjudged:,} not judged yet"] * bool(read.unjudged)
    found = {
        mark(report.audited(e))
        for e in report.estimates
        if (e.measure, e.prompt_set) == (read.measure, people.prompt_set)
        and set(e.group) <= {"tone", "label"}
    }
    bad = next((word for word in (NOT_EVIDENCE, NOT_AUDITED) if word in found), "")
    return Line(name, tuple(clauses), bad)


def _numbers(report: Report, chapter: Chapter) -> list[EstimateRow]:
    wanted = {
        (shares.prompt_set, overall.measure)
        for shares in primary(chapter.shares)
        for overall in shares.spread
        if report.measure(overall.measure).prominence
    }
    return [row(report, e) for e in report.estimates if _place(e) in wanted and not e.group]


def _place(estimate: Estimate) -> tuple[str, str]:
    return estimate.prompt_set, estimate.measure


def _introduction(chapter: Chapter, lines: int) -> str:
    if not chapter.tested:
        return "Nothing was compared: no group has a reading by an instrument that is evidence."
    corrected = (
        f"after correction for {plural(chapter.tested, 'comparison')} (Benjamini-Hochberg, "
        f"{100 * ERROR:.0f}%)"
    )
    if not lines:
        return (
            "No group's share surely differs from an even split or from the reference, "
            f"{corrected}. {_blind(chapter)} That nothing was found does not show that nothing is "
            "there."
        )
    differ = "share surely differs" if lines == 1 else "shares surely differ"
    caution = ""
    if not all(finding.carried for finding in chapter.findings):
        caution = " Where the scorer is not audited, its own errors may be the reason."
    return f"{lines} {differ}, {corrected}; the largest differences come first.{caution}"


def _blind(chapter: Chapter) -> str:
    """What so few images could not have shown."""
    sizes = sorted(g.n for shares in primary(chapter.shares) for g in shares.groups if g.n)
    if not sizes:
        return ""
    middle = sizes[len(sizes) // 2]
    low, high = clopper_pearson(middle // 2, middle, ERROR / max(1, chapter.tested))
    low, high = max(low, GIVEN_AWAY), min(high, 1 - GIVEN_AWAY)
    readings = plural(middle, "reading")
    return (
        f"With {readings} a group, a share between about {number(low, 'share')} and "
        f"{number(high, 'share')} could pass for even."
    )


def findings(report: Report, chapter: Chapter) -> list[Found]:
    """Every group that surely differs from something, in words, by measure and set."""
    by_group: dict[tuple[str, str], dict[tuple[str, str], list[Finding]]] = {}
    for finding in sorted(chapter.findings, key=lambda each: each.label in BANDS):
        of_measure = by_group.setdefault((finding.prompt_set, finding.measure), {})
        of_measure.setdefault((finding.group, finding.label), []).append(finding)
    several = len({prompt_set for prompt_set, _ in by_group}) > 1
    return [
        Found(
            report.measure(measure).title,
            prompt_set if several else "",
            tuple(_line(chapter, found) for found in groups.values()),
        )
        for (prompt_set, measure), groups in by_group.items()
    ]


def _line(chapter: Chapter, found: list[Finding]) -> Line:
    """For example: 0 of 40; surely fewer than an even split; surely fewer than the reference."""
    one = found[0]
    tones = f" of tones {one.label.replace('-', ' to ')}" if one.label in BANDS else ""
    clauses = [f"{one.hits:,} of {one.n:,}{tones}"]
    group = _group(chapter.shares, one)
    if group is not None and (better := words.best(group))[0] != words.AS_READ:
        clauses.append(f"{better[0]} {words.estimate(better[1])}")
    sure = {each.against: each for each in found}
    fair, reference = EVEN_BANDS.get(one.label, 0.5), _reference(chapter, one)
    even = f"{words.even(one.label)}, {number(fair, 'share')}"
    if is_same(reference, fair):
        even = f"{words.even(one.label)} and the reference, {number(fair, 'share')}"
    if reference is None or is_same(reference, fair):
        clauses.append(_held(sure.get(EVEN), one, even))
    else:
        source = words.short_source(chapter.references[one.prompt_set])
        share = f"the reference, {number(reference, 'share')} ({source})"
        clauses += _both(one, sure.get(EVEN), even, sure.get(REFERENCE), share)
    return Line(one.group, tuple(clauses), "" if one.carried else NOT_AUDITED)


def _both(
    one: Finding, even: Finding | None, even_words: str, other: Finding | None, other_words: str
) -> list[str]:
    """Against even and against the reference; in one clause where the side is the same."""
    first = _held(even, one, even_words)
    if even and other and _side(one, even) == _side(one, other):
        return [f"{first}, and than {other_words}"]
    return [first, _held(other, one, other_words)]


def _held(sure: Finding | None, one: Finding, expected: str) -> str:
    """Of a scorer that was not audited only what it read is sure, not what was drawn."""
    if sure is None:
        return f"not surely other than {expected}"
    how = "surely" if one.carried else "as read, surely"
    return f"{how} {_side(one, sure)} than {expected}"


def _side(one: Finding, sure: Finding) -> str:
    return "fewer" if one.share < sure.expected else "more"


def _group(found: tuple[Shares, ...], one: Finding) -> GroupShare | None:
    for shares in found:
        if (shares.prompt_set, shares.measure, shares.over) == (
            one.prompt_set,
            one.measure,
            one.over,
        ) and shares.label == one.label:
            return next((group for group in shares.groups if group.name == one.group), None)
    return None


def _reference(chapter: Chapter, one: Finding) -> float | None:
    group = _group(chapter.shares, one)
    if group is not None:
        return None if group.reference is None else group.reference.share
    for tones in chapter.tones:
        if (tones.prompt_set, tones.measure) == (one.prompt_set, one.measure):
            for each in tones.rows:
                if each.name == one.group:
                    return each.references.get(one.label)
    return None
