"""The measures of the `text` scorer."""

from evalsuite.measures.measure import Measure
from evalsuite.records import Prompt

_READER = "Only what the reader can read: handwriting and ornament may be right and unread."
_BY = ("length", "familiarity")
"""How long and how common the words are."""


def written(prompt: Prompt) -> bool:
    """Words are to be written in the picture."""
    return prompt.words is not None


MEASURES: tuple[Measure, ...] = (
    Measure("text.exact", "exact", "share", "All that is written is what was asked", "share",
            written, True, _BY, cannot_show=_READER + " One further sign in the scene fails it."),
    Measure("text.similarity", "similarity", "mean", "1 - normalised edit distance", "0-1",
            written, True, _BY, (0.0, 1.0),
            cannot_show=_READER + " Text that nobody asked for lowers it."),
    Measure("text.words", "words", "mean", "Asked words that can be read", "share", written, True,
            _BY, (0.0, 1.0), cannot_show=_READER + " Neither the words' order nor what else is "
            "written."),
)  # fmt: skip
