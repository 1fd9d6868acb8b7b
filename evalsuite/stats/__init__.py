"""Statistics: arrays in, numbers out, keywords only; every interval is closed form, none resamples.

Images of one prompt are not independent, so everything is clustered by prompt. Bad input (NaN,
unequal lengths) raises `ValueError`; too little data gives an interval without ends, "undecided".
"""

from evalsuite.stats.differences import difference, paired_difference, paired_proportions
from evalsuite.stats.diversity import mean_similarity, vendi
from evalsuite.stats.fairness import (
    expected_imbalance,
    expected_total_variation,
    imbalance,
    total_variation,
)
from evalsuite.stats.interval import Estimand, Interval
from evalsuite.stats.means import mean, proportion, share

__all__ = [
    "Estimand",
    "Interval",
    "difference",
    "expected_imbalance",
    "expected_total_variation",
    "imbalance",
    "mean",
    "mean_similarity",
    "paired_difference",
    "paired_proportions",
    "proportion",
    "share",
    "total_variation",
    "vendi",
]
