"""How close a reading is to the words that were asked for: pure functions of two texts."""

import re
from collections import Counter
from typing import NamedTuple
from unicodedata import normalize

PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
)
"""Typographic quotes and dashes, which a font or a reader exchanges freely with the plain ones."""


class Closeness(NamedTuple):
    """How a reading compares with what was asked; each from 0 (nothing right) to 1.

    `exact` is 1.0 or 0.0, `similarity` the edit distance's complement, `words` the share of the
    asked words that were read.
    """

    exact: float
    similarity: float
    words: float


def compare(asked: str, read: str) -> Closeness:
    """Hold all that was read against all that was asked.

    Case is not compared, as many signs are in capitals whatever the prompt's case; nor are runs of
    white space and the shape of quotes and dashes. Every other character counts, and so does text
    that nobody asked for, but not in `words`, which looks for each asked word in any order.
    `similarity` is 1 - d / max(lengths), d being Levenshtein's distance: the normalised edit
    distance of scene-text benchmarks (ICDAR 2019-LSVT, Sun et al., arXiv 1909.07741).
    Raises `ValueError` where nothing but white space is asked for.
    """
    want, got = comparable(asked), comparable(read)
    if not want:
        raise ValueError("no words were asked for")
    distance = edit_distance(want, got)
    wanted = Counter(want.split(" "))
    right = wanted & Counter(got.split(" "))
    return Closeness(
        float(want == got), 1 - distance / max(len(want), len(got)), right.total() / wanted.total()
    )


def comparable(text: str) -> str:
    """`text` with compatibility forms, case, white space, quotes and dashes made uniform."""
    plain = normalize("NFKC", text).translate(PLAIN).casefold()
    return re.sub(r"\s+", " ", plain).strip()


def edit_distance(first: str, second: str) -> int:
    """Levenshtein's distance: the fewest insertions, deletions and substitutions of a character.

    The usual row-by-row recurrence (Wagner & Fischer 1974, J. ACM 21:168-173).
    """
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]
