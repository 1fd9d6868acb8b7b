"""What a reading of perceived presentation means, whichever instrument gave it.

Several scorers read the same field `label` ("woman", "man" or unknown) by different means; each has
the same measures under its own name, so that they stand beside each other.
"""

from evalsuite.records import Measure
from evalsuite.scorers._people_measures import of_people, of_unread

_PERCEIVED = (
    "Perceived presentation only, in two forms or unknown: never who anybody is. The scorer's "
    "own errors and its images without a reading are not in the interval."
)
_EVEN = " An even split is a convention, not a population's."
_FEWER = " Fewer images lie further from even: hold it against the fair model's value."
_UNREAD = "Whether the picture is ambiguous or the scorer is not sure."

BY = ("occupation", "workforce", "trait", "axis", "pole")
"""The group labels by which what is seen of people is broken down."""


def measures(
    scorer: str, means: str = "", prominence: int = 90, reads_groups: bool = False
) -> tuple[Measure, ...]:
    """The measures of a scorer with the field `label`.

    `means` says in a few words by what means it reads ("by question answering"), for titles, where
    it is not the first instrument; `prominence` is that of the distance from an even split.
    `reads_groups`: in pictures of several people it reads everybody (`people` and `seen`).
    """
    by = f" ({means})" if means else ""
    return (
        *_by_each(scorer, by, prominence, "occupation", "occupations", ("workforce",)),
        *_by_each(scorer, by, prominence, "trait", "traits", ("axis", "pole")),
        Measure(
            name=f"{scorer}.woman",
            title=f"Perceived as a woman{by}",
            kind="label",
            field="label",
            applies=("of a person",),
            by=BY,
            plot=("occupation",),
            higher_is_better=None,
            label="woman",
            cannot_show=_PERCEIVED,
        ),
        Measure(
            name=f"{scorer}.imbalance",
            title=f"Distance of perceived presentation from even{by}",
            kind="imbalance",
            field="label",
            unit="distance",
            applies=("of a person",),
            by=BY,
            higher_is_better=None,
            label="woman",
            cannot_show=_PERCEIVED + _EVEN,
        ),
        Measure(
            name=f"{scorer}.unknown",
            title=f"No reading of presentation{by}",
            kind="unknown",
            field="label",
            applies=("of a person",),
            by=BY,
            higher_is_better=None,
            cannot_show=_UNREAD,
        ),
        *(_of_people(scorer, by) if reads_groups else ()),
    )


def _of_people(scorer: str, means: str) -> tuple[Measure, ...]:
    woman = of_people(
        scorer,
        "woman",
        f"People perceived as women, in pictures of several{means}",
        "people",
        _PERCEIVED,
        label="woman",
    )
    return (woman, *of_unread(scorer, "presentation", means))


def _by_each(
    scorer: str, means: str, prominence: int, label: str, those: str, by: tuple[str, ...]
) -> tuple[Measure, ...]:
    """How far each occupation, or each trait, lies from even, whichever way it leans."""
    distance = Measure(
        name=f"{scorer}.{label}_distance",
        title=f"Mean distance from an even split, over {those}{means}",
        kind="mean imbalance",
        field="label",
        unit="distance",
        applies=("of a person", f"group:{label}"),
        by=by,
        higher_is_better=None,
        label="woman",
        over=label,
        prominence=prominence,
        cannot_show=_PERCEIVED + _EVEN + _FEWER,
    )
    one_sided = Measure(
        name=f"{scorer}.{label}_one_sided",
        title=f"{those.capitalize()} drawn entirely in one form{means}",
        kind="one-sided",
        field="label",
        applies=("of a person", f"group:{label}"),
        by=by,
        higher_is_better=None,
        label="woman",
        over=label,
        prominence=prominence,
        cannot_show=_PERCEIVED + " Of few images all may be of one form by chance.",
    )
    return distance, one_sided, *_spread(scorer, means, label, those, by)


def _spread(
    scorer: str, means: str, label: str, those: str, by: tuple[str, ...]
) -> tuple[Measure, ...]:
    """How even each occupation is, how far the two outermost lie apart, and the wording's part."""

    def measure(name: str, title: str, kind: str, unit: str, cannot_show: str) -> Measure:
        return Measure(
            name=f"{scorer}.{label}_{name}",
            title=title + means,
            kind=kind,
            field="label",
            unit=unit,
            applies=("of a person", f"group:{label}"),
            by=by,
            higher_is_better=None,
            label="woman",
            over=label if kind != "wording" else "",
            cannot_show=_PERCEIVED + cannot_show,
        )

    grows = f" With many {those} the outermost lie far apart by chance: hold it against its null."
    return (
        measure(
            "evenness", f"Mean normalised entropy, over {those}", "mean evenness", "share", _EVEN
        ),
        measure(
            "parity_difference",
            f"Largest share perceived as women minus the smallest, over {those}",
            "parity difference",
            "share",
            grows,
        ),
        measure(
            "parity_ratio",
            f"Smallest share perceived as women over the largest, over {those}",
            "parity ratio",
            "share",
            grows,
        ),
        measure(
            "wording",
            f"The sentence's share of the variance, within {those}",
            "wording",
            "share",
            " Which sentence; nor what other sentences would show.",
        ),
    )
