"""Estimates: every measure, for every prompt set, overall and by group."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

from evalsuite.files.values import natural, rounded
from evalsuite.measures.declared import measures_of
from evalsuite.measures.from_rows import read_each
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading, Rows, missing
from evalsuite.measures.slices import References, Slice, Summary
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.records import (
    Estimate,
    InputError,
    Judgement,
    Key,
    Keys,
    Measure,
    Places,
    Prompt,
    PromptSet,
    Sample,
    flat,
)
from evalsuite.records.keys import BITS

T = TypeVar("T")

MOST_LABELS = 200
"""A label with more values than this in a set, such as a prompt's own source, gets no rows."""

MOST_FAMILIES = 20
"""The same for a label that names the set's families, whose rows are of two or four sentences."""


def estimate(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
    planned: Sequence[Key],
    known: Sequence[Measure],
    *,
    references: References | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """One row per prompt set and measure (group {}), and one for each group it is broken down by.

    In every row `n` and `missing` together make up the planned images that the measure applies to
    (for measures of twins: the negated ones, each with its twin). `known` are the measures that the
    run's scorers declare; one that applies has its rows even if nothing was measured, and `value`
    is then None. A field that no known measure reads is measured as `declared.undeclared` guesses.

    `references` holds known true values: by measure, then by the group's values joined
    with "/" ("nurse" for the share of a label, "nurse/1-4" for a band of tones; "" overall). The
    references of both imbalances follow from those two. Rows come in the order of the prompt
    sets, of the measures and of the groups; nothing depends on the order of the maps. Raises
    `InputError` if a planned image is of a prompt that no set has.
    """
    cells = planned_cells(prompt_sets, planned)
    by_name = {prompt_set.name: prompt_set for prompt_set in prompt_sets}
    rows = Rows(planned_twins(prompt_sets, planned), samples, judgements, by_name)
    measures = measures_of(prompt_sets, judgements, known)
    estimates: list[Estimate] = []
    for prompt_set in prompt_sets:
        own = cells[prompt_set.name]
        for measure, column in read_each(measures, rows, own):
            readings = [
                (prompt, reading)
                for prompt, reading in zip(own.prompts(), column, strict=True)
                if reading is not None
            ]
            for group, members in by_group(measure, readings, prompt_set.cluster):
                for row in sum_up(measure, group, members, references or {}, level):
                    estimates.append(to_estimate(prompt_set.name, measure, row, members))
    return estimates


def to_json(estimates: Iterable[Estimate]) -> str:
    """The estimates as JSON: the same rows give the same bytes, in whatever order they come.

    Sorted by prompt set, measure and group; keys sorted; numbers to six significant digits, which
    the last bit of a sum cannot change.
    """
    ordered = sorted(estimates, key=lambda e: (e.prompt_set, e.measure, _order(e.group)))
    rows = [rounded(flat(row)) for row in ordered]
    return json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


class PlannedCells(Sequence[tuple[Prompt, Key]]):
    """One set's planned images with their prompts, each pair made when asked for."""

    def __init__(self, keys: Keys, prompts: Mapping[tuple[str, str], Prompt]) -> None:
        self._keys = keys
        self._prompts = prompts

    @overload
    def __getitem__(self, place: int) -> tuple[Prompt, Key]: ...
    @overload
    def __getitem__(self, place: slice) -> "PlannedCells": ...
    def __getitem__(self, place: int | slice) -> "tuple[Prompt, Key] | PlannedCells":
        if isinstance(place, slice):
            return PlannedCells(self._keys[place], self._prompts)
        key = self._keys[place]
        return self._prompts[key[:2]], key

    def __iter__(self) -> Iterator[tuple[Prompt, Key]]:
        return ((self._prompts[key[:2]], key) for key in self._keys)

    def prompts(self) -> Iterator[Prompt]:
        """The images' prompts alone."""
        own = [self._prompts.get(name) for name in self._keys.names.list]
        return (own[number >> BITS] for number in self._keys.numbers)  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self._keys)


