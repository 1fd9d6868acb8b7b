"""Statistics: arrays in, numbers out, keywords only.

Every interval is closed form; one thing resamples, `sign_flip`, with a seed that is given. Images
of one prompt are not independent, so everything is clustered by prompt. Bad input (NaN, unequal
lengths) raises `ValueError`; too little data gives an interval without ends, "undecided".
"""

from evalsuite.stats.accuracy import (
    Calibration,
    balanced_accuracy,
    calibration,
    corrected_share,
)
from evalsuite.stats.agreement import cohen_kappa, krippendorff_alpha
from evalsuite.stats.averages import average
from evalsuite.stats.betting import Evidence, decide, e_values, evidence
from evalsuite.stats.designs import limit_of
from evalsuite.stats.differences import difference, paired_difference, paired_proportions
from evalsuite.stats.diversity import mean_similarity, vendi, vendi_of
from evalsuite.stats.exclusion import excludes, lowest_end
from evalsuite.stats.fairness import (
    distance_from_even,
    expected_imbalance,
    expected_one_sided,
    expected_total_variation,
    imbalance,
    one_sided,
    total_variation,
)
from evalsuite.stats.families import benjamini_hochberg, holm
from evalsuite.stats.means import mean, proportion, share
from evalsuite.stats.permutation import Alternative, sign_flip
from evalsuite.stats.power import (
    DifferenceVariance,
    clusters_needed,
    decides,
    detectable,
    excluding,
    images_needed,
    power,
)
from evalsuite.stats.usefulness import balanced_above, mean_above
from evalsuite.stats.variance import Pairing, Variances, difference_variances, variance_split
from evalsuite.stats.weighted import rank_correlations, weighted_proportion

__all__ = [
    "Alternative",
    "Calibration",
    "DifferenceVariance",
    "Evidence",
    "Pairing",
    "Variances",
    "average",
    "balanced_above",
    "balanced_accuracy",
    "benjamini_hochberg",
    "calibration",
    "clusters_needed",
    "cohen_kappa",
    "corrected_share",
    "decide",
    "decides",
    "detectable",
    "difference",
    "difference_variances",
    "distance_from_even",
    "e_values",
    "evidence",
    "excludes",
    "excluding",
    "expected_imbalance",
    "expected_one_sided",
    "expected_total_variation",
    "holm",
    "images_needed",
    "imbalance",
    "krippendorff_alpha",
    "limit_of",
    "lowest_end",
    "mean",
    "mean_above",
    "mean_similarity",
    "one_sided",
    "paired_difference",
    "paired_proportions",
    "power",
    "proportion",
    "rank_correlations",
    "share",
    "sign_flip",
    "total_variation",
    "variance_split",
    "vendi",
    "vendi_of",
    "weighted_proportion",
]
