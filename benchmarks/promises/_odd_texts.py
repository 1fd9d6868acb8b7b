"""Hostile prompt files, cards and tables, by a grammar: rows, and what is done to them."""

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

ROW = {
    "id": "a-1",
    "tag": "counting",
    "prompt": "two cats",
    "include": [{"class": "cat", "count": 2}],
    "groups": {"count": "2"},
    "questions": [{"question": "Are there cats?", "answer": "yes", "depends": []}],
}
CARD = """---
name: NAME
version: "1"
dialect: everyday
topic: cats
licence: CC0-1.0
source: made up
not_measured: dogs
---
"""
WORDS = (
    *("", " ", "\x00", "\x1b[2J\x1b]0;x\x07", "\u202egnp\u202c", "\ud800", "\udfff", "\ufeff"),
    *("e\u0301", "\u2028", "../../etc/passwd", "~/.ssh/id_rsa", "file:///etc/passwd", "$(id)"),
    *("`id`", "{{ 7*7 }}", "%(x)s %n", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a" * 9),
    *("CON", "NUL.txt", "-rf", "--model", "a\nb", "a\rb", "\\u0000", "!!python/object:os.system"),
    *("x" * 70_000, "\U0010ffff" * 3, "\u0660\u0661", "NaN", "null", "__class__", "constructor"),
)
"""Texts at which programs break."""
NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1.5, 1e308, 10**18, 10**400, True, None, float("nan"), float("inf"), -0.0, "2"),
    *([], {}, [[]], {"": {}}, [1] * 1000),
)
PLACES = ("id", "tag", "prompt", "include", "exclude", "groups", "subject", "twin", "words")


class File(NamedTuple):
    """A hostile file, and the card beside it, if it has one."""

    name: str
    data: bytes
    card: bytes = b""


def files(number: int) -> File:
    """The hostile file of that number, the same each time."""
    dice = random.Random(number)
    make = KINDS[number % len(KINDS)]
    return make(dice)


def _line(row: Any) -> bytes:
    return json.dumps(row).encode("ascii") + b"\n"


def _value(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(6 if depth < 4 else 2)
    if kind == 0:
        return dice.choice(WORDS)
    if kind == 1:
        return dice.choice(NUMBERS)
    if kind < 4:
        return [_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(WORDS): _value(dice, depth + 1) for _ in range(dice.randrange(4))}


def _wrong_value(dice: random.Random) -> File:
    """A key of a row holds anything."""
    row = dict(ROW)
    for _ in range(dice.randrange(1, 3)):
        row[dice.choice((*PLACES, dice.choice(WORDS)))] = _value(dice)
    return File("x.jsonl", _line(ROW | {"id": "b"}) + _line(row))


def _wrong_inside(dice: random.Random) -> File:
    """A clause or a question holds anything."""
    clause = {"class": "cat", "count": 1}
    keys = ("class", "count", "color", "position", "material", "size", "question", "depends")
    clause[dice.choice(keys)] = _value(dice)
    place = dice.choice(("include", "exclude", "questions"))
    return File("x.jsonl", _line(ROW | {place: [clause] * dice.choice((1, 1, 500))}))


def _raw(dice: random.Random) -> File:
    """Bytes are put into, or taken out of, a good file."""
    data = bytearray(_line(ROW) * dice.choice((1, 3)))
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data))
        data[at : at + dice.randrange(2)] = dice.choice(
            (b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\0", b"\r", b"\n", b"}", b'"', b"\\", b"\xf8")
        )
    return File("x.jsonl", bytes(data))


