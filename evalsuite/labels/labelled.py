"""A run's labelled images: what people say of each beside what the judge says, and its weight.

Weights are one over the probability that an image was labelled: of the n images of a stratum m are
labelled, in an order that chance made, and each stands for n / m. Strata are those of the rows as
they are now, which are those that the sample was drawn from unless the run grew since.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.labels.asked import Asked
from evalsuite.labels.frame import Cell, word
from evalsuite.labels.rows import Label, Told
from evalsuite.records import Key, Value

CANNOT_TELL = "cannot tell"
SPLIT = "raters differ"

GONE = "of an image that is no more"
OUTSIDE = "of an image outside the drawn sample"
OTHER = "an answer that the question does not have"
UNASKED = "of an image that does not raise the question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A labelled image. `people` is None where they cannot tell or, if `is_split`, differ.

    `ratings` holds every rater's answer, None where it cannot tell; `weight` is how many images of
    its stratum it stands for.
    """

    cell: Cell
    weight: float
    people: Value
    ratings: Mapping[str, Value]
    is_split: bool = False

    @property
    def image(self) -> str:
        """What tells this image from the run's others: they are what was drawn at random."""
        return "/".join(map(str, self.cell.key))

    @property
    def said(self) -> str:
        """What people said, as a word of a table."""
        return word(self.people, SPLIT if self.is_split else CANNOT_TELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What people said of a sample of `cells`, all images that raise the question.

    `uncovered` holds by stratum the images for which no labelled one stands, `left_out` by reason
    the labels that count for nothing.
    """

    asked: Asked
    cells: Sequence[Cell]
    items: Sequence[Item]
    uncovered: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def raters(self) -> list[str]:
        """The raters of any image, sorted."""
        return sorted({rater for item in self.items for rater in item.ratings})


def labelled(asked: Asked, cells: Sequence[Cell], told: Told) -> Labelled:
    """The labels about one question, by image, with the judge's answers and the weights."""
    by_key = {cell.key: cell for cell in cells}
    left_out: Counter[str] = Counter()
    ratings: dict[Key, dict[str, Value]] = {}
    for label in told.of(asked.name):
        cell = by_key.get(label.key)
        why = _useless(label, cell, asked)
        if why:
            left_out[why] += 1
            continue
        ratings.setdefault(label.key, {})[label.rater] = label.answer
    sizes = Counter(cell.stratum for cell in cells)
    counts = Counter(by_key[key].stratum for key in ratings)
    items = []
    for cell in cells:
        if cell.key not in ratings:
            continue
        people, is_split = agreed(asked, list(ratings[cell.key].values()))
        items.append(
            Item(
                cell=cell,
                weight=sizes[cell.stratum] / counts[cell.stratum],
                people=people,
                ratings=dict(sorted(ratings[cell.key].items())),
                is_split=is_split,
            )
        )
    return Labelled(
        asked=asked,
        cells=cells,
        items=items,
        uncovered={name: size for name, size in sizes.items() if not counts[name]},
        left_out=dict(sorted(left_out.items())),
    )


def agreed(asked: Asked, ratings: Sequence[Value]) -> tuple[Value, bool]:
    """What raters say together, None where they cannot tell; and whether they differ.

    As many who cannot tell as can: together they cannot. Of words and verdicts the most frequent
    counts, and where two are as frequent they differ; of tones and counts the lower median, of
    scores the mean.
    """
    given = [value for value in ratings if value is not None]
    if not given or 2 * len(given) <= len(ratings):
        return None, False
    if asked.form == "score":
        return statistics.fmean(float(value) for value in given), False
    if asked.form in ("tone", "count"):
        middle = statistics.median_low(sorted(float(value) for value in given))
        return (f"{middle:g}" if asked.form == "tone" else middle), False
    (first, most), *others = Counter(given).most_common()
    if others and others[0][1] == most:
        return None, True
    return first, False


def _useless(label: Label, cell: Cell | None, asked: Asked) -> str:
    """Why a label counts for nothing; "" where it counts."""
    if cell is None:
        return UNASKED
    if cell.image != label.image:
        return GONE
    if not label.drawn:
        return OUTSIDE
    if label.answer is None:
        return ""
    is_word = isinstance(label.answer, str)
    if asked.form in ("label", "tone"):
        return "" if is_word and label.answer in asked.options else OTHER
    if is_word or (asked.form == "verdict" and label.answer not in (0.0, 1.0)):
        return OTHER
    return ""
