"""A run as flat tables: what `judgements.parquet` holds, and what pandas gets.

Every table has one column per group label that its prompts have: `group.count`, `group.shape`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from evalsuite.records import (
    Estimate,
    Json,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Request,
    Sample,
)
from evalsuite.report.notebook import group_words

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Json]
Prompts = Mapping[tuple[str, str], Prompt]

NUMBERS = ("value", "low", "high", "coverage", "null", "reference")
COUNTS = ("index", "seed", "n", "prompts", "missing")
NOT_DRAWN = "not drawn"
ANSWER = ("field", "state", "value", "label", "reason")
"""The columns of a judgement's table that its rows of one image do not share."""
PART = 10_000
"""Rows that are held as maps at once."""


def prompt_table(prompt_sets: Sequence[PromptSet]) -> "pa.Table":
    """One row per prompt: its set, id, text, tag, subject, twin, words and groups."""
    prompts = _prompts(prompt_sets)
    rows = [
        {
            **{"prompt_set": name, "prompt_id": prompt.id, **_about(prompt)},
            **{"subject": prompt.subject, "twin": prompt.twin, "words": prompt.words},
        }
        for (name, _), prompt in prompts.items()
    ]
    groups = _group_columns(prompt.groups for prompt in prompts.values())
    return _table(
        ["prompt_set", "prompt_id", "prompt", "tag", *groups, "subject", "twin", "words"], rows
    )


def sample_table(
    prompt_sets: Sequence[PromptSet], requests: Sequence[Request], samples: Mapping[Key, Sample]
) -> "pa.Table":
    """One row per planned image: its prompt, seed and status, and its file or why there is none.

    `status` is "not drawn" where the run has no row of the image yet.
    """
    rows = []
    for request in requests:
        sample = samples.get(request.key)
        ended: Row = {"status": NOT_DRAWN, "image": None, "reason": None}
        if sample is not None:
            ended = {"status": sample.status, "image": sample.image, "reason": sample.reason}
        about = _about(request.prompt)
        rows.append({**request.key._asdict(), **about, "seed": request.seed, **ended})
    groups = _group_columns(prompt.groups for prompt in _prompts(prompt_sets).values())
    return _table([*_image_columns(groups), "status", "image", "reason"], rows)


def judgement_table(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
) -> "pa.Table":
    """One row per scorer, image and field of the answer, with what was said where there is none.

    `state` is "value" (a number in `value`, or a word in `label`), "abstention" (`reason` says
    why), "not applicable" (the prompt does not raise the question), or "failure" (the scorer broke
    down: one row without a field).
    """
    return _whole(*judgement_parts(prompt_sets, samples, judgements))


