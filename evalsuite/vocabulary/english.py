"""Numbers, plurals and articles of English."""

import re

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


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
