"""Sentences that differ from a prompt in the one thing that it tests: number, place, attribute.

A scorer that prefers the prompt to these has seen the thing; one that does not has only seen the
subject. Pure functions of text; a prompt whose wording offers no hold gives no negatives.
"""

import re

from evalsuite.records import Clause, Prompt
from evalsuite.vocabulary.english import BEYOND, NUMBERS, article, plural, singular, spellings
from evalsuite.vocabulary.looks import LIKE, PALETTES
from evalsuite.vocabulary.relations import PLANE

RELATIONS: dict[str, tuple[str, ...]] = {
    "left of": ("to the left of", "on the left of", "on the left side of", "left of"),
    "right of": ("to the right of", "on the right of", "on the right side of", "right of"),
    "above": ("above", "over"),
    "below": ("below", "under", "beneath", "underneath"),
    "in front of": ("in front of",),
    "behind": ("behind",),
    "inside": ("inside of", "inside", "in"),
    "on": ("on top of", "on"),
}
OTHERS: dict[str, tuple[str, ...]] = {
    "in front of": ("behind",),
    "behind": ("in front of",),
    "inside": ("on top of", "under", "next to"),
    "on": ("inside", "under", "next to"),
}
"""Phrases that cannot hold where the relation does; few things are before and inside another."""
COMMON = ("in", "on")
"""Words that also begin a setting ("on a street"): a text with two of them offers no hold."""

BREAKS = "|".join(
    (
        *(
            "of",
            "and",
            "or",
            "with",
            "without",
            "in",
            "on",
            "at",
            "by",
            "to",
            "for",
            "from",
            "near",
        ),
        *("the", "an?", "no", "single", r"\d+", *NUMBERS, *BEYOND),
    )
)
"""Words that never stand between a number and what it counts."""

AGREES = (
    *("is", "are", "was", "were", "has", "have", "does", "do", "this", "these", "that", "those"),
    *("it", "its", "they", "them", "their", "each", "both"),
)
"""Words that agree with a noun's number, so that changing it alone would be a fault of grammar."""

SIZES = (
    (("small", "tiny", "little", "miniature"), ("large", "big", "huge", "giant")),
    (("short", "low"), ("tall", "high")),
)
"""Small words and large ones; the first of each stands for its kind."""
ATTRIBUTES = ("color", "material", "size")
"""A clause's attributes, in the order in which they are put to the test."""


RULES = 3
"""Raised when the same prompt gives other sentences: choices by different rules do not compare."""


def other_counts(prompt: Prompt) -> list[str]:
    """The prompt with every other number for its first counted thing: 1-6, or 1-10 beyond six.

    Changed is the asked number where it stands nearest before the thing's name: in "a photo of
    three dogs" the "three". A text that has no such place, or two, gives no hold. One and many are
    not exchanged where another word agrees with the number: "there are three dogs".
    """
    if not prompt.include:
        return []
    asked = prompt.include[0]
    places = _counted_places(prompt.text, asked)
    looks = [look for look in (asked.color, asked.material, asked.size) if look]
    if len(places) > 1 and looks:
        places = [place for place in places if all(look in place["between"] for look in looks)]
    if len(places) != 1:
        return []
    (place,) = places
    before, after = prompt.text[: place.start()], prompt.text[place.end() :]
    others = [n for n in range(1, 7 if asked.count <= 6 else 11) if n != asked.count]
    if re.search(rf"\b({'|'.join(AGREES)})\b", before + after, re.IGNORECASE):
        others = [n for n in others if (n == 1) == (asked.count == 1)]
    return [before + _counted(number, place, asked) + after for number in others]


