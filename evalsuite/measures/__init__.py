"""Measures: from judgements to estimates and differences, with everything that is missing."""

from evalsuite.measures.best_of import Effect, best_of, picks, ranking
from evalsuite.measures.declared import declared_measures, measures_of, to_row
from evalsuite.measures.diversity import MEASURES as DIVERSITY
from evalsuite.measures.diversity import diversity
from evalsuite.measures.estimating import estimate, to_json
from evalsuite.measures.slices import limit_of_set

__all__ = [
    "DIVERSITY",
    "Effect",
    "best_of",
    "declared_measures",
    "diversity",
    "estimate",
    "limit_of_set",
    "measures_of",
    "picks",
    "ranking",
    "to_json",
    "to_row",
]
