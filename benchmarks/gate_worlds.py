"""The worlds of `gates.py`: two runs of four measures, without a change and with a regression."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, stdtrit

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

MEASURES = 4
KINDS = ("binary", "bounded", "heavy-tailed")
MARGINS = {"binary": 0.1, "bounded": 0.05, "heavy-tailed": 0.5}
BOUNDS = {"binary": (0.0, 1.0), "bounded": (0.0, 1.0), "heavy-tailed": None}
WHERE = ("single images", "few prompts", "few families")
"""What a regression of the margin strikes: images at random, or all images of a few clusters."""

FAMILY = 4
"""The prompts of a family where a regression strikes families."""

HEAVY_SHARE = 0.1
"""The share of clusters that an unbounded regression strikes; each loses ten times the margin."""


def as_scores(kind: str, z: Floats, levels: Floats) -> Floats:
    """Standard normal numbers as scores, which differ by the measure's own level, 0 to 1.

    Shares lie near 0 and 1 too; the heavy tails are those of t with 1 (no mean) to 4 degrees.
    """
    if kind == "binary":
        return (ndtr(z) < levels).astype(float)
    if kind == "bounded":
        return np.round(betaincinv(0.5, 2.0, ndtr(z)), 1)
    return np.asarray(stdtrit(np.ceil(4 * levels), ndtr(z)), dtype=np.float64)


_MANY = as_scores("bounded", np.random.default_rng(0).standard_normal(10**6), np.zeros(1))
LOWERABLE = float(np.mean(_MANY >= 0.1))
"""The share of bounded scores that are a tenth or more."""

LEVEL = 0.6
MEANS = {"binary": LEVEL, "bounded": float(_MANY.mean())}
"""What a struck cluster loses on average: its scores go to 0."""


def unchanged(kind: str, rng: np.random.Generator) -> tuple[Floats, Floats, Codes]:
    """An A/A gate: both runs' values, shape (measures, prompts, images), and prompts' clusters.

    NaN is refused. Half of the gates have families of two to five prompts that vary together.
    """
    prompts, images = int(rng.integers(8, 121)), int(rng.integers(1, 7))
    icc, refused, alike, common, family = rng.uniform(0, [0.8, 0.3, 0.9, 0.8, 0.9])
    clusters = np.arange(prompts)
    if rng.random() < 0.5:
        clusters = clusters // int(rng.integers(2, 6))
    shape = (2, MEASURES, prompts, images)
    # Half of what images of a prompt have in common is each model's own.
    shared = np.sqrt(0.5) * (
        _of_prompts(rng, clusters, family)[:1] + _of_prompts(rng, clusters, family)
    )
    single = np.sqrt(common) * rng.standard_normal((2, 1, prompts, images))
    single = single + np.sqrt(1 - common) * rng.standard_normal(shape)
    z = np.sqrt(icc) * shared + np.sqrt(1 - icc) * single
    z[1] = np.where(rng.random((1, prompts, images)) < alike, z[0], z[1])
    values = as_scores(kind, z, rng.uniform(0.05, 0.95, (1, MEASURES, 1, 1)))
    rates = rng.beta(1, 1 / max(refused, 1e-3) - 1, (1, 1, prompts, 1))
    gone = np.broadcast_to(rng.random((2, 1, prompts, images)) < rates, shape)
    values = np.where(gone, np.nan, values)
    return values[0], values[1], clusters


def _of_prompts(rng: np.random.Generator, clusters: Codes, family: float) -> Floats:
    """What a prompt's images have in common in each of two models; it correlates in a cluster."""
    shape = (2, MEASURES, clusters.size, 1)
    part = np.sqrt(family) * rng.standard_normal(shape)[:, :, clusters]
    return np.asarray(part + np.sqrt(1 - family) * rng.standard_normal(shape))


def regressed(
    kind: str,
    worse: float,
    prompts: int,
    rng: np.random.Generator,
    *,
    where: str = "single images",
    alike: float = 0.0,
    images: int = 2,
    measures: int = MEASURES,
) -> tuple[Floats, Floats, Codes]:
    """Two runs on the same seeds, correlation 0.6; the second's first measure is `worse`.

    Of the images a share `alike` comes out the same in both runs, but for what is lost.
    """
    shape = (2, measures, prompts, images)
    z = np.sqrt(0.3) * rng.standard_normal((1, measures, prompts, 1))
    z = z + np.sqrt(0.3) * rng.standard_normal((1, *shape[1:]))
    z = z + np.sqrt(0.4) * rng.standard_normal(shape)
    z[1] = np.where(rng.random(shape[2:]) < alike, z[0], z[1])
    values = as_scores(kind, z, np.full((1, measures, 1, 1), LEVEL))
    clusters = np.arange(prompts) // (FAMILY if where == "few families" else 1)
    if worse:
        strike = _strike_images if where == "single images" else _strike_clusters
        values[1, 0] = strike(kind, values[1, 0], worse, clusters, rng)
    return values[0], values[1], clusters


def _strike_images(
    kind: str, scores: Floats, worse: float, clusters: Codes, rng: np.random.Generator
) -> Floats:
    if kind == "heavy-tailed":
        return scores - worse
    if kind == "binary":
        # Wrong where it was right, so often that the share falls by `worse`.
        return np.where(rng.random(scores.shape) < worse / LEVEL, 0.0, scores)
    # A tenth lower so often that it makes `worse`, where there is a tenth to lose.
    low = (scores >= 0.1) & (rng.random(scores.shape) < worse / 0.1 / LOWERABLE)
    return np.where(low, scores - 0.1, scores)


def _strike_clusters(
    kind: str, scores: Floats, worse: float, clusters: Codes, rng: np.random.Generator
) -> Floats:
    share = HEAVY_SHARE if kind == "heavy-tailed" else worse / MEANS[kind]
    struck = (rng.random(int(clusters.max()) + 1) < share)[clusters][:, None]
    lost = scores - worse / share if kind == "heavy-tailed" else np.zeros_like(scores)
    return np.where(struck, lost, scores)
