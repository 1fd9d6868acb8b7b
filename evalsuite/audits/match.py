"""The audit to quote beside each estimate."""

from collections.abc import Collection, Mapping, Sequence

from evalsuite.audits.boxes import AuditedBoxes
from evalsuite.audits.known import CLEAN, OWN
from evalsuite.audits.record import DIFFERS, Audited, Place, place
from evalsuite.audits.stored import Found
from evalsuite.measures.kinds import kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.records import Estimate, Interval, Json, Judgement, Key, Measure, Prompt, PromptSet

ENOUGH = 20
"""Fewest pictures on which an audit of one group is quoted; below, that of all groups is."""


def quotes(
    estimates: Sequence[Estimate],
    audited: Sequence[Audited],
    prompt_sets: Sequence[PromptSet],
    judgements: Mapping[tuple[str, Key], Judgement],
    measures: Mapping[str, Measure],
) -> dict[Place, Audited]:
    """For each estimate the audit of the field that it reads, on prompts of the same kind.

    The kind is the prompts' tag, and the group where the audit saw at least `ENOUGH` pictures of
    it. The weakest counts (the least above chance): of several tags in one row, and of the sorts of
    false prompts that the audit has apart (`audits.DIFFERS`), as a scorer that tells a circle from
    a star may still mistake left for right; beside a group's own audit only a sort that is guessed.
    If a tag was not audited, no audit is quoted; nor is an audit on images of one truth alone.
    Shares of abstentions and of refusals have no audit. A measure that needs an audit and has none
    gets a record that says so. `audited` are the rows on the kind of pictures that the run judged
    (`judged`).
    """
    by_field: dict[tuple[str, str, str], list[Audited]] = {}
    for row in audited:
        by_field.setdefault((row.scorer, row.field, row.tag), []).append(row)
    named = {s.name: {name for p in s.prompts for name in p.groups} for s in prompt_sets}
    tags = _tags(prompt_sets, judgements)
    quoted = {}
    for estimate in estimates:
        measure = measures[estimate.measure]
        kind = kind_of(measure)
        if kind.of_samples or (kind.of_abstentions and not measure.needs_audit):
            continue
        scorer, field = measure.scorer, measure.field
        applies = condition(measure.applies)
        by_tag = [
            _of_group(_rows(by_field, scorer, field, tag), estimate.group)
            for tag, prompts in tags.get((estimate.prompt_set, scorer, field), {}).items()
            if any(
                _fits(prompt.groups, estimate.group, named[estimate.prompt_set]) and applies(prompt)
                for prompt in prompts.values()
            )
        ]
        rows = [row for row in by_tag if row is not None]
        if rows and len(rows) == len(by_tag):
            quoted[place(estimate)] = min(rows, key=skill)
        elif measure.needs_audit:
            nothing = Interval(None, None, None, 0, 0)
            quoted[place(estimate)] = Audited(
                interval=nothing, chance=None, scorer=scorer, field=field, is_lacking=True
            )
    return quoted


def judged(found: Found, backend: Mapping[str, Json]) -> Found:
    """What was found on pictures of the kind that a run judged; `backend` is its manifest's entry.

    Of a model whose autoencoder was audited (its weight file is among the model's) the rows through
    that; of a back-end without weights, and so of a renderer or a folder, those on clean renders.
    Of a model with another autoencoder both, of which the weaker counts. Rows on pictures that
    somebody gave hold for any. Damaged and perturbed pictures are no model's: they are not quoted.
    Rows on the run's own images, with enough of them, take the place of all others of their field
    and kind of prompts: nothing is known better of how a judge errs on these pictures.
    """
    own = {
        (row.scorer, row.field, row.tag)
        for row in found.audited
        if row.kind == OWN and row.chance is not None and row.images >= ENOUGH
    }
    weights = backend.get("weights")
    files = set(weights.values()) if isinstance(weights, Mapping) else set()
    known = {row.scorer for row in found.audited if row.weights in files}

    def is_judged(row: Audited | AuditedBoxes) -> bool:
        is_plain = row.kind in ("", CLEAN) or (bool(files) and bool(row.weights))
        return row.weights in files or (row.scorer not in known and is_plain)

    def is_counted(row: Audited) -> bool:
        is_told = (row.scorer, row.field, row.tag) in own
        return is_told if row.kind == OWN else not is_told and is_judged(row)

    return Found(
        audited=[row for row in found.audited if is_counted(row)],
        boxes=[row for row in found.boxes if is_judged(row)],
    )


def skill(row: Audited) -> float:
    """The accuracy above chance: 0 at chance, 1 where always right; -1 where it is not known."""
    return -1.0 if row.skill is None else row.skill


def _tags(
    prompt_sets: Sequence[PromptSet], judgements: Mapping[tuple[str, Key], Judgement]
) -> dict[tuple[str, str, str], dict[str, dict[str, Prompt]]]:
    """By prompt set, scorer and field: the tags that it answered on, with those prompts by id."""
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    by_field: dict[tuple[str, str, str], dict[str, dict[str, Prompt]]] = {}
    for (scorer, key), judgement in judgements.items():
        if (prompt := prompts.get(key[:2])) is None:
            continue
        for field, value in judgement.values.items():
            if value is not None:
                tags = by_field.setdefault((key.prompt_set, scorer, field), {})
                tags.setdefault(prompt.tag, {})[prompt.id] = prompt
    return by_field


def _rows(
    by_field: Mapping[tuple[str, str, str], list[Audited]], scorer: str, field: str, tag: str
) -> list[Audited]:
    """The audit on prompts of a tag; else the one without a tag, which asked of pictures alone."""
    return by_field.get((scorer, field, tag)) or by_field.get((scorer, field, ""), [])


def _fits(labels: Mapping[str, str], group: Mapping[str, str], named: Collection[str]) -> bool:
    """Whether a prompt belongs to a group, which may hold labels of answers as well."""
    return all(labels.get(name) == label for name, label in group.items() if name in named)


def _of_group(rows: Sequence[Audited], group: Mapping[str, str]) -> Audited | None:
    comparable = [row for row in rows if row.chance is not None]
    large = [row for row in comparable if row.group and row.images >= ENOUGH]
    of_group = [row for row in large if row.group.items() <= group.items()]
    sorts = [row for row in large if set(row.group) == {DIFFERS}]
    overall = [row for row in comparable if not row.group]
    if of_group:
        return min([*of_group, *(row for row in sorts if row.is_guess)], key=skill)
    return min([*overall, *sorts], key=skill, default=None)
