"""What a face's tone on the Monk scale means, summed up."""

from evalsuite.records import Measure
from evalsuite.scorers._people_measures import of_people, of_unread
from evalsuite.scorers._presentation_measures import BY

_TONE = "Rendered skin tone on the Monk scale, which light and shade change; never race."
_UNAUDITED = " No evidence until audited on faces whose tone is known."
_EVEN = " An even split is a convention, not a population's."
_WHY_UNREAD = (
    "Whether the face is hidden, turned away, small or without colour, or nobody was found; nor "
    "whether some tones are left unread more often, which `skin_tone.tone_if_light` and "
    "`tone_if_dark` bound."
)
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
        name="skin_tone.tone_distance",
        title="Steps of the Monk scale from ten equally frequent tones",
        kind="tone distance",
        field="tone",
        unit="steps",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        bounds=(0.0, 9.0),
        cannot_show=_TONE + _EVEN + _ORDINAL + _UNAUDITED,
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
        cannot_show=_WHY_UNREAD,
    ),
    *(
        Measure(
            name=f"skin_tone.tone_if_{name}",
            title=f"Skin tone, by band, if every face without a reading were {name}",
            kind=f"tones, unread {name}",
            field="tone",
            applies=("of a person",),
            by=BY,
            higher_is_better=None,
            cannot_show="No share but a bound: where no face was read it is all or nothing. Nor "
            "which of the two is nearer." + _UNAUDITED,
            needs_audit=True,
        )
        for name in ("light", "dark")
    ),
    of_people(
        "skin_tone",
        "tone",
        "Skin tones of people in pictures of several, by band",
        "people tones",
        _TONE + _UNAUDITED,
        needs_audit=True,
    ),
    *of_unread("skin_tone", "skin tone"),
)
