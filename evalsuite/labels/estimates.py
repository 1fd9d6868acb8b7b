"""A run's own numbers with its labelled part taking over: prediction-powered, on its own images.

An audit's errors are those of its own pictures. A labelled random part of this very run tells the
judge's errors here: where there is one, it stands beside the raw and the corrected value.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalsuite import stats
from evalsuite.files.values import Group, as_key
from evalsuite.labels.frame import Cell, word
from evalsuite.labels.labelled import Item, Labelled
from evalsuite.measures.kinds import kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.records import Estimate, Interval, Measure
from evalsuite.vocabulary.monk import BANDS

REST = "rest"
"""The answers that hardly any labelled image has, taken together."""
LEAST = 2
"""Labelled images from which on an answer is told by its own."""

Place = tuple[str, str, Group]
"""An estimate's prompt set, measure and sorted group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Powered:
    """A value by people's labels and the judge's answers together, and by the labels alone.

    It is about the images of which people can tell. `labelled` of the `images` have a label, and
    of `cannot_tell` of these people cannot tell, or differ.
    """

    interval: Interval
    labels_alone: Interval
    images: int
    labelled: int
    cannot_tell: int


def powered(
    found: Labelled,
    measure: Measure,
    *,
    prompt_set: str,
    group: Mapping[str, str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Powered | None:
    """The value of a measure in a group of a prompt set, by its labelled part; None where none is.

    Shares of a verdict, a label, a band of tones or of what cannot be told, and how far a label's
    share is from even: from the answers' own labelled parts (`stats.powered_told_share`), so that
    the sampling's probabilities and people's abstentions count rightly. Means of numbers and tones:
    PPI++ (`stats.prediction_powered`) on linearised weighted values. Measures of whole groups or
    prompts, and scores, whose units are not people's, have none. `seed` is of the resampling; take
    the run's. Undecided with under ten labels or five families; of a single family each image
    counts for itself, and the value is about these prompts.
    """
    group = group or {}
    applies = condition(measure.applies)
    cells = [
        cell
        for cell in found.cells
        if cell.key.prompt_set == prompt_set
        and applies(cell.prompt)
        and all(cell.prompt.groups.get(n) == v for n, v in _of_prompts(group).items())
    ]
    inside = {cell.key for cell in cells}
    items = [item for item in found.items if item.cell.key in inside]
    if not items:
        return None
    parts = _Parts(cells, items, len({cell.family for cell in cells}) < 2)
    kind = kind_of(measure)
    if kind.of_abstentions:
        yes = [float(item.people is None) for item in items]
        pair = _share(parts, yes, [1.0] * len(items), level, seed)
    elif measure.kind in ("count", "mean tone") and found.asked.form in ("count", "tone"):
        pair = _mean(parts, kind.bounds or measure.bounds, level)
    elif measure.kind in _OF_VALUES:
        yes = [_is_hit(measure, item, group) for item in items]
        told = [float(item.people is not None) for item in items]
        pair = _share(parts, yes, told, level, seed)
        if measure.kind == "imbalance":
            pair = (_from_even(pair[0]), _from_even(pair[1]))
    else:
        return None
    return Powered(
        interval=pair[0],
        labels_alone=pair[1],
        images=len(cells),
        labelled=len(items),
        cannot_tell=sum(item.people is None for item in items),
    )


def powered_rows(
    fields: Mapping[str, Labelled],
    estimates: Sequence[Estimate],
    measures: Mapping[str, Measure],
    *,
    seed: int = 0,
) -> dict[Place, Powered]:
    """By an estimate's place its value with labels, where a labelled part of the run has one."""
    rows: dict[Place, Powered] = {}
    for estimate in estimates:
        measure = measures.get(estimate.measure)
        found = None if measure is None else fields.get(f"{measure.scorer}.{measure.field}")
        if measure is None or found is None:
            continue
        value = powered(
            found, measure, prompt_set=estimate.prompt_set, group=estimate.group, seed=seed
        )
        if value is not None:
            rows[estimate.prompt_set, estimate.measure, as_key(estimate.group)] = value
    return rows


_OF_VALUES = frozenset(("share", "label", "labels", "tones", "imbalance"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """A group's images and its labelled ones; with `is_one` each image is its own cluster."""

    cells: Sequence[Cell]
    items: Sequence[Item]
    is_one: bool

    def cluster(self, cell: Cell) -> str:
        return "/".join(map(str, cell.key)) if self.is_one else cell.family

    @property
    def rest(self) -> list[Cell]:
        labelled = {item.cell.key for item in self.items}
        return [cell for cell in self.cells if cell.key not in labelled]

    def names(self) -> dict[str, str]:
        """What each stratum goes by: itself, or `REST` with hardly a label.

        Where nothing of the rest is labelled, it joins the stratum with most images.
        """
        labels = Counter(item.cell.stratum for item in self.items)
        sizes = Counter(cell.stratum for cell in self.cells)
        names = {name: name if labels[name] >= LEAST else REST for name in sizes}
        if not any(labels[name] for name, called in names.items() if called == REST):
            largest = max((n for n in sizes if labels[n]), key=lambda n: (sizes[n], n))
            names = {name: names[largest] if c == REST else c for name, c in names.items()}
        return names


def _share(
    parts: _Parts, yes: Sequence[float], told: Sequence[float], level: float, seed: int
) -> tuple[Interval, Interval]:
    names, rest = parts.names(), parts.rest
    clusters = [parts.cluster(item.cell) for item in parts.items]
    both = stats.powered_told_share(
        labelled=yes,
        told=told,
        answered=[names[item.cell.stratum] for item in parts.items],
        clusters=clusters,
        unlabelled=[names[cell.stratum] for cell in rest],
        other_clusters=[parts.cluster(cell) for cell in rest],
        level=level,
        seed=seed,
    )
    kept = [k for k, can in enumerate(told) if can]
    alone = stats.weighted_proportion(
        values=[yes[k] for k in kept],
        weights=[parts.items[k].weight for k in kept],
        clusters=[clusters[k] for k in kept],
        level=level,
    )
    if len({yes[k] for k in kept}) < 2:
        both = _no_narrower(both, alone)
    return _stated(parts, both), _stated(parts, alone)


def _no_narrower(both: Interval, alone: Interval) -> Interval:
    """With labels that are all the same, families count: those of the labels alone know no more."""
    if both.low is None or both.high is None or alone.low is None or alone.high is None:
        return both
    return replace(both, low=min(both.low, alone.low), high=max(both.high, alone.high))


def _mean(
    parts: _Parts, bounds: tuple[float, float] | None, level: float
) -> tuple[Interval, Interval]:
    """Means of numbers; an image of which the judge says nothing stands at the judge's mean."""
    items = [item for item in parts.items if item.people is not None]
    said = [_number(cell) for cell in parts.cells]
    known = [value for value in said if value is not None]
    middle = sum(known) / len(known) if known else 0.0
    weights = [item.weight for item in items]
    people = _linear([float(item.people or 0.0) for item in items], weights)
    judge = _linear(
        [middle if item.cell.judge is None else float(item.cell.judge) for item in items], weights
    )
    found = stats.prediction_powered(
        labelled=people,
        predicted=judge,
        clusters=[parts.cluster(item.cell) for item in items],
        unlabelled=[middle if value is None else value for value in said],
        other_clusters=[parts.cluster(cell) for cell in parts.cells],
        level=level,
        bounds=bounds,
    )
    return _stated(parts, found.interval), _stated(parts, found.labels_alone)


def _linear(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Values whose plain mean is the weighted mean, and whose spread is that of its linearised sum.

    m + w (y - m) / mean(w), m being the weighted mean (Sarndal, Swensson & Wretman 1992, 5.5).
    """
    if not values:
        return []
    total = sum(weights)
    middle = sum(w * y for w, y in zip(weights, values, strict=True)) / total
    scale = len(values) / total
    return [middle + w * scale * (y - middle) for w, y in zip(weights, values, strict=True)]


def _number(cell: Cell) -> float | None:
    return None if cell.judge is None else float(cell.judge)


def _is_hit(measure: Measure, item: Item, group: Mapping[str, str]) -> float:
    """Whether people said what the share is of."""
    if item.people is None:
        return 0.0
    said = word(item.people)
    if measure.kind in ("label", "imbalance"):
        return float(said == measure.label)
    if measure.kind == "tones":
        return float(said in BANDS.get(group.get("tone", ""), ()))
    if measure.kind == "labels":
        return float(said == group.get("label"))
    return float(item.people == 1.0)


def _of_prompts(group: Mapping[str, str]) -> dict[str, str]:
    """A group's labels of prompts, without that of the answer that a row is of."""
    return {name: value for name, value in group.items() if name not in ("label", "tone")}


def _stated(parts: _Parts, found: Interval) -> Interval:
    return replace(found, estimand="these prompts") if parts.is_one else found


def _from_even(share: Interval) -> Interval:
    """How far a share is from one half, with the interval of that distance."""
    if share.value is None:
        return share
    value = abs(share.value - 0.5)
    if share.low is None or share.high is None:
        return replace(share, value=value)
    ends = sorted((abs(share.low - 0.5), abs(share.high - 0.5)))
    low = 0.0 if share.low <= 0.5 <= share.high else ends[0]
    return replace(share, value=value, low=low, high=ends[1])
