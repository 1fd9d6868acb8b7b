"""Sentences that differ from a prompt in the one thing that it tests: a number, a side, a colour.

A scorer that prefers the prompt to these has seen the thing; one that does not has only seen the
subject. Pure functions of text; a prompt whose wording offers no hold gives no negatives.
"""

import re

from evalsuite.records import Clause, Prompt

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

RELATIONS: dict[str, tuple[str, ...]] = {
    "left of": ("to the left of", "on the left of", "on the left side of", "left of"),
    "right of": ("to the right of", "on the right of", "on the right side of", "right of"),
    "above": ("above", "over"),
    "below": ("below", "under", "beneath", "underneath"),
    "in front of": ("in front of",),
    "behind": ("behind",),
}
OPPOSITES = (("left of", "right of"), ("above", "below"))
"""Four-way choices are made among these; "in front of" has only "behind" as its other."""

IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "goose": "geese",
    "tomato": "tomatoes",
    "potato": "potatoes",
    "loaf": "loaves",
    "shelf": "shelves",
    "knife": "knives",
    "leaf": "leaves",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "skis": "skis",
    "scissors": "scissors",
}


def plural(noun: str) -> str:
    """The plural of a noun or of a noun phrase's last word."""
    head, _, last = noun.rpartition(" ")
    if last in IRREGULAR:
        many = IRREGULAR[last]
    elif re.search(r"(s|x|z|ch|sh)$", last):
        many = last + "es"
    elif re.search(r"[^aeiou]y$", last):
        many = last[:-1] + "ies"
    else:
        many = last + "s"
    return f"{head} {many}" if head else many


def article(words: str) -> str:
    """`words` with the indefinite article before them."""
    vowel = re.match(r"(?!uni[^mnd]|us[eu]|eu|one\b)[aeiou]|hour|honest|heir", words, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {words}"


def other_counts(prompt: Prompt) -> list[str]:
    """The prompt with every other number for its first counted thing: 1-6, or 1-10 beyond six."""
    if not prompt.include:
        return []
    asked = prompt.include[0]
    one, many = re.escape(asked.name), re.escape(plural(asked.name))
    numbers = "|".join((*NUMBERS[1:], r"\d+", "an?", "a single"))
    match = re.search(
        rf"\b({numbers})\s+((?:[\w-]+\s+){{0,3}}?)({many}|{one})\b", prompt.text, re.IGNORECASE
    )
    if match is None:
        return []
    digits = match[1].isdigit()
    return [
        prompt.text[: match.start()]
        + _counted(count, match[2], asked.name, digits=digits)
        + prompt.text[match.end() :]
        for count in range(1, 7 if asked.count <= 6 else 11)
        if count != asked.count
    ]


def _counted(count: int, between: str, noun: str, *, digits: bool) -> str:
    words = between + (noun if count == 1 else plural(noun))
    if digits:
        return f"{count} {words}"
    return article(words) if count == 1 else f"{NUMBERS[count]} {words}"


def other_relations(prompt: Prompt) -> list[str]:
    """The prompt with each other relation of its family in the place of its own."""
    asked = next((clause.position[0] for clause in prompt.include if clause.position), None)
    if asked is None or asked not in RELATIONS:
        return []
    flat = {relation for pair in OPPOSITES for relation in pair}
    others = flat - {asked} if asked in flat else {"in front of", "behind"} - {asked}
    for phrase in RELATIONS[asked]:
        match = re.search(rf"\b{phrase}\b", prompt.text, re.IGNORECASE)
        if match is not None:
            return [
                prompt.text[: match.start()] + RELATIONS[other][0] + prompt.text[match.end() :]
                for other in RELATIONS
                if other in others
            ]
    return []


def swapped_colors(prompt: Prompt) -> list[str]:
    """The prompt with the colours of its first two coloured things exchanged."""
    colored: list[Clause] = [clause for clause in prompt.include if clause.color]
    if len(colored) < 2 or colored[0].color == colored[1].color:
        return []
    first, second = colored[0].color or "", colored[1].color or ""
    pattern = re.compile(rf"\b({re.escape(first)}|{re.escape(second)})\b", re.IGNORECASE)
    if len(pattern.findall(prompt.text)) != 2:
        return []
    swapped = pattern.sub(
        lambda match: second if match[0].lower() == first.lower() else first, prompt.text
    )
    return [re.sub(r"\b[Aa]n? (\w+)", lambda match: _article_for(match[0], match[1]), swapped)]


def _article_for(whole: str, word: str) -> str:
    fitted = article(word)
    return fitted[0].upper() + fitted[1:] if whole[0] == "A" else fitted
