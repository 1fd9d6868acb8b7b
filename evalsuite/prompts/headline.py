"""The headline of a prompt set's card: which measures stand for the set, and of which prompts.

`headline: [objects.negation_effect, objects.correct form=negated]` names them in their order; what
follows a measure's name is one group of the set's prompts, by a label and its value.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evalsuite.records import Prompt

ENTRY = re.compile(r"([A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+)(?: ([^=,]+)=([^=,]+))?")
MEND = "write scorer.measure, or scorer.measure label=value, several as a list"


class Headline(NamedTuple):
    """One measure, of the prompts of one group; of all of them where `group` is empty."""

    measure: str
    group: Mapping[str, str]


def headlines_of(card: Mapping[str, str]) -> list[Headline]:
    """What a card names, in its order; nothing where it names none.

    Raises `ValueError` that quotes what names no measure.
    """
    text = card.get("headline")
    return [] if text is None else [_parsed(part.strip()) for part in text.split(",")]


def fault(card: Mapping[str, str], prompts: Sequence[Prompt]) -> str:
    """What is wrong with a card's headline, for these prompts, and how to mend it; or ""."""
    try:
        found = headlines_of(card)
    except ValueError as error:
        return f"headline: {error}; {MEND}"
    for at, headline in enumerate(found):
        if headline in found[:at]:
            return f"headline: {headline.measure!a} stands there twice; keep one"
        for label, value in headline.group.items():
            if not any(prompt.groups.get(label) == value for prompt in prompts):
                return f"headline: no prompt of the set has {label!a} {value!a}; name a group's own"
    return ""


def _parsed(entry: str) -> Headline:
    match = ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError(f"{entry[:60]!a} names no measure")
    measure, label, value = match.groups()
    return Headline(measure, {} if label is None else {label: value})
