"""From a pilot's images to the variance of a difference, by how two models are paired.

Images lie in prompts, and prompts in clusters that vary together. The variance of clusters' means
is taken as it is seen; what lies within prompts, which more images of them reduce, is split off.
"""

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.stats import DifferenceVariance, Pairing

Floats = NDArray[np.float64]


class Images(NamedTuple):
    """A pilot's images: scores, shape (images, runs), and each image's prompt and cluster."""

    scores: Floats
    prompts: Sequence[str]
    clusters: Sequence[str]


def by_pairing(
    images: Images, is_verdict: bool, width: float | None
) -> dict[Pairing, DifferenceVariance]:
    """The variance of a difference for each pairing that the pilot tells something about.

    One run tells of unpaired designs alone; with one image per prompt nothing is known of pairing
    by prompt, and all variance counts as between clusters. Scores of which none differs from
    another tell nothing; of verdicts one more pair is taken to differ, as so few may not show how
    rare that is. `width` is the largest difference of two scores.
    """
    scores, count = images.scores, len(set(images.clusters))
    if count < 2:
        return {}
    prompts = len(set(images.prompts))
    within = _within(images)
    per_cluster, each = prompts / count, len(scores) / prompts
    together = _together(images, within.get("none", 0.0), each) if is_verdict else None
    found: dict[Pairing, DifferenceVariance] = {}
    for pairing, between in _of_clusters(images, within).items():
        inside = within.get(pairing, 0.0)
        shared = min(inside / (per_cluster * each), between)
        between, inside = between - shared, shared * per_cluster * each
        more = 1 / (len(scores) + 1) if is_verdict else 0.0
        if between + inside + more == 0:
            continue
        if pairing in within:
            inside += more
        else:
            between += more / per_cluster
        found[pairing] = DifferenceVariance(
            between=between,
            within=inside,
            per_cluster=per_cluster,
            together=together,
            step=float(is_verdict),
            width=width,
        )
    return found


def _within(images: Images) -> dict[Pairing, float]:
    """The variance of a difference within one prompt; without what is unknown."""
    split = stats.variance_split(values=images.scores, clusters=images.prompts)
    pairings: Sequence[Pairing] = get_args(Pairing) if split.models > 1 else ("none",)
    parts = {
        pairing: stats.difference_variances(variances=split, pairing=pairing)[1]
        for pairing in pairings
    }
    return {pairing: part for pairing, part in parts.items() if part is not None}


def _of_clusters(images: Images, within: dict[Pairing, float]) -> dict[Pairing, float]:
    """The variance of a difference of clusters' means, in the pilot's own design."""
    codes = np.unique(images.clusters, return_inverse=True)[1]
    sizes = np.bincount(codes)
    means = np.stack([np.bincount(codes, weights=c) / sizes for c in images.scores.T], axis=1)
    found: dict[Pairing, float] = {"none": 2 * float(means.var(axis=0, ddof=1).mean())}
    if images.scores.shape[1] == 1:
        return found
    paired = float((means[:, 0] - means[:, 1]).var(ddof=1))
    if "prompts" in within:
        seeds = max(within["prompts"] - within["seeds"], 0.0)
        return {"seeds": paired, "prompts": paired + seeds / float(sizes.mean()), **found}
    return {"seeds": paired, **found}


def _together(images: Images, within: float, each: float) -> float:
    """The share of a single score's variance that lies between clusters: losses cluster alike."""
    whole = 2 * float(images.scores.var(axis=0).mean())
    if whole == 0:
        return 1.0
    count, prompts = len(set(images.clusters)), len(set(images.prompts))
    means = _of_clusters(images, {})["none"]
    return min(max(means - within / (each * prompts / count), 0.0) / whole, 1.0)
