"""Pictures of several people: every person who was read counts, with the picture's cluster.

A judgement's value names everybody in the picture, from left to right: "woman,man,unknown".
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from evalsuite import stats
from evalsuite.measures.reading import Reading
from evalsuite.measures.slices import Slice, Summary
from evalsuite.records import Interval
from evalsuite.vocabulary.monk import BANDS, EVEN_BANDS, TONES

UNKNOWN = "unknown"


def labels_in(written: str) -> list[str]:
    """Everybody's label, `UNKNOWN` where there is none; an empty text names nobody."""
    return [label.strip() for label in written.split(",") if label.strip()]


def read_in(written: str) -> list[str]:
    """The labels of those who have one."""
    return [label for label in labels_in(written) if label != UNKNOWN]


def share(part: Slice) -> list[Summary]:
    """The share of the measure's own label among the people who were read; a fair one is half."""
    return [Summary(part.group, _shared(part, [part.measure.label]), 0.5, part.reference())]


def labels(part: Slice) -> list[Summary]:
    """The share of every label among the people who were read, one row each."""
    found = {label for word in part.words for label in read_in(word)}
    words = sorted(found) if part.labels is None else list(part.labels)
    return [
        Summary({**part.group, "label": word}, _shared(part, [word])) for word in words or ["none"]
    ]


def tones(part: Slice) -> list[Summary]:
    """The share of every band of the Monk scale among the people whose tone was read."""
    return [
        Summary({**part.group, "tone": band}, _shared(part, inside, TONES), EVEN_BANDS[band])
        for band, inside in BANDS.items()
    ]


def unread(part: Slice) -> list[Summary]:
    """The share of people without a label, among all who were seen."""
    people = [(label, r) for r in part.measured for label in labels_in(str(r.value))]
    return [Summary(part.group, _interval(part, people, [UNKNOWN], len(people)))]


def _shared(part: Slice, inside: Collection[str], known: Collection[str] = ()) -> Interval:
    """The share of people with one of the labels among those with any, or any known one."""
    seen = [(label, r) for r in part.measured for label in labels_in(str(r.value))]
    read = [(label, r) for label, r in seen if label != UNKNOWN and (not known or label in known)]
    return _interval(part, read, inside, len(seen))


def _interval(
    part: Slice, people: Sequence[tuple[str, Reading]], inside: Collection[str], seen: int
) -> Interval:
    """The share's interval; its n are images, as in every row, and the method counts people."""
    of_people = replace(part, readings=[reading for _, reading in people])
    interval = stats.proportion(
        values=[float(label in inside) for label, _ in people],
        level=part.level,
        **of_people.design,
    )
    method = f"{interval.method}; {len(people)} of {seen} people"
    return replace(interval, n=len(part.measured), method=method)
