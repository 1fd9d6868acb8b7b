"""How far a share can move with what an instrument could not tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import LIKE_THESE, Estimand, Interval
from evalsuite.stats.means import proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionBounds:
    """A label's share among the read, and what its abstentions can make of it among all judged.

    `none` is the share if no abstention has the label, `every` if each has it; both with their
    interval, so that `none.low` to `every.high` holds whatever they are. `uneven` are the least
    and the greatest share if the instrument abstains up to `ratio` times as often on pictures with
    the label as on others, or the other way about; None where nothing was read. `n` counts the
    judged, `abstained` those without an answer.
    """

    read: Interval
    none: Interval
    every: Interval
    uneven: tuple[float, float] | None
    ratio: float
    n: int
    abstained: int


def abstention_bounds(
    *,
    answers: Sequence[str | None],
    labels: Sequence[str],
    clusters: ArrayLike,
    ratio: float = 2.0,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> AbstentionBounds:
    """The bounds of the share of `labels` (one label, or several, as the light tones).

    `answers` has an entry for each judged picture, None where the instrument abstained. Without a
    word on why it did, the true share among all lies between that of the hits, none of the others
    having the label, and that plus the abstentions (Manski 1989, J. Hum. Resour. 24:343-360). If
    pictures with the label are abstained from r times as often as others, then with h and o the
    shares of hits and of other answers among all judged, the true share t solves
    1 - h/t = r (1 - o/(1 - t)), a quadratic; r is held within 1/`ratio` and `ratio`. Raises
    `ValueError` for a ratio below 1.
    """
    if not ratio >= 1:
        raise ValueError(f"ratio must be 1 or more, not {ratio}")
    names, layers = np.asarray(clusters), None if strata is None else np.asarray(strata)
    inside = set(labels)
    read = np.array([answer is not None for answer in answers], dtype=bool)
    hits = np.array([answer in inside for answer in answers], dtype=bool)

    def share(values: ArrayLike, part: ArrayLike) -> Interval:
        mask = np.asarray(part, dtype=bool)
        return proportion(
            values=np.asarray(values, np.float64)[mask],
            clusters=names[mask],
            level=level,
            estimand=estimand,
            strata=None if layers is None else layers[mask],
        )

    whole = np.ones_like(read)
    n, known = read.size, int(read.sum())
    uneven = None
    if known:
        h, o = float(hits.sum()) / n, float((read & ~hits).sum()) / n
        both = [_true_share(h, o, r) for r in (1 / ratio, ratio)]
        uneven = (min(both), max(both))
    return AbstentionBounds(
        read=share(hits, read),
        none=share(hits, whole),
        every=share(hits | ~read, whole),
        uneven=uneven,
        ratio=ratio,
        n=n,
        abstained=n - known,
    )


def _true_share(hits: float, others: float, ratio: float) -> float:
    """The share t with 1 - hits/t = ratio (1 - others/(1 - t)), between hits and 1 - others."""
    if hits == 0:
        # Every picture with the label was abstained from, and 1/ratio of the others, if any was.
        return float(max(0.0, 1 - others * ratio / (ratio - 1))) if ratio > 1 else 0.0
    if others == 0:
        return float(min(1.0, hits / (1 - ratio))) if ratio < 1 else 1.0
    a, b, c = ratio - 1, 1 + hits - ratio + ratio * others, -hits
    if abs(a) < 1e-12:
        return float(-c / b)
    root = float(np.sqrt(b * b - 4 * a * c))
    inside = [t for t in ((-b + root) / (2 * a), (-b - root) / (2 * a)) if -1e-9 <= t <= 1 + 1e-9]
    share = next(t for t in inside if hits - 1e-9 <= t <= 1 - others + 1e-9)
    return float(min(max(share, 0.0), 1.0))
