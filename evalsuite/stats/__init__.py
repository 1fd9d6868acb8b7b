"""Statistics: arrays in, numbers out, keywords only.

Intervals are closed form, or resample with a seed that is given (`resampling`). Images
of one prompt are not independent, so everything is clustered by prompt. Bad input (NaN, unequal
lengths) raises `ValueError`; too little data gives an interval without ends, "undecided".
"""

from evalsuite.stats.abstention import AbstentionBounds, abstention_bounds
from evalsuite.stats.accuracy import (
    Calibration,
    balanced_accuracy,
    calibration,
    corrected_share,
)
from evalsuite.stats.agreement import cohen_kappa, krippendorff_alpha
from evalsuite.stats.amplification import Amplification, amplification
from evalsuite.stats.association import Association, association, expected_association
from evalsuite.stats.averages import average
from evalsuite.stats.betting import Evidence, decide, e_values, evidence
from evalsuite.stats.correction import UNKNOWN, CorrectedShares, corrected_shares
from evalsuite.stats.designs import limit_of
from evalsuite.stats.differences import difference, paired_difference, paired_proportions
from evalsuite.stats.divergence import (
    expected_entropy,
    expected_smoothed_kl,
    normalised_entropy,
    smoothed_kl,
)
from evalsuite.stats.diversity import mean_similarity, vendi, vendi_of
from evalsuite.stats.exclusion import excludes, lowest_end
from evalsuite.stats.fairness import (
    distance_from_even,
    evenness,
    expected_deviation,
    expected_imbalance,
    expected_one_sided,
    expected_total_variation,
    imbalance,
    one_sided,
    total_variation,
)
from evalsuite.stats.families import benjamini_hochberg, holm
from evalsuite.stats.group_diversity import group_diversity
from evalsuite.stats.means import mean, proportion, share
from evalsuite.stats.ordered import Ordered, ordered_shares
from evalsuite.stats.parity import Parity, expected_parity_difference, expected_parity_ratio, parity
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
from evalsuite.stats.predictions import Powered, powered_share, prediction_powered
from evalsuite.stats.prevalence import Audit, lang_reiczigel
from evalsuite.stats.ranks import Ranks, paired_ranks, ranks_of_intervals
from evalsuite.stats.stratified import stratified_share
from evalsuite.stats.told import powered_told_share
from evalsuite.stats.usefulness import balanced_above, mean_above
from evalsuite.stats.variance import Pairing, Variances, difference_variances, variance_split
from evalsuite.stats.weighted import rank_correlations, weighted_proportion
from evalsuite.stats.wording import VarianceShare, variance_share

__all__ = [
    "UNKNOWN",
    "AbstentionBounds",
    "Alternative",
    "Amplification",
    "Association",
    "Audit",
    "Calibration",
    "CorrectedShares",
    "DifferenceVariance",
    "Evidence",
    "Ordered",
    "Pairing",
    "Parity",
    "Powered",
    "Ranks",
    "VarianceShare",
    "Variances",
    "abstention_bounds",
    "amplification",
    "association",
    "average",
    "balanced_above",
    "balanced_accuracy",
    "benjamini_hochberg",
    "calibration",
    "clusters_needed",
    "cohen_kappa",
    "corrected_share",
    "corrected_shares",
    "decide",
    "decides",
    "detectable",
    "difference",
    "difference_variances",
    "distance_from_even",
    "e_values",
    "evenness",
    "evidence",
    "excludes",
    "excluding",
    "expected_association",
    "expected_deviation",
    "expected_entropy",
    "expected_imbalance",
    "expected_one_sided",
    "expected_parity_difference",
    "expected_parity_ratio",
    "expected_smoothed_kl",
    "expected_total_variation",
    "group_diversity",
    "holm",
    "images_needed",
    "imbalance",
    "krippendorff_alpha",
    "lang_reiczigel",
    "limit_of",
    "lowest_end",
    "mean",
    "mean_above",
    "mean_similarity",
    "normalised_entropy",
    "one_sided",
    "ordered_shares",
    "paired_difference",
    "paired_proportions",
    "paired_ranks",
    "parity",
    "power",
    "powered_share",
    "powered_told_share",
    "prediction_powered",
    "proportion",
    "rank_correlations",
    "ranks_of_intervals",
    "share",
    "sign_flip",
    "smoothed_kl",
    "stratified_share",
    "total_variation",
    "variance_share",
    "variance_split",
    "vendi",
    "vendi_of",
    "weighted_proportion",
]
