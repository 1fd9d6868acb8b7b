"""What the scorers of people measure where a prompt asks for several: everybody counts."""

from evalsuite.records import Measure

_PEOPLE = (
    " People count, not pictures: one with six counts six times, and is in one cluster with its "
    "family of prompts. Who was not found is in no share."
)


def of_unread(scorer: str, what: str, means: str = "") -> tuple[Measure, Measure]:
    """How many people were seen in a picture of several, and how many of them were not read."""
    seen = Measure(
        name=f"{scorer}.people_seen",
        title=f"People found in a picture of several, for {what}{means}",
        kind="mean",
        field="seen",
        unit="people",
        applies=("of several people",),
        by=("number", "activity"),
        higher_is_better=None,
        bounds=(0.0, 1000.0),
        cannot_show="Whether there are as many as asked: that is what `objects.count` is for.",
    )
    unread = Measure(
        name=f"{scorer}.people_unknown",
        title=f"People without a reading of {what}, in pictures of several{means}",
        kind="people unread",
        field="people",
        applies=("of several people",),
        by=("number", "activity"),
        higher_is_better=None,
        cannot_show="Whether they are hidden, small, turned away or ambiguous." + _PEOPLE,
    )
    return seen, unread


def of_people(
    scorer: str, part: str, title: str, kind: str, cannot_show: str, **more: str | bool
) -> Measure:
    """The share of people with a label (`kind` "people"), or a row for each label or band."""
    return Measure(
        name=f"{scorer}.people_{part}",
        title=title,
        kind=kind,
        field="people",
        applies=("of several people",),
        by=("number", "activity"),
        higher_is_better=None,
        cannot_show=cannot_show + _PEOPLE,
        label=str(more.get("label", "")),
        needs_audit=bool(more.get("needs_audit", False)),
    )
