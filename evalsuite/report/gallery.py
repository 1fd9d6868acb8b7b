"""The best and the worst images of a prompt set, with what every scorer said of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsuite.measures.from_rows import read_all
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Rows
from evalsuite.records import Key, Measure, Prompt, PromptSet
from evalsuite.report.cards import ImageCard, flagged_by, image_card, load
from evalsuite.report.content import Report
from evalsuite.report.evidence import finders, statements
from evalsuite.report.format import visible
from evalsuite.report.prominence import by_prominence

EACH = 4
"""How many of the best, and of the worst, are shown."""

Cells = Sequence[tuple[Prompt, Key]]

Order = list[tuple[Measure, Mapping[Key, float]]]
"""The measures that images are ordered by, each with how good every image is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Two rows of cards, or the reason why there are none.

    `order` holds title and name of the measures that the images are ordered by, the first one
    first. Where pictures are of people the rows are not called best and worst. `three` are the
    first, the middle and the last of all images in that order, where there are so many.
    """

    best: tuple[ImageCard, ...] = ()
    worst: tuple[ImageCard, ...] = ()
    reason: str = ""
    order: tuple[tuple[str, str], ...] = ()
    has_people: bool = False
    three: tuple[Key, ...] = ()

    @property
    def has_boxes(self) -> bool:
        """Whether any image shown has boxes."""
        return any(card.boxes for card in (*self.best, *self.worst))


def gallery(report: Report, prompt_set: PromptSet) -> Gallery:
    """Choose, load and describe a set's images.

    Ordered by the most prominent measure that single images have a good or a bad value of, then by
    a score of images of one prompt; at most one image per prompt, so that one easy prompt does not
    fill a row; no image in both rows.
    """
    order, ordered = _ranked(report, prompt_set)
    if not ordered:
        return Gallery(reason=_reason(report, prompt_set, order))
    half = max(1, min(EACH, len(ordered) // 2))
    best = _one_per_prompt(ordered)[:half]
    others = [key for key in reversed(ordered) if key not in best]
    worst = _one_per_prompt(others)[:half]
    return Gallery(
        best=cards_of(report, prompt_set, best),
        worst=cards_of(report, prompt_set, worst),
        order=tuple((measure.title, measure.name) for measure, _ in order),
        has_people=any(prompt.subject == "person" for prompt in prompt_set.prompts),
        three=(ordered[0], ordered[len(ordered) // 2], ordered[-1]) if len(ordered) > 2 else (),
    )


def _ranked(report: Report, prompt_set: PromptSet) -> tuple[Order, list[Key]]:
    """The measures that order a set's images, and the images, the best first.

    A scorer's failure or abstention is no low value: only images with every value are ordered.
    """
    cells = _drawn(report, prompt_set)
    order = _order(report, prompt_set, cells)
    if not order:
        return order, []
    keys = [key for _, key in cells if all(key in goodness for _, goodness in order)]

    def rank(key: Key) -> tuple[Any, ...]:
        return (*(goodness[key] for _, goodness in order), key)

    return order, sorted(keys, key=rank, reverse=True)


def _reason(report: Report, prompt_set: PromptSet, order: Order) -> str:
    """Why no image is shown."""
    if not _drawn(report, prompt_set):
        return "No image of this set was drawn."
    if not order:
        return "No image of this set was judged by a measure that orders images."
    return "No image of this set was judged by every measure that orders them."


def _drawn(report: Report, prompt_set: PromptSet) -> Cells:
    prompts = {prompt.id: prompt for prompt in prompt_set.prompts}
    return [
        (prompts[key.prompt_id], key)
        for key in report.images()
        if key.prompt_set == prompt_set.name and key.prompt_id in prompts and _image(report, key)
    ]


def _image(report: Report, key: Key) -> str | None:
    sample = report.samples.get(key)
    return None if sample is None or sample.status != "ok" else sample.image


def _order(report: Report, prompt_set: PromptSet, cells: Cells) -> Order:
    """The measures to order by: none, one or two."""
    order: Order = []
    for measure in by_prominence(report, prompt_set):
        kind = kind_of(measure)
        has_direction = measure.higher_is_better is not None
        if kind.paired_by != "image" or kind.is_twins or kind.of_samples or not has_direction:
            continue
        if (not order or measure.ranks_images) and (found := _goodness(report, measure, cells)):
            order.append((measure, found))
        if len(order) == 2:
            break
    return order


def _goodness(report: Report, measure: Measure, cells: Cells) -> dict[Key, float]:
    """Every image's number, turned round where lower is better; without those that have none."""
    by_name = {prompt_set.name: prompt_set for prompt_set in report.prompt_sets}
    # Which images were planned matters to twins alone, whose measures order no images.
    rows = Rows(report.samples, report.samples, report.answered, by_name)
    return {
        # Of a large run's values most are the same object, and stay so.
        key: reading.value if measure.higher_is_better else -reading.value
        for _, key, reading in read_all(measure, rows, cells)
        if isinstance(reading.value, float)
    }


def _one_per_prompt(keys: Iterable[Key]) -> list[Key]:
    """The first key of every prompt, in the keys' order."""
    chosen: dict[str, Key] = {}
    for key in keys:
        chosen.setdefault(key.prompt_id, key)
    return list(chosen.values())


def cards_of(report: Report, prompt_set: PromptSet, keys: Sequence[Key]) -> tuple[ImageCard, ...]:
    """The cards of a set's images."""
    texts = {prompt.id: prompt.text for prompt in prompt_set.prompts}
    # Boxes of the scorer that speaks for the set come first.
    prominent = [measure.scorer for measure in by_prominence(report, prompt_set)]
    scorers = dict.fromkeys(
        [*prominent, *sorted({n for names in report.scorers.values() for n in names})]
    )
    finding = finders(report.judgements)
    return tuple(
        image_card(
            heading=texts[key.prompt_id],
            place=f"{key.prompt_id}, image {key.index}",
            image=load(report.load_image, str(_image(report, key))),
            drawn_for=f"Image drawn for “{visible(texts[key.prompt_id], 200)}”.",
            judgements=[
                report.judgements[name, key] for name in scorers if (name, key) in report.judgements
            ],
            statements=statements(report, key),
            finding=finding,
            flagged=flagged_by(report.measures.values(), report.judgements, key),
        )
        for key in keys
    )