def _deep(dice: random.Random) -> File:
    """Brackets nested as deep as a line is long, open or closed."""
    opening, closing = dice.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    many = dice.choice((200, 5_000, 60_000 // len(opening)))
    text = opening * many + ("1" + closing * many if dice.random() < 0.5 else "")
    if dice.random() < 0.5:
        text = json.dumps(ROW)[:-1] + f', "groups": {text}}}'
    return File("x.jsonl", text.encode() + b"\n")


def _long(dice: random.Random) -> File:
    """A line, a number, a file or a count of rows beyond all bounds."""
    name = "x" + dice.choice((".jsonl", ".jsonl", ".txt", ".csv", ".tsv", ".json"))
    head = b"prompt,id\n" if name == "x.csv" else b""
    return File(
        name,
        head
        + dice.choice(
            (
                b'{"prompt": "' + b"a" * dice.choice((1 << 16, 60 << 20)),
                b'{"id": "a", "include": [{"count": ' + b"9" * 60_000 + b"}]}\n",
                b"\n" * dice.choice((1 << 20, 15 << 20, 60 << 20)),
                b"a\n" * (10 << 20),
                _line(ROW) * (20 << 20 >> 8),
                b"[" + b"0," * (10 << 20),
                b"\0" * (1 << 20),
            )
        ),
    )


def _repeated(dice: random.Random) -> File:
    """Keys and ids that come twice, twins in a ring, questions that depend on one another."""
    what = dice.randrange(4)
    if what == 0:
        return File("x.jsonl", b'{"id": "a", "id": "b", "tag": "t", "prompt": "x"}\n')
    if what == 1:
        return File("x.jsonl", _line(ROW) * 2)
    if what == 2:
        return File(
            "x.jsonl", _line(ROW | {"twin": "a-2"}) + _line(ROW | {"id": "a-2", "twin": "a-1"})
        )
    asked = {"question": "x?", "answer": "yes", "depends": [dice.choice((0, 1, -1, 10**9))]}
    return File("x.jsonl", _line(ROW | {"questions": [asked, asked]}))


def _card(dice: random.Random) -> File:
    """A card that is a bomb, no YAML, of another set, or full of odd texts."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    texts = (
        f"---\n{bomb}---\n",
        "---\na: !!python/object/apply:os.system ['id']\n---\n",
        "---\n" + "[" * 5_000 + "\n---\n",
        "---\n" + "a: {" * 3_000 + "\n---\n",
        "---\nname: x\n",
        "---\n? [a, b]\n: c\n---\n",
        "---\n<<: {name: x}\n---\n",
        "---\nname: x\nname: y\n---\n",
        "---\nname: |\n" + "  x\n" * 100_000 + "---\n",
        CARD.replace("NAME", "other"),
        CARD.replace("NAME", "x").replace("cats", dice.choice(WORDS[:-7])),
        CARD.replace("NAME", "x").replace("everyday", dice.choice(("", "elvish", "[a]", "{}"))),
    )
    return File("x.jsonl", _line(ROW), dice.choice(texts).encode("utf-8", "surrogatepass"))


def _table(dice: random.Random) -> File:
    """A CSV or TSV that is torn, ragged, endless, or full of odd texts."""
    suffix, sign = dice.choice(((".csv", ","), (".tsv", "\t")))
    head = sign.join(("prompt", "category", dice.choice(WORDS[:20])))
    cells = [
        [dice.choice(WORDS[:-7]) for _ in range(dice.choice((1, 2, 3, 3, 9)))] for _ in range(9)
    ]
    body = "\n".join(sign.join(row) for row in cells)
    tail = dice.choice(("", '"', '"a\n' * 9, '"' + "a" * 200_000, "\0", "\r\r\r", sign * 70_000))
    text = "\n".join((head, body, tail))
    return File(f"x{suffix}", text.encode("utf-8", "surrogatepass"))


def _listed(dice: random.Random) -> File:
    """A JSON list or a text file with anything in it."""
    if dice.random() < 0.5:
        rows = [{"prompt": _value(dice), dice.choice(WORDS): _value(dice)} for _ in range(3)]
        return File("x.json", json.dumps(rows if dice.random() < 0.8 else rows[0]).encode())
    text = "\n".join(dice.choice(WORDS) for _ in range(9))
    return File("x.txt", text.encode("utf-8", "surrogatepass"))


KINDS: tuple[Callable[[random.Random], File], ...] = (
    *(_wrong_value, _wrong_inside, _raw, _deep, _long, _repeated, _card, _table, _listed),
)
