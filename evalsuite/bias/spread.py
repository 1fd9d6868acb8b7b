"""One number over all groups, each beside what a fair model shows at these numbers of images."""

from collections.abc import Callable, Iterator, Sequence

from evalsuite import stats
from evalsuite.bias.given import Cells, Given
from evalsuite.bias.record import Overall
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Measure
from evalsuite.vocabulary.monk import TONES


def spread(
    given: Given, measure: Measure, prompt_set: str, over: str, cells: Cells
) -> Iterator[Overall]:
    """The mean distance and the one-sided groups as estimated, and how far the groups lie apart."""
    for sibling in given.siblings(measure):
        estimate = given.estimate(prompt_set, sibling.name)
        if sibling.over == over and kind_of(sibling).of_hits is not None and estimate is not None:
            yield Overall(
                title=sibling.title,
                interval=estimate.interval,
                null=estimate.null,
                unit="groups" if kind_of(sibling).counts_groups else sibling.unit,
                measure=sibling.name,
            )
    yield from apart(over, cells, lambda value: float(value == measure.label))


def apart(over: str, cells: Cells, number: Callable[[float | str], float]) -> Iterator[Overall]:
    """The largest share minus the smallest, and the smallest over the largest (`stats.parity`).

    `number` makes 1 or 0 of a reading's value.
    """
    read = [(p, r.value) for p, _, r in cells if over in p.groups and r.value is not None]
    groups = [prompt.groups[over] for prompt, _ in read]
    if len(set(groups)) < 2:
        return
    found = stats.parity(
        values=[number(value) for _, value in read],
        groups=groups,
        clusters=[prompt.id for prompt, _ in read],
    )
    ends = "" if found.highest == found.lowest else f"{found.highest} and {found.lowest}"
    yield Overall(
        title="Largest share minus smallest",
        interval=found.difference,
        null=found.null_difference,
        unit="difference",
        note=ends,
    )
    yield Overall(
        title="Smallest share over largest",
        interval=found.ratio,
        null=found.null_ratio,
        note=ends,
    )


def tone_spread(tones: Sequence[str], families: Sequence[str]) -> Iterator[Overall]:
    """How far all tones together lie from ten even ones: in steps, TV, divergence and entropy."""
    even = dict.fromkeys(TONES, 1 / len(TONES))
    if not tones:
        return
    ordered = stats.ordered_shares(
        labels=list(tones),
        clusters=list(families),
        positions={tone: float(tone) for tone in TONES},
        reference=even,
    )
    yield Overall(
        title="Mean distance from ten even tones, in steps of the scale (Wasserstein)",
        interval=ordered.distance,
        null=ordered.null,
    )
    yield Overall(
        title="Evenness of the ten tones (entropy, 1 is even)",
        interval=stats.normalised_entropy(
            labels=list(tones), possible=list(TONES), clusters=list(families)
        ),
        null=stats.expected_entropy(n=len(tones), labels=len(TONES)),
    )
    yield Overall(
        title="Total variation from ten even tones",
        interval=stats.total_variation(labels=tones, clusters=list(families), reference=even),
        null=stats.expected_total_variation(n=len(tones), reference=even),
    )
    yield Overall(
        title="Smoothed KL from ten even tones, in nats",
        interval=stats.smoothed_kl(labels=tones, clusters=list(families), reference=even),
        null=stats.expected_smoothed_kl(n=len(tones), reference=even),
    )
