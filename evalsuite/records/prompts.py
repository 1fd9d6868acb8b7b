"""What is asked for: prompts, what they expect, and sets of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a prompt asks for, or asks not to see.

    In `exclude`, `count` is the number from which on the thing counts as drawn: 1 means none
    may be there, N + 1 means at most N. `position` is a relation and the index, in `include`, of
    the clause that it is relative to. `color`, `material` and `size` are what the thing should
    look like ("red", "wooden", "large").
    """

    name: str
    count: int = 1
    color: str | None = None
    position: tuple[str, int] | None = None
    material: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the picture, and the answer that a picture as asked gives.

    `choices` are the answers to choose from; empty for yes or no. `depends` are the places, in
    the prompt's questions, of those that must be answered rightly for this one to make sense; they
    may come later, and in a circle. `kind` is what it is about, by which a report pools questions.
    """

    text: str
    answer: str = "yes"
    choices: tuple[str, ...] = ()
    depends: tuple[int, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One line of a prompt set: what is asked, what should be seen, and how to group it.

    `subject` is "person" where the picture is of a person. `twin` is the id of the affirmative
    prompt that a negated one is compared with. `words` are to be written in the picture.
    `questions` came with the prompt; where there are none, scorers derive their own.
    """

    id: str
    text: str
    tag: str
    include: tuple[Clause, ...] = ()
    exclude: tuple[Clause, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None
    twin: str | None = None
    words: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSet:
    """A named, versioned list of prompts; `digest` covers every byte that can change a result.

    `dialect` says whom it speaks to: "everyday" photographs, or the bundled world, "scenes".
    `card` is the front matter of the set's Markdown card. `cluster` names the group labels whose
    prompts are variations of one another, `strata` those that the set's design fixes.
    """

    name: str
    version: str
    digest: str
    dialect: str
    prompts: tuple[Prompt, ...]
    card: Mapping[str, str] = field(default_factory=dict)
    cluster: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()

    def family(self, prompt: Prompt) -> str:
        """What all variations of a prompt have in common: they are one cluster everywhere.

        The values of those of the `cluster` labels that the prompt has. One that has none of them
        is a family of its own, together with its twin.
        """
        values = [prompt.groups[label] for label in self.cluster if label in prompt.groups]
        return " | ".join(values) or prompt.twin or prompt.id

    def stratum(self, prompt: Prompt) -> str:
        """The part of the set that its design gives a prompt a place in; "" where there is none."""
        return " | ".join(prompt.groups.get(label, "") for label in self.strata)
