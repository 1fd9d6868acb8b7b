"""The measures of the `objects` scorer."""

from evalsuite.measures.applies import (
    BY_ASKED,
    colored,
    counts,
    expects,
    forbids,
    includes,
    names_absent,
    negated_twin,
    relates,
)
from evalsuite.measures.measure import Measure

_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."

MEASURES: tuple[Measure, ...] = (
    Measure("objects.correct", "correct", "share", "Everything as asked", "share", expects, True,
            BY_ASKED, cannot_show=_DETECTOR + " Nothing about style, realism or beauty."),
    Measure("objects.present", "present", "share", "Every asked thing is there", "share",
            includes, True, BY_ASKED, cannot_show=_DETECTOR + " Nothing about number or place."),
    Measure("objects.count", "count", "share", "Exact number", "share", counts, True,
            ("count",), cannot_show=_DETECTOR + " Crowded things are hard to count."),
    Measure("objects.drawn", "drawn", "mean", "Number drawn", "objects", counts, None,
            ("count",), cannot_show="A right mean can hide errors both ways."),
    Measure("objects.absent", "absent", "share", "The excluded thing is absent", "share",
            forbids, True, ("absent",),
            cannot_show="Whether the word no was read: a thing seldom drawn anyway passes too."),
    Measure("objects.excluded_drawn", "excluded_drawn", "share", "The named thing is drawn",
            "share", names_absent, None, ("form",), cannot_show=_DETECTOR),
    Measure("objects.negation_effect", "excluded_drawn", "twins",
            "Drawn when asked for, minus drawn when negated", "difference", negated_twin, True,
            ("absent",), cannot_show="0 means that no is ignored, or that the thing is never drawn "
            "at all. " + _DETECTOR),
    Measure("objects.relation", "relation", "share", "The relation holds", "share", relates,
            True, ("relation",),
            cannot_show="Pictures in which a thing was not found are missing here, not wrong."),
    Measure("objects.color", "color", "share", "The asked colours hold", "share", colored, True,
            ("count", "relation", "form"),
            cannot_show="Pictures in which nothing asked was found are missing here, not wrong."),
)  # fmt: skip
