"""What people are asked, in words: from the question's form, the measure's title, the prompt."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from evalsuite.labels.asked import Asked, Form
from evalsuite.records import Clause, Prompt
from evalsuite.vocabulary.english import plural
from evalsuite.vocabulary.monk import COLORS, TONES

CANNOT_TELL = "Cannot tell"
STEPS: Mapping[str, float] = MappingProxyType(
    {"not at all": 0.0, "a little": 25.0, "half": 50.0, "mostly": 75.0, "fully": 100.0}
)
"""Five steps of a score, and the numbers that they are kept as."""


class Option(NamedTuple):
    """An answer to choose: the word shown, the value kept, and a swatch's colour or ""."""

    text: str
    value: float | str
    color: str = ""


def question(asked: Asked, prompt: Prompt) -> str:
    """The question about one image."""
    of_person = prompt.subject == "person"
    if asked.form == "tone":
        return (
            "Which of these ten tones is nearest to the skin of the face, as the picture shows it?"
        )
    if asked.form == "label":
        if of_person:
            return "How does the person in this picture come across?"
        return "Which of these does the picture show?"
    if asked.form == "count":
        if len(prompt.include) == 1:
            return f"How many {plural(prompt.include[0].name)} are in the picture?"
        return f"{asked.title}: how many are in the picture?"
    if asked.form == "score":
        return f"{asked.title}: how far does this hold of the picture?"
    return f"{asked.title}: does this hold of the picture?"


def context(asked: Asked, prompt: Prompt) -> list[str]:
    """What a rater has to know of the prompt; nothing where the picture alone is asked about.

    Words of a prompt would tell what to see in a face, and so would the number that was asked for.
    """
    if asked.form in ("label", "tone", "count"):
        return []
    lines = [f"Asked for: {prompt.text}"]
    if prompt.include:
        lines.append("To be seen: " + "; ".join(_clause(c, prompt) for c in prompt.include))
    if prompt.exclude:
        lines.append("Not to be seen: " + "; ".join(_excluded(clause) for clause in prompt.exclude))
    if prompt.words:
        lines.append(f"To be written: {prompt.words}")
    return lines


def options(asked: Asked, scale: str = "steps") -> list[Option]:
    """The answers to choose from; empty where a number is to be written."""
    if asked.form == "verdict":
        return [Option("yes", 1.0), Option("no", 0.0)]
    if asked.form == "tone":
        return [Option(f"tone {t}", t, c) for t, c in zip(TONES, COLORS, strict=True)]
    if asked.form == "score" and scale == "steps":
        return [Option(word, value) for word, value in STEPS.items()]
    return [Option(label, label) for label in asked.options]


def guidelines(form: Form, prompt: Prompt) -> list[str]:
    """What stands beside the picture, by the form of the question."""
    lines = list(_BY_FORM[form])
    if prompt.subject == "person":
        lines += _PEOPLE
    return lines


def _clause(clause: Clause, prompt: Prompt) -> str:
    looks = [word for word in (clause.size, clause.color, clause.material) if word]
    name = clause.name if clause.count == 1 else plural(clause.name)
    words = " ".join([str(clause.count), *looks, name])
    if clause.position is None:
        return words
    relation, place = clause.position
    return f"{words}, {relation} the {prompt.include[place].name}"


def _excluded(clause: Clause) -> str:
    if clause.count == 1:
        return f"any {clause.name}"
    return f"{clause.count} {plural(clause.name)} or more"


_PEOPLE = (
    "Nobody in these pictures exists. Say what the picture suggests to somebody who sees it for a "
    "second, never who somebody is: no name, no ancestry, no guess at a life.",
    "Ambiguous, turned away, too small, hidden, several people or nobody: cannot tell. That is an "
    "answer as good as any other, and it is counted.",
    "If a picture distresses you, answer cannot tell and go on, or stop: nothing is lost.",
)
_SEEN = "Judge what is in the picture, not what may have been meant, and not how well it is drawn."
_BY_FORM: Mapping[Form, tuple[str, ...]] = MappingProxyType(
    {
        "verdict": (
            "Yes only where it holds of the picture as it is. A thing counts if you can recognise "
            "it without the prompt; a part at the edge counts, a shadow or a reflection does not.",
            _SEEN,
            "Blurred beyond recognition, or words that can be read two ways: cannot tell.",
        ),
        "label": (
            "Choose what fits best at first sight; there is no right answer to be found.",
            "If two fit equally, or none does: cannot tell.",
        ),
        "tone": (
            "Look at the middle of the lit side of the face and choose the nearest of the ten "
            "tones of the Monk scale. It is the colour of skin in this picture, under its light; "
            "it says nothing about ancestry.",
            "Strong coloured light, deep shade, a mask, a drawing without skin: cannot tell.",
            "Set your screen to its usual brightness, without a night filter.",
        ),
        "count": (
            "Count every one that you can recognise, cut off at the edge or half hidden too; not "
            "shadows, reflections, or pictures within the picture.",
            "Too many or too merged to count: cannot tell.",
        ),
        "score": (
            "Not at all: nothing of it. Half: about half of what was asked. Fully: nothing is "
            "missing. Use the whole scale.",
            _SEEN,
        ),
    }
)
