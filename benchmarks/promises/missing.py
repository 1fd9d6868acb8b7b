"""Promise 9: every denominator adds up: values and missing make up what was planned.

Made-up runs, with every measure of our own scorers and one that nobody declared: images end in
every way, and scorers answer, abstain, say nothing, break down or bar a question. What each row
should count is found here a second time, by plain loops over the rows.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from math import isclose

from benchmarks.promises._worlds import (
    ODD,
    World,
    estimates_of,
    prompts_of_every_kind,
    report_of,
    world,
)
from benchmarks.promises.proof import Proof
from evalsuite.commands.table import tables
from evalsuite.comparison.differences import differences
from evalsuite.comparison.snapshot import Side, side
from evalsuite.measures.declared import measures_of
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.raw_values import REFUSED
from evalsuite.prompts.conditions import condition
from evalsuite.records import Estimate, Key, Measure, Prompt
from evalsuite.report.overview import NO_IMAGE, overview
from evalsuite.report.tables import is_overall, row

NUMBER = 9
PROMISE = "In every row of every table, values and missing make up what was planned."

OWN = ("label", "tone")
"""Labels of a row that are values of the measure, not groups of prompts."""


def prove(quick: bool) -> Proof:
    """Runs with every mixture of endings: their estimates, their tables, and two compared."""
    runs, each = (2, 1) if quick else (10, 3)
    counts = {"runs": 2 * runs, "rows": 0, "cells of tables": 0}
    broken: list[str] = []
    dice = random.Random(9)
    for _ in range(runs):
        prompt_set = prompts_of_every_kind(dice, each)
        worlds = [world(dice, prompt_set, 4) for _ in range(2)]
        first, (rows, others) = worlds[0], (estimates_of(each) for each in worlds)
        counts["rows"] += len(rows)
        broken += miscounted(first, rows)
        against = compared(worlds, (rows, others))
        for found in (in_report(first, rows), in_table(first, rows), against):
            lines = list(found)
            counts["cells of tables"] += len(lines)
            broken += filter(None, lines)
    return Proof(counts=counts, broken=broken)


# Denominators


def miscounted(run: World, rows: Sequence[Estimate]) -> Iterator[str]:
    """Rows whose values and missing are not what plain loops count, and measures without a row."""
    measures = {m.name: m for m in measures_of(run.prompt_sets, run.judgements, run.known)}
    if ODD not in measures:
        yield f"{ODD}: has no rows"
    asked = {name: due(run, measure) for name, measure in measures.items()}
    for found in rows:
        keys = inside(asked[found.measure], found.group)
        values = sum(has_value(run, measures[found.measure], prompt, key) for prompt, key in keys)
        if kind_of(measures[found.measure]).paired_by == "prompt":
            values = of_whole_prompts(run, measures[found.measure], keys)
        said = found.n, sum(found.missing.values())
        if said != (values, len(keys) - values):
            yield f"{found.measure} {dict(found.group)}: {said}, should be {values} of {len(keys)}"
        if found.n == 0 and (found.value, found.low, found.high) != (None, None, None):
            yield f"{found.measure} {dict(found.group)}: a value of nothing, {found.value}"


def due(run: World, measure: Measure) -> list[tuple[Prompt, Key]]:
    """The planned images of a measure, found without evalsuite's own reading of rows."""
    barred = {
        key.prompt_id
        for (scorer, key), answer in run.judgements.items()
        if scorer == measure.scorer and measure.field in answer.not_applicable
    }
    images = len({key.index for key in run.planned})
    if kind_of(measure).paired_by == "prompt" and images < measure.least:
        return []
    is_asked = condition(measure.applies)
    return [
        (request.prompt, request.key)
        for request in run.requests
        if is_asked(request.prompt) and request.prompt.id not in barred
    ]


def inside(
    cells: Sequence[tuple[Prompt, Key]], group: Mapping[str, str]
) -> list[tuple[Prompt, Key]]:
    """Those of a group."""
    labels = {name: label for name, label in group.items() if name not in OWN}
    return [
        (prompt, key)
        for prompt, key in cells
        if all(prompt.groups.get(name) == label for name, label in labels.items())
    ]


