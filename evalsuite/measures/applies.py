"""Which prompts a measure applies to."""

from collections.abc import Callable

from evalsuite.records import Prompt
from evalsuite.vocabulary.relations import PLANE

BY_ASKED = (
    "count", "relation", "form", "occupation", "attribute", "objects", "kinds", "clauses", "joint",
    "kind", "part", "familiarity", "region", "marking", "trait", "category",
)  # fmt: skip
"""The breakdowns of a measure that applies to prompts of many kinds: one or two for each of the
bundled sets, and `category` for imported ones."""

TESTED = ("counting", "position", "negation")
"""Tags whose prompts have hard negatives of their own kind."""


def every_prompt(prompt: Prompt) -> bool:
    """All of them."""
    return True


def tagged(*tags: str) -> Callable[[Prompt], bool]:
    """A test for prompts with one of these tags."""
    return lambda prompt: prompt.tag in tags


def expects(prompt: Prompt) -> bool:
    """Something is asked for, or asked not to be there."""
    return bool(prompt.include or prompt.exclude)


def includes(prompt: Prompt) -> bool:
    """Something is asked for."""
    return bool(prompt.include)


def counts(prompt: Prompt) -> bool:
    """A number is asked for."""
    return prompt.tag == "counting" and bool(prompt.include)


def forbids(prompt: Prompt) -> bool:
    """Something must not be there at all."""
    return prompt.tag == "negation" and any(clause.count == 1 for clause in prompt.exclude)


def names_absent(prompt: Prompt) -> bool:
    """A twin of either form, whose groups say what the negated one excludes."""
    return prompt.tag == "negation" and "absent" in prompt.groups


def negated_twin(prompt: Prompt) -> bool:
    """A negated prompt that has an affirmative twin."""
    return names_absent(prompt) and prompt.twin is not None and bool(prompt.exclude)


def relates(prompt: Prompt) -> bool:
    """Something is asked for in relation to something else."""
    return any(clause.position is not None for clause in prompt.include)


def colored(prompt: Prompt) -> bool:
    """A colour is asked for."""
    return any(clause.color for clause in prompt.include)


def shaped(look: str) -> Callable[[Prompt], bool]:
    """A test for prompts that ask for a look of something: "material" or "size"."""
    return lambda prompt: any(getattr(clause, look) for clause in prompt.include)


def two_placed(prompt: Prompt) -> bool:
    """Two things are asked for, one in a plane's relation to the other: VISOR's kind of prompt."""
    placed = [clause.position[0] for clause in prompt.include if clause.position is not None]
    return len(prompt.include) == 2 and len(placed) == 1 and placed[0] in PLANE


def has_attribute(prompt: Prompt) -> bool:
    """A colour, material or size is asked for."""
    return any(clause.color or clause.material or clause.size for clause in prompt.include)


def has_negatives(prompt: Prompt) -> bool:
    """Number, relation, negation or an attribute is put to the test."""
    return prompt.tag in TESTED or has_attribute(prompt)


def exchangeable(prompt: Prompt) -> bool:
    """Two different colours, materials or sizes are asked for, so they can be exchanged."""
    asked = [(c.color, c.material, c.size) for c in prompt.include]
    return any(len(set(values) - {None}) > 1 for values in zip(*asked, strict=True))


def styled(prompt: Prompt) -> bool:
    """A style is asked for."""
    return prompt.tag == "style" and "style" in prompt.groups


def marked(prompt: Prompt) -> bool:
    """A region is asked for by name."""
    return prompt.tag == "culture" and prompt.groups.get("region", "none") != "none"


def unmarked(prompt: Prompt) -> bool:
    """A thing that looks otherwise in every region is asked for, and no region named."""
    return prompt.tag == "culture" and prompt.groups.get("region") == "none"


def of_a_person(prompt: Prompt) -> bool:
    """The picture is of a person."""
    return prompt.subject == "person"
