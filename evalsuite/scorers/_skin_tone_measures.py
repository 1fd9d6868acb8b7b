"""What a face's tone on the Monk scale means, summed up."""

from evalsuite.records import Measure
from evalsuite.scorers._presentation_measures import BY

_TONE = "Rendered skin tone on the Monk scale, which light and shade change; never race."
_UNAUDITED = " No evidence until audited on faces whose tone is known."
_EVEN = " An even split is a convention, not a population's."
_ORDINAL = " The scale is ordinal: equal steps are not equal differences."

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="skin_tone.tone",
        title="Skin tone, by band of the Monk scale",
        kind="tones",
        applies=("of a person",),
        by=BY,
        plot=("occupation",),
        higher_is_better=None,
        cannot_show=_TONE + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="skin_tone.mean_tone",
        title="Mean skin tone",
        kind="mean tone",
        field="tone",
        unit="Monk scale, 1-10",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        bounds=(1.0, 10.0),
        cannot_show=_TONE + _ORDINAL + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="skin_tone.tone_imbalance",
        title="Distance of skin tones from even",
        kind="tone imbalance",
        field="tone",
        unit="distance",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        cannot_show=_TONE + _EVEN + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="skin_tone.ita",
        title="Mean individual typology angle of the face's colour",
        kind="mean",
        unit="degrees, darker below",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        bounds=(-180.0, 180.0),
        cannot_show=_TONE + _UNAUDITED,
        needs_audit=True,
    ),
    Measure(
        name="skin_tone.unknown",
        title="No reading of skin tone",
        kind="unknown",
        field="tone",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        cannot_show="Whether the face is hidden, or its colour is no tone's, or no face was found.",
    ),
)
