"""Rows kept small: a run of a million rows takes hundreds of megabytes, and not gigabytes.

What a command asks of every row stands in columns; the rest is kept as compressed JSON values and
unpacked when it is asked for. Most commands walk through rows in the order in which they were
written: the blocks that were last looked at stay unpacked.
"""

import marshal
import zlib
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import ItemsView, Iterator, Sequence, Sized, ValuesView
from itertools import accumulate
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
P = TypeVar("P", bound=Sized)

BLOCK = 512
"""Values that are compressed together."""
KEPT = 4
"""Blocks that stay unpacked, unless a list says otherwise."""


class Packed:
    """A list of JSON values that only grows, compressed; `kept` blocks of it stay unpacked."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._blocks: list[bytes] = []
        self._last: list[Any] = []
        self._unpacked: OrderedDict[int, list[Any]] = OrderedDict()

    def copy(self) -> "Packed":
        """One that grows apart from this; the blocks are shared."""
        found = Packed(self._kept)
        found._blocks, found._last = [*self._blocks], [*self._last]
        found._unpacked = self._unpacked.copy()
        return found

    def append(self, value: Any) -> None:
        """Append a value; it must not be changed afterwards."""
        self._last.append(value)
        if len(self._last) == BLOCK:
            # Level 1: the values of a block are much alike, and more effort gains little.
            self._blocks.append(zlib.compress(marshal.dumps(self._last), 1))
            self._last = []

    def __getitem__(self, place: int) -> Any:
        number, within = divmod(place, BLOCK)
        if number == len(self._blocks):
            return self._last[within]
        block = self._unpacked.get(number)
        if block is None:
            if len(self._unpacked) >= self._kept:
                self._unpacked.popitem(last=False)
            block = marshal.loads(zlib.decompress(self._blocks[number]))
            self._unpacked[number] = block
        return block[within]


class Digests:
    """A list of SHA-256 in hexadecimal, or None, in 32 bytes each."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def copy(self) -> "Digests":
        """One that grows apart from this."""
        found = Digests()
        found._bytes = self._bytes.copy()
        return found

    def append(self, sha256: str | None) -> None:
        """Append one; None is kept as 32 zeros, which no file has as its hash."""
        self._bytes += bytes.fromhex(sha256) if sha256 else bytes(32)

    def __getitem__(self, place: int) -> str | None:
        found = self._bytes[32 * place : 32 * place + 32]
        return found.hex() if any(found) else None


class DigestSet:
    """A set of SHA-256 in hexadecimal, in 32 bytes each; one of texts would take 170."""

    def __init__(self) -> None:
        self._buckets: dict[str, bytearray] = {}
        """By the first three digits: what is looked through for one digest stays short."""

    def add(self, sha256: str) -> None:
        """Add one."""
        if sha256 not in self:
            self._buckets.setdefault(sha256[:3], bytearray()).extend(bytes.fromhex(sha256))

    def __contains__(self, sha256: str) -> bool:
        digest, held = bytes.fromhex(sha256), self._buckets.get(sha256[:3], b"")
        at = held.find(digest)
        while at > 0 and at % 32:  # the end of one and the beginning of the next
            at = held.find(digest, at + 1)
        return at >= 0


class Words:
    """A list of texts of which few differ, in 4 bytes each."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []
        self._column = array("I")

    def copy(self) -> "Words":
        """One that grows apart from this."""
        found = Words()
        found._numbers, found._texts = self._numbers.copy(), self._texts.copy()
        found._column = self._column[:]
        return found

    def append(self, text: str) -> None:
        """Append one."""
        number = self._numbers.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        self._column.append(number)

    def __getitem__(self, place: int) -> str:
        return self._texts[self._column[place]]


class Joined(Generic[P]):
    """The rows of several segments, one segment after another; a place is one number for all."""

    def __init__(self, parts: Sequence[P]) -> None:
        self.parts = [part for part in parts if len(part)]
        self._ends = list(accumulate(map(len, self.parts)))

    def at(self, place: int) -> tuple[P, int]:
        """The segment of a place, and the place within it."""
        number = bisect_right(self._ends, place)
        return self.parts[number], place - (self._ends[number - 1] if number else 0)

    def __iter__(self) -> Iterator[tuple[int, P, int]]:
        place = 0
        for part in self.parts:
            for within in range(len(part)):
                yield place, part, within
                place += 1


class Items(ItemsView[K, V]):
    """What a map holds, walked through in its own order (`pairs`): no key is looked up for it."""

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self._mapping.pairs()  # type: ignore[attr-defined,no-any-return]


class Values(ValuesView[V]):
    """The values of such a map."""

    def __iter__(self) -> Iterator[V]:
        return (value for _, value in self._mapping.pairs())  # type: ignore[attr-defined]
