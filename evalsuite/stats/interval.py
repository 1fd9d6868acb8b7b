"""The moments of clustered values that every interval is built on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

FEW = 10
"""Up to so many clusters an interval is undecided, or deliberately too wide and says so."""


class Moments(NamedTuple):
    """Clustered values, summed up: one entry per cluster in `sizes` and `influence`.

    `influence` has the clusters' contributions to the mean's error, so that the sum of their
    squares is the variance of the mean. `df` are its degrees of freedom. `spread` is the values'
    own variance, about their mean and divided by n; `odd` is `odd_clusters`.
    """

    n: int
    sizes: Floats
    mean: float
    influence: Floats
    variance: float
    df: float
    spread: float
    odd: float

    @property
    def crowding(self) -> float:
        """Kish's mean cluster size, sum(m^2)/sum(m): the design effect if images agree fully."""
        return float((self.sizes**2).sum() / self.n)


def checked(values: ArrayLike, clusters: ArrayLike, level: float) -> tuple[Floats, Codes]:
    """The values as floats and the clusters as numbers 0, 1, ...; `ValueError` if they are bad."""
    y = np.asarray(values, dtype=np.float64)
    shape = np.shape(clusters)
    if y.ndim != 1 or shape != y.shape:
        raise ValueError(f"values {y.shape} and clusters {shape} must be equally long lists")
    if not np.isfinite(y).all():
        raise ValueError("values hold NaN or infinity; leave out what was not measured, count it")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if y.size == 0:
        return y, np.zeros(0, dtype=np.intp)
    return y, coded(clusters)


def coded(names: ArrayLike) -> Codes:
    """Names as numbers 0, 1, ... in the order of the names."""
    if isinstance(names, list) and {*map(type, names)} == {str}:
        # Names come again and again: each is sorted once.
        places = {name: place for place, name in enumerate(sorted({*names}))}
        return np.array([places[name] for name in names], dtype=np.intp)
    return np.unique(np.asarray(names), return_inverse=True)[1].astype(np.intp)


