"""The images whose verdict flipped, two by two."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from evalsuite.records import Judgement, scorer_of
from evalsuite.report.cards import ImageCard, Thumbnail, flagged_by, image_card, load
from evalsuite.report.comparison.content import (
    Against,
    ComparedRun,
    ComparisonReport,
    FlippedImage,
)
from evalsuite.report.evidence import Statement, finders, notes, verdict_fields
from evalsuite.report.format import plural, visible

MOST_LOST = 24
"""How many images with a verdict lost are shown a candidate; the rest are counted."""

MOST_GAINED = 8
"""How many of those that lost none."""

LISTED = 200
"""How many flips the table lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One image in both runs, and what flipped, as titles with names."""

    prompt: str
    place: str
    lost: tuple[tuple[str, str], ...]
    gained: tuple[tuple[str, str], ...]
    halves: tuple[ImageCard, ImageCard]


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One flipped image as a row of the table, and its measures' names."""

    place: str
    prompt: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """A candidate's flips: pairs that lost a verdict, pairs that only gained, and all as rows.

    The counts are of all images; `left_out` and `unlisted` of those not shown and not listed.
    """

    anchor: str
    run: str
    lost_count: int
    gained_count: int
    lost: tuple[Pair, ...]
    gained: tuple[Pair, ...]
    rows: tuple[FlipRow, ...]
    left_out: int
    unlisted: int
    unpaired: tuple[str, ...]
    why: str


def no_seeds(unkept: str) -> str:
    """Why no two images are paired, in words; `unkept` are runs that keep to no seeds."""
    if not unkept:
        return "no two images have the same seed"
    return f"nothing says that {unkept} kept to the seeds, and two draws of a prompt are no pair"


def in_a_line(against: Against) -> str:
    """How many images' verdicts flipped, or why none can."""
    worse = sum(1 for image in against.flips if image.lost)
    better = len(against.flips) - worse
    if not against.flips and any(row.difference.pairing == "prompts" for row in against.rows):
        return f"No verdict can flip: {no_seeds(against.unkept)}."
    return f"{plural(worse, 'image')} lost a verdict, {plural(better, 'image')} only gained."


def flips(comparison: ComparisonReport, against: Against, anchor: str) -> Flips:
    """Choose, load and describe a candidate's flips, in the order given: worst first."""
    lost = [image for image in against.flips if image.lost]
    gained = [image for image in against.flips if not image.lost]
    unpaired = {
        row.difference.prompt_set
        for row in against.rows
        if not row.difference.group and row.difference.pairing == "prompts"
    }
    return Flips(
        anchor=anchor,
        run=against.run.name,
        lost_count=len(lost),
        gained_count=len(gained),
        lost=_pairs(comparison, against, lost[:MOST_LOST]),
        gained=_pairs(comparison, against, gained[:MOST_GAINED]),
        rows=tuple(
            FlipRow(_place(image), image.prompt, image.lost, image.gained)
            for image in against.flips[:LISTED]
        ),
        left_out=max(0, len(lost) - MOST_LOST) + max(0, len(gained) - MOST_GAINED),
        unlisted=max(0, len(against.flips) - LISTED),
        unpaired=tuple(name for name in comparison.prompt_sets if name in unpaired),
        why=no_seeds(against.unkept),
    )


def _pairs(
    comparison: ComparisonReport, against: Against, chosen: Sequence[FlippedImage]
) -> tuple[Pair, ...]:
    runs = comparison.baseline, against.run
    finding = finders(runs[0].judgements), finders(runs[1].judgements)

    def titled(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((comparison.measure(name).title, name) for name in names)

    return tuple(
        Pair(
            prompt=image.prompt,
            place=_place(image),
            lost=titled(image.lost),
            gained=titled(image.gained),
            halves=(
                _half(comparison, runs[0], image, finding[0]),
                _half(comparison, runs[1], image, finding[1]),
            ),
        )
        for image in chosen
    )


def _place(image: FlippedImage) -> str:
    return f"{image.key.prompt_set}, {image.key.prompt_id}, image {image.key.index}"


def _half(
    comparison: ComparisonReport, run: ComparedRun, image: FlippedImage, finding: Collection[str]
) -> ImageCard:
    """One run's image of a pair, with what the scorers of the flipped verdicts said of it.

    Their boxes come first, then those of others.
    """
    sha256 = run.images.get(image.key)
    flipped = sorted({scorer_of(name) for name in (*image.lost, *image.gained)})
    scorers = dict.fromkeys([*flipped, *sorted(finding)])
    found = [run.judgements.get((scorer, image.key)) for scorer in scorers]
    judged = [judgement for judgement in found if judgement is not None]
    return image_card(
        heading=run.name,
        place=_place(image),
        image=Thumbnail(problem="it is not on record")
        if sha256 is None
        else load(run.load_image, sha256),
        drawn_for=f"{visible(run.name, 100)}: image drawn for “{visible(image.prompt, 200)}”.",
        judgements=judged,
        statements=[_notes(comparison, each) for each in judged if each.scorer in flipped],
        finding=finding,
        flagged=flagged_by(comparison.measures.values(), run.judgements, image.key),
    )


def _notes(comparison: ComparisonReport, judgement: Judgement) -> Statement:
    verdicts = verdict_fields(comparison.measures, judgement.scorer)
    return Statement(judgement.scorer, notes=tuple(notes(judgement, verdicts)))
