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
    shaped,
    two_placed,
)
from evalsuite.measures.measure import Measure

_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."

_CROP = "What CLIP says of a crop, not checked here: hold it against the scorer's audit."
_SIGN = (
    " Any pair of boxes with the centres on the right sides counts, however slightly; so a picture "
    "can be right for left and for right at once."
)

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
    Measure("objects.material", "material", "share", "The asked materials hold", "share",
            shaped("material"), True, ("material",), cannot_show=_CROP),
    Measure("objects.size", "size", "share", "The asked sizes hold", "share", shaped("size"), True,
            ("size",), cannot_show=_CROP + " A crop shows hardly anything of a thing's size."),
    Measure("objects.visor_oa", "both", "share", "VISOR: both objects found", "share", two_placed,
            True, ("relation",), cannot_show=_DETECTOR),
    Measure("objects.visor_uncond", "visor", "share", "VISOR: both found, and as related", "share",
            two_placed, True, ("relation",), cannot_show=_DETECTOR + _SIGN),
    Measure("objects.visor_cond", "visor_cond", "share", "VISOR: as related, where both are found",
            "share", two_placed, True, ("relation",), cannot_show="Only pictures in which both "
            "objects were found: a model that draws them seldom can score high." + _SIGN),
    *(
        Measure(f"objects.visor_{n}", "visor", "prompts",
                f"VISOR: prompts with at least {n} right", "share", two_placed, True,
                cannot_show="It rises with the number of images a prompt; published figures have "
                "four. Prompts with a missing image are left out." + _SIGN, least=n)
        for n in (1, 2, 3, 4)
    ),
)  # fmt: skip