def planned_cells(
    prompt_sets: Sequence[PromptSet], planned: Sequence[Key]
) -> dict[str, PlannedCells]:
    """For every set its planned images with their prompts, by prompt id and index."""
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    keys = Keys.of(planned).sorted()
    ends = {s.name: (0, 0) for s in prompt_sets}
    for place, key in enumerate(keys):
        if key[:2] not in prompts:
            raise InputError(
                f"planned image {key.prompt_set}/{key.prompt_id}/{key.index}: no prompt set given "
                "has that prompt; hand over the sets that the run was planned with"
            )
        start, end = ends[key.prompt_set]
        ends[key.prompt_set] = (start if end else place), place + 1
    return {name: PlannedCells(keys[start:end], prompts) for name, (start, end) in ends.items()}


def planned_twins(prompt_sets: Sequence[PromptSet], planned: Iterable[Key]) -> Places:
    """The planned images of prompts that others name as their twin; of no other it is asked."""
    twins = {(s.name, prompt.twin) for s in prompt_sets for prompt in s.prompts if prompt.twin}
    return Places.among(Keys.of(key for key in planned if key[:2] in twins) if twins else Keys())


def by_group(
    measure: Measure, readings: Sequence[tuple[Prompt, T]], cluster: Collection[str] = ()
) -> list[tuple[dict[str, str], list[T]]]:
    """Everything together, then every value of every breakdown that a prompt has.

    `cluster` holds the labels that name the set's families.
    """
    if not readings:
        return []
    groups: list[tuple[dict[str, str], list[T]]] = [({}, [r for _, r in readings])]
    for name in breakdowns(measure, (prompt.groups for prompt, _ in readings), cluster):
        members: dict[str, list[T]] = {}
        for prompt, reading in readings:
            if name in prompt.groups:
                members.setdefault(prompt.groups[name], []).append(reading)
        groups += [({name: value}, members[value]) for value in sorted(members, key=natural)]
    return groups


def breakdowns(
    measure: Measure, groups: Iterable[Mapping[str, str]], cluster: Collection[str] = ()
) -> list[str]:
    """The group labels by which a measure is broken down, given those of the prompts.

    Its own; or where it has none, or applies to prompts of many kinds (`BY_ASKED`), its own and
    then all others that the prompts have: the labels of somebody's own set too. `cluster` holds
    the labels that name the set's families: with many values they are there to count by, not to
    read.
    """
    if measure.by is not None and not set(BY_ASKED) <= set(measure.by):
        return list(measure.by)
    own = list(measure.by or ())
    values: dict[str, set[str]] = {}
    for labels in groups:
        for name, value in labels.items():
            values.setdefault(name, set()).add(value)
    others = sorted(name for name in values if name not in own)
    most = {name: MOST_FAMILIES if name in cluster else MOST_LABELS for name in others}
    return [*own, *(name for name in others if len(values[name]) <= most[name])]


def sum_up(
    measure: Measure,
    group: Mapping[str, str],
    readings: Sequence[Reading],
    references: References,
    level: float,
    labels: Sequence[str] | None = None,
) -> list[Summary]:
    """The rows of one measure in one group: one, or one per label or band for shares of several."""
    return kind_of(measure).summary(
        Slice(
            measure=measure,
            group=group,
            readings=readings,
            references=references,
            level=level,
            labels=labels,
        )
    )


def to_estimate(
    prompt_set: str, measure: Measure, row: Summary, readings: Sequence[Reading]
) -> Estimate:
    """A summary as an estimate, with what is missing among its readings."""
    return Estimate(
        prompt_set=prompt_set,
        measure=measure.name,
        group=row.group,
        interval=row.interval,
        missing=missing(readings),
        null=row.null,
        reference=row.reference,
    )


def _order(group: Mapping[str, str]) -> tuple[tuple[str, tuple[tuple[int, int, str], ...]], ...]:
    return tuple((name, natural(group[name])) for name in sorted(group))
