"""What tells two runs' readings of one measure apart, paired as far as they can be paired."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from evalsuite import stats
from evalsuite.comparison.pairing import Pairs, Readings, matched, means, number_of
from evalsuite.measures.kinds import bounds_of, has_right_and_wrong, kind_of
from evalsuite.measures.over_groups import Tally, tallies
from evalsuite.measures.slices import Design, design_of
from evalsuite.measures.summaries import prompt_verdicts
from evalsuite.records import THESE, Interval, Measure, Pairing

TELLING = 0.05
"""How far, of a score's span, the ends of a difference may lie where no pair differs at all."""


class Contrast(NamedTuple):
    """Candidate minus baseline, as in `records.Difference`."""

    interval: Interval
    p: float | None
    pairing: Pairing
    gained: int | None = None
    lost: int | None = None


def paired(
    measure: Measure,
    group: Mapping[str, str],
    baseline: Readings,
    candidate: Readings,
    *,
    pairing: Pairing,
    level: float,
    seed: int,
) -> Contrast:
    """The difference over the images, or the prompts' means, that both sides have a value of.

    0/1 values of the same seeds use `stats.paired_proportions`, all else
    `stats.paired_difference`; `p` comes from flipping the signs of whole clusters. `group` names
    the label or the band whose share it is, where it is one.
    """
    if kind_of(measure).paired_by == "prompt":
        return _verdicts(
            measure, group, baseline, candidate, pairing=pairing, level=level, seed=seed
        )
    if kind_of(measure).paired_by == "tag":
        return _over_tags(baseline, candidate, pairing=pairing, level=level, seed=seed)
    if kind_of(measure).paired_by == "group":
        return _over_groups(measure, baseline, candidate, pairing=pairing, level=level, seed=seed)
    number = number_of(measure, group)
    if pairing == "prompts":
        pairs = means(number, baseline, candidate)
    else:
        pairs = matched(number, baseline, candidate)
    a, b, readings = pairs
    design = design_of(group, readings)
    bounds = kind_of(measure).bounds
    if pairing == "seeds" and bounds == (0.0, 1.0):
        interval = stats.paired_proportions(a=a, b=b, level=level, **design)
    else:
        interval = stats.paired_difference(
            a=a, b=b, level=level, bounds=bounds_of(measure), **design
        )
        interval = telling(interval, a == b, bounds_of(measure))
    p = _test(pairs, design, seed)
    interval = explained(said(interval, f"paired by {pairing[:-1]}"), p, level)
    return Contrast(interval, p, pairing, *_flips(measure, pairing, pairs))


def telling(interval: Interval, is_equal: bool, bounds: tuple[float, float] | None) -> Interval:
    """The interval, without ends that lie anywhere because no pair differs and the pairs are few.

    Of 30 prompts without a difference every ninth other one might have any: for CLIPScore that is
    a mean difference of up to 23 of its 200 points, of which a reader learns nothing.
    """
    if not is_equal or bounds is None or interval.high is None:
        return interval
    if interval.high <= TELLING * (bounds[1] - bounds[0]):
        return interval
    few = f"undecided: too few prompts ({interval.clusters}), of which none differs"
    return replace(interval, low=None, high=None, method=few)


def _verdicts(
    measure: Measure,
    group: Mapping[str, str],
    baseline: Readings,
    candidate: Readings,
    *,
    pairing: Pairing,
    level: float,
    seed: int,
) -> Contrast:
    """Paired prompt by prompt, as each prompt has one verdict for all its images."""
    before = prompt_verdicts(baseline.values(), measure.least)
    after = prompt_verdicts(candidate.values(), measure.least)
    pairs = matched(float, before, after)
    design = design_of(group, pairs.readings)
    interval = stats.paired_proportions(a=pairs.candidate, b=pairs.baseline, level=level, **design)
    p = _test(pairs, design, seed)
    return Contrast(explained(said(interval, "paired by prompt"), p, level), p, pairing)


def _test(pairs: Pairs, design: Design, seed: int) -> float | None:
    """The p-value of no difference: signs of whole clusters flipped, or of single images.

    Of these prompts alone each image is a draw of its own. None where a single one says nothing.
    """
    a, b, readings = pairs
    by_image = design["estimand"] == THESE
    clusters = [str(n) for n in range(len(readings))] if by_image else design["clusters"]
    return (
        stats.sign_flip(a=a, b=b, clusters=clusters, seed=seed) if len(set(clusters)) > 1 else None
    )


