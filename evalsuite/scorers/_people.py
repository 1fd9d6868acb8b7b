"""What scorers of people share: whom a prompt asks them to read, and their judgement on it.

A prompt of one person (`subject`) asks for one label; one of several people for everybody's. Every
instrument keeps the same rules, so that what they say differs by what they see alone.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from evalsuite.people.finding import Finder, see
from evalsuite.people.person import Person
from evalsuite.prompts.conditions import condition
from evalsuite.records import Box, Case, Choice, Json, Judgement, Prompt, Value

CERTAINTY = 0.75
"""Below this probability a label is unknown, where nothing better is known of the model: our own
choice, calibrated on nothing."""

NOBODY, SEVERAL = "unknown: no person was found", "unknown: several people were found"
UNSURE = "unknown: the scorer is not sure"
UNKNOWN = "unknown"

OF_ALL = ("people", "seen")
"""The fields of a prompt of several people: everybody's label from left to right, and how many."""


class Read(NamedTuple):
    """What one person looks like: a label, or why there is none; numbers beside it, and evidence.

    `beside` are the values of a scorer's further fields. `box` is what was looked at.
    """

    label: str | None
    reason: str = ""
    choice: Choice | None = None
    beside: Mapping[str, Value] = MappingProxyType({})
    evidence: Mapping[str, Json] = MappingProxyType({})
    box: Box | None = None


def faceless(person: Person) -> Read | None:
    """No reading where the face cannot be used, or None: of a back only clothes would be judged."""
    if person.face is not None:
        return None
    return Read(None, f"unknown: {person.why}", box=person.body)


Reader = Callable[[Person], Read]

_is_of_one = condition(("of a person",))
_is_of_several = condition(("of several people",))


def is_asked(prompt: Prompt) -> bool:
    """Whether the prompt asks for anybody who could be read."""
    return _is_of_one(prompt) or _is_of_several(prompt)


def to_read(prompt: Prompt, finder: Finder, case: Case) -> tuple[Person, ...]:
    """The people in the case's picture that are to be read: the only one, or all of a group."""
    if not is_asked(prompt):
        return ()
    people = see(finder, case.picture)
    return people if _is_of_several(prompt) or len(people) == 1 else ()


def judged(
    scorer: str, fields: Sequence[str], case: Case, finder: Finder, read: Reader
) -> Judgement:
    """The judgement on one case, with the people's labels in the first of `fields`.

    A prompt of one person has these fields, one of several has `OF_ALL`, any other none.
    """
    if _is_of_one(case.prompt):
        return _of_one(scorer, fields, case, see(finder, case.picture), read)
    if _is_of_several(case.prompt):
        return _of_several(scorer, fields, case, see(finder, case.picture), read)
    return Judgement(scorer=scorer, key=case.key, not_applicable=(*fields, *OF_ALL))


def _of_one(
    scorer: str, fields: Sequence[str], case: Case, people: Sequence[Person], read: Reader
) -> Judgement:
    nobody = Read(None, SEVERAL if people else NOBODY)
    found = read(people[0]) if len(people) == 1 else nobody
    values: dict[str, Value] = {field: found.beside.get(field) for field in fields}
    values[fields[0]] = found.label
    return Judgement(
        scorer=scorer,
        key=case.key,
        values=values,
        reasons={field: found.reason for field, value in values.items() if value is None},
        evidence=found.evidence,
        not_applicable=OF_ALL,
        boxes=() if found.box is None else (found.box,),
        choices={} if found.choice is None else {fields[0]: found.choice},
    )


def _of_several(
    scorer: str, fields: Sequence[str], case: Case, people: Sequence[Person], read: Reader
) -> Judgement:
    found = [read(person) for person in people]
    labels = [each.label or UNKNOWN for each in found]
    values: dict[str, Value] = {"people": ",".join(labels) or None, "seen": float(len(people))}
    return Judgement(
        scorer=scorer,
        key=case.key,
        values=values,
        reasons={} if people else {"people": NOBODY},
        evidence={"people": [{"label": r.label, "why": r.reason} for r in found]},
        not_applicable=tuple(fields),
        boxes=tuple(
            Box(person.body.name, person.body.box, person.body.score, {fields[0]: label})
            for person, label in zip(people, labels, strict=True)
        ),
    )
