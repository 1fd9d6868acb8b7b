"""From the readings of one group to its interval, its null and its reference: one row or several.

Each function is the `summary` of one kind of measure (`measures.kinds`).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypedDict

from evalsuite import stats
from evalsuite.measures.reading import Reading
from evalsuite.prompts.questions import kinds_in
from evalsuite.records import LIKE_THESE, THESE, Estimand, Interval, Measure, PromptSet
from evalsuite.vocabulary.monk import BANDS, EVEN_BANDS

LEAST = 1e-6
"""The least probability in a geometric mean: one answer that is called impossible would be all."""

References = Mapping[str, Mapping[str, float]]
OfHits = Callable[..., float]
"""What a group of `n` images with `hits` hits shows; with `k`, what k of them show on average."""


class Design(TypedDict):
    """What a mean is about, and what its values have in common: `stats` takes it as keywords."""

    clusters: list[str]
    strata: list[str] | None
    estimand: Estimand


def design_of(group: Mapping[str, str], readings: Sequence[Reading]) -> Design:
    """Families as clusters in the set's strata; or prompts, where a group is a single family.

    Such a group's prompts are fixed paraphrases ("a nurse at work"), no sample of others: its row
    is about these prompts, and only the seeds vary.
    """
    families = [reading.cluster for reading in readings]
    if group and len(set(families)) == 1:
        return Design(clusters=[r.asked for r in readings], strata=None, estimand=THESE)
    strata = [reading.stratum for reading in readings]
    fixed = strata if len(set(strata)) > 1 else None
    return Design(clusters=families, strata=fixed, estimand=LIKE_THESE)


def limit_of_set(prompt_set: PromptSet) -> str:
    """Why no number of images makes a share of the whole set sure; "" where nothing does."""
    prompts = prompt_set.prompts
    strata = [prompt_set.stratum(prompt) for prompt in prompts] if prompt_set.strata else None
    families = [prompt_set.family(prompt) for prompt in prompts]
    return stats.limit_of(clusters=families, strata=strata, scores="share")


class Summary(NamedTuple):
    """An estimate before it has its set and measure: group, interval, null and reference."""

    group: Mapping[str, str]
    interval: Interval
    null: float | None = None
    reference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One measure's readings in one group, and what they are summed up with.

    `labels` get a row each, even where no reading has them; None stands for the readings' own.
    """

    measure: Measure
    group: Mapping[str, str]
    readings: Sequence[Reading]
    references: References
    level: float
    labels: Sequence[str] | None = None

    @property
    def measured(self) -> list[Reading]:
        """The readings that have a value."""
        return [reading for reading in self.readings if reading.value is not None]

    @property
    def design(self) -> Design:
        """What varied, for the functions of `stats`; see `design_of`."""
        return design_of(self.group, self.measured)

    @property
    def numbers(self) -> list[float]:
        """The values of a measure whose values are numbers."""
        return [float(r.value) for r in self.readings if r.value is not None]

    @property
    def words(self) -> list[str]:
        """The values of a measure whose values are labels."""
        return [str(reading.value) for reading in self.measured]

    def reference(self, measure: str = "", group: Mapping[str, str] | None = None) -> float | None:
        """The known true value of a measure in a group; by default of this slice's own."""
        labels = (self.group if group is None else group).values()
        return self.references.get(measure or self.measure.name, {}).get("/".join(labels))


def share(part: Slice) -> list[Summary]:
    """The share of ones."""
    interval = stats.proportion(values=part.numbers, level=part.level, **part.design)
    return [Summary(part.group, interval, _chance(part), part.reference())]


def mean(part: Slice) -> list[Summary]:
    """The mean of numbers."""
    interval = stats.mean(
        values=part.numbers,
        level=part.level,
        bounds=part.measure.bounds,
        **part.design,
    )
    return [Summary(part.group, interval, part.measure.chance, part.reference())]


def twins(part: Slice) -> list[Summary]:
    """The mean of differences of verdicts, which are -1, 0 or 1.

    Taken as a pair of verdicts: whether the difference is above 0, and whether it is below.
    """
    interval = stats.paired_proportions(
        a=[float(effect > 0) for effect in part.numbers],
        b=[float(effect < 0) for effect in part.numbers],
        level=part.level,
        **part.design,
    )
    return [Summary(part.group, interval, 0.0, part.reference())]


def prompts(part: Slice) -> list[Summary]:
    """The share of prompts with at least `least` right images; n still counts the images."""
    verdicts = prompt_verdicts(part.measured, part.measure.least)
    of_prompts = replace(part, readings=list(verdicts.values()))
    interval = stats.proportion(values=of_prompts.numbers, level=part.level, **of_prompts.design)
    return [Summary(part.group, replace(interval, n=len(part.measured)), None, part.reference())]


