"""Where a score's variance comes from: prompts, seeds, and what a model makes of a prompt."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.stats.interval import Floats, checked

Pairing = Literal["seeds", "prompts", "none"]
"""What two runs share: prompts and seeds, prompts only, or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variances:
    """One image's variance, in parts that add up: score = prompt + prompt x model + seed + noise.

    `prompt` is common to all models, `prompt_model` is one model's own part of a prompt, `seed` is
    common to all models at one prompt and seed, `noise` is each image's own. None is unknown: with
    one model `prompt` includes `prompt_model` and `seed` includes `noise`; with one image per
    prompt nothing can be told apart.
    """

    prompt: float | None
    prompt_model: float | None
    seed: float | None
    noise: float | None
    n: int
    prompts: int
    models: int


def variance_split(*, values: ArrayLike, clusters: ArrayLike) -> Variances:
    """The parts of the variance by the method of moments (one-way ANOVA, unbalanced).

    `values`, shape (n,) or (n, models): one row per (prompt, seed), one column per model;
    `clusters` names the prompts. The rows' means and the contrasts between models are analysed
    apart: of means, what lies between prompts is prompt + prompt_model / models and what lies
    within is seed + noise / models; of an orthonormal contrast they are prompt_model and noise. The
    prompts' part is (MSB - MSW) / n0, n0 = (n - sum(m^2)/n) / (prompts - 1) (Searle, Casella &
    McCulloch 1992, Variance Components, 3.6). An estimate below 0 is given as 0.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or table.shape[1] < 1:
        raise ValueError(f"values {table.shape} must be a list, or a table with a column per model")
    y, codes = checked(table.mean(axis=1), clusters, 0.95)
    n, models = table.shape
    count = int(codes.max()) + 1 if n else 0
    between, within = _one_way(y[:, None], codes, count)
    if models == 1 or between is None or within is None:
        return Variances(
            prompt=_floor(between),
            prompt_model=None,
            seed=_floor(within),
            noise=None,
            n=n,
            prompts=count,
            models=models,
        )
    # Rows of Helmert's matrix: orthonormal, and each sums to 0, so that the models' means cancel.
    contrasts = table @ _helmert(models).T
    prompt_model, noise = _one_way(contrasts, codes, count)
    assert prompt_model is not None and noise is not None  # the same design as the rows' means
    return Variances(
        prompt=_floor(between - prompt_model / models),
        prompt_model=_floor(prompt_model),
        seed=_floor(within - noise / models),
        noise=_floor(noise),
        n=n,
        prompts=count,
        models=models,
    )


def difference_variances(
    *, variances: Variances, pairing: Pairing
) -> tuple[float | None, float | None]:
    """The variance of a difference between two models: between prompts, and within one.

    With the same prompts and seeds only prompt_model and noise are left, twice; with other seeds
    also the seeds' part; with other prompts everything. None where a part is unknown.
    """
    v = variances
    if v.models == 1 and pairing == "none":
        # One model's parts are whole, only not told apart.
        return _twice(v.prompt), _twice(v.seed)
    if pairing == "seeds":
        return _twice(v.prompt_model), _twice(v.noise)
    between = v.prompt_model if pairing == "prompts" else _sum(v.prompt, v.prompt_model)
    return _twice(between), _twice(v.seed if v.models == 1 else _sum(v.seed, v.noise))


def _one_way(y: Floats, codes: NDArray[np.intp], count: int) -> tuple[float | None, float | None]:
    """Between and within clusters, pooled over the columns of y; not floored."""
    n = y.shape[0]
    if count < 2 or n == count:
        return None, None
    sizes = np.bincount(codes).astype(np.float64)
    sums = np.stack([np.bincount(codes, weights=column) for column in y.T], axis=1)
    means = sums / sizes[:, None]
    grand = y.mean(axis=0)
    columns = y.shape[1]
    within = float(((y - means[codes]) ** 2).sum() / (n - count) / columns)
    among = float((sizes[:, None] * (means - grand) ** 2).sum() / (count - 1) / columns)
    n0 = (n - float((sizes**2).sum()) / n) / (count - 1)
    return (among - within) / n0, within


def _helmert(models: int) -> Floats:
    from scipy.linalg import helmert

    return np.asarray(helmert(models), dtype=np.float64)


def _floor(value: float | None) -> float | None:
    return None if value is None else max(value, 0.0)


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _twice(value: float | None) -> float | None:
    return None if value is None else 2 * value
