"""One label's share in each group: as it was read, with the instrument's errors taken out, bounded.

Which labels: every measure of kind "label". Which groups: those over which a measure of the same
field takes each by itself (each occupation, each trait).
"""

from collections.abc import Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.audits.record import Audited
from evalsuite.bias import against
from evalsuite.bias.amplified import slope
from evalsuite.bias.given import LABEL, Cells, Given
from evalsuite.bias.record import GroupShare, Instead, Overall, Shares
from evalsuite.bias.worded import wording
from evalsuite.files.values import natural
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Interval, Measure, PromptSet

NO_AUDIT = "no audit of the scorer"
NO_LABELS = "nobody has labelled pictures of this run"
NOTHING_READ = "no picture has a reading"
CANNOT = "cannot be told: the audit leaves open that the scorer guesses"


class Tally(NamedTuple):
    """One group's planned images by how they ended, for one label."""

    hits: int = 0
    n: int = 0
    unknown: int = 0
    lost: int = 0


def shares(given: Given) -> list[Shares]:
    """Every label in every group of every set of people, the run's first instrument first."""
    return [
        _shares(given, measure, prompt_set, over)
        for prompt_set in given.prompt_sets
        for measure in given.of_kind(LABEL, prompt_set)
        for over in given.overs(measure, prompt_set)
    ]


def _shares(given: Given, measure: Measure, prompt_set: PromptSet, over: str) -> Shares:
    cells = given.readings(measure, prompt_set)
    counted = tallies(cells, measure.label, over)
    groups = [
        _group(given, measure, prompt_set.name, over, name, tally)
        for name, tally in counted.items()
    ]
    varied, why_not = wording(given, measure, cells, over)
    overall = given.audited(prompt_set.name, measure.name)
    return Shares(
        prompt_set=prompt_set.name,
        measure=measure.name,
        scorer=measure.scorer,
        title=measure.title,
        label=measure.label,
        over=over,
        groups=tuple(sorted(groups, key=_rank)),
        spread=tuple(_spread(given, measure, prompt_set.name, over)),
        slope=slope(groups),
        wording=varied,
        wording_reason=why_not,
        judge="" if overall is None else overall.verdict,
    )


def _rank(group: GroupShare) -> tuple[bool, float, tuple[tuple[int, int, str], ...]]:
    value = group.interval.value
    return value is None, value or 0.0, natural(group.name)


def tallies(cells: Cells, label: str, over: str) -> dict[str, Tally]:
    """How the images of each group ended, by the group's name."""
    found: dict[str, Tally] = {}
    for prompt, _, reading in cells:
        if over not in prompt.groups:
            continue
        name = prompt.groups[over]
        hits, n, unknown, lost = found.get(name, Tally())
        if reading.value is not None:
            found[name] = Tally(hits + (reading.value == label), n + 1, unknown, lost)
        elif reading.reason.startswith("abstained"):
            found[name] = Tally(hits, n, unknown + 1, lost)
        else:
            found[name] = Tally(hits, n, unknown, lost + 1)
    return found


def _group(
    given: Given, measure: Measure, prompt_set: str, over: str, name: str, tally: Tally
) -> GroupShare:
    hits, n, unknown, lost = tally
    estimate = given.estimate(prompt_set, measure.name, {over: name})
    nothing = Interval(None, None, None, 0, 0, "undecided: no data")
    interval = nothing if estimate is None else estimate.interval
    audited = given.audited(prompt_set, measure.name, {over: name})
    return GroupShare(
        name=name,
        hits=hits,
        n=n,
        unknown=unknown,
        lost=lost,
        planned=n + unknown + lost,
        interval=interval,
        corrected=corrected(interval, audited, measure.label),
        labelled=given.labelled.get(
            (prompt_set, measure.name, name), Instead(by="people", reason=NO_LABELS)
        ),
        bounds=(hits / (n + unknown), (hits + unknown) / (n + unknown)) if n + unknown else None,
        fair=against.fair_band(n),
        reference=given.references.get(measure.name, {}).get(name),
    )


def corrected(interval: Interval, audited: Audited | None, label: str) -> Instead:
    """The share with the errors taken out that the instrument made in its audit."""
    if interval.value is None:
        return Instead(by="audit", reason=NOTHING_READ)
    others = [] if audited is None else [name for name in audited.recalls if name != label]
    if audited is None or label not in audited.recalls or len(others) != 1:
        return Instead(by="audit", reason=NO_AUDIT)
    of_label, of_other = audited.recalls[label], audited.recalls[others[0]]
    found = stats.corrected_share(
        share=interval,
        sensitivity=Interval(of_label.value, of_label.low, of_label.high, of_label.n, of_label.n),
        specificity=Interval(of_other.value, of_other.low, of_other.high, of_other.n, of_other.n),
    )
    if found.value is None or found.low is None:
        return Instead(by="audit", reason=CANNOT)
    return Instead(by="audit", interval=found)


def errors(audited: Audited | None, label: str) -> against.Errors | None:
    """What an audit leaves open of the instrument's errors; None where it has not both labels."""
    others = [] if audited is None else [name for name in audited.recalls if name != label]
    if audited is None or label not in audited.recalls or len(others) != 1:
        return None
    right = {name: _counted(audited, name) for name in (label, others[0])}
    return against.errors_of([right[label]], [right[others[0]]])


def _counted(audited: Audited, truth: str) -> tuple[int, int]:
    """Right answers and all of one truth; several answers on one picture count as one."""
    share = audited.recalls[truth]
    n = int(share.n * min(1.0, audited.images / audited.n)) if audited.n else 0
    return round((share.value or 0.0) * n), n


def _spread(given: Given, measure: Measure, prompt_set: str, over: str) -> Sequence[Overall]:
    """The measures that take each group by itself: the mean distance, the one-sided groups."""
    found = []
    for sibling in given.siblings(measure):
        if sibling.over != over or kind_of(sibling).of_hits is None:
            continue
        estimate = given.estimate(prompt_set, sibling.name)
        if estimate is not None:
            found.append(
                Overall(
                    measure=sibling.name,
                    title=sibling.title,
                    interval=estimate.interval,
                    null=estimate.null,
                )
            )
    return found
