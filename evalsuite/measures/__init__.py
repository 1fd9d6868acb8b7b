"""Measures: from judgements to estimates and differences, with everything that is missing."""

from evalsuite.measures.alike import Unlike, unlike
from evalsuite.measures.best_of import Effect, best_of, picks
from evalsuite.measures.comparing import Flip, differences, flips, pairing_of
from evalsuite.measures.diversity import diversity
from evalsuite.measures.estimating import confusion, estimate, to_json
from evalsuite.measures.measure import TONE_BANDS, Measure
from evalsuite.measures.side import Asked, Side, measure_of, side
from evalsuite.measures.table import DIVERSITY, MEASURES, describe

__all__ = [
    "DIVERSITY",
    "MEASURES",
    "TONE_BANDS",
    "Asked",
    "Effect",
    "Flip",
    "Measure",
    "Side",
    "Unlike",
    "best_of",
    "confusion",
    "describe",
    "differences",
    "diversity",
    "estimate",
    "flips",
    "measure_of",
    "pairing_of",
    "picks",
    "side",
    "to_json",
    "unlike",
]
