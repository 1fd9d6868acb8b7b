"""Measures: from judgements to estimates with intervals, nulls and everything that is missing."""

from evalsuite.measures.estimating import confusion, estimate, to_json
from evalsuite.measures.measure import TONE_BANDS, Measure
from evalsuite.measures.table import MEASURES, describe

__all__ = ["MEASURES", "TONE_BANDS", "Measure", "confusion", "describe", "estimate", "to_json"]
