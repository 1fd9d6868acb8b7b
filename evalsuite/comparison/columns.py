"""One measure's readings of a run's images, and of the images of each group, without a map of keys.

A comparison looks at every measure of two runs, of everything together and by every label. A
`Column` holds the readings once, by the images' places in the plan; a group is a list of places.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from typing import Any

from evalsuite.measures.reading import Reading
from evalsuite.records import Key, Keys, Places
from evalsuite.records.keys import BITS, Name


class Column(Mapping[Key, Reading]):
    """Readings by image, in planning order, of the images at some places of a plan."""

    def __init__(
        self,
        planned: Keys,
        places: Places,
        readings: Sequence[Reading | None],
        at: Sequence[int] | None = None,
    ) -> None:
        """`readings` are one for each planned image, or None; `at` ascends: all that have one."""
        self._planned = planned
        self._places = places
        self._readings = readings
        self._at = at if at is not None else _there(readings)

    def __getitem__(self, key: Key) -> Reading:
        reading: Reading | None = self.get(key)
        if reading is None:
            raise KeyError(key)
        return reading

    def get(self, key: Key, default: Any = None) -> Any:
        """The image's reading, or the default."""
        place = self._places.find(key)
        if place < 0:
            return default
        within = bisect_left(self._at, place)
        if within == len(self._at) or self._at[within] != place:
            return default
        return self._readings[place]

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Key]:
        return (self._planned[place] for place in self._at)

    def __len__(self) -> int:
        return len(self._at)

    def values(self) -> ValuesView[Reading]:
        """The readings, in planning order."""
        return _Values(self)

    def items(self) -> ItemsView[Key, Reading]:
        """The images with their readings, in planning order."""
        return _Items(self)

    def prompts(self) -> list[Name]:
        """The images' prompts, each once, in planning order."""
        numbers = dict.fromkeys(self._planned.numbers[place] >> BITS for place in self._at)
        return [self._planned.names.list[number] for number in numbers]

    def where(self, holds: Callable[[Name], bool]) -> "Column":
        """The readings of those images for whose prompts something holds."""
        told: dict[int, bool] = {}
        found = array("I")
        for place in self._at:
            number = self._planned.numbers[place] >> BITS
            if number not in told:
                told[number] = holds(self._planned.names.list[number])
            if told[number]:
                found.append(place)
        return self if len(found) == len(self) else self._only(found)

    def by(self, label: Callable[[Name], str | None]) -> dict[str, "Column"]:
        """The readings by a label of the images' prompts, without those that have none."""
        told: dict[int, str | None] = {}
        found: dict[str, array[int]] = {}
        for place in self._at:
            number = self._planned.numbers[place] >> BITS
            if number not in told:
                told[number] = label(self._planned.names.list[number])
            if (name := told[number]) is not None:
                found.setdefault(name, array("I")).append(place)
        return {name: self._only(at) for name, at in found.items()}

    def changed(self, change: Callable[[Reading], Reading]) -> "Column":
        """The same images with other readings; equal ones are changed once."""
        same: dict[Reading, Reading] = {}
        for reading in self.values():
            if reading not in same:
                same[reading] = change(reading)
        readings = [None if reading is None else same.get(reading) for reading in self._readings]
        return Column(self._planned, self._places, readings, self._at)

    def _only(self, at: "array[int]") -> "Column":
        return Column(self._planned, self._places, self._readings, at)


class _Values(ValuesView[Reading]):
    _mapping: Column

    def __iter__(self) -> Iterator[Reading]:
        readings = self._mapping._readings
        return (readings[place] for place in self._mapping._at)  # type: ignore[misc]


class _Items(ItemsView[Key, Reading]):
    _mapping: Column

    def __iter__(self) -> Iterator[tuple[Key, Reading]]:
        return zip(self._mapping, self._mapping.values(), strict=True)


def _there(readings: Sequence[Reading | None]) -> Sequence[int]:
    """The places that have a reading."""
    found = array("I", (place for place, each in enumerate(readings) if each is not None))
    return range(len(found)) if len(found) == len(readings) else found
