"""What picking the best of k images by a score does to every measure.

DALL-E (Ramesh et al. 2021, arXiv 2102.12092, sec. 2.6), Craiyon and others show the images that a
CLIP ranks first. Here the same images are measured all together and as picked: a random pick would
change nothing on average, so that every difference comes from the ranking.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from evalsuite import stats
from evalsuite.measures.declared import measures_of
from evalsuite.measures.estimating import by_group, sum_up, to_estimate
from evalsuite.measures.from_rows import read
from evalsuite.measures.kinds import bounds_of, kind_of
from evalsuite.measures.reading import Reading, Rows
from evalsuite.measures.slices import References
from evalsuite.prompts.conditions import condition
from evalsuite.records import (
    Estimate,
    Interval,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Sample,
)

NO_DIFFERENCE = (
    "no paired difference: a distance from even grows as images get fewer, and a mean over tags is "
    "no mean over prompts"
)
AWAY = "away from even"
"""The group of the row that says whether picking moves groups further from one half."""


class Effect(NamedTuple):
    """One measure in one group: of all images, of the picked ones, and picked minus all.

    The difference is paired by prompt, its `n` are prompts, and its `null` is 0, which picking at
    random gives on average.
    """

    whole: Estimate
    picked: Estimate
    difference: Estimate


class Pair(NamedTuple):
    """One prompt's readings of its images as they came, and that of what was picked."""

    whole: Sequence[Reading]
    picked: Reading


def ranking(known: Sequence[Measure]) -> Measure | None:
    """The score to pick by: the first of the measures that ranks images of one prompt."""
    return next((measure for measure in known if measure.ranks_images), None)


def picks(
    planned: Sequence[Key],
    judgements: Mapping[tuple[str, Key], Judgement],
    k: int,
    score: Measure,
) -> dict[tuple[str, str], Key]:
    """For each prompt the image with the best score among its first k; ties go to the first.

    A prompt none of whose images has a score has no pick.
    """
    best: dict[tuple[str, str], tuple[float, int, Key]] = {}
    for key in planned:
        answer = judgements.get((score.scorer, key))
        value = None if answer is None else answer.values.get(score.field)
        if key.index < k and isinstance(value, int | float):
            better = -float(value) if score.higher_is_better is False else float(value)
            rank = (better, -key.index, key)
            prompt = (key.prompt_set, key.prompt_id)
            best[prompt] = max(rank, best.get(prompt, rank))
    return {prompt: rank[2] for prompt, rank in best.items()}


def best_of(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
    planned: Sequence[Key],
    k: int,
    score: Measure,
    known: Sequence[Measure],
    *,
    references: References | None = None,
    level: float = 0.95,
) -> list[Effect]:
    """Every measure of the prompts' first k images beside the same measure of their picks.

    `score` is the measure to pick by, `known` are the measures that the scorers declare.
    Prompts without a pick are in neither. Where a measure abstains on a pick, or on all of a
    prompt's images, the prompt is missing from the difference.
    """
    chosen = picks(planned, judgements, k, score)
    candidates = [key for key in planned if key.index < k and key[:2] in chosen]
    # Picks stand at index 0, so that a picked image meets its twin's pick.
    moved = {key: key._replace(index=0) for key in chosen.values()}
    by_name = {prompt_set.name: prompt_set for prompt_set in prompt_sets}
    whole = Rows(frozenset(candidates), samples, judgements, by_name)
    picked = Rows(
        frozenset(moved.values()),
        {to: samples[key] for key, to in moved.items() if key in samples},
        {(name, moved[key]): row for (name, key), row in judgements.items() if key in moved},
        by_name,
    )
    by_prompt: dict[tuple[str, str], list[Key]] = {}
    for key in sorted(set(candidates)):
        by_prompt.setdefault(key[:2], []).append(key)
    effects: list[Effect] = []
    for prompt_set in prompt_sets:
        for measure in measures_of(prompt_sets, judgements, known):
            kind = kind_of(measure)
            if kind.paired_by == "prompt" or kind.of_samples:
                continue  # of one picked image neither any of four nor a refusal can be asked
            pairs = [
                (
                    prompt,
                    _pair(measure, whole, picked, prompt, by_prompt[prompt_set.name, prompt.id]),
                )
                for prompt in prompt_set.prompts
                if condition(measure.applies)(prompt) and (prompt_set.name, prompt.id) in by_prompt
            ]
            effects += effects_of(prompt_set, measure, pairs, references or {}, level)
    return effects


def _pair(measure: Measure, whole: Rows, picked: Rows, prompt: Prompt, keys: Sequence[Key]) -> Pair:
    readings = [read(measure, whole, prompt, key) for key in keys]
    return Pair(readings, read(measure, picked, prompt, keys[0]._replace(index=0)))


