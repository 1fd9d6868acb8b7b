"""The measures of a run: those that its scorers declare, and one for every field that none reads.

A scorer's module declares its measures; the manifest's entry of the scorer holds them as plain
maps, so that a report needs no import of the scorer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, NoReturn

from pydantic import create_model

from evalsuite.files.jsonlines import Place
from evalsuite.files.strict import STRICT, checked
from evalsuite.measures.kinds import KINDS
from evalsuite.measures.refusals import MEASURES as REFUSALS
from evalsuite.prompts.conditions import condition, of_tags
from evalsuite.records import (
    InputError,
    Json,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    default_field,
)

_DEFAULTS = {field.name: field.default for field in fields(Measure)}
_Row: Any = create_model(  # type: ignore[call-overload]  # its fields are those of the record
    "_Row",
    __config__=STRICT,
    **{f.name: (f.type, ... if f.default is MISSING else f.default) for f in fields(Measure)},
)
"""A measure as a row has it, key by key."""
_TUPLES = ("applies", "by", "plot", "bounds")


def to_row(measure: Measure) -> dict[str, Json]:
    """A measure as a map for JSON; what is at its default is left out."""
    values = {name: getattr(measure, name) for name in _DEFAULTS}
    if measure.field == default_field(measure.name):
        del values["field"]
    changed = {name: value for name, value in values.items() if value != _DEFAULTS[name]}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in changed.items()}


def from_row(row: Mapping[str, Any]) -> Measure:
    """The measure that `to_row` made a map of.

    Raises `ValueError` that says what is wrong for a map that is no measure: an unknown or missing
    key, an unknown kind or condition.
    """
    arguments: dict[str, Any] = {
        k: tuple(v) if k in _TUPLES and isinstance(v, list) else v for k, v in row.items()
    }

    def refuse(_: Place, what: str) -> NoReturn:
        raise ValueError(what)

    checked(_Row, arguments, refuse)
    measure = Measure(**arguments)
    check(measure)
    return measure


def check(measure: Measure) -> None:
    """Raises `ValueError` for an unknown kind or condition, no `over`, no rows, a bar of 1."""
    if measure.kind not in KINDS:
        raise ValueError(f"no kind {measure.kind!r}; there are {', '.join(KINDS)}")
    if not 0 <= measure.useful < 1:
        raise ValueError(f"useful {measure.useful}; it is a skill from 0 to below 1")
    kind = KINDS[measure.kind]
    if (kind.of_hits is not None or kind.over_groups) and not measure.over:
        raise ValueError(f"kind {measure.kind!r} needs over, the group label of its groups")
    lost = [label for label in measure.plot if measure.by is not None and label not in measure.by]
    if lost:
        raise ValueError(f"plot {lost[0]!r}, which is not in by; no rows are there to draw")
    try:
        condition(measure.applies)
    except KeyError as error:
        raise ValueError(f"no condition {error.args[0]!r}") from error


def declared_measures(
    scorers: Mapping[str, Mapping[str, Any]], manifest: Path | str = "manifest.json"
) -> list[Measure]:
    """The measures that the scorers of a manifest declare, the most prominent scorer's first.

    Scorers of older runs declare none. Raises `InputError`, which names the file `manifest`, for
    what is no measure.
    """
    by_scorer = [
        [
            _declared(row, f"{manifest}: scorers.{name}.measures.{number}")
            for number, row in enumerate(scorers[name].get("measures", ()))
        ]
        for name in sorted(scorers)
    ]
    by_scorer.sort(key=lambda measures: -max((m.prominence for m in measures), default=0))
    return [measure for measures in by_scorer for measure in measures]


def _declared(row: Mapping[str, Any], place: str) -> Measure:
    try:
        return from_row(row)
    except ValueError as error:
        raise InputError(
            f"{place}: {error}; it is of another version of evalsuite, or was changed by hand: "
            "read it with that version, or put back a copy"
        ) from error


def measures_of(
    prompt_sets: Sequence[PromptSet],
    judgements: Mapping[tuple[str, Key], Judgement],
    known: Sequence[Measure],
) -> list[Measure]:
    """The declared measures, one for every other field that the judgements have, and refusals.

    Those of the sets that name people, whether or not anything was refused: a rate of 0 is a
    finding, and one that went away must not look like one that was never taken.
    """
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    asked = [
        measure
        for measure in REFUSALS
        if measure not in known and any(map(condition(measure.applies), prompts.values()))
    ]
    return [*known, *_undeclared(judgements, prompts, known), *asked]


def undeclared(name: str, values: Iterable[object], tags: Iterable[str]) -> Measure:
    """A measure for a field that no scorer declares, on prompts of the tags that have its values.

    Words give the shares of labels; verdicts, all 0 or 1, a share; other numbers a mean.
    """
    distinct = {value for value in values if value is not None}
    if any(isinstance(value, str) for value in distinct):
        kind = "labels"
    else:
        kind = "share" if distinct <= {0.0, 1.0} else "mean"
    return Measure(
        name=name,
        title=name,
        kind=kind,
        unit="number" if kind == "mean" else "share",
        applies=(of_tags(tags),),
        higher_is_better=None,
        cannot_show="Nobody has described this measure.",
    )


def _undeclared(
    judgements: Mapping[tuple[str, Key], Judgement],
    prompts: Mapping[tuple[str, str], Prompt],
    known: Sequence[Measure],
) -> list[Measure]:
    fields_read: dict[str, set[str]] = {}
    for measure in known:
        fields_read.setdefault(measure.scorer, set()).add(measure.field)
    tags: dict[str, set[str]] = {}
    values: dict[str, set[object]] = {}
    for (scorer, key), judgement in judgements.items():
        others = judgement.values.keys() - fields_read.get(scorer, ())
        if not others or (prompt := prompts.get(key[:2])) is None:
            continue
        for field in others:
            tags.setdefault(f"{scorer}.{field}", set()).add(prompt.tag)
            values.setdefault(f"{scorer}.{field}", set()).add(judgement.values[field])
    return [undeclared(name, values[name], tags[name]) for name in sorted(tags)]