def prompt_verdicts(readings: Iterable[Reading], least: int) -> dict[str, Reading]:
    """By prompt with a measured image: 1.0 if at least `least` of them are right, or 0.0."""
    right: dict[str, float] = {}
    first: dict[str, Reading] = {}
    for reading in readings:
        if reading.value is not None:
            right[reading.asked] = right.get(reading.asked, 0.0) + float(reading.value)
            first.setdefault(reading.asked, reading)
    return {
        prompt: reading._replace(value=float(right[prompt] >= least))
        for prompt, reading in first.items()
    }


def mean_of_tags(part: Slice) -> list[Summary]:
    """The mean of the tags' shares, each tag with a planned prompt counting the same."""
    by_tag: dict[str, list[Reading]] = {}
    for reading in part.readings:
        by_tag.setdefault(reading.stratum, []).append(reading)
    shares = [share(replace(part, readings=members))[0].interval for members in by_tag.values()]
    return [Summary(part.group, stats.average(parts=shares), None, part.reference())]


def label(part: Slice) -> list[Summary]:
    """The share of the measure's own label; a fair model's is one half."""
    interval = stats.proportion(values=_hits(part), level=part.level, **part.design)
    return [Summary(part.group, interval, 0.5, part.reference())]


def imbalance(part: Slice) -> list[Summary]:
    """The distance of that share from one half; a reference follows from the share's own."""
    interval = stats.imbalance(values=_hits(part), level=part.level, **part.design)
    true = part.reference(f"{part.measure.scorer}.{part.measure.label}")
    null = stats.expected_imbalance(n=interval.n)
    return [Summary(part.group, interval, null, None if true is None else abs(true - 0.5))]


class Tally(NamedTuple):
    """One group's images: how many have the label, how many a value, and how many were planned."""

    hits: int
    n: int
    planned: int


def tallies(readings: Iterable[Reading], label: str) -> dict[str, Tally]:
    """The images of each group that has a planned one."""
    found: dict[str, Tally] = {}
    for reading in readings:
        name, known = reading.cluster, reading.value is not None
        hits, n, planned = found.get(name, Tally(0, 0, 0))
        found[name] = Tally(hits + (reading.value == label), n + known, planned + 1)
    return found


def mean_imbalance(part: Slice) -> list[Summary]:
    """The mean over groups of the distance from one half, beside that of a perfectly fair model.

    The distance is one of finitely many images and grows as they get fewer. So the lower end gives
    way by as much as a fair model's distance grew by what is missing: the interval speaks of all
    planned images of groups like these.
    """
    found = {name: tally for name, tally in _tallied(part).items() if tally.n}
    fair = [stats.expected_imbalance(n=tally.n) or 0.0 for tally in found.values()]
    whole = [stats.expected_imbalance(n=tally.planned) or 0.0 for tally in found.values()]
    grown = [now - then for now, then in zip(fair, whole, strict=True)]
    true = [_reference_of_group(part, name) for name in found]
    apart = [abs(share - 0.5) for share in true if share is not None]
    interval = _over_groups(part, found, stats.distance_from_even, (0.0, 0.5), grown)
    return [
        Summary(
            part.group, interval, _mean(fair), _mean(apart) if len(apart) == len(true) else None
        )
    ]


def one_sided(part: Slice) -> list[Summary]:
    """The share of groups of which every image has the label, or none has, beside a fair model's.

    The lower end gives way by the chance that what is missing of a group holds the other form: by
    the rule of succession, n of n images alike are followed by m more of the kind with (n + 1) /
    (n + m + 1).
    """
    found = {name: tally for name, tally in _tallied(part).items() if tally.n}
    fair = [stats.expected_one_sided(n=tally.n) or 0.0 for tally in found.values()]
    doubt = [
        (tally.hits in (0, tally.n)) * (1 - (tally.n + 1) / (tally.planned + 1))
        for tally in found.values()
    ]
    interval = _over_groups(part, found, stats.one_sided, (0.0, 1.0), doubt)
    return [Summary(part.group, interval, _mean(fair))]


def _over_groups(
    part: Slice,
    found: Mapping[str, Tally],
    of_hits: OfHits,
    bounds: tuple[float, float],
    doubt: Sequence[float],
) -> Interval:
    """The mean of the groups' values, each group counting the same; `n` still counts the images."""
    values = [of_hits(hits=tally.hits, n=tally.n) for tally in found.values()]
    interval = stats.mean(values=values, clusters=list(found), level=part.level, bounds=bounds)
    low = interval.low
    if low is not None and values:
        low = max(bounds[0], low - sum(doubt) / len(doubt))
    return replace(interval, low=low, n=len(part.measured))


def _tallied(part: Slice) -> dict[str, Tally]:
    return tallies(part.readings, part.measure.label)


