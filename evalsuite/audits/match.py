"""Which audit stands beside which estimate."""

from collections.abc import Collection, Mapping, Sequence

from evalsuite.audits.record import DIFFERS, Audited, Place, place
from evalsuite.measures.kinds import kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.records import Estimate, Judgement, Key, Measure, Prompt, PromptSet

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
    false prompts that the audit told apart (`audits.DIFFERS`), for telling a circle from a star is
    no excuse for mistaking left for right; beside a group's own audit only a sort that is guessed.
    If one of the tags was not audited, none is quoted; nor is one that saw images of one truth
    alone. Shares of abstentions have no audit.
    """
    by_field: dict[tuple[str, str, str], list[Audited]] = {}
    for one in audited:
        by_field.setdefault((one.scorer, one.field, one.tag), []).append(one)
    named = {s.name: {name for p in s.prompts for name in p.groups} for s in prompt_sets}
    tags = _tags(prompt_sets, judgements)
    found = {}
    for estimate in estimates:
        measure = measures[estimate.measure]
        if kind_of(measure).of_abstentions:
            continue
        scorer, field = measure.scorer, measure.field
        applies = condition(measure.applies)
        each = [
            _of_group(by_field.get((scorer, field, tag), []), estimate.group)
            for tag, asked in tags.get((estimate.prompt_set, scorer, field), {}).items()
            if any(
                _fits(prompt.groups, estimate.group, named[estimate.prompt_set]) and applies(prompt)
                for prompt in asked
            )
        ]
        rows = [one for one in each if one is not None]
        if rows and len(rows) == len(each):
            found[place(estimate)] = min(rows, key=skill)
    return found


def skill(one: Audited) -> float:
    """How far above chance: 0 there, 1 where always right; -1 where that cannot be told.

    Of a choice the lesser of that and of telling whether the prompt is the right option.
    """
    if one.accuracy is None or one.chance is None:
        return -1.0
    found = (one.accuracy - one.chance) / (1 - one.chance)
    if one.balanced is None or one.balanced.value is None:
        return found
    return min(found, 2 * one.balanced.value - 1)


def _tags(
    prompt_sets: Sequence[PromptSet], judgements: Mapping[tuple[str, Key], Judgement]
) -> dict[tuple[str, str, str], dict[str, list[Prompt]]]:
    """By prompt set, scorer and field: the tags that it answered on, with those prompts."""
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    found: dict[tuple[str, str, str], dict[str, list[Prompt]]] = {}
    for (scorer, key), judgement in judgements.items():
        prompt = prompts.get((key.prompt_set, key.prompt_id))
        for field, value in judgement.values.items():
            if prompt is not None and value is not None:
                tags = found.setdefault((key.prompt_set, scorer, field), {})
                tags.setdefault(prompt.tag, []).append(prompt)
    return found


def _fits(labels: Mapping[str, str], group: Mapping[str, str], named: Collection[str]) -> bool:
    """Whether a prompt belongs to a group, which may hold labels of answers as well."""
    return all(labels.get(name) == label for name, label in group.items() if name in named)


def _of_group(rows: Sequence[Audited], group: Mapping[str, str]) -> Audited | None:
    known = [one for one in rows if one.chance is not None]
    large = [one for one in known if one.group and one.images >= ENOUGH]
    own = [one for one in large if one.group.items() <= group.items()]
    sorts = [one for one in large if set(one.group) == {DIFFERS}]
    whole = [one for one in known if not one.group]
    if own:
        return min([*own, *(one for one in sorts if one.is_guess)], key=skill)
    return min([*whole, *sorts], key=skill, default=None)
