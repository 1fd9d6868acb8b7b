"""Measures: from judgements to estimates and differences, with everything that is missing."""

from evalsuite.measures.associations import MEASURES as ASSOCIATIONS
from evalsuite.measures.associations import associations
from evalsuite.measures.best_of import Effect, best_of, picks, ranking
from evalsuite.measures.declared import declared_measures, measures_of, to_row
from evalsuite.measures.diversity import MEASURES as DIVERSITY
from evalsuite.measures.diversity import diversity
from evalsuite.measures.estimating import estimate, to_json
from evalsuite.measures.picked_diversity import picked_diversity
from evalsuite.measures.resemblance import MEASURES as RESEMBLANCE
from evalsuite.measures.resemblance import resemblance
from evalsuite.measures.slices import limit_of_set

FROM_FEATURES = (*DIVERSITY, *RESEMBLANCE, *ASSOCIATIONS)
"""What is measured from the vectors that a CLIP left in a run's folder."""

__all__ = [
    "DIVERSITY",
    "FROM_FEATURES",
    "Effect",
    "associations",
    "best_of",
    "declared_measures",
    "diversity",
    "estimate",
    "limit_of_set",
    "measures_of",
    "picked_diversity",
    "picks",
    "ranking",
    "resemblance",
    "to_json",
    "to_row",
]