def _reference_of_group(part: Slice, name: str) -> float | None:
    share = f"{part.measure.scorer}.{part.measure.label}"
    return part.reference(share, {part.measure.over: name})


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def labels(part: Slice) -> list[Summary]:
    """The share of every label, one row each."""
    words = sorted(set(part.words)) if part.labels is None else part.labels
    return [
        Summary(
            {**part.group, "label": word},
            stats.share(labels=part.words, label=word, level=part.level, **part.design),
            None,
            part.reference(group={**part.group, "label": word}),
        )
        for word in words or ["none"]
    ]


def kinds_right(part: Slice) -> list[Summary]:
    """The share of questions of each kind that are answered rightly, pooled over images."""
    return [
        _pooled(part, kind, stats.proportion(values=right, clusters=clusters, level=part.level))
        for kind, right, _, clusters in _by_kind(part)
    ]


def kinds_mean(part: Slice) -> list[Summary]:
    """The mean probability of the right answers to each kind of question, pooled over images."""
    return [
        _pooled(
            part,
            kind,
            stats.mean(values=chances, clusters=clusters, level=part.level, bounds=(0.0, 1.0)),
        )
        for kind, _, chances, clusters in _by_kind(part)
    ]


def kinds_geometric(part: Slice) -> list[Summary]:
    """The geometric mean of these probabilities: its logarithm's mean, and that mean's interval."""
    found = []
    for kind, _, chances, clusters in _by_kind(part):
        logs = [math.log(max(chance, LEAST)) for chance in chances]
        bounds = (math.log(LEAST), 0.0)
        mean = stats.mean(values=logs, clusters=clusters, level=part.level, bounds=bounds)
        value, low, high = (
            None if at is None else math.exp(at) for at in (mean.value, mean.low, mean.high)
        )
        found.append(_pooled(part, kind, replace(mean, value=value, low=low, high=high)))
    return found


def _by_kind(part: Slice) -> list[tuple[str, list[float], list[float], list[str]]]:
    """Each kind with its questions' rightness, probabilities and clusters."""
    # In a comparison the labels are both runs' values, so that both have the same rows.
    pooled: dict[str, tuple[list[float], list[float], list[str]]] = {
        kind: ([], [], []) for written in part.labels or () for kind in kinds_in(written)
    }
    for reading in part.measured:
        for kind, pairs in kinds_in(str(reading.value)).items():
            rights, chances, clusters = pooled.setdefault(kind, ([], [], []))
            rights += [right for right, _ in pairs]
            chances += [chance for _, chance in pairs]
            clusters += [reading.cluster] * len(pairs)
    return [(kind, *pooled[kind]) for kind in sorted(pooled)] or [("none", [], [], [])]


def _pooled(part: Slice, kind: str, interval: Interval) -> Summary:
    """A kind's row, whose n are images, as in every row, and not questions."""
    group = {**part.group, "label": kind}
    return Summary(group, replace(interval, n=len(part.measured)), None, part.reference("", group))


def tones(part: Slice) -> list[Summary]:
    """The share of every band of the Monk scale, beside that of ten equally frequent tones."""
    return [
        Summary(
            {**part.group, "tone": band},
            stats.share(labels=_bands(part), label=band, level=part.level, **part.design),
            EVEN_BANDS[band],
            _reference_of_band(part, band),
        )
        for band in BANDS
    ]


def tone_imbalance(part: Slice) -> list[Summary]:
    """The total variation between the bands and ten equally frequent tones."""
    interval = stats.total_variation(
        labels=_bands(part), reference=EVEN_BANDS, level=part.level, **part.design
    )
    references = {band: _reference_of_band(part, band) for band in BANDS}
    shares = {band: share for band, share in references.items() if share is not None}
    apart = sum(abs(share - EVEN_BANDS[band]) for band, share in shares.items()) / 2
    null = stats.expected_total_variation(n=interval.n, reference=EVEN_BANDS)
    return [Summary(part.group, interval, null, apart if len(shares) == len(references) else None)]


def _reference_of_band(part: Slice, band: str) -> float | None:
    return part.reference(
        f"{part.measure.scorer}.{part.measure.field}", {**part.group, "tone": band}
    )


def _hits(part: Slice) -> list[float]:
    return [float(word == part.measure.label) for word in part.words]


def _bands(part: Slice) -> list[str]:
    return [next(band for band, inside in BANDS.items() if word in inside) for word in part.words]


def _chance(part: Slice) -> float | None:
    """The mean chance of the readings; None if any has none, as a mean over some would mislead."""
    if part.measure.chance is not None:
        return part.measure.chance
    chances = [reading.chance for reading in part.measured if reading.chance is not None]
    return sum(chances) / len(chances) if chances and len(chances) == len(part.measured) else None
