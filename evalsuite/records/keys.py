"""Many planned images' keys in columns: a run of 100,000 images has them in several orders.

A `Key` is an object of 80 bytes, and its entry in a map takes as much again. Here a key is one
number, made of its prompt's and of its index, and its place in a map one more.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from evalsuite.records.samples import Key

Name = tuple[str, str]
"""A prompt's set and id."""
Numbers = NDArray[np.uint64]
BITS = 32
"""So many of a key's 64 bits are its index."""
LOW = (1 << BITS) - 1


class Names:
    """The prompts of a run, numbered in the order in which they are met; it only grows."""

    def __init__(self) -> None:
        self._numbers: dict[Name, int] = {}
        self.list: list[Name] = []

    def add(self, name: Name) -> int:
        """The number of a prompt."""
        number = self._numbers.setdefault(name, len(self.list))
        if number == len(self.list):
            self.list.append(name)
        return number

    def find(self, name: Name) -> int:
        """The number of a prompt that was met; else -1."""
        return self._numbers.get(name, -1)

    def number(self, key: Key) -> int:
        """A key as one number; raises `ValueError` for an index that no plan has."""
        if not 0 <= key[2] <= LOW:
            raise ValueError("not an index")
        return self.add(key[:2]) << BITS | key[2]


class Keys(Sequence[Key]):
    """Keys in 8 bytes each, in the order in which they were appended; made when asked for."""

    def __init__(self, names: Names | None = None, numbers: "array[int] | None" = None) -> None:
        self.names = Names() if names is None else names
        self.numbers = array("Q") if numbers is None else numbers

    @classmethod
    def of(cls, keys: Iterable[Key], names: Names | None = None) -> "Keys":
        """These keys; the same object where they are in columns already."""
        if isinstance(keys, Keys) and names in (None, keys.names):
            return keys
        found = cls(names)
        found.numbers.extend(map(found.names.number, keys))
        return found

    def copy(self) -> "Keys":
        """One that grows apart from this."""
        return Keys(self.names, self.numbers[:])

    @overload
    def __getitem__(self, place: int) -> Key: ...
    @overload
    def __getitem__(self, place: slice) -> "Keys": ...
    def __getitem__(self, place: int | slice) -> "Key | Keys":
        if isinstance(place, slice):
            return Keys(self.names, self.numbers[place])
        number = self.numbers[place]
        return Key(*self.names.list[number >> BITS], number & LOW)

    def __iter__(self) -> Iterator[Key]:
        names = self.names.list
        for number in self.numbers:
            yield Key(*names[number >> BITS], number & LOW)

    def __len__(self) -> int:
        return len(self.numbers)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list: it may grow

    def again(self) -> list[int]:
        """The places of keys that are there more than once."""
        if _ascend(np.asarray(self.numbers)):
            return []
        _, number, counts = np.unique(
            np.asarray(self.numbers), return_inverse=True, return_counts=True
        )
        return [int(place) for place in np.flatnonzero(counts[number] > 1)]

    def sorted(self) -> "Keys":
        """Each key once, by set, prompt id and index."""
        names = self.names.list
        order = np.array(sorted(range(len(names)), key=names.__getitem__), np.uint64)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order), dtype=np.uint64)
        found = np.unique(_renumbered(rank, np.asarray(self.numbers)))
        return Keys(self.names, _column("Q", _renumbered(order, found)))


