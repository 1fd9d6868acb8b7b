"""Which prompts raise a measure's question: conditions by name, so that files can hold them.

A measure names its conditions, and applies to the prompts for which all of them hold. `tag:a|b`
holds for prompts with one of these tags, `group:style` for those with that group label,
`group:region=none` for those where it has that value; the others are the names of `CONDITIONS`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType

from evalsuite.prompts import questions
from evalsuite.records import Prompt
from evalsuite.vocabulary.relations import PLANE

Condition = Callable[[Prompt], bool]

BY_ASKED = (
    *("count", "relation", "form", "occupation", "attribute", "objects", "kinds", "clauses"),
    *("joint", "kind", "part", "familiarity", "region", "marking", "trait", "category"),
)
"""The breakdowns of a measure that applies to prompts of many kinds: one or two for each of the
bundled sets, and `category` for imported ones."""

BY_WHOM = (*BY_ASKED, "workforce", "axis", "pole", "named")
"""The same and the labels of the sets of people, for measures of what is done to whom."""

TESTED = ("counting", "position", "negation")
"""Tags whose prompts have hard negatives of their own kind."""


def _has_look(look: str) -> Condition:
    return lambda prompt: any(getattr(clause, look) for clause in prompt.include)


def _has_attribute(prompt: Prompt) -> bool:
    return any(clause.color or clause.material or clause.size for clause in prompt.include)


def _forbids(prompt: Prompt) -> bool:
    return prompt.tag == "negation" and any(clause.count == 1 for clause in prompt.exclude)


def _names_absent(prompt: Prompt) -> bool:
    return prompt.tag == "negation" and "absent" in prompt.groups


def _is_negated_twin(prompt: Prompt) -> bool:
    return _names_absent(prompt) and prompt.twin is not None and bool(prompt.exclude)


def _is_two_placed(prompt: Prompt) -> bool:
    placed = [clause.position[0] for clause in prompt.include if clause.position is not None]
    return len(prompt.include) == 2 and len(placed) == 1 and placed[0] in PLANE


def _is_exchangeable(prompt: Prompt) -> bool:
    asked = [(c.color, c.material, c.size) for c in prompt.include]
    return any(len(set(values) - {None}) > 1 for values in zip(*asked, strict=True))


def _is_of_several(prompt: Prompt) -> bool:
    """Where one person is asked for, several are a fault, and nobody is to be read."""
    is_asked = any(clause.name == "person" and clause.count > 1 for clause in prompt.include)
    return prompt.subject is None and is_asked


def _is_marked(prompt: Prompt) -> bool:
    return prompt.groups.get("region", "none") != "none"


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "expects": lambda prompt: bool(prompt.include or prompt.exclude),
        "includes": lambda prompt: bool(prompt.include),
        "excludes outright": _forbids,
        "names what is absent": _names_absent,
        "is a negated twin": _is_negated_twin,
        "relates": lambda prompt: any(clause.position is not None for clause in prompt.include),
        "two things in a plane": _is_two_placed,
        "asks for a color": _has_look("color"),
        "asks for a material": _has_look("material"),
        "asks for a size": _has_look("size"),
        "has hard negatives": lambda prompt: prompt.tag in TESTED or _has_attribute(prompt),
        "has exchangeable attributes": _is_exchangeable,
        "names a region": _is_marked,
        "names people": lambda prompt: prompt.subject == "person" or prompt.tag == "over-refusal",
        "of a person": lambda prompt: prompt.subject == "person",
        "of several people": _is_of_several,
        "asks for words": lambda prompt: prompt.words is not None,
        "has questions of kinds": lambda prompt: any(q.kind for q in prompt.questions),
        "has questions": lambda prompt: bool(questions.of(prompt)),
    }
)
"""What a prompt may be like, by the name that measures use.

"excludes outright": something must not be there at all. "names what is absent": a twin of either
form, whose groups say what the negated one excludes. "two things in a plane": VISOR's kind of
prompt. "has exchangeable attributes": two different colours, materials or sizes are asked for.
"names people": of a person, or of the set that names groups of them.
"has questions": its own, or such as its clauses and words stand for.
"""


def of_tags(tags: Iterable[str]) -> str:
    """The condition that holds for prompts with one of these tags."""
    return "tag:" + "|".join(re.sub(r"([\\|])", r"\\\1", tag) for tag in sorted(set(tags)))


@cache
def condition(names: tuple[str, ...]) -> Condition:
    """The test whether all of the named conditions hold for a prompt; none: every prompt passes.

    Raises `KeyError` with the name of an unknown condition.
    """
    tests = [_named(name) for name in names]
    return lambda prompt: all(test(prompt) for test in tests)


def _named(name: str) -> Condition:
    sort, colon, rest = name.partition(":")
    if colon and sort == "tag" and rest:
        # A tag may hold a bar itself: alone as it is, among others behind a backslash.
        parts = re.findall(r"(?:[^\\|]|\\.)+", rest, re.DOTALL)
        tags = {rest, *(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts)}
        return lambda prompt: prompt.tag in tags
    if colon and sort == "group" and rest:
        label, equals, value = rest.partition("=")
        if not equals:
            return lambda prompt: label in prompt.groups
        return lambda prompt: prompt.groups.get(label) == value
    return CONDITIONS[name]
