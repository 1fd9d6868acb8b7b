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
    """How a reading compares with the text that was asked for; each from 0 (nothing right) to 1.

    `exact` is 1.0 or 0.0, `similarity` the edit distance's complement, `words` the share of the
    asked words that were read.
    """

    exact: float
    similarity: float
    words: float


def compare(expected: str, reading: str) -> Closeness:
    """Compare all that was read with all that was asked for.

    Case is not compared, as many signs are in capitals whatever the prompt's case; nor are runs of
    white space and the shape of quotes and dashes. Every other character counts, and so does text
    that nobody asked for, but not in `words`, which looks for each asked word in any order.
    `similarity` is 1 - d / max(lengths), d being Levenshtein's distance: the normalised edit
    distance of scene-text benchmarks (ICDAR 2019-LSVT, Sun et al., arXiv 1909.07741).
    Raises `ValueError` where nothing but white space is asked for.
    """
    target, got = comparable(expected), comparable(reading)
    if not target:
        raise ValueError("no words were asked for")
    distance = edit_distance(target, got)
    words = Counter(target.split(" "))
    words_read = words & Counter(got.split(" "))
    return Closeness(
        exact=float(target == got),
        similarity=1 - distance / max(len(target), len(got)),
        words=words_read.total() / words.total(),
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
    for i, a in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
