"""Texts from outside on their way into a data file: each once, made visible, without secrets."""

from evalsuite.files.credentials import concealed, literals
from evalsuite.report.format import visible

LIMIT = 1200
"""Characters of a text that a page shows."""


class Texts:
    """A table of texts, in which a row holds each by its number."""

    def __init__(self) -> None:
        self._known = literals()
        self._numbers: dict[str, int] = {}
        self.all: list[str] = []

    def number(self, text: str) -> int:
        """The number of a text, which is added where it is new."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.all)
            self.all.append(self.clean(text))
        return found

    def clean(self, text: str) -> str:
        """A text as the page shows it."""
        # What is printable hides nothing (str.isprintable), and needs no look at each character.
        shown = text if len(text) <= LIMIT and text.isprintable() else visible(text, LIMIT)
        return concealed(shown, self._known)
