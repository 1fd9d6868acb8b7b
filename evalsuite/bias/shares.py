"""One label's share in each group: as it was read, with the instrument's errors taken out, bounded.

Which labels: every measure of kind "label". Which groups: those over which a measure of the same
field takes each by itself (each occupation, each trait).
"""

from dataclasses import dataclass, field

from evalsuite import stats
from evalsuite.audits.record import Audited
from evalsuite.bias import against
from evalsuite.bias.amplified import Counted, by_wording, kinds, slope
from evalsuite.bias.away import of_label
from evalsuite.bias.given import LABEL, Cells, Given
from evalsuite.bias.record import GroupShare, Instead, Shares
from evalsuite.bias.spread import spread
from evalsuite.bias.worded import wording
from evalsuite.files.values import natural
from evalsuite.records import THESE, Interval, Measure, PromptSet

TWO_LABELS = "two labels"
NO_AUDIT = "no audit of the scorer"
NO_LABELS = "nobody has labelled pictures of this run"
NOTHING_READ = "no picture has a reading"
CANNOT = "cannot be told: the audit leaves open that the scorer guesses"


@dataclass
class Told:
    """One group's images: the prompts and answers of the read, and how many others there are."""

    prompts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    unknown: int = 0
    lost: int = 0


def shares(given: Given) -> list[Shares]:
    """Every label in every group of every set of people, the run's first instrument first."""
    return [
        _shares(given, measure, prompt_set, over)
        for prompt_set in given.prompt_sets
        if given.people(prompt_set)
        for measure in given.of_kind(LABEL, prompt_set)
        for over in given.overs(measure, prompt_set)
    ]


def _shares(given: Given, measure: Measure, prompt_set: PromptSet, over: str) -> Shares:
    cells = given.readings(measure, prompt_set)
    groups = [
        _group(given, measure, prompt_set.name, over, name, told)
        for name, told in told_by_group(cells, over).items()
    ]
    overall = given.audited(prompt_set.name, measure.name)
    known = right(overall, measure.label)
    references = {g.name: g.reference for g in groups if g.reference is not None}
    varied, why_not = wording(measure, cells, over)
    return Shares(
        prompt_set=prompt_set.name,
        measure=measure.name,
        scorer=measure.scorer,
        title=measure.title,
        label=measure.label,
        over=over,
        groups=tuple(sorted(groups, key=_rank)),
        spread=(
            *spread(given, measure, prompt_set.name, over, cells),
            *of_label(measure.label, over, TWO_LABELS, groups),
        ),
        slope=slope([Counted(g.hits, g.n, g.reference) for g in groups], known),
        slopes=by_wording(cells, over, measure.label, references, known),
        kinds=kinds(prompt_set, over, given.source(prompt_set.name)),
        wording=varied,
        wording_reason=why_not,
        judge="" if overall is None else overall.verdict,
        source=given.source(prompt_set.name),
    )


def _rank(group: GroupShare) -> tuple[bool, float, tuple[tuple[int, int, str], ...]]:
    value = group.interval.value
    return value is None, value or 0.0, natural(group.name)


def told_by_group(cells: Cells, over: str) -> dict[str, Told]:
    """How the images of each group ended, by the group's name."""
    found: dict[str, Told] = {}
    for prompt, _, reading in cells:
        if over not in prompt.groups:
            continue
        told = found.setdefault(prompt.groups[over], Told())
        if reading.value is not None:
            told.prompts.append(prompt.id)
            told.answers.append(str(reading.value))
        elif reading.reason.startswith("abstained"):
            told.unknown += 1
        else:
            told.lost += 1
    return found


def _group(
    given: Given, measure: Measure, prompt_set: str, over: str, name: str, told: Told
) -> GroupShare:
    n, unknown = len(told.answers), told.unknown
    hits = told.answers.count(measure.label)
    estimate = given.estimate(prompt_set, measure.name, {over: name})
    nothing = Interval(None, None, None, 0, 0, "undecided: no data")
    audited = given.audited(prompt_set, measure.name, {over: name})
    nobody = Instead(by="people", reason=NO_LABELS)
    return GroupShare(
        name=name,
        hits=hits,
        n=n,
        unknown=unknown,
        lost=told.lost,
        planned=n + unknown + told.lost,
        interval=nothing if estimate is None else estimate.interval,
        corrected=corrected(told, audited, measure.label),
        labelled=given.by_people(prompt_set, measure.name, {over: name}) or nobody,
        bounds=(hits / (n + unknown), (hits + unknown) / (n + unknown)) if n + unknown else None,
        fair=against.fair_band(n),
        reference=given.known(prompt_set, measure.name, name),
    )


def corrected(told: Told, audited: Audited | None, label: str) -> Instead:
    """The share among the read with the errors taken out that the instrument made in its audit."""
    if not told.answers:
        return Instead(by="audit", reason=NOTHING_READ)
    known = right(audited, label)
    if known is None:
        return Instead(by="audit", reason=NO_AUDIT)
    found = stats.lang_reiczigel(
        values=[float(answer == label) for answer in told.answers],
        clusters=told.prompts,
        sensitivity=known[0],
        specificity=known[1],
        estimand=THESE,
    )
    if found.value is None or found.low is None:
        return Instead(by="audit", reason=CANNOT)
    return Instead(by="audit", interval=found)


def right(audited: Audited | None, label: str) -> tuple[stats.Audit, stats.Audit] | None:
    """How often an audit found the instrument right on the label, and on the one other.

    None where it has not both. Several answers on one picture count as one.
    """
    others = [] if audited is None else [name for name in audited.recalls if name != label]
    if audited is None or label not in audited.recalls or len(others) != 1:
        return None
    thin = min(1.0, audited.images / audited.n) if audited.n else 0.0
    counts = []
    for truth in (label, others[0]):
        share = audited.recalls[truth]
        n = int(share.n * thin)
        counts.append(stats.Audit(round((share.value or 0.0) * n), n))
    return counts[0], counts[1]


def errors(audited: Audited | None, label: str) -> against.Errors | None:
    """What an audit leaves open of the instrument's errors; None where it has not both labels."""
    known = right(audited, label)
    return None if known is None else against.errors_of([known[0]], [known[1]])
