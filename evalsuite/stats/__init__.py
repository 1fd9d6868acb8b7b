"""Statistics: arrays in, numbers out, keywords only.

Every interval is closed form; one thing resamples, `sign_flip`, with a seed that is given. Images
of one prompt are not independent, so everything is clustered by prompt. Bad input (NaN, unequal
lengths) raises `ValueError`; too little data gives an interval without ends, "undecided".
"""

from evalsuite.stats.differences import difference, paired_difference, paired_proportions
from evalsuite.stats.fairness import (
    expected_imbalance,
    expected_total_variation,
    imbalance,
    total_variation,
)
from evalsuite.stats.families import benjamini_hochberg, holm
from evalsuite.stats.interval import Estimand, Interval
from evalsuite.stats.means import mean, proportion, share
from evalsuite.stats.permutation import Alternative, mcnemar, sign_flip

__all__ = [
    "Alternative",
    "Estimand",
    "Interval",
    "benjamini_hochberg",
    "difference",
    "expected_imbalance",
    "expected_total_variation",
    "holm",
    "imbalance",
    "mcnemar",
    "mean",
    "paired_difference",
    "paired_proportions",
    "proportion",
    "share",
    "sign_flip",
    "total_variation",
]
