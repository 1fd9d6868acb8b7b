"""Estimates: every measure, for every prompt set, overall and by group."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from evalsuite.files.values import natural, rounded
from evalsuite.measures.measure import Measure
from evalsuite.measures.reading import Reading, Rows, missing, read_all
from evalsuite.measures.summing import Line, sum_up
from evalsuite.measures.table import MEASURES, undeclared
from evalsuite.records import Estimate, InputError, Judgement, Key, Prompt, PromptSet, Sample

T = TypeVar("T")
References = Mapping[str, Mapping[str, float]]


def estimate(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
    planned: Sequence[Key],
    seed: int = 0,
    *,
    references: References | None = None,
    scorers: Sequence[str] | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """One row a prompt set and measure (group {}), and one for each group it is broken down by.

    In every row `n` and `missing` together make up the planned images that the measure applies to
    (for `objects.negation_effect`: the negated ones, each with its twin). A measure that applies
    has its rows even if nothing was measured; `value` is then None. `scorers` names those that
    the run asked for; without it, all bundled ones are expected.

    `references` holds what is known to be true: by measure, then by the group's values joined
    with "/" ("nurse" for presentation.woman, "nurse/1-4" for presentation.tone; "" overall). The
    references of both imbalances follow from those two. Rows come in the order of the prompt
    sets, of the measures' table and of the groups; nothing depends on the order of the maps.
    `seed`, from the run's digest, is for methods that resample; every interval here is closed form,
    so it changes nothing. Raises `InputError` if a planned image is of a prompt that no set has.
    """
    cells = planned_cells(prompt_sets, planned)
    rows = Rows(frozenset(planned), samples, judgements)
    measures = measures_of(prompt_sets, judgements, scorers)
    estimates: list[Estimate] = []
    for prompt_set in prompt_sets:
        for measure in measures:
            found = read_all(measure, rows, cells[prompt_set.name])
            readings = [(prompt, reading) for prompt, _, reading in found]
            for group, members in by_group(measure, readings):
                for line in sum_up(measure, group, members, references or {}, level):
                    estimates.append(to_estimate(prompt_set.name, measure, line, members))
    return estimates


def to_json(estimates: Iterable[Estimate]) -> str:
    """The estimates as JSON: the same rows give the same bytes, in whatever order they come.

    Sorted by prompt set, measure and group; keys sorted; numbers to six significant digits, which
    the last bit of a sum cannot change.
    """
    ordered = sorted(estimates, key=lambda e: (e.prompt_set, e.measure, _order(e.group)))
    rows = [rounded(asdict(row)) for row in ordered]
    return json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def confusion(
    prompt_set: PromptSet,
    judgements: Mapping[tuple[str, Key], Judgement],
    planned: Iterable[Key] | None = None,
) -> dict[str, dict[str, int]]:
    """How often each number was drawn where each was asked: table[asked][drawn], numbers as text.

    "not measured" counts the images without a number; with `planned`, also those that were never
    drawn or judged. Asked and drawn numbers ascend. Only prompts with the tag counting are in it.
    """
    counting = {p.id: p for p in prompt_set.prompts if p.tag == "counting" and p.include}
    judged = [key for scorer, key in judgements if scorer == "objects"]
    keys = {k for k in (judged if planned is None else planned) if k.prompt_set == prompt_set.name}
    table: dict[str, dict[str, int]] = {}
    for key in keys:
        if (prompt := counting.get(key.prompt_id)) is None:
            continue
        asked = prompt.groups.get("count", str(prompt.include[0].count))
        answer = judgements.get(("objects", key))
        drawn = answer.values.get("drawn") if answer is not None else None
        column = f"{drawn:g}" if isinstance(drawn, int | float) else "not measured"
        row = table.setdefault(asked, {})
        row[column] = row.get(column, 0) + 1
    return {
        asked: dict(sorted(row.items(), key=lambda item: natural(item[0])))
        for asked, row in sorted(table.items(), key=lambda item: natural(item[0]))
    }


def measures_of(
    prompt_sets: Sequence[PromptSet],
    judgements: Mapping[tuple[str, Key], Judgement],
    scorers: Sequence[str] | None = None,
) -> list[Measure]:
    """The declared measures of `scorers` (None: of all), then one for every other field found."""
    declared = [m for m in MEASURES if scorers is None or m.scorer in scorers]
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    return declared + _undeclared_measures(judgements, prompts)


def planned_cells(
    prompt_sets: Sequence[PromptSet], planned: Sequence[Key]
) -> dict[str, list[tuple[Prompt, Key]]]:
    """For every set its planned images with their prompts, by prompt id and index."""
    cells: dict[str, list[tuple[Prompt, Key]]] = {s.name: [] for s in prompt_sets}
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    for key in sorted(set(planned)):
        prompt = prompts.get((key.prompt_set, key.prompt_id))
        if prompt is None:
            raise InputError(
                f"planned image {key.prompt_set}/{key.prompt_id}/{key.index}: no prompt set given "
                "has that prompt; hand over the sets that the run was planned with"
            )
        cells[key.prompt_set].append((prompt, key))
    return cells


def _undeclared_measures(
    judgements: Mapping[tuple[str, Key], Judgement], prompts: Mapping[tuple[str, str], Prompt]
) -> list[Measure]:
    """A measure for every field that no declared one reads: a mean, or the shares of its labels.

    So a new scorer is summed up without a line here; declaring its measures says more.
    """
    known = {(m.scorer, m.field) for m in MEASURES}
    tags: dict[str, set[str]] = {}
    worded: set[str] = set()
    for (scorer, key), judgement in judgements.items():
        prompt = prompts.get((key.prompt_set, key.prompt_id))
        for field, value in judgement.values.items():
            if prompt is None or (scorer, field) in known:
                continue
            name = f"{scorer}.{field}"
            tags.setdefault(name, set()).add(prompt.tag)
            if isinstance(value, str):
                worded.add(name)
    return [
        undeclared(name, "labels" if name in worded else "mean", frozenset(tags[name]))
        for name in sorted(tags)
    ]


def by_group(
    measure: Measure, readings: Sequence[tuple[Prompt, T]]
) -> list[tuple[dict[str, str], list[T]]]:
    """Everything together, then every value of every breakdown that a prompt has."""
    if not readings:
        return []
    groups: list[tuple[dict[str, str], list[T]]] = [({}, [r for _, r in readings])]
    for name in measure.breakdowns:
        values = sorted({p.groups[name] for p, _ in readings if name in p.groups}, key=natural)
        groups += [
            ({name: value}, [r for p, r in readings if p.groups.get(name) == value])
            for value in values
        ]
    return groups


def to_estimate(
    prompt_set: str, measure: Measure, line: Line, readings: Sequence[Reading]
) -> Estimate:
    """A summed-up line as a row, with what is missing among its readings."""
    interval = line.interval
    return Estimate(
        prompt_set,
        measure.name,
        line.group,
        interval.value,
        interval.low,
        interval.high,
        interval.n,
        interval.clusters,
        missing(readings),
        line.null,
        line.reference,
        interval.method,
    )


def _order(group: Mapping[str, str]) -> tuple[tuple[str, tuple[tuple[int, int, str], ...]], ...]:
    return tuple((name, natural(group[name])) for name in sorted(group))
