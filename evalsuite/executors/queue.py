"""One queue for all workers of a run: batches cut from its plan, each taken by one of them.

A batch is the same whoever takes it, so that no byte depends on how many workers there are or how
fast each is. There is no queue anywhere but in the run's folder: claims say who is at what, and
rows what is done.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from evalsuite.files.segments import canonical
from evalsuite.records import Json
from evalsuite.runs.claims import Claims

T = TypeVar("T")

POLL = 0.25
"""Seconds between two looks at what other workers have done, where nothing is left to take."""
LOOKS = 256
"""So many batches are looked at to fill up one that is not full; a fresh run looks at none."""


@dataclass(frozen=True)
class Batch(Generic[T]):
    """What one worker does at once, and the claims under which it does it."""

    names: Sequence[str]
    items: Sequence[T]


@dataclass(frozen=True)
class Queue(Generic[T]):
    """A stage's work for one worker.

    `plan` is every item in planning order, done or not, and is cut into batches of `size`.
    `left` says what of a batch nobody has done yet, `look` takes in what other workers appended,
    and `idle` is called while this one waits for their last batches. `name` tells apart stages
    that may not take each other's batches. Once `stopped`, no batch is given any more.
    """

    claims: Claims
    name: str
    plan: Sequence[T]
    size: int
    ids: Callable[[T], Json]
    left: Callable[[Sequence[T]], list[T]]
    look: Callable[[], None]
    idle: Callable[[], None]
    stopped: threading.Event = field(default_factory=threading.Event)

    def batches(self) -> Iterator[Batch[T]]:
        """Full batches as long as there are any, until all that was planned is done by somebody.

        What is left of several batches that were begun comes together, so that little is padded.
        Whoever takes a batch gives its claims back (`done`) when its rows are written.
        """
        cuts = (self.plan[at : at + self.size] for at in range(0, len(self.plan), self.size))
        waiting = {self._named(cut): cut for cut in cuts if self.left(cut)}
        while waiting and not self.stopped.is_set():
            if names := self._take(waiting):
                batch = self._looked_after(names, waiting)
                if batch.items:
                    yield batch
            elif waiting:
                self.idle()
                self.stopped.wait(POLL)
                self.look()

    def done(self, batch: Batch[T]) -> None:
        """Say that the rows of a batch are written."""
        for name in batch.names:
            self.claims.release(name)

    def _take(self, waiting: dict[str, Sequence[T]]) -> list[str]:
        """Claim a batch, and others of which little is left as far as there is room for them."""
        names: list[str] = []
        ended, filled, looked = [], 0, 0
        for name, cut in waiting.items():
            count = len(self.left(cut))
            if not count:
                ended.append(name)
            elif filled + count <= self.size and self.claims.take(name):
                names.append(name)
                filled += count
            looked += bool(names)
            if filled == self.size or looked > LOOKS:
                break
        for name in ended:
            del waiting[name]
        return names

    def _looked_after(self, names: Sequence[str], waiting: dict[str, Sequence[T]]) -> Batch[T]:
        """The batch of these claims, without what was written between the last look and them."""
        self.look()
        found = {name: self.left(waiting.pop(name)) for name in names}
        for name in (name for name, items in found.items() if not items):
            self.claims.release(name)
        kept = {name: items for name, items in found.items() if items}
        return Batch([*kept], [item for items in kept.values() for item in items])

    def _named(self, cut: Sequence[T]) -> str:
        text = canonical([self.name, [self.ids(item) for item in cut]])
        return f"{self.name}-{hashlib.sha256(text.encode('ascii')).hexdigest()[:20]}"
