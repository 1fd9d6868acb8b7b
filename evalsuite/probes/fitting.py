"""Fitting a head: penalty, temperature and margin, each chosen on pictures that it did not see.

Logistic regression (scikit-learn) on unit vectors, every label weighing the same, so that the head
learns no label's frequency. The inverse penalty is the one with the least held-out loss; one
temperature (Guo et al. 2017, arXiv 1706.04599) makes held-out probabilities honest; the margin is
the least at which held-out answers are right often enough. All folds keep groups whole.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.probe import ROUNDING, softmax

FOLDS = 5
FEWEST = 2 * FOLDS
"""Fewest groups of a label: however they fall, each fold within a fold has some to learn."""
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
"""Inverse penalties that are tried: CLIP's unit vectors lie close together, and need large ones."""
TEMPERATURES = np.geomspace(0.05, 20, 121)
MARGINS = np.round(np.arange(0, 1, 0.05), 2)
STEPS = 5000

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A head, its temperature already in it, and what was chosen for it on held-out pictures.

    `reached`: whether held-out answers beyond the margin are right as often as was asked.
    """

    weight: Floats
    bias: Floats
    inverse_penalty: float
    temperature: float
    margin: float
    reached: bool

    def probabilities(self, vectors: NDArray[Any]) -> Floats:
        """One row of probabilities per vector."""
        return softmax(vectors.astype(np.float64) @ self.weight.T + self.bias)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossValidated:
    """For every picture what heads said that saw none of its group: probabilities and margin.

    `raw` are the same heads' probabilities before their temperature.
    """

    probabilities: Floats
    raw: Floats
    margins: Floats


def fit(vectors: NDArray[Any], truth: Places, groups: Places, wanted: float, seed: int) -> Fit:
    """The head of vectors (n, width) whose labels are `truth`, 0 to K - 1; `wanted` is a share."""
    logits, penalty = _held_out(vectors, truth, groups, seed)
    weights = _weights(truth)
    losses = [_loss(logits / t, truth, weights) for t in TEMPERATURES]
    temperature = float(TEMPERATURES[int(np.argmin(losses))])
    margin, reached = margin_of(softmax(logits / temperature), truth, wanted)
    weight, bias = _head(vectors, truth, penalty)
    return Fit(
        weight=weight / temperature,
        bias=bias / temperature,
        inverse_penalty=penalty,
        temperature=temperature,
        margin=margin,
        reached=reached,
    )


def cross_validate(
    vectors: NDArray[Any], truth: Places, groups: Places, wanted: float, seed: int
) -> CrossValidated:
    """What heads say of pictures of which nothing was used: each fold is fitted whole, as `fit`.

    So penalty, temperature and margin of a fold's head never saw the pictures that it is tried on.
    """
    labels = int(truth.max()) + 1
    shares, raw = np.zeros((len(truth), labels)), np.zeros((len(truth), labels))
    margins = np.zeros(len(truth))
    for train, test in _folds(truth, groups, seed):
        found = fit(vectors[train], truth[train], groups[train], wanted, seed)
        shares[test] = found.probabilities(vectors[test])
        logits = vectors[test].astype(np.float64) @ found.weight.T + found.bias
        raw[test] = softmax(logits * found.temperature)
        margins[test] = found.margin
    return CrossValidated(probabilities=shares, raw=raw, margins=margins)


def margin_of(shares: Floats, truth: Places, wanted: float) -> tuple[float, bool]:
    """The least margin whose answers are right in the share `wanted`, and whether there is one.

    Right as the mean over labels of the share right among its answered pictures. Where none is,
    the largest at which half of every label's pictures are still answered.
    """
    ordered = np.sort(shares, axis=1)
    ahead, said = ordered[:, -1] - ordered[:, -2], shares.argmax(axis=1)
    best, labels = 0.0, np.unique(truth)
    for margin in MARGINS:
        answered = (ahead >= margin - ROUNDING) & (ahead > ROUNDING)
        if min(np.mean(answered[truth == label]) for label in labels) < 0.5:
            break
        best = float(margin)
        right = [np.mean(said[(truth == label) & answered] == label) for label in labels]
        if np.mean(right) >= wanted:
            return best, True
    return best, False


def _held_out(
    vectors: NDArray[Any], truth: Places, groups: Places, seed: int
) -> tuple[Floats, float]:
    """Logits of heads that saw none of a picture's group, at the best penalty, and that penalty."""
    folds, weights = _folds(truth, groups, seed), _weights(truth)
    best: tuple[float, Floats, float] | None = None
    for penalty in PENALTIES:
        logits = np.zeros((len(truth), int(truth.max()) + 1))
        for train, test in folds:
            weight, bias = _head(vectors[train], truth[train], penalty)
            logits[test] = vectors[test].astype(np.float64) @ weight.T + bias
        # A penalty is not to be chosen for its scale, which the temperature mends.
        loss = min(_loss(logits / t, truth, weights) for t in TEMPERATURES[::10])
        if best is None or loss < best[0] - 1e-9:
            best = loss, logits, penalty
    assert best is not None
    return best[1], best[2]


def _head(vectors: NDArray[Any], truth: Places, penalty: float) -> tuple[Floats, Floats]:
    """Weight (labels, width) and bias (labels); of two labels half of the one line for each."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=penalty, class_weight="balanced", max_iter=STEPS)
    model.fit(vectors.astype(np.float64), truth)
    weight, bias = model.coef_, model.intercept_
    if len(weight) == 1:
        weight, bias = np.vstack([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return weight, bias


def _folds(truth: Places, groups: Places, seed: int) -> list[tuple[Places, Places]]:
    from sklearn.model_selection import StratifiedGroupKFold

    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return [(train, test) for train, test in split.split(np.zeros(len(truth)), truth, groups)]


def _weights(truth: Places) -> Floats:
    return np.asarray(1 / np.bincount(truth)[truth] / len(np.unique(truth)))


def _loss(logits: Floats, truth: Places, weights: Floats) -> float:
    shares = softmax(logits)[np.arange(len(truth)), truth]
    return float(-(weights * np.log(np.maximum(shares, 1e-12))).sum())
