"""Which judge can be trusted with which set, by its audits, in a line each."""

from collections import defaultdict

from evalsuite.measures.kinds import kind_of
from evalsuite.report.content import Report
from evalsuite.report.findings.words import Said, Sentence
from evalsuite.report.format import plural
from evalsuite.report.marks import EVIDENCE, NO_SCORER, ORDER, mark_of
from evalsuite.report.tables import is_overall

Titles = dict[tuple[str, str], list[str]]
"""By the audit's word and prompt set: the titles of the measures."""


def judges(report: Report) -> tuple[tuple[str, Sentence], ...]:
    """Every scorer that has a measure, and in which sets it is no evidence, or was not audited.

    How often a scorer abstains needs no audit, and is not counted.
    """
    found: dict[str, Titles] = defaultdict(lambda: defaultdict(list))
    for estimate in report.estimates:
        measure = report.measure(estimate.measure)
        word = mark_of(measure, report.audited(estimate))
        is_asked = word != NO_SCORER and not kind_of(measure).of_abstentions
        if is_asked and is_overall(estimate.group):
            titles = found[measure.scorer][word, estimate.prompt_set]
            titles += [measure.title] * (measure.title not in titles)
    judging = {scorer for names in report.scorers.values() for scorer in names}
    return tuple((name, _said(titles)) for name, titles in found.items() if name in judging)


def _said(found: Titles) -> Sentence:
    """'not evidence in c (its title); evidence in all else'."""
    parts: list[Said] = []
    bad = sorted((each for each in found if each[0] != EVIDENCE), key=lambda e: ORDER.index(e[0]))
    for word, prompt_set in bad:
        parts += [Said(f"{word} in "), Said(prompt_set, is_ours=False)]
        # Where a set has both kinds of measures, the reader must know which are which.
        if any(other != word and where == prompt_set for other, where in found):
            parts += [Said(" ("), Said(_few(found[word, prompt_set]), is_ours=False), Said(")")]
        parts.append(Said("; "))
    good = {prompt_set for word, prompt_set in found if word == EVIDENCE}
    if good:
        sets = plural(len(good), "set")
        parts.append(Said("evidence in all else" if bad else f"evidence in all of its {sets}"))
        return tuple(parts)
    return tuple(parts[:-1])


def _few(titles: list[str]) -> str:
    more = len(titles) - 2
    return "; ".join(titles[:2]) + (f" and {more} more" if more > 0 else "")
