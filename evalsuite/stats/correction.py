"""Shares of several labels with the instrument's own errors taken out of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import Floats, checked
from evalsuite.stats.resampling import DRAWS, FEWEST_FAMILIES, ends, family_weights, tallied

UNKNOWN = "unknown"
"""The answer of an instrument that abstains: a row of its error matrix, never a column."""

SINGULAR = 20.0
"""The condition number of an error matrix from which it takes a share back to anything."""

FEWEST_AUDITED = 10
"""With fewer audited pictures of a label than this its column is not known."""

_MISFIT = "the answers do not fit the audit's errors, which alone would make more or fewer of them"

HEAVY = 1e3
"""The weight of the row that makes the shares sum to one, in units of the heaviest answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedShares:
    """The share of each label among all pictures that were answered, abstentions included.

    `condition` is the error matrix's condition number, None where it could not be made. Where
    nothing can be told, every interval is without value and `method` says why.
    """

    shares: Mapping[str, Interval]
    condition: float | None
    method: str


def corrected_shares(
    *,
    answers: Sequence[str],
    clusters: ArrayLike,
    confusion: Mapping[str, Mapping[str, int]],
    labels: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> CorrectedShares:
    """The shares on the simplex that best explain what the instrument answered.

    `answers` has one entry for each picture, `UNKNOWN` where the instrument abstained; `clusters`
    names their families (each picture by itself where only seeds vary). `confusion` counts the
    audit's pictures by true label, then by answer; a true label `UNKNOWN` (people could not tell)
    is left out: no share of it can be told by an instrument. `labels` are the true labels, by
    default those of the audit.

    With a the shares of the answers and C the matrix P(answers j | is l), the shares minimise
    (a - C t)' W (a - C t) over t >= 0, sum t = 1, W being the inverse of the multinomial covariance
    of a: as both sides sum to one, that is the sum of squared residuals over a (Neyman 1949), here
    with one more picture of each answer, as one that was hardly given must not decide. It is solved
    by non-negative least squares with a heavy row for the sum (Lawson & Hanson 1974).

    The interval resamples families and the audit's pictures alike, `draws` times (Bayesian
    bootstrap: see `family_weights`; a picture of the audit is a family of its own), each answer
    having a pseudo-picture of weight 1/J, for J answers. It holds only where the instrument errs
    here as it did in the audit. "Cannot be told": fewer than five families, fewer than ten audited
    pictures of a label, or a condition number above `SINGULAR` in more than 1 - level of the
    draws; and a label of which there are fewer answers than the audit's errors on the others alone
    would make, or more than all of them, so surely that every share but 0, or 1, is out: there the
    audit does not hold for these pictures. Raises `ValueError` for bad values.
    """
    truths = [x for x in (confusion if labels is None else labels) if x != UNKNOWN]
    known = (row for truth in truths for row in confusion.get(truth, {}).items())
    says = sorted({*answers, *(said for said, count in known if count)})
    places = {said: place for place, said in enumerate(says)}
    kinds = np.array([places[answer] for answer in answers], dtype=np.intp)
    codes = checked(kinds, clusters, level)[1]
    families = int(codes.max()) + 1 if codes.size else 0
    audit = np.array([[confusion.get(t, {}).get(said, 0) for t in truths] for said in says])
    if why := _lacking(audit, truths, families):
        return _untold(truths, len(answers), families, None, why)
    matrix, totals = audit / audit.sum(axis=0), np.bincount(kinds, minlength=len(says))
    condition, pseudo = float(np.linalg.cond(matrix)), 1 / len(says)
    seen = tallied(codes, kinds, families, len(says))
    drawn, matrices = _drawn(seen, audit, pseudo, draws, np.random.default_rng(seed))
    if condition > SINGULAR or (np.linalg.cond(matrices) > SINGULAR).mean() > 1 - level:
        why = f"the audit hardly tells its labels apart (condition {condition:.3g})"
        return _untold(truths, len(answers), families, condition, why)
    weights = (len(answers) + len(says)) / (totals + 1.0)
    value = on_simplex(totals[None] / totals.sum(), matrix[None], weights)[0]
    shares = on_simplex(drawn, matrices, weights)
    method = f"corrected on the simplex, bootstrap over {families} families and the audit"
    both = [ends(shares[:, place], level, families) for place in range(len(truths))]
    found = {
        truth: _interval(float(at), own, len(answers), families, method)
        for truth, at, own in zip(truths, value, both, strict=True)
    }
    return CorrectedShares(shares=found, condition=condition, method=method)


def _drawn(
    seen: Floats, audit: Floats, pseudo: float, draws: int, dice: np.random.Generator
) -> tuple[Floats, Floats]:
    """Shares of the answers, and error matrices, as other families and audits would show them."""
    answers = family_weights(len(seen), draws, dice) @ seen
    answers = answers + dice.gamma(pseudo, 1.0, answers.shape)
    matrices = dice.gamma(audit + pseudo, 1.0, (draws, *audit.shape))
    return (
        answers / answers.sum(axis=1, keepdims=True),
        matrices / matrices.sum(axis=1, keepdims=True),
    )


def _interval(
    share: float, ends_of: tuple[float, float], n: int, families: int, method: str
) -> Interval:
    low, high = min(ends_of[0], share), max(ends_of[1], share)
    if high - low < 1e-9:
        return Interval(None, None, None, n, families, f"cannot be told: {_MISFIT}")
    return Interval(share, low, high, n, families, method)


def on_simplex(answers: Floats, matrices: Floats, weights: Floats) -> Floats:
    """The shares that explain each row of answers best, shape (rows, labels).

    `answers` (rows, J) holds shares, `matrices` (rows or 1, J, K) the error matrices, `weights` (J)
    what each answer's squared residual counts. The sum is held by Lagrange's equations; rows whose
    shares come out negative go to `nnls`.
    """
    from scipy.optimize import nnls

    rows, labels = len(answers), matrices.shape[2]
    matrices = np.broadcast_to(matrices, (rows, *matrices.shape[1:]))
    scale = np.sqrt(weights)
    left, right = matrices * scale[:, None], answers * scale
    system = np.ones((rows, labels + 1, labels + 1))
    system[:, labels, labels] = 0.0
    system[:, :labels, :labels] = np.einsum("rjk,rjl->rkl", left, left)
    target = np.ones((rows, labels + 1))
    target[:, :labels] = np.einsum("rjk,rj->rk", left, right)
    # A singular matrix has no solution of its own; nnls still finds one of the best.
    regular = np.abs(np.linalg.det(system)) > 1e-12
    system[~regular] = np.eye(labels + 1)
    shares = np.linalg.solve(system, target[:, :, None])[:, :labels, 0]
    if labels == 2 and regular.all():
        # With one share free the cost is a parabola, least at the end that is nearer.
        return np.asarray(shares.clip(0.0, 1.0))
    for row in np.flatnonzero((shares < 0).any(axis=1) | ~regular):
        heavy = HEAVY * scale.max()
        found, _ = nnls(
            np.vstack((left[row], np.full(labels, heavy))), np.append(right[row], heavy)
        )
        shares[row] = found / found.sum()
    return shares


def _lacking(audit: Floats, truths: Sequence[str], families: int) -> str:
    if len(truths) < 2:
        return "the audit knows fewer than two labels"
    if not families:
        return "no data"
    if families < FEWEST_FAMILIES:
        return f"{families} families say nothing about others"
    if np.count_nonzero(audit.sum(axis=1)) < len(truths):
        return "the audit's answers are fewer than its labels"
    few = [truth for truth, n in zip(truths, audit.sum(axis=0), strict=True) if n < FEWEST_AUDITED]
    return f"the audit has fewer than {FEWEST_AUDITED} pictures of {few[0]}" if few else ""


def _untold(
    truths: Sequence[str], n: int, families: int, condition: float | None, why: str
) -> CorrectedShares:
    method = f"cannot be told: {why}"
    nothing = Interval(None, None, None, n, families, method)
    return CorrectedShares(
        shares=dict.fromkeys(truths, nothing), condition=condition, method=method
    )