def _counted_places(text: str, asked: Clause) -> list[re.Match[str]]:
    """Where the asked number stands before the name, with at most three words of looks between."""
    many, single = plural(asked.name), singular(asked.name)
    nouns = {single} if asked.count == 1 else {many, single + "s", single + "es"}
    if asked.count == 1 and single == many:
        nouns = {many}
    numbers = "|".join(sorted(map(re.escape, spellings(asked.count)), key=len, reverse=True))
    names = "|".join(sorted(map(re.escape, nouns), key=len, reverse=True))
    between = rf"(?:(?!(?:{BREAKS})\b)[\w-]+\s+){{0,3}}?"
    pattern = rf"\b(?P<number>{numbers})\s+(?P<between>{between})(?P<noun>{names})\b"
    return list(re.finditer(pattern, text, re.IGNORECASE))


def _counted(number: int, place: re.Match[str], asked: Clause) -> str:
    """The number, the words between and the noun, in the way in which the text writes them."""
    noun = place["noun"] if asked.count > 1 else plural(place["noun"])
    words = place["between"] + (singular(asked.name) if number == 1 else noun)
    if place["number"].isdigit():
        return f"{number} {words}"
    counted = article(words) if number == 1 else f"{NUMBERS[number]} {words}"
    return counted[0].upper() + counted[1:] if place["number"][0].isupper() else counted


def other_relations(prompt: Prompt) -> list[str]:
    """The prompt with each other relation of its family in the place of its own."""
    asked = next((clause.position[0] for clause in prompt.include if clause.position), None)
    if asked is None or asked not in RELATIONS:
        return []
    # Among what boxes can tell, the choice is four-way.
    others = OTHERS.get(asked) or tuple(
        RELATIONS[other][0] for other in RELATIONS if other in PLANE and other != asked
    )
    for phrase in RELATIONS[asked]:
        found = list(re.finditer(rf"\b{phrase}\b", prompt.text, re.IGNORECASE))
        if not found or (phrase in COMMON and len(found) > 1):
            continue
        before, after = prompt.text[: found[0].start()], prompt.text[found[0].end() :]
        return [before + other + after for other in others]
    return []


def other_attributes(prompt: Prompt) -> list[str]:
    """The prompt with every other colour or material, or the opposite size, of one thing.

    Of the first thing with an attribute whose word the text has exactly once.
    """
    for clause in prompt.include:
        for kind in ATTRIBUTES:
            asked = getattr(clause, kind)
            if asked is None:
                continue
            pattern = re.compile(rf"\b{re.escape(asked)}\b", re.IGNORECASE)
            others = _others(kind, asked.lower())
            if len(pattern.findall(prompt.text)) == 1 and others:
                return [_with_articles(pattern.sub(other, prompt.text)) for other in others]
    return []


def _others(kind: str, asked: str) -> list[str]:
    if kind == "size":
        either = [*SIZES, *((large, small) for small, large in SIZES)]
        return [others[0] for words, others in either if asked in words]
    # "wood" and "wooden", "cloth" and "woollen", "grey-blue" and "blue" are no clear alternatives.
    return [
        entry
        for entry in PALETTES[kind]
        if entry[:4] not in asked and asked[:4] not in entry and asked not in LIKE.get(entry, ())
    ]


def swapped_attributes(prompt: Prompt) -> list[str]:
    """The prompt with the colours, materials or sizes of its first two such things exchanged."""
    for kind in ATTRIBUTES:
        values = [value for clause in prompt.include if (value := getattr(clause, kind))]
        if len(values) > 1 and values[0] != values[1]:
            return _swapped(prompt, values[0], values[1])
    return []


def _swapped(prompt: Prompt, first: str, second: str) -> list[str]:
    pattern = re.compile(rf"\b({re.escape(first)}|{re.escape(second)})\b", re.IGNORECASE)
    if len(pattern.findall(prompt.text)) != 2:
        return []
    swapped = pattern.sub(
        lambda match: second if match[0].lower() == first.lower() else first, prompt.text
    )
    return [_with_articles(swapped)]


def _with_articles(text: str) -> str:
    """The text with each indefinite article as its next word wants it."""
    return re.sub(r"\b[Aa]n? (\w+)", lambda match: _article_for(match[0], match[1]), text)


def _article_for(whole: str, word: str) -> str:
    fitted = article(word)
    return fitted[0].upper() + fitted[1:] if whole[0] == "A" else fitted
