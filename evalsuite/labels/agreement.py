"""How far a judge agrees with people, and people with each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from evalsuite import stats
from evalsuite.files.values import natural
from evalsuite.labels.asked import Asked, Form
from evalsuite.labels.frame import ABSTAINED, NOT_JUDGED
from evalsuite.labels.labelled import CANNOT_TELL, SPLIT, Item, Labelled
from evalsuite.labels.shares import recalls, same_share, unknown_share
from evalsuite.records import Interval

Scale = Literal["nominal", "ordinal", "interval"]
SCALES: Mapping[Form, Scale] = {
    "verdict": "nominal",
    "label": "nominal",
    "tone": "ordinal",
    "count": "interval",
    "score": "interval",
}
"""On which scale Krippendorff's alpha compares raters."""
WORDS = {"1": "yes", "0": "no"}
MOST = 15
"""Most rows and columns of an error matrix: above, correlations say more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One rater: how often it told, and how often it could not."""

    rater: str
    told: int
    cannot_tell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A judge's answers about one field beside people's, on a labelled sample of a run.

    `images` raise the question and `labelled` of them have an answer. `matrix` counts labelled
    images by what people say (rows) and what the judge says; in `shares` each row is weighted by
    the sampling and sums to 1. `same` is the weighted share of equal answers where both told;
    `recalls` the weighted share of the judge's answers that are right, by what people say: of a
    verdict "yes" is its sensitivity and "no" its specificity. `cannot_tell` is the weighted share
    of images of which people cannot tell, or differ. For numbers there are rank correlations, and
    no matrix where there are too many. Intervals are about this run's images, of which some were
    drawn at random. `alpha` is Krippendorff's, of `pairs` images with two
    raters or more. `uncovered` counts the images for which no labelled one stands.
    """

    name: str
    title: str
    form: Form
    images: int
    labelled: int
    raters: Sequence[Rated]
    alpha: float | None
    alpha_scale: Scale
    pairs: int
    matrix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    columns: Sequence[str] = ()
    same: Interval | None = None
    recalls: Mapping[str, Interval] = field(default_factory=dict)
    cannot_tell: Interval | None = None
    spearman: Interval | None = None
    kendall: Interval | None = None
    uncovered: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def agreement(found: Labelled, *, seed: int) -> Agreement:
    """All that is said of one labelled field; `seed` is of the resampling."""
    asked, items = found.asked, found.items
    both = [item for item in items if item.people is not None and item.cell.judge is not None]
    rows, columns = _labels(asked, items)
    is_table = asked.form != "score" and len(rows) <= MOST and len(columns) <= MOST
    is_ordered = asked.form in ("tone", "count", "score")
    spearman, kendall = _correlations(both, seed) if is_ordered else (None, None)
    pairs = [item for item in items if sum(v is not None for v in item.ratings.values()) > 1]
    return Agreement(
        name=asked.name,
        title=asked.title,
        form=asked.form,
        images=len(found.cells),
        labelled=len(items),
        raters=_raters(found),
        alpha=_alpha(found, pairs),
        alpha_scale=SCALES[asked.form],
        pairs=len(pairs),
        matrix=_counts(asked, items, rows, columns) if is_table else {},
        shares=_shares(asked, items, rows, columns) if is_table else {},
        columns=columns if is_table else (),
        same=None if asked.form == "score" else same_share(found.cells, items, seed),
        recalls=_recalls(found, seed) if is_table else {},
        cannot_tell=unknown_share(found.cells, items, seed),
        spearman=spearman,
        kendall=kendall,
        uncovered=sum(found.uncovered.values()),
        left_out=found.left_out,
    )


def shown(asked: Asked, said: str) -> str:
    """An answer as tables have it: yes and no for a verdict's 1 and 0."""
    return WORDS.get(said, said) if asked.form == "verdict" else said


def _labels(asked: Asked, items: Sequence[Item]) -> tuple[list[str], list[str]]:
    """The error matrix's rows and columns: answers in their order, then what is none."""
    own = [shown(asked, option) for option in asked.options]

    def ordered(said: set[str], last: Sequence[str]) -> list[str]:
        others = sorted(said - {*own, *last}, key=natural)
        return [*(own or []), *others, *(name for name in last if name in said)]

    rows = ordered({shown(asked, item.said) for item in items}, (CANNOT_TELL, SPLIT))
    columns = ordered({shown(asked, item.cell.said) for item in items}, (ABSTAINED, NOT_JUDGED))
    if asked.form == "tone":  # ten rows of which most are empty say nothing
        rows = [row for row in rows if any(item.said == row for item in items)]
        columns = [name for name in columns if any(item.cell.said == name for item in items)]
    if CANNOT_TELL not in rows:
        rows.append(CANNOT_TELL)
    return rows, columns


def _counts(
    asked: Asked, items: Sequence[Item], rows: Sequence[str], columns: Sequence[str]
) -> dict[str, dict[str, int]]:
    table = {row: dict.fromkeys(columns, 0) for row in rows}
    for item in items:
        table[shown(asked, item.said)][shown(asked, item.cell.said)] += 1
    return table


def _shares(
    asked: Asked, items: Sequence[Item], rows: Sequence[str], columns: Sequence[str]
) -> dict[str, dict[str, float]]:
    table = {row: dict.fromkeys(columns, 0.0) for row in rows}
    for item in items:
        table[shown(asked, item.said)][shown(asked, item.cell.said)] += item.weight
    for row in table.values():
        total = sum(row.values())
        for column in row:
            row[column] = row[column] / total if total else 0.0
    return table


def _recalls(found: Labelled, seed: int) -> dict[str, Interval]:
    by_answer = recalls(found.asked, found.cells, found.items, seed=seed)
    return {shown(found.asked, answer): share for answer, share in by_answer.items()}


def _correlations(both: Sequence[Item], seed: int) -> tuple[Interval, Interval]:
    return stats.rank_correlations(
        a=[float(item.people or 0.0) for item in both],
        b=[float(item.cell.judge or 0.0) for item in both],
        weights=[item.weight for item in both],
        clusters=[item.image for item in both],
        seed=seed,
    )


def _raters(found: Labelled) -> list[Rated]:
    answers = {
        rater: [item.ratings[rater] for item in found.items if rater in item.ratings]
        for rater in found.raters
    }
    return [
        Rated(
            rater=rater,
            told=sum(value is not None for value in own),
            cannot_tell=sum(value is None for value in own),
        )
        for rater, own in answers.items()
    ]


def _alpha(found: Labelled, pairs: Sequence[Item]) -> float | None:
    scale = SCALES[found.asked.form]

    def number(item: Item, rater: str) -> float | str | None:
        value = item.ratings.get(rater)
        return value if value is None or scale == "nominal" else float(value)

    ratings = [[number(item, rater) for item in pairs] for rater in found.raters]
    return stats.krippendorff_alpha(ratings=ratings, scale=scale) if pairs else None
