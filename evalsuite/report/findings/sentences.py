"""One sentence per headline, by its measure's kind: the claim, its figures, and where it breaks.

A new kind of sentence is a function here and a row of `CLAIMS`; a kind without one is told by its
measure's title and value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evalsuite.records import Estimate, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.figures.record import Subject
from evalsuite.report.figures.twins import FORM
from evalsuite.report.findings.groups import by_group, wholly
from evalsuite.report.findings.words import Said, Sentence, pictures
from evalsuite.report.format import number, with_level
from evalsuite.report.tables import NOTHING, EstimateRow, Estimates, row


@dataclass(frozen=True, slots=True)
class Finding:
    """What a headline says: the `claim`, its `figures`, and what `groups` of prompts add."""

    claim: Sentence
    figures: Sentence
    groups: Sentence
    row: EstimateRow


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline with a value, and all that a sentence of it may need."""

    subject: Subject
    estimate: Estimate
    value: float
    row: EstimateRow

    def told(self, how_often: str) -> Sentence:
        """What the model does where a picture is right, or else the title, and how often."""
        words = self.subject.measure.says or f"{self.row.title}:"
        of = self.row.group or self._topic()
        claim = (Said(words[0].upper() + words[1:], is_ours=False), Said(f" {how_often}"))
        return (*claim, Said(" ("), Said(of, is_ours=False), Said(")")) if of else claim

    def _topic(self) -> str:
        """What the set is about, where another set has the same claim; else ""."""
        name, here = self.subject.measure.name, self.subject.prompt_set
        others = {e.prompt_set for e in self.subject.report.estimates if e.measure == name}
        return here.card.get("topic", "") if others - {here.name} else ""


def finding(
    report: Report, prompt_set: PromptSet, estimates: Estimates, estimate: Estimate
) -> Finding:
    """A headline's estimate as a sentence."""
    measure = report.measure(estimate.measure)
    words = row(report, estimate)
    subject = Subject(report, prompt_set, estimates, measure, "")
    if estimate.value is None:
        group = f", {words.group}" if words.group else ""
        claim: Sentence = (
            Said(f"{words.title}{group}", is_ours=False),
            Said(f": {words.value}"),
        )
        return Finding(claim, (), (), words)
    headline = Headline(subject, estimate, estimate.value, words)
    claim = CLAIMS.get(measure.kind, _plainly)(headline)
    add = ADDED.get(measure.kind)
    groups = add(subject) if add is not None and not estimate.group else ()
    return Finding(claim, _figures(words), groups, words)


def _figures(words: EstimateRow) -> Sentence:
    """For example: 91.1%, 95% interval 86.7 to 94.2%; on 192 of 192 (100%) images."""
    said = f", {with_level(words.interval)}"
    if words.null != NOTHING:
        said += f"; chance or fair model {words.null}"
    said += f"; on {words.coverage} images"
    unit = (
        (Said(" "), Said(words.unit, is_ours=False)) if words.unit not in ("", "distance") else ()
    )
    return (Said(words.value), *unit, Said(said))


def _share(headline: Headline) -> Sentence:
    return headline.told(pictures(headline.value))


def _prompts(headline: Headline) -> Sentence:
    return headline.told(pictures(headline.value).replace("picture", "prompt"))


def _twins(headline: Headline) -> Sentence:
    """What a negation does: the named thing when it is excluded, and when it is asked for."""
    share = headline.subject.sibling("share")
    forms = [headline.subject.get(share, {FORM: form}) for form in ("negated", "affirmative")]
    values = [None if found is None else found.value for found in forms]
    if values[0] is None or values[1] is None:
        return _plainly(headline)
    return (
        Said(
            f"Told “no”, it draws the thing {pictures(values[0])} ({number(values[0], 'share')}); "
            f"asked for it, {pictures(values[1])} ({number(values[1], 'share')})"
        ),
    )


def _one_sided(headline: Headline) -> Sentence:
    title = headline.row.title
    return (Said(f"{headline.row.value} "), Said(title[:1].lower() + title[1:], is_ours=False))


def _split(headline: Headline) -> Sentence:
    """A mean distance from even, as the split that it stands for."""
    more, less = 100 * (0.5 + headline.value), 100 * (0.5 - headline.value)
    over = headline.subject.measure.over
    claim = (
        Said("On average the pictures of one "),
        Said(over, is_ours=False),
        Said(f" split {more:.0f} to {less:.0f} between two forms, whichever way"),
    )
    if headline.estimate.null is None:
        return claim
    fair = headline.estimate.null
    by_chance = f"; a fair model's {50 + 100 * fair:.0f} to {50 - 100 * fair:.0f}"
    return (*claim, Said(by_chance))


def _plainly(headline: Headline) -> Sentence:
    title = Said(headline.row.title, is_ours=False)
    group = (Said(f", {headline.row.group}", is_ours=False),) if headline.row.group else ()
    return (title, *group, Said(f": {headline.row.value}"))


CLAIMS: Mapping[str, Callable[[Headline], Sentence]] = MappingProxyType(
    {
        "share": _share,
        "prompts": _prompts,
        "twins": _twins,
        "one-sided": _one_sided,
        "mean imbalance": _split,
    }
)
"""What is said of a measure, by its kind."""

ADDED: Mapping[str, Callable[[Subject], Sentence]] = MappingProxyType(
    {"share": by_group, "one-sided": wholly}
)
"""What groups of prompts add to it."""