class Places(Mapping[Key, int]):
    """A whole number for each key: none is made for keys that come in the order of their numbers.

    That is the usual order of rows and of plans; then the keys' own column is the map.
    """

    def __init__(self, keys: Keys, places: NDArray[Any]) -> None:
        """The `keys` ascend by their numbers; `places` are what they are mapped to."""
        self._names, self._numbers = keys.names, keys.numbers
        prompts = np.asarray(keys.numbers) >> np.uint64(BITS)
        known = np.arange(len(self._names.list) + 1, dtype=np.uint64)
        self._starts = _column("I", np.searchsorted(prompts, known))
        """Where each prompt's keys begin."""
        is_order = np.array_equal(places, np.arange(len(places)))
        self._places: Sequence[int] = range(len(places)) if is_order else _column("I", places)

    @classmethod
    def last(cls, keys: Keys, places: Sequence[int], ranks: bytearray) -> "Places":
        """Each key's place of the highest rank, the last of these; one place and rank a key."""
        numbers, at = np.asarray(keys.numbers), np.asarray(places)
        if _ascend(numbers):
            return cls(keys, at)
        order = np.lexsort((at, np.frombuffer(ranks, np.uint8), numbers))
        ordered = numbers[order]
        order = order[np.append(ordered[1:] != ordered[:-1], True)[: len(order)]]
        return cls(Keys(keys.names, _column("Q", numbers[order])), at[order])

    @classmethod
    def among(cls, keys: Keys) -> "Places":
        """The place of each key among these."""
        return cls.last(keys, range(len(keys)), bytearray(len(keys)))

    def find(self, key: Key) -> int:
        """The key's number; -1 where it has none."""
        prompt, index = self._names.find(key[:2]), key[2]
        if not 0 <= prompt < len(self._starts) - 1 or not 0 <= index <= LOW:
            return -1
        start, end = self._starts[prompt], self._starts[prompt + 1]
        number, at = prompt << BITS | index, start + index
        # Of most prompts all images are there, each in the place that its index says.
        if at >= end or self._numbers[at] != number:
            at = bisect_left(self._numbers, number, start, end)
            if at == end or self._numbers[at] != number:
                return -1
        return self._places[at]

    def along(self, keys: Keys | None = None) -> Iterator[tuple[Key, int]]:
        """Those of the keys that are here with their numbers, in the keys' order; else all."""
        if keys is None or (keys.names is self._names and keys.numbers == self._numbers):
            return zip(self, self._places, strict=True)
        if keys.names is not self._names:
            keys = Keys.of(iter(keys), self._names)
        own, asked = np.asarray(self._numbers), np.asarray(keys.numbers)
        at = np.searchsorted(own, asked)
        is_here = at < len(own)
        is_here[is_here] = own[at[is_here]] == asked[is_here]
        found = Keys(self._names, _column("Q", asked[is_here]))
        return zip(found, _column("I", np.asarray(self._places)[at[is_here]]), strict=True)

    def of(self, keys: Keys) -> "Places":
        """The places of these keys that there are; this where that is all."""
        if keys.names is not self._names:
            keys = Keys.of(iter(keys), self._names)
        own, asked = np.asarray(self._numbers), np.asarray(keys.numbers)
        if np.array_equal(own, asked):
            return self
        kept = np.isin(own, asked)
        if kept.all():
            return self
        return Places(Keys(self._names, _column("Q", own[kept])), np.asarray(self._places)[kept])

    def __getitem__(self, key: Key) -> int:
        if (place := self.find(key)) < 0:
            raise KeyError(key)
        return place

    def get(self, key: Key, default: Any = None) -> Any:
        """The key's number, or the default."""
        return default if (place := self.find(key)) < 0 else place

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self.find(key) >= 0  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Key]:
        return iter(Keys(self._names, self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)


def joined(parts: Sequence[Keys], names: Names) -> Keys:
    """The keys of several columns that share their names, one after another."""
    if len(parts) == 1:
        return parts[0]
    found = Keys(names)
    for part in parts:
        found.numbers.extend(part.numbers)
    return found


def _ascend(numbers: Numbers) -> bool:
    """Whether keys come in the order of their numbers, each once: most rows and plans do."""
    return bool(np.all(numbers[1:] > numbers[:-1]))


def _renumbered(prompts: Numbers, numbers: Numbers) -> Numbers:
    """Keys' numbers with the number of each prompt replaced."""
    bits = np.uint64(BITS)
    found: Numbers = prompts[numbers >> bits] << bits | numbers & np.uint64(LOW)
    return found


def _column(code: str, values: NDArray[Any]) -> "array[int]":
    found = array(code)
    found.frombytes(values.astype(f"u{found.itemsize}").tobytes())
    return found
