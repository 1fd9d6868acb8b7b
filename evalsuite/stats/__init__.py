"""Statistics: arrays in, numbers out, keywords only; every interval is closed form, none resamples.

Images of one prompt are not independent, so everything is clustered by prompt. Bad input (NaN,
unequal lengths) raises `ValueError`; too little data gives an interval without ends, "undecided".
"""

from evalsuite.stats.accuracy import (
    Calibration,
    balanced_accuracy,
    calibration,
    corrected_share,
)
from evalsuite.stats.differences import difference, paired_difference, paired_proportions
from evalsuite.stats.fairness import (
    expected_imbalance,
    expected_total_variation,
    imbalance,
    total_variation,
)
from evalsuite.stats.interval import Estimand, Interval
from evalsuite.stats.means import mean, proportion, share

__all__ = [
    "Calibration",
    "Estimand",
    "Interval",
    "balanced_accuracy",
    "calibration",
    "corrected_share",
    "difference",
    "expected_imbalance",
    "expected_total_variation",
    "imbalance",
    "mean",
    "paired_difference",
    "paired_proportions",
    "proportion",
    "share",
    "total_variation",
]
