"""No helpers: the command's own process does all the work."""

from collections.abc import Iterator
from contextlib import contextmanager

from evalsuite.records import Progress


class Helpers:
    """What a command knows of the workers beside it: here there are none."""

    def watched(self, progress: Progress | None) -> Progress | None:
        """A `progress` that also ends the command where a helper has broken down."""
        return progress

    def drawn(self) -> None:
        """Tell them that the last image is drawn."""


@contextmanager
def helping() -> Iterator[Helpers]:
    """Nobody helps."""
    yield Helpers()
