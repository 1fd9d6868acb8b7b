"""What the sets are made of: rows, clauses, and a few rules of English."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evalsuite.vocabulary.english import NUMBERS, article, plural
from evalsuite.vocabulary.looks import COLORS

Row = dict[str, Any]

SPOKEN = {
    "mouse": "a computer mouse",
    "remote": "a remote control",
    "keyboard": "a computer keyboard",
    "tv": "a television",
    "hair drier": "a hair dryer",
    "sports ball": "a football",
    "tie": "a necktie",
    "couch": "a sofa",
    "skis": "a pair of skis",
    "scissors": "a pair of scissors",
    "broccoli": "a head of broccoli",
}
"""What people call a class whose name alone would be misread, or is not countable."""


def thing(name: str, count: int = 1, **looks: Any) -> Row:
    """One clause: a class, how many, and its `color`, `material`, `size` or `position`."""
    set_looks = {key: value for key, value in looks.items() if value is not None}
    return {"class": name, "count": count, **set_looks}


def row(
    tag: str,
    text: str,
    groups: Mapping[str, object],
    include: Iterable[Row] = (),
    exclude: Iterable[Row] = (),
    **more: Any,
) -> Row:
    """One prompt without its id; what is empty is left out."""
    parts = {"include": list(include), "exclude": list(exclude)}
    named = {key: str(value) for key, value in groups.items()}
    filled_parts = {key: value for key, value in parts.items() if value}
    options = {key: value for key, value in more.items() if value is not None}
    return {"tag": tag, "prompt": text, **filled_parts, "groups": named, **options}


def lines(block: str, separator: str = " | ") -> list[list[str]]:
    """The fields of every line of a block of text; a block is easier to read than tuples."""
    return [
        [field.strip() for field in f"{line} ".split(separator)]
        for line in block.strip().splitlines()
    ]


def places(written: str) -> frozenset[int]:
    """Places in a set: "3 8-10" are 3, 8, 9 and 10."""
    ends = [part.partition("-") for part in written.split()]
    return frozenset(k for low, _, high in ends for k in range(int(low), int(high or low) + 1))


def clauses(written: str) -> tuple[list[Row], list[Row]]:
    """`include` and `exclude` of "2 dog; blue couch".

    A number makes a clause exact: one more of the class is excluded.
    """
    include, exclude = [], []
    for part in written.split("; "):
        first, _, rest = part.partition(" ")
        if first.isdigit():
            include.append(thing(_bare(rest), int(first), color=_color(rest)))
            exclude.append(thing(_bare(rest), int(first) + 1))
        else:
            include.append(thing(_bare(part), color=_color(part)))
    return include, exclude


def spoken(name: str) -> str:
    """The class as people say it, with its article."""
    return SPOKEN.get(name, article(name))


def counted(number: int, noun: str, *, digits: bool = False) -> str:
    """A number and its noun: "three mice", "3 mice", "one mouse"."""
    return f"{number if digits else NUMBERS[number]} {noun if number == 1 else plural(noun)}"


def listed(words: Sequence[str]) -> str:
    """A list as it is said: "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def filled(template: str, **slots: str) -> str:
    """The template with "[slot]" replaced; "[a slot]" gets the indefinite article."""
    for name, words in slots.items():
        template = template.replace(f"[a {name}]", article(words)).replace(f"[{name}]", words)
    return template


def _color(words: str) -> str | None:
    first = words.split(" ", 1)[0]
    return first if first in COLORS and " " in words else None


def _bare(words: str) -> str:
    return words.split(" ", 1)[1] if _color(words) else words
