"""What a misspelt word was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 100
"""Characters of a word that are looked at: comparing takes time in the square of the length."""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that is most like `word`, or None where none reaches `cutoff`.

    Likeness goes from 0 to 1: `difflib.SequenceMatcher.ratio`, the share of characters in common.
    """
    near = get_close_matches(word[:LONGEST], list(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error: '; did you mean 'counts'? there are: counts, text'."""
    names = list(known)
    near = nearest(word, names)
    meant = f"did you mean {near!r}? " if near is not None else ""
    return f"; {meant}there are: {', '.join(names) or 'none'}"
