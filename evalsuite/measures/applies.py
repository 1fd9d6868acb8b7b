"""Which prompts a measure applies to."""

from collections.abc import Callable

from evalsuite.records import Prompt

BY_ASKED = ("count", "relation", "form", "occupation")
"""The breakdowns of a measure that applies to prompts of many kinds."""


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
    planar = ("left of", "right of", "above", "below")
    return len(prompt.include) == 2 and len(placed) == 1 and placed[0] in planar


def two_colors(prompt: Prompt) -> bool:
    """Two different colours are asked for, so they can be exchanged."""
    return len({clause.color for clause in prompt.include} - {None}) > 1


def of_a_person(prompt: Prompt) -> bool:
    """The picture is of a person."""
    return prompt.subject == "person"
