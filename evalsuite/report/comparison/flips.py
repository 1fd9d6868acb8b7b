"""The images whose verdict flipped, two by two."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsuite.report.comparison.content import Against, Compared, Comparison, Flipped
from evalsuite.report.evidence import Box, boxes_of, why
from evalsuite.report.format import visible
from evalsuite.report.gallery import Shown, show

MOST_LOST = 24
"""How many images with a verdict lost are shown a candidate; the rest are counted."""

MOST_GAINED = 8
"""How many of those that lost none."""

LISTED = 200
"""How many flips the table lists."""


@dataclass(frozen=True, slots=True)
class Half:
    """One run's image of a pair; `said` are lines on what its scorers saw."""

    run: str
    source: str
    width: int
    height: int
    is_small: bool
    problem: str
    alt: str
    boxes: tuple[Box, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One image in both runs, and what flipped, as titles with names."""

    prompt: str
    place: str
    lost: tuple[tuple[str, str], ...]
    gained: tuple[tuple[str, str], ...]
    halves: tuple[Half, Half]


@dataclass(frozen=True, slots=True)
class Line:
    """One flip as a line of the table."""

    place: str
    prompt: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flips:
    """A candidate's flips: pairs that lost a verdict, pairs that only gained, and all as lines.

    The counts are of all images; `left_out` and `unlisted` of those not shown and not listed.
    """

    anchor: str
    run: str
    lost_count: int
    gained_count: int
    lost: tuple[Pair, ...]
    gained: tuple[Pair, ...]
    lines: tuple[Line, ...]
    left_out: int
    unlisted: int
    unpaired: tuple[str, ...]


def flips(comparison: Comparison, against: Against, anchor: str) -> Flips:
    """Choose, load and describe a candidate's flips, in the order given: worst first."""
    lost = [one for one in against.flips if one.lost]
    gained = [one for one in against.flips if not one.lost]
    unpaired = {
        one.difference.prompt_set
        for one in against.rows
        if not one.difference.group and one.difference.pairing == "prompts"
    }
    return Flips(
        anchor=anchor,
        run=against.run.name,
        lost_count=len(lost),
        gained_count=len(gained),
        lost=_pairs(comparison, against, lost[:MOST_LOST]),
        gained=_pairs(comparison, against, gained[:MOST_GAINED]),
        lines=tuple(
            Line(_place(one), one.prompt, one.lost, one.gained) for one in against.flips[:LISTED]
        ),
        left_out=max(0, len(lost) - MOST_LOST) + max(0, len(gained) - MOST_GAINED),
        unlisted=max(0, len(against.flips) - LISTED),
        unpaired=tuple(name for name in comparison.prompt_sets if name in unpaired),
    )


def _pairs(comparison: Comparison, against: Against, chosen: Sequence[Flipped]) -> tuple[Pair, ...]:
    def titled(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((comparison.text(name).title, name) for name in names)

    return tuple(
        Pair(
            prompt=one.prompt,
            place=_place(one),
            lost=titled(one.lost),
            gained=titled(one.gained),
            halves=(_half(comparison.baseline, one), _half(against.run, one)),
        )
        for one in chosen
    )


def _place(one: Flipped) -> str:
    return f"{one.key.prompt_set}, {one.key.prompt_id}, image {one.key.index}"


def _half(run: Compared, one: Flipped) -> Half:
    image = run.images.get(one.key)
    shown = Shown(problem="it is not on record") if image is None else show(run.load_image, image)
    boxes = boxes_of(run.judgements.get(("objects", one.key)))
    scorers = sorted({name.partition(".")[0] for name in (*one.lost, *one.gained)})
    judged = [(name, run.judgements.get((name, one.key))) for name in scorers]
    found = "; ".join(box.label for box in boxes)
    return Half(
        run=run.name,
        source=shown.source,
        width=shown.width,
        height=shown.height,
        is_small=shown.is_small,
        problem=shown.problem,
        alt=f"{visible(run.name, 100)}: image drawn for “{visible(one.prompt, 200)}”."
        + (f" The detector found: {found}." if found else ""),
        boxes=tuple(boxes),
        said=tuple(
            f"{name}: {line}"
            for name, judgement in judged
            if judgement is not None
            for line in why(judgement)
        ),
    )
