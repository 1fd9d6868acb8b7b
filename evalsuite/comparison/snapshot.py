"""One run as far as comparing needs it: plain data, so that a baseline file can hold one too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from evalsuite.measures.declared import measures_of
from evalsuite.measures.estimating import planned_cells, planned_twins
from evalsuite.measures.from_rows import read_all
from evalsuite.measures.reading import Reading, Rows
from evalsuite.records import Judgement, Key, Measure, PromptSet, Request, Sample

_WIDTH = {"share": 0, "mean": 1, "labels": 2}
"""Kinds that are guessed from values: each can sum up all that those before it can."""


class ByImage(Mapping[tuple[str, Key], Reading]):
    """Readings by measure and image, a column a measure: eight bytes a reading, beside the reading.

    Many images read alike, and share theirs (`from_rows.read_all`).
    """

    def __init__(self, planned: Sequence[Key]) -> None:
        self._places = {key: place for place, key in enumerate(planned)}
        self._columns: dict[str, list[Reading | None]] = {}

    def put(self, measure: str, key: Key, reading: Reading) -> None:
        """Set one; raises `KeyError` for an image that is not planned."""
        if measure not in self._columns:
            self._columns[measure] = [None] * len(self._places)
        self._columns[measure][self._places[key]] = reading

    def __getitem__(self, at: tuple[str, Key]) -> Reading:
        measure, key = at
        reading = self._columns[measure][self._places[key]]
        if reading is None:
            raise KeyError(at)
        return reading

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        for measure, column in self._columns.items():
            for key, reading in zip(self._places, column, strict=True):
                if reading is not None:
                    yield measure, key

    def __len__(self) -> int:
        return sum(reading is not None for column in self._columns.values() for reading in column)


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
    planned: tuple[Key, ...]
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
    planned = tuple(request.key for request in requests)
    twins = planned_twins(prompt_sets, planned)
    rows = Rows(twins, samples, judgements, {whole.name: whole for whole in prompt_sets})
    cells = planned_cells(prompt_sets, planned)
    found: dict[str, Measure] = {}
    readings = ByImage(planned)
    for measure in measures_of(prompt_sets, judgements, known):
        for prompt_set in prompt_sets:
            for _, key, reading in read_all(measure, rows, cells[prompt_set.name]):
                found[measure.name] = measure
                readings.put(measure.name, key, reading)
    drawn = {key: samples[key].image for key in planned if key in samples}
    return Side(
        name=name,
        dialect=dialect,
        seed=seed,
        prompt_sets={whole.name: whole.digest for whole in prompt_sets},
        prompts={(s.name, p.id): Asked(p.text, p.groups) for s in prompt_sets for p in s.prompts},
        planned=planned,
        seeds={request.key: request.seed for request in requests},
        measures=found,
        readings=readings,
        scorers=scorers,
        images={key: image for key, image in drawn.items() if image is not None},
        complete=complete,
        clusters={whole.name: whole.cluster for whole in prompt_sets if whole.cluster},
        keeps_seeds=keeps_seeds,
    )


def measure_of(name: str, *sides: Side) -> Measure:
    """The measure of that name, as the last of the sides that has it knows it.

    Where nobody declared it, each run's values say what it is: if one run has words, all count as
    labels; if one has other numbers than 0 and 1, all count as numbers.
    """
    found = [side.measures[name] for side in sides if name in side.measures]
    return max(reversed(found), key=lambda measure: _WIDTH.get(measure.kind, _WIDTH["mean"]))
