"""One run as far as comparing needs it: plain data, so that a baseline file can hold one too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from evalsuite.comparison.columns import Column
from evalsuite.measures.declared import measures_of
from evalsuite.measures.estimating import planned_cells, planned_twins
from evalsuite.measures.from_rows import read_each
from evalsuite.measures.reading import Reading, Rows
from evalsuite.records import (
    Judgement,
    Key,
    Keys,
    Measure,
    Places,
    PromptSet,
    Request,
    Sample,
)
from evalsuite.runs.seeds import keys_of, seeds_of

_WIDTH = {"share": 0, "mean": 1, "labels": 2}
"""Kinds that are guessed from values: each can sum up all that those before it can."""


class ByImage(Mapping[tuple[str, Key], Reading]):
    """Readings by measure and image, a column a measure: eight bytes a reading, beside the reading.

    Many images read alike, and share theirs (`from_rows.read_each`).
    """

    def __init__(self, planned: Keys, measures: Iterable[str] = ()) -> None:
        """They come in the order of the `measures`, and then of the `planned` images."""
        self._planned = planned
        self._places = Places.among(planned)
        self._columns: dict[str, list[Reading | None]] = {name: [] for name in measures}

    def put(self, measure: str, key: Key, reading: Reading) -> None:
        """Set one; raises `KeyError` for an image that is not planned."""
        column = self._columns.setdefault(measure, [])
        if not column:
            column.extend([None] * len(self._planned))
        column[self._places[key]] = reading

    def __getitem__(self, at: tuple[str, Key]) -> Reading:
        reading: Reading | None = self.get(at)
        if reading is None:
            raise KeyError(at)
        return reading

    def get(self, at: tuple[str, Key], default: Any = None) -> Any:
        """The reading, or the default."""
        measure, key = at
        column, place = self._columns.get(measure), self._places.find(key)
        found = column[place] if column and place >= 0 else None
        return default if found is None else found

    def __contains__(self, at: object) -> bool:
        return isinstance(at, tuple) and self.get(at) is not None

    def column(self, measure: str) -> Column:
        """One measure's readings."""
        return Column(self._planned, self._places, self._columns.get(measure, []))

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        for measure, column in self._columns.items():
            for key, reading in zip(self._planned, column, strict=False):
                if reading is not None:
                    yield measure, key

    def __len__(self) -> int:
        return sum(reading is not None for column in self._columns.values() for reading in column)


class Drawn(Mapping[Key, str]):
    """The SHA-256 of every planned image that was drawn."""

    def __init__(self, planned: Sequence[Key], samples: Mapping[Key, Sample]) -> None:
        self._planned = planned
        self._samples = samples

    def __getitem__(self, key: Key) -> str:
        if (image := self._samples[key].image) is None:
            raise KeyError(key)
        return image

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._planned if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Asked(NamedTuple):
    """A prompt's text and its group labels."""

    text: str
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """What one run measured, image by image.

    `prompt_sets` are digests by name, `prompts` by (set, prompt id), `planned` in planning order.
    `measures` holds each measure that applies, by name, in the reports' order; `readings` one
    reading for every planned image that it applies to. `scorers` are digests of what each
    said of itself; a measure of a scorer that is not among them was never asked for. `images` are
    SHA-256. `complete` says that every planned cell has its final row and every image its file.
    `clusters` are, by set, the group labels that name its families. `keeps_seeds` says whether each
    image was drawn from its seed: a service that ignores seeds, or a folder, does not say so.
    """

    name: str
    dialect: str
    seed: int
    prompt_sets: Mapping[str, str]
    prompts: Mapping[tuple[str, str], Asked]
    planned: Sequence[Key]
    seeds: Mapping[Key, int]
    measures: Mapping[str, Measure]
    readings: Mapping[tuple[str, Key], Reading]
    scorers: Mapping[str, str]
    images: Mapping[Key, str]
    complete: bool
    clusters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    keeps_seeds: bool = True


def side(
    *,
    name: str,
    dialect: str,
    seed: int,
    prompt_sets: Sequence[PromptSet],
    requests: Sequence[Request],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
    scorers: Mapping[str, str],
    known: Sequence[Measure],
    complete: bool,
    keeps_seeds: bool = True,
) -> Side:
    """A run's rows as a `Side`; rows of images that are not planned are left out.

    `known` are the measures that the run's scorers declare. Raises `InputError` if a planned image
    is of a prompt that no set has.
    """
    planned = keys_of(requests)
    twins = planned_twins(prompt_sets, planned)
    rows = Rows(twins, samples, judgements, {whole.name: whole for whole in prompt_sets})
    cells = planned_cells(prompt_sets, planned)
    measures = measures_of(prompt_sets, judgements, known)
    readings, there = ByImage(planned, [measure.name for measure in measures]), set[str]()
    for prompt_set in prompt_sets:
        own = cells[prompt_set.name]
        for measure, column in read_each(measures, rows, own):
            for (_, key), reading in zip(own, column, strict=True):
                if reading is not None:
                    there.add(measure.name)
                    readings.put(measure.name, key, reading)
    return Side(
        name=name,
        dialect=dialect,
        seed=seed,
        prompt_sets={whole.name: whole.digest for whole in prompt_sets},
        prompts={(s.name, p.id): Asked(p.text, p.groups) for s in prompt_sets for p in s.prompts},
        planned=planned,
        seeds=seeds_of(requests),
        measures={measure.name: measure for measure in measures if measure.name in there},
        readings=readings,
        scorers=scorers,
        images=Drawn(planned, samples),
        complete=complete,
        clusters={whole.name: whole.cluster for whole in prompt_sets if whole.cluster},
        keeps_seeds=keeps_seeds,
    )


def column(side: Side, measure: str) -> Column:
    """A measure's readings of a side's planned images."""
    if isinstance(side.readings, ByImage):
        return side.readings.column(measure)
    planned = Keys.of(side.planned)
    readings = [side.readings.get((measure, key)) for key in planned]
    return Column(planned, Places.among(planned), readings)


def column_of(
    side: Side, measure: str, prompt_set: str, labels: Mapping[str, str] | None = None
) -> Column:
    """A measure's readings of those of a set's images whose prompts have these `labels`."""
    asked = (labels or {}).items()
    return column(side, measure).where(
        lambda name: name[0] == prompt_set and asked <= side.prompts[name].groups.items()
    )


def measure_of(name: str, *sides: Side) -> Measure:
    """The measure of that name, as the last of the sides that has it knows it.

    Where nobody declared it, each run's values say what it is: if one run has words, all count as
    labels; if one has other numbers than 0 and 1, all count as numbers.
    """
    found = [side.measures[name] for side in sides if name in side.measures]
    return max(reversed(found), key=lambda measure: _WIDTH.get(measure.kind, _WIDTH["mean"]))