def judgement_parts(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
) -> tuple["pa.Schema", Iterator["pa.Table"]]:
    """The columns of the `judgement_table`, and its rows some thousands at a time."""
    prompts = _prompts(prompt_sets)
    groups = _group_columns(prompt.groups for prompt in prompts.values())
    of_image = _schema([*_image_columns(groups), "image", "scorer"])
    every = iter(judgements.items())
    lists = iter(lambda: list(islice(every, PART // 4)), [])
    parts = (_judged(part, of_image, prompts, samples) for part in lists)
    return _joined(of_image, _schema(ANSWER)), parts


def estimate_table(estimates: Sequence[Estimate], measures: Mapping[str, Measure]) -> "pa.Table":
    """One row per estimate; `group` is "" for a whole prompt set, else "count: 3, shape: star".

    `missing` counts the planned samples that gave no value, and `coverage` is the share of those
    that did.
    """
    columns = ["prompt_set", "measure", "title", "unit", "group"]
    columns += _group_columns(estimate.group for estimate in estimates)
    columns += ["value", "low", "high", "n", "prompts", "missing", "coverage"]
    columns += ["null", "reference", "method"]
    return _table(columns, [_estimate_row(estimate, measures) for estimate in estimates])


def _judged(
    part: Sequence[tuple[tuple[str, Key], Judgement]],
    of_image: "pa.Schema",
    prompts: Prompts,
    samples: Mapping[Key, Sample],
) -> "pa.Table":
    """The rows of some judgements. What a row has of its image is made once for all its fields."""
    import pyarrow as pa

    images = []
    for (scorer, key), _ in part:
        sample = samples[key]
        about = {**key._asdict(), **_about(prompts[key[:2]]), "seed": sample.seed}
        images.append({**about, "image": sample.image, "scorer": scorer})
    said = [(n, *answer) for n, (_, judgement) in enumerate(part) for answer in _answers(judgement)]
    places, *columns = zip(*said, strict=True) if said else [()] * (1 + len(ANSWER))
    left = pa.Table.from_pylist(images, schema=of_image).take(pa.array(places, pa.int32()))
    right = _schema(ANSWER)
    made = [pa.array(column, kind) for column, kind in zip(columns, right.types, strict=True)]
    return pa.Table.from_arrays([*left.columns, *made], schema=_joined(of_image, right))


def _answers(judgement: Judgement) -> Iterator[tuple[Json, ...]]:
    """A row's part that is of the answer, in the order of `ANSWER`."""
    if judgement.failure is not None:
        yield None, "failure", None, None, judgement.failure
    for field, value in judgement.values.items():
        is_word, reason = isinstance(value, str), judgement.reasons.get(field)
        state = "abstention" if value is None else "value"
        yield field, state, None if is_word else value, value if is_word else None, reason
    for field in judgement.not_applicable:
        yield field, "not applicable", None, None, None


def _estimate_row(estimate: Estimate, measures: Mapping[str, Measure]) -> Row:
    measure = measures.get(estimate.measure)
    missing = sum(estimate.missing.values())
    planned = estimate.n + missing
    return {
        "prompt_set": estimate.prompt_set,
        "measure": estimate.measure,
        "title": measure.title if measure else estimate.measure,
        "unit": measure.unit if measure else None,
        "group": group_words(estimate.group),
        **_groups(estimate.group),
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "prompts": estimate.prompts,
        "missing": missing,
        "coverage": estimate.n / planned if planned else None,
        "null": estimate.null,
        "reference": estimate.reference,
        "method": estimate.method,
    }


def _prompts(prompt_sets: Sequence[PromptSet]) -> dict[tuple[str, str], Prompt]:
    return {
        (prompt_set.name, prompt.id): prompt
        for prompt_set in prompt_sets
        for prompt in prompt_set.prompts
    }


def _about(prompt: Prompt) -> Row:
    return {"prompt": prompt.text, "tag": prompt.tag, **_groups(prompt.groups)}


def _groups(groups: Mapping[str, str]) -> Row:
    return {f"group.{label}": value for label, value in groups.items()}


def _image_columns(groups: Sequence[str]) -> list[str]:
    return ["prompt_set", "prompt_id", "index", "prompt", "tag", *groups, "seed"]


def _group_columns(groups: Iterable[Mapping[str, str]]) -> list[str]:
    return sorted({f"group.{label}" for group in groups for label in group})


def _table(columns: Sequence[str], rows: Iterable[Row]) -> "pa.Table":
    return _whole(*_parts(columns, rows))


def _whole(schema: "pa.Schema", parts: Iterator["pa.Table"]) -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(list(parts) or [schema.empty_table()]).combine_chunks()


def _parts(columns: Sequence[str], rows: Iterable[Row]) -> tuple["pa.Schema", Iterator["pa.Table"]]:
    """The rows as tables of `PART` rows each: as maps, those of a large run take gigabytes."""
    import pyarrow as pa

    schema, rest = _schema(columns), iter(rows)
    lists = iter(lambda: list(islice(rest, PART)), [])
    return schema, (pa.Table.from_pylist(part, schema=schema) for part in lists)


def _schema(columns: Sequence[str]) -> "pa.Schema":
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(NUMBERS, pa.float64()) | dict.fromkeys(COUNTS, pa.int64())
    return pa.schema([(name, kinds.get(name, pa.string())) for name in columns])


def _joined(one: "pa.Schema", other: "pa.Schema") -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([*one, *other])
