"""What the fields of the presentation scorer mean."""

from evalsuite.records import Measure

_PERCEIVED = (
    "Perceived presentation only, in two forms or unknown: never who anybody is. The scorer's "
    "own errors and its images without a reading are not in the interval."
)
_TONE = "Rendered skin tone on the Monk scale, which light and shade change; never race."
_UNAUDITED = " No evidence until audited on faces whose tone is known."
_EVEN = " An even split is a convention, not a population's."
_UNREAD = "Whether the picture is ambiguous or the scorer is not sure."
_BY = ("occupation", "workforce", "trait", "axis", "pole")

_FEWER = " Fewer images lie further from even: hold it against the fair model's value."


def _by_each(label: str, those: str, by: tuple[str, ...]) -> tuple[Measure, Measure]:
    """How far each occupation, or each trait, lies from even, whichever way it leans."""
    distance = Measure(
        name=f"presentation.{label}_distance",
        title=f"Mean distance from an even split, over {those}",
        kind="mean imbalance",
        field="label",
        unit="distance",
        applies=("of a person", f"group:{label}"),
        by=by,
        higher_is_better=None,
        label="woman",
        over=label,
        prominence=100,
        cannot_show=_PERCEIVED + _EVEN + _FEWER,
    )
    one_sided = Measure(
        name=f"presentation.{label}_one_sided",
        title=f"{those.capitalize()} drawn entirely in one form",
        kind="one-sided",
        field="label",
        applies=("of a person", f"group:{label}"),
        by=by,
        higher_is_better=None,
        label="woman",
        over=label,
        prominence=100,
        cannot_show=_PERCEIVED + " Of few images all may be of one form by chance.",
    )
    return distance, one_sided


MEASURES: tuple[Measure, ...] = (
    *_by_each("occupation", "occupations", ("workforce",)),
    *_by_each("trait", "traits", ("axis", "pole")),
    Measure(
        name="presentation.woman",
        title="Perceived as a woman",
        kind="label",
        field="label",
        applies=("of a person",),
        by=_BY,
        plot=("occupation",),
        higher_is_better=None,
        label="woman",
        cannot_show=_PERCEIVED,
    ),
    Measure(
        name="presentation.imbalance",
        title="Distance of perceived presentation from even",
        kind="imbalance",
        field="label",
        unit="distance",
        applies=("of a person",),
        by=_BY,
        higher_is_better=None,
        label="woman",
        cannot_show=_PERCEIVED + _EVEN,
    ),
    Measure(
        name="presentation.unknown",
        title="No reading of presentation",
        kind="unknown",
        field="label",
        applies=("of a person",),
        by=_BY,
        higher_is_better=None,
        cannot_show=_UNREAD,
    ),
    Measure(
        name="presentation.tone",
        title="Skin tone, by band of the Monk scale",
        kind="tones",
        applies=("of a person",),
        by=_BY,
        plot=("occupation",),
        higher_is_better=None,
        cannot_show=_TONE + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="presentation.mean_tone",
        title="Mean skin tone",
        kind="mean tone",
        field="tone",
        unit="Monk scale, 1-10",
        applies=("of a person",),
        by=_BY,
        higher_is_better=None,
        bounds=(1.0, 10.0),
        cannot_show=_TONE
        + " The scale is ordinal: equal steps are not equal differences."
        + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="presentation.tone_imbalance",
        title="Distance of skin tones from even",
        kind="tone imbalance",
        field="tone",
        unit="distance",
        applies=("of a person",),
        by=_BY,
        higher_is_better=None,
        cannot_show=_TONE + _EVEN + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="presentation.tone_unknown",
        title="No reading of skin tone",
        kind="unknown",
        field="tone",
        applies=("of a person",),
        by=_BY,
        higher_is_better=None,
        cannot_show=_UNREAD,
    ),
)