def explained(interval: Interval, p: float | None, level: float) -> Interval:
    """The interval, with words where it and the test say different things of no difference."""
    if p is None or interval.low is None or interval.high is None:
        return interval
    leaves_out, rejects = interval.low > 0 or interval.high < 0, p <= 1 - level
    if leaves_out == rejects:
        return interval
    words = (
        "the interval leaves out 0, the test does not"
        if leaves_out
        else ("the test leaves out 0, the interval does not")
    )
    return said(interval, f"{words}: the test is exact, the interval an approximation")


def _over_tags(
    baseline: Readings, candidate: Readings, *, pairing: Pairing, level: float, seed: int
) -> Contrast:
    """The mean of the tags' differences, each paired by itself and counting the same.

    For `p` the differences are weighted so that their mean over all is the mean over tags.
    """
    pairs = (means if pairing == "prompts" else matched)(float, baseline, candidate)
    rows = list(zip(*pairs, strict=True))
    tags = sorted({r.stratum for r in [*baseline.values(), *candidate.values()]})
    parts, weight = [], dict.fromkeys(tags, 0.0)
    for tag in tags:
        mine = [row for row in rows if row[2].stratum == tag]
        a, b = [row[0] for row in mine], [row[1] for row in mine]
        names = [row[2].cluster for row in mine]
        weight[tag] = len(rows) / len(mine) if mine else 0.0
        if pairing == "seeds":
            parts.append(stats.paired_proportions(a=a, b=b, clusters=names, level=level))
        else:
            parts.append(
                stats.paired_difference(a=a, b=b, clusters=names, level=level, bounds=(0.0, 1.0))
            )
    words = "paired by seed" if pairing == "seeds" else "paired by prompt"
    interval = said(stats.average(parts=parts), words)
    if len(set(pairs.clusters)) < 2:
        return Contrast(interval, None, pairing)
    scale = [weight[reading.stratum] for reading in pairs.readings]
    after = [value * by for value, by in zip(pairs.candidate, scale, strict=True)]
    before = [value * by for value, by in zip(pairs.baseline, scale, strict=True)]
    p = stats.sign_flip(a=after, b=before, clusters=pairs.clusters, seed=seed)
    return Contrast(interval, p, pairing)


def _over_groups(
    measure: Measure,
    baseline: Readings,
    candidate: Readings,
    *,
    pairing: Pairing,
    level: float,
    seed: int,
) -> Contrast:
    """Paired group by group, at equally many images of each.

    Of the same seeds the images count that both runs have; of other seeds, what as many images as
    the smaller of the two runs has would show on average, for the value grows as n falls.
    """
    kind, label = kind_of(measure), measure.label
    if pairing == "seeds":
        both = [at for at in baseline if at in candidate]
        both = [at for at in both if None not in (baseline[at].value, candidate[at].value)]
        baseline, candidate = ({at: side[at] for at in both} for side in (baseline, candidate))
    before, after = (tallies(side.values(), label) for side in (baseline, candidate))
    groups = [name for name in before if before[name].n and name in after and after[name].n]

    def values(own: Mapping[str, Tally]) -> list[float]:
        assert kind.of_hits is not None
        least = {name: min(before[name].n, after[name].n) for name in groups}
        return [kind.of_hits(hits=own[name].hits, n=own[name].n, k=least[name]) for name in groups]

    a, b = values(after), values(before)
    interval = stats.paired_difference(a=a, b=b, clusters=groups, level=level, bounds=kind.bounds)
    p = stats.sign_flip(a=a, b=b, clusters=groups, seed=seed) if len(groups) > 1 else None
    words = "paired by seed" if pairing == "seeds" else "paired by prompt"
    return Contrast(said(interval, f"{words}, over groups at equal n"), p, pairing)


def right(measure: Measure, value: float | str | None) -> bool | None:
    """Whether a reading is a right verdict; None where the measure knows no right or wrong."""
    if value is None or not has_right_and_wrong(measure):
        return None
    return (value == 1.0) is measure.higher_is_better


def _flips(measure: Measure, pairing: Pairing, pairs: Pairs) -> tuple[int | None, int | None]:
    if pairing != "seeds" or right(measure, 1.0) is None:
        return None, None
    both = list(zip(pairs.candidate, pairs.baseline, strict=True))
    up, down = (sum(a > b for a, b in both), sum(a < b for a, b in both))
    return (up, down) if measure.higher_is_better else (down, up)


def said(interval: Interval, words: str) -> Interval:
    """The interval, with words before its method's name."""
    return replace(interval, method=f"{words}; {interval.method}")
