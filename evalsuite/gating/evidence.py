"""What the images say of one rule: from all of them at once, or from those drawn so far."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from evalsuite import stats
from evalsuite.comparison.pairing import Pairs, Readings, by_image, by_part
from evalsuite.comparison.snapshot import Side, column_of, measure_of
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Check, Compared, permutation_seed
from evalsuite.measures.kinds import bounds_of, kind_of
from evalsuite.measures.slices import design_of
from evalsuite.records import Difference, Key


class RuleEvidence(NamedTuple):
    """`p` is one-sided, of no regression; `excluded` says that one of the margin is ruled out.

    `lack` says why the images tell nothing, and is empty where they do. `shown` is the difference
    with the end that decided, `low` that end, turned so that more is better, and `pairs` are what
    both came from where images are paired, the side first whose larger values are better.
    """

    p: float | None
    excluded: bool = False
    better: bool = False
    lack: str = ""
    shown: Difference | None = None
    low: float | None = None
    pairs: Pairs | None = None


def at_once(compared: Compared, check: Check, found: Difference, level: float) -> RuleEvidence:
    """From the test and the interval of a fixed number of images.

    The one-sided p-value is half the two-sided one, or one minus that, by the direction seen:
    exact where nothing changed, as changing the runs' places changes the sign and not p. The end
    that decides is the lowest of `stats.lowest_end`, and the one shown.
    """
    rule = check.rule
    if found.value is None:
        return RuleEvidence(None, lack="nothing was measured in both runs", shown=found)
    p = None
    if found.p is not None:
        turned = found.value if rule.higher_is_better else -found.value
        p = found.p / 2 if turned < 0 else 1 - found.p / 2
    low = found.low if rule.higher_is_better else (None if found.high is None else -found.high)
    if low is None:
        return RuleEvidence(p, lack=f"too little data: {found.method}", shown=found)
    parts = _parts(compared, check, found)
    lowest = _lowest(parts, rule.group, _bounds(compared, rule), level) if parts else low
    if lowest is None:
        return RuleEvidence(p, lack=f"too little data: {found.method}", shown=found)
    if lowest < low:
        low = lowest
        end: dict[str, Any] = {"low": low} if rule.higher_is_better else {"high": -low}
        method = f"{found.interval.method}; the worse end: the lowest of three"
        found = replace(found, interval=replace(found.interval, method=method, **end))
    measure = measure_of(rule.measure, compared.baseline, compared.candidate)
    is_by_image = found.pairing == "seeds" and kind_of(measure).paired_by == "image"
    pairs = parts[0] if is_by_image else None
    return RuleEvidence(p, low > -rule.margin, low > 0, shown=found, low=low, pairs=pairs)


def _parts(compared: Compared, check: Check, found: Difference) -> list[Pairs]:
    measure = measure_of(check.rule.measure, compared.baseline, compared.candidate)
    before, after = (
        readings_of(side, check.rule, check.prompt_set)
        for side in (compared.baseline, compared.candidate)
    )
    parts = by_part(measure, check.rule.group, before, after, found.pairing)
    return [_turned(pairs, check.rule) for pairs in parts]


def _turned(pairs: Pairs, rule: Rule) -> Pairs:
    """The pairs with the sides so placed that a larger first value is better."""
    a, b, readings = pairs
    return pairs if rule.higher_is_better else Pairs(b, a, readings)


def _bounds(compared: Compared, rule: Rule) -> tuple[float, float] | None:
    return bounds_of(measure_of(rule.measure, compared.baseline, compared.candidate))


def _lowest(
    parts: Sequence[Pairs],
    group: Mapping[str, str],
    bounds: tuple[float, float] | None,
    level: float,
) -> float | None:
    """The end that decides; over several parts, of their mean, as `stats.average` combines ends."""
    distance = mean = 0.0
    for a, b, readings in parts:
        design = design_of(group, readings)
        end = stats.lowest_end(a=a, b=b, level=level, bounds=bounds, **design)
        if end is None:
            return None
        value = (sum(a) - sum(b)) / len(a)
        mean, distance = mean + value / len(parts), distance + (value - end) ** 2
    return mean - math.sqrt(distance) / len(parts)


def by_betting(
    compared: Compared, check: Check, alpha: float, first: Collection[Key] | None
) -> RuleEvidence:
    """From the images drawn so far, in the candidate's order, by `stats.evidence`.

    `first` are the images of the first maximum, once all of them are drawn: the tests of a fixed
    number are about those alone.
    """
    rule = check.rule
    measure = measure_of(rule.measure, compared.baseline, compared.candidate)
    if kind_of(measure).paired_by != "image":
        return RuleEvidence(
            None, lack="no single image has a value of it, so images cannot be paired"
        )
    before, after = (
        readings_of(side, rule, check.prompt_set)
        for side in (compared.baseline, compared.candidate)
    )
    # Whole clusters in the order in which they were drawn.
    before = {key: before[key] for key in compared.candidate.planned if key in before}
    pairs = _turned(by_image(measure, rule.group, before, after), rule)
    bounds = bounds_of(measure)
    if bounds is not None and rule.margin >= bounds[1] - bounds[0]:
        return RuleEvidence(1.0, excluded=True)
    planned = None
    if first is not None:
        known = {key: reading for key, reading in before.items() if key in first}
        planned = len(by_image(measure, rule.group, known, after).clusters)
    said = stats.evidence(
        a=pairs.candidate,
        b=pairs.baseline,
        clusters=pairs.clusters,
        margin=rule.margin,
        bounds=bounds,
        planned=planned,
        seed=permutation_seed(compared.baseline, compared.candidate),
    )
    if not said.n:
        return RuleEvidence(1.0, lack="nothing was measured in both runs")
    return RuleEvidence(said.regression, said.harm <= alpha, pairs=pairs)


def readings_of(side: Side, rule: Rule, prompt_set: str) -> Readings:
    """The readings that a rule is about, in the order of the side's plan."""
    labels = {name: value for name, value in rule.group.items() if name not in ("label", "tone")}
    return column_of(side, rule.measure, prompt_set, labels)
