"""What is shown of images one by one: the picture's file, its boxes, what every scorer said."""

from collections.abc import Mapping, Sequence

from evalsuite.records import InputError, Json, Judgement, Measure
from evalsuite.report.cards import flagged_in
from evalsuite.report.evidence import drawn_boxes, statement, verdict_fields
from evalsuite.report.pictures.texts import Texts
from evalsuite.report.pictures.walk import Image

Size = tuple[int, int] | InputError | None
"""A picture's own width and height where it has a thumbnail, why it cannot be shown, or None: it
is shown by its own file."""


class Rows:
    """Makes a data file's rows from a part of the images."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        scorers = {measure.scorer for measure in measures.values()}
        self._verdicts = {name: verdict_fields(measures, name) for name in scorers}
        self._blurring = [m for m in measures.values() if m.blur_from is not None]

    def of(self, images: Sequence[Image], sizes: Mapping[str, Size]) -> Json:
        """The file's data: a table of texts, and a row an image that holds their numbers.

        A row is [seed or null, reason]; of a picture [seed, [sha256, width, height, trouble],
        flagged, statements, boxes]. A statement is [scorer, [[field, answer, reason], ...],
        [note, ...], failure], a box [label, left, top, width, height] in pixels.
        """
        texts = Texts()
        rows = [self._row(image, sizes, texts) for image in images]
        return {"texts": texts.all, "rows": rows}

    def _row(self, image: Image, sizes: Mapping[str, Size], texts: Texts) -> Json:
        sample, sha256 = image.sample, image.sha256
        if sample is None:
            return [None, texts.number("not drawn yet")]
        if sha256 is None:
            return [sample.seed, texts.number(sample.reason or "no reason given")]
        return [sample.seed, *self.shown(image.judged, sha256, sizes[sha256], texts)]

    def shown(
        self,
        judged: Mapping[str, Judgement | None],
        sha256: str,
        size: Size,
        texts: Texts,
    ) -> list[Json]:
        """A picture's part of a row: [sha256, width, height, trouble], flagged, ... as in `of`."""
        flagged = flagged_in(self._blurring, judged)
        boxes = drawn_boxes([judgement for judgement in judged.values() if judgement is not None])
        return [
            _file(sha256, size),
            texts.number(flagged) if flagged else -1,
            [s for n, j in judged.items() if (s := self._said(n, j, texts)) is not None],
            [[texts.number(b.label), b.x, b.y, b.width, b.height] for b in boxes],
        ]

    def _said(self, scorer: str, judgement: Judgement | None, texts: Texts) -> Json:
        found = statement(scorer, judgement, self._verdicts.get(scorer, set()))
        if found is None:
            return None
        return [
            texts.number(scorer),
            [[texts.number(text) for text in answer] for answer in found.answers],
            [texts.number(note) for note in found.notes],
            texts.number(found.failure) if found.failure else -1,
        ]


def _file(sha256: str, size: Size) -> Json:
    if isinstance(size, InputError):
        return [sha256, 0, 0, 1]
    return [sha256, *(size or (0, 0)), 0]