def effects_of(
    prompt_set: PromptSet,
    measure: Measure,
    pairs: Sequence[tuple[Prompt, Pair]],
    references: References,
    level: float,
) -> list[Effect]:
    """The effects over all of the prompts' pairs, and by group."""
    effects: list[Effect] = []
    for group, members in by_group(measure, pairs, prompt_set.cluster):
        before = [reading for pair in members for reading in pair.whole]
        after = [pair.picked for pair in members]
        rows_after = {
            tuple(row.group.items()): row
            for row in sum_up(measure, group, after, references, level)
        }
        for row in sum_up(measure, group, before, references, level):
            same = rows_after.get(tuple(row.group.items()))
            if same is None:
                continue
            changes = [_change(measure, row.group, pair) for pair in members]
            effects.append(
                Effect(
                    to_estimate(prompt_set.name, measure, row, before),
                    to_estimate(prompt_set.name, measure, same, after),
                    _difference(prompt_set.name, measure, row.group, changes, level),
                )
            )
    if measure.label and kind_of(measure).paired_by == "image" and effects:
        effects.append(_away(prompt_set.name, measure, pairs, effects[0], level))
    return effects


class _Change(NamedTuple):
    """A prompt's picked value, its mean over all, and the cluster; None where either lacks."""

    picked: float
    mean: float
    cluster: str


def _change(measure: Measure, group: Mapping[str, str], pair: Pair) -> _Change | None:
    mean = [_number(measure, group, reading) for reading in pair.whole]
    numbers = [value for value in mean if value is not None]
    picked = _number(measure, group, pair.picked)
    if picked is None or not numbers:
        return None
    return _Change(picked, sum(numbers) / len(numbers), pair.picked.cluster)


def _number(measure: Measure, group: Mapping[str, str], reading: Reading) -> float | None:
    """The value as a number; for a label, whether it is the row's own label."""
    kind = kind_of(measure)
    if reading.value is None or kind.paired_by is None:
        return None  # of single images there is no distance from even
    return kind.number(reading.value, measure, group)


def _difference(
    prompt_set: str,
    measure: Measure,
    group: Mapping[str, str],
    changes: Sequence[_Change | None],
    level: float,
) -> Estimate:
    measured = [change for change in changes if change is not None]
    lost = {"no value of the pick, or of any image": len(changes) - len(measured)}
    missing = {reason: n for reason, n in lost.items() if n}
    if kind_of(measure).paired_by != "image":
        nothing = Interval(None, None, None, 0, 0, NO_DIFFERENCE)
        return _of_difference(prompt_set, measure, group, nothing)
    interval = stats.paired_difference(
        a=[change.picked for change in measured],
        b=[change.mean for change in measured],
        clusters=[change.cluster for change in measured],
        level=level,
        bounds=bounds_of(measure),
    )
    return _of_difference(prompt_set, measure, group, interval, missing, null=0.0)


def _of_difference(
    prompt_set: str,
    measure: Measure,
    group: Mapping[str, str],
    interval: Interval,
    missing: Mapping[str, int] = MappingProxyType({}),
    null: float | None = None,
) -> Estimate:
    return Estimate(
        prompt_set=prompt_set,
        measure=measure.name,
        group=group,
        interval=interval,
        missing=dict(missing),
        null=null,
    )


def _away(
    prompt_set: str,
    measure: Measure,
    pairs: Sequence[tuple[Prompt, Pair]],
    overall: Effect,
    level: float,
) -> Effect:
    """Whether picking moves each group's share further from one half: amplification.

    Each prompt's change counts as positive where it leads away from one half on the side where
    its group's images lie. The side follows from all images alone, so that picking at random still
    gives 0 on average.
    """
    name = measure.by[0] if measure.by else ""
    changes: list[_Change | None] = []
    groups = by_group(measure, pairs)
    for _, members in groups[1:] or groups:
        member_changes = [_change(measure, {}, pair) for pair in members]
        values = [
            number
            for pair in members
            for reading in pair.whole
            if (number := _number(measure, {}, reading)) is not None
        ]
        lean = sum(values) / len(values) - 0.5 if values else 0.0
        if lean == 0:
            continue
        # A share of men is one minus a share of women.
        changes += [
            c if c is None or lean > 0 else _Change(1 - c.picked, 1 - c.mean, c.cluster)
            for c in member_changes
        ]
    group = {AWAY: f"by {name}" if name else "overall"}
    empty = _of_difference(prompt_set, measure, group, Interval(None, None, None, 0, 0))
    return Effect(empty, empty, _difference(prompt_set, measure, group, changes, level))