def paired(
    a: ArrayLike, b: ArrayLike, clusters: ArrayLike, level: float = 0.95
) -> tuple[Floats, Codes]:
    """The differences a - b and their clusters, as `checked` gives them."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"a {first.shape} and b {second.shape} must be equally long")
    return checked(first - second, clusters, level)


def moments(y: Floats, codes: Codes, strata: ArrayLike | None = None) -> Moments:
    """Mean, cluster-robust variance and degrees of freedom over at least two clusters.

    What the design fixes does not vary: residuals are taken from the mean of each value's stratum,
    and a cluster may have values in several strata. The variance is CR2 for a model with a mean
    for each stratum: a cluster's residual total in stratum h is divided by sqrt(1 - m_h/n_h), m_h
    and n_h being its values there and all (Bell & McCaffrey 2002, Survey Methodology 28:169-181).
    With equal clusters inside of strata it is the variance of a stratified sample (Cochran 1977,
    Sampling Techniques, 5.9), without strata that of the cluster means. The degrees of freedom are
    Bell and McCaffrey's too (Satterthwaite), in the cautious case that the values of one cluster
    agree fully: clusters minus strata if all are equally large, fewer if few large ones dominate.
    """
    n = y.size
    layers = _layers(codes, strata)
    cells, cell = np.unique(codes * (int(layers.max()) + 1) + layers, return_inverse=True)
    owner, layer = np.divmod(cells, int(layers.max()) + 1)
    m, of_layer = np.bincount(cell).astype(np.float64), np.bincount(layers).astype(np.float64)
    means = np.bincount(layers, weights=y) / of_layer
    residual = np.bincount(cell, weights=y) - m * means[layer]
    # Sums of equal numbers differ in the last bit, and noise must not pass for variance.
    residual[np.abs(residual) <= 1e-12 * m * np.abs(y).max()] = 0.0
    scale = 1 / np.sqrt(1 - m / of_layer[layer])
    influence = np.bincount(owner, weights=residual * scale) / n
    mean = float(y.mean())
    return Moments(
        n=n,
        sizes=np.bincount(codes).astype(np.float64),
        mean=mean,
        influence=influence,
        variance=float((influence**2).sum()),
        df=_freedom(owner, layer, m, m * scale, of_layer),
        spread=float(((y - mean) ** 2).mean()),
        odd=odd_clusters(y, codes, layers),
    )


def _layers(codes: Codes, strata: ArrayLike | None) -> Codes:
    """The strata as numbers 0, 1, ...; those with a single cluster become one (collapsed strata).

    A stratum with one cluster does not show how much clusters differ (Cochran 1977, 5A.12). If only
    one stratum is so, it joins the largest of the others.
    """
    if strata is None:
        return np.zeros_like(codes)
    layers = coded(strata)
    for _ in range(2):
        pairs = np.unique(np.stack((layers, codes)), axis=1)[0]
        alone = np.flatnonzero(np.bincount(pairs) == 1)
        if not alone.size or pairs[0] == pairs[-1]:
            break
        sizes = np.bincount(layers).astype(np.float64)
        sizes[alone] = -1
        into = alone[0] if alone.size > 1 else sizes.argmax()
        layers[np.isin(layers, alone)] = into
        layers = np.unique(layers, return_inverse=True)[1].astype(np.intp)
    return layers


def _freedom(owner: Codes, layer: Codes, m: Floats, scaled: Floats, of_layer: Floats) -> float:
    """Satterthwaite: tr(G'G)^2 / tr(G'GG'G), G taking independent cluster effects to `influence`.

    The first four have one entry per cluster and stratum that have values in common: which, how
    many, and that number over the square root of its leverage. G = D - LR', where D is diagonal
    and L and R have a column for each stratum; the traces are multiplied out, so that thousands of
    clusters need no matrix of their own.
    """
    clusters, layers = int(owner.max()) + 1, of_layer.size
    diagonal = np.bincount(owner, weights=scaled)
    left, right = np.zeros((clusters, layers)), np.zeros((clusters, layers))
    left[owner, layer], right[owner, layer] = scaled, m / of_layer[layer]
    sides = np.hstack((diagonal[:, None] * left, right))
    minus = -np.eye(layers)
    middle = np.block([[np.zeros((layers, layers)), minus], [minus, left.T @ left]])
    inner = middle @ (sides.T @ sides)
    trace = (diagonal**2).sum() + np.trace(inner)
    weighted = np.trace(middle @ (sides.T @ (diagonal[:, None] ** 2 * sides)))
    square = (diagonal**4).sum() + 2 * weighted + np.trace(inner @ inner)
    return float(trace**2 / square)


def odd_clusters(y: Floats, codes: Codes, layers: Codes | None = None) -> float:
    """How many clusters show whether their values agree: those with an uncommon one.

    Uncommon is a value that is not the commonest (the smallest, among equals) of its stratum. A
    cluster counts by its size squared, as it does in the variance if its values agree fully: of a
    hundred clusters of which ten hold most images, ninety single images say next to nothing.
    """
    layers = np.zeros_like(codes) if layers is None else layers
    kinds = np.unique(y, return_inverse=True)[1]
    many = int(kinds.max()) + 1
    pairs, place, counts = np.unique(layers * many + kinds, return_inverse=True, return_counts=True)
    order = np.lexsort((-counts, pairs // many))
    is_common = np.zeros(pairs.size, dtype=bool)
    is_common[order[_firsts(pairs[order] // many)]] = True
    squares = np.bincount(codes).astype(np.float64) ** 2
    is_odd = np.zeros(squares.size, dtype=bool)
    is_odd[codes[~is_common[place]]] = True
    return float(squares[is_odd].sum() * squares.sum() / (squares**2).sum())


def _odd_values(y: Floats, layers: Codes) -> float:
    """`odd_clusters` where each value is a cluster: how many are not their stratum's commonest."""
    kinds = np.unique(y, return_inverse=True)[1]
    many = int(kinds.max()) + 1
    pairs, counts = np.unique(layers * many + kinds, return_counts=True)
    return float(y.size - np.maximum.reduceat(counts, _firsts(pairs // many)).sum())


def _firsts(strata: Codes) -> Codes:
    """Where each stratum begins, of strata in their order."""
    return np.flatnonzero(np.concatenate(([True], strata[1:] != strata[:-1])))


def seed_moments(y: Floats, codes: Codes) -> Moments | None:
    """Moments of the mean if the prompts stay and only seeds vary; `codes` are the prompts.

    The variance is that of a stratified sample, sum of (m_c/n)^2 s_c^2/m_c (Cochran 1977, Sampling
    Techniques, 5.11). A prompt with one image has no variance of its own and is given the mean of
    the others'; None where all have one.
    """
    sizes = np.bincount(codes).astype(np.float64)
    several = sizes > 1
    if not several.any():
        return None
    deviations = y - (np.bincount(codes, weights=y) / sizes)[codes]
    deviations[np.abs(deviations) <= 1e-12 * np.abs(y).max()] = 0.0
    own = np.bincount(codes, weights=deviations**2)[several] / (sizes[several] - 1)
    total = float((sizes[several] * own).sum()) + float((~several).sum()) * float(own.mean())
    inside = several[codes]
    mean = float(y.mean())
    return Moments(
        n=y.size,
        sizes=np.ones(y.size),
        mean=mean,
        influence=np.zeros(0),
        variance=total / y.size**2,
        df=float(sizes[several].sum() - several.sum()),
        spread=float(((y - mean) ** 2).mean()),
        odd=_odd_values(y[inside], codes[inside]),
    )


def quantile(level: float, df: float) -> float:
    """The two-sided t quantile."""
    return float(stdtrit(df, 0.5 + level / 2))