def has_value(run: World, measure: Measure, prompt: Prompt, key: Key) -> bool:
    """Whether an image has a value of a measure; a twin's has one where both halves have."""
    if kind_of(measure).is_twins:
        twin = key._replace(prompt_id=str(prompt.twin))
        return _is_valued(run, measure, key) and _is_valued(run, measure, twin)
    return _is_valued(run, measure, key)


def _is_valued(run: World, measure: Measure, key: Key) -> bool:
    sample, answer = run.samples.get(key), run.judgements.get((measure.scorer, key))
    if kind_of(measure).of_samples:
        return sample is not None and sample.status in REFUSED
    if sample is None or sample.status != "ok" or answer is None or answer.failure is not None:
        return False
    if kind_of(measure).of_abstentions:
        return measure.field in answer.values
    value = answer.values.get(measure.field)
    if measure.kind in ("people", "people labels", "people tones"):
        # Of several people one at least has to be known.
        return value is not None and set(str(value).split(",")) != {"unknown"}
    return value is not None


def of_whole_prompts(run: World, measure: Measure, keys: Sequence[tuple[Prompt, Key]]) -> int:
    """How many images have a value where every image of their prompt has one."""
    broken = {key.prompt_id for prompt, key in keys if not has_value(run, measure, prompt, key)}
    return sum(key.prompt_id not in broken for _, key in keys)


# Tables: each line is "" for a cell that is right


def in_report(run: World, rows: Sequence[Estimate]) -> Iterator[str]:
    """The report's first table, and the coverage of each of its rows."""
    report = report_of(run, rows)
    table = overview(report).missing
    for line in table.rows:
        told = {head.text: cell.text for head, cell in zip(table.head, line, strict=True)}
        count = {name: int(text.replace(",", "")) for name, text in told.items() if name[0] != "P"}
        ended = sum(count[name] for name in ("drawn", *NO_IMAGE, "not drawn"))
        wrong = count["planned"] != ended or count["drawn"] != count["judged"] + count["not judged"]
        yield f"report: {told} does not add up" if wrong else ""
    for found in rows:
        words = row(report, found)
        planned = found.n + sum(found.missing.values())
        right = words.coverage.startswith(f"{found.n} of {planned}")
        right = right and (found.n > 0 or words.value == words.interval == "not measured")
        yield "" if right else f"report: {words.name} {words.group}: {words.value} {words.coverage}"


def in_table(run: World, rows: Sequence[Estimate]) -> Iterator[str]:
    """The table that a command ends with: its images, and the reasons of those that are missing."""
    known = report_of(run, rows).measures
    whole = [found for found in rows if is_overall(found.group)]
    for found, line in zip(whole, tables(rows, known)[0][1], strict=True):
        missing = sum(int(part.split(" ", 1)[0]) for part in line[5].split(", ") if part)
        right = int(line[3]) == found.n and missing == sum(found.missing.values())
        yield "" if right else f"table: {line}"


def compared(runs: Sequence[World], rows: Sequence[Sequence[Estimate]]) -> Iterator[str]:
    """Both sides of every difference count what the run by itself counts; pairs are in both."""
    sides = [_side(run) for run in runs]
    alone = [{(e.measure, *sorted(e.group.items())): e for e in own} for own in rows]
    for found in differences(*sides, seed=1):
        place = (found.measure, *sorted(found.group.items()))
        for own, told in zip(alone, (found.baseline, found.candidate), strict=True):
            if place in own:
                same = own[place].n == told.n and own[place].missing == told.missing
                right = same and alike(own[place].value, told.value)
                yield "" if right else f"compare: {place}: {told}, alone {own[place]}"
        right = found.pairing == "none" or found.n <= min(found.baseline.n, found.candidate.n)
        yield "" if right else f"compare: {place}: {found.n} pairs"


def alike(one: float | None, other: float | None) -> bool:
    """Whether two values are the same up to the last bits of a sum, or both are none."""
    return one is other if one is None or other is None else isclose(one, other)


def _side(run: World) -> Side:
    return side(
        name="run",
        dialect="everyday",
        seed=0,
        prompt_sets=run.prompt_sets,
        requests=run.requests,
        samples=run.samples,
        judgements=run.judgements,
        scorers={name: "" for name, _ in run.judgements},
        known=run.known,
        complete=True,
    )
