"""Which audit stands beside which estimate."""

from collections.abc import Mapping, Sequence

from evalsuite.audits import Audited, Place, place
from evalsuite.measures.table import describe
from evalsuite.records import Estimate, Judgement, Key, PromptSet

ENOUGH = 20
"""Fewest pictures on which an audit of one group is quoted; below, that of all groups is."""


def quotes(
    estimates: Sequence[Estimate],
    audited: Sequence[Audited],
    prompt_sets: Sequence[PromptSet],
    judgements: Mapping[tuple[str, Key], Judgement],
) -> dict[Place, Audited]:
    """For each estimate the audit of the field that it reads, on prompts of the same kind.

    The kind is the prompts' tag, and the group where the audit saw at least `ENOUGH` pictures of
    it. Where a row's prompts have several tags, the weakest counts (the least above chance), and
    if one of them was not audited, none is quoted; nor is one that saw images of one truth alone.
    Shares of abstentions have no audit.
    """
    by_field: dict[tuple[str, str, str], list[Audited]] = {}
    for one in audited:
        by_field.setdefault((one.scorer, one.field, one.tag), []).append(one)
    tags = _tags(prompt_sets, judgements)
    found = {}
    for estimate in estimates:
        measure = describe(estimate.measure)
        scorer, _, field = estimate.measure.partition(".")
        if measure is not None:
            field = measure.field
        if measure is not None and measure.kind == "unknown":
            continue
        each = [
            _of_group(by_field.get((scorer, field, tag), []), estimate.group)
            for tag, groups in tags.get((estimate.prompt_set, scorer, field), {}).items()
            if any(_fits(labels, estimate.group) for labels in groups)
        ]
        rows = [one for one in each if one is not None]
        if rows and len(rows) == len(each):
            found[place(estimate)] = min(rows, key=margin)
    return found


def margin(one: Audited) -> float:
    """How far the lower end lies above chance; minus one where that cannot be told."""
    if one.low is None or one.chance is None:
        return -1.0
    guarded = 1.0 if one.balanced is None else (one.balanced.low or 0.0) - 0.5
    return min(one.low - one.chance, guarded)


def _tags(
    prompt_sets: Sequence[PromptSet], judgements: Mapping[tuple[str, Key], Judgement]
) -> dict[tuple[str, str, str], dict[str, list[Mapping[str, str]]]]:
    """By prompt set, scorer and field: the tags that it answered on, with those prompts' groups."""
    prompts = {(s.name, p.id): p for s in prompt_sets for p in s.prompts}
    found: dict[tuple[str, str, str], dict[str, list[Mapping[str, str]]]] = {}
    for (scorer, key), judgement in judgements.items():
        prompt = prompts.get((key.prompt_set, key.prompt_id))
        for field, value in judgement.values.items():
            if prompt is not None and value is not None:
                tags = found.setdefault((key.prompt_set, scorer, field), {})
                tags.setdefault(prompt.tag, []).append(prompt.groups)
    return found


def _fits(labels: Mapping[str, str], group: Mapping[str, str]) -> bool:
    """Whether a prompt belongs to a group; a group may hold labels of answers as well."""
    return all(labels.get(name, label) == label for name, label in group.items())


def _of_group(rows: Sequence[Audited], group: Mapping[str, str]) -> Audited | None:
    known = [one for one in rows if one.chance is not None]
    for one in known:
        if one.group and one.images >= ENOUGH and one.group.items() <= group.items():
            return one
    return next((one for one in known if not one.group), None)
