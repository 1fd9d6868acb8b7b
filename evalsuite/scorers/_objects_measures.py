"""What the fields of the `objects` scorer mean."""

from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.records import Measure

_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."
_CROP = "What CLIP says of a crop, not checked here: hold it against the scorer's audit."
_SIGN = (
    " Any pair of boxes with the centres on the right sides counts, however slightly; so a "
    "picture can be right for left and for right at once."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="objects.correct",
        title="Everything as asked",
        says="draws everything as asked",
        applies=("expects",),
        by=BY_ASKED,
        prominence=80,
        cannot_show=_DETECTOR + " Nothing about style, realism or beauty.",
    ),
    Measure(
        name="objects.present",
        title="Every asked thing is there",
        says="draws every thing that is asked for",
        applies=("includes",),
        by=BY_ASKED,
        cannot_show=_DETECTOR + " Nothing about number or place.",
    ),
    Measure(
        name="objects.count",
        title="Exact number",
        says="draws exactly the number asked for",
        applies=("tag:counting", "includes"),
        by=("count",),
        plot=("count",),
        prominence=50,
        cannot_show=_DETECTOR + " Crowded things are hard to count.",
    ),
    Measure(
        name="objects.drawn",
        title="Number drawn",
        kind="count",
        unit="objects",
        applies=("tag:counting", "includes"),
        by=("count",),
        higher_is_better=None,
        cannot_show="A right mean can hide errors both ways.",
    ),
    Measure(
        name="objects.absent",
        title="The excluded thing is absent",
        says="leaves out what was excluded",
        applies=("excludes outright",),
        by=("absent",),
        cannot_show="Whether the word no was read: a thing seldom drawn anyway passes too.",
    ),
    Measure(
        name="objects.excluded_drawn",
        title="The named thing is drawn",
        applies=("names what is absent",),
        by=("form",),
        plot=("form",),
        higher_is_better=None,
        cannot_show=_DETECTOR,
    ),
    Measure(
        name="objects.negation_effect",
        title="Drawn when asked for, minus drawn when negated",
        kind="twins",
        field="excluded_drawn",
        unit="difference",
        applies=("is a negated twin",),
        by=("absent",),
        prominence=90,
        cannot_show="0 means that no is ignored, or that the thing is never drawn at all. "
        + _DETECTOR,
    ),
    Measure(
        name="objects.relation",
        title="The relation holds",
        says="puts things where it was told to",
        applies=("relates",),
        by=("relation",),
        plot=("relation",),
        prominence=40,
        cannot_show="Pictures in which a thing was not found are missing here, not wrong.",
    ),
    Measure(
        name="objects.color",
        title="The asked colours hold",
        says="gives things the colours asked for",
        applies=("asks for a color",),
        by=("count", "relation", "form"),
        cannot_show="Pictures in which nothing asked was found are missing here, not wrong.",
    ),
    Measure(
        name="objects.material",
        title="The asked materials hold",
        applies=("asks for a material",),
        by=("material",),
        cannot_show=_CROP,
    ),
    Measure(
        name="objects.size",
        title="The asked sizes hold",
        applies=("asks for a size",),
        by=("size",),
        cannot_show=_CROP + " A crop shows hardly anything of a thing's size.",
    ),
    Measure(
        name="objects.visor_oa",
        title="VISOR: both objects found",
        field="both",
        applies=("two things in a plane",),
        by=("relation",),
        cannot_show=_DETECTOR,
    ),
    Measure(
        name="objects.visor_uncond",
        title="VISOR: both found, and as related",
        field="visor",
        applies=("two things in a plane",),
        by=("relation",),
        cannot_show=_DETECTOR + _SIGN,
    ),
    Measure(
        name="objects.visor_cond",
        title="VISOR: as related, where both are found",
        applies=("two things in a plane",),
        by=("relation",),
        cannot_show=(
            "Only pictures in which both objects were found: a model that draws them seldom can "
            "score high."
        )
        + _SIGN,
    ),
    *(
        Measure(
            name=f"objects.visor_{n}",
            title=f"VISOR: prompts with at least {n} right",
            kind="prompts",
            field="visor",
            applies=("two things in a plane",),
            by=(),
            least=n,
            cannot_show=(
                "It rises with the number of images per prompt; published figures have four. "
                "Prompts with a missing image are left out." + _SIGN
            ),
        )
        for n in (1, 2, 3, 4)
    ),
)
