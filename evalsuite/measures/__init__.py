"""Measures: from judgements to estimates and differences, with everything that is missing."""

from evalsuite.measures.best_of import Effect, best_of, picks
from evalsuite.measures.diversity import diversity
from evalsuite.measures.estimating import confusion, estimate, to_json
from evalsuite.measures.measure import TONE_BANDS, Measure
from evalsuite.measures.table import DIVERSITY, MEASURES, describe

__all__ = [
    "DIVERSITY",
    "MEASURES",
    "TONE_BANDS",
    "Effect",
    "Measure",
    "best_of",
    "confusion",
    "describe",
    "diversity",
    "estimate",
    "picks",
    "to_json",
]
