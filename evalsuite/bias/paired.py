"""Pictures of different groups side by side, from the same sentence and place in the run."""

from collections.abc import Sequence

from evalsuite.bias.beside import Pairs
from evalsuite.bias.given import Given
from evalsuite.bias.record import Shares
from evalsuite.records import Prompt, PromptSet

ROWS, COLUMNS = 6, 4
SENTENCE = "template"
"""The group label that names a prompt's sentence."""


def pairs(given: Given, found: Sequence[Shares]) -> list[Pairs]:
    """For each table of shares the groups at both ends, and some between where there is room."""
    made = []
    for shares in found:
        prompt_set = next(s for s in given.prompt_sets if s.name == shares.prompt_set)
        names = ends([group.name for group in shares.groups if group.n], ROWS)
        if len(names) > 1:
            made.append(_pairs(given, prompt_set, shares.over, names))
    return made


def ends(ranked: Sequence[str], most: int) -> list[str]:
    """The first and the last of a ranking, as many of both as fit."""
    if len(ranked) <= most:
        return list(ranked)
    return [*ranked[: most - most // 2], *ranked[len(ranked) - most // 2 :]]


def _pairs(given: Given, prompt_set: PromptSet, over: str, names: Sequence[str]) -> Pairs:
    by_group: dict[str, dict[str, Prompt]] = {name: {} for name in names}
    indices = {key.index for _, key in given.people(prompt_set)}
    planned = {prompt.id for prompt, _ in given.people(prompt_set)}
    for prompt in prompt_set.prompts:
        of_group = by_group.get(prompt.groups.get(over, ""))
        if of_group is not None and prompt.id in planned:
            sentence = prompt.groups.get(SENTENCE) or f"sentence {len(of_group) + 1}"
            of_group.setdefault(sentence, prompt)
    every = list(by_group.values())
    shared = list(dict.fromkeys(sentence for of_group in every for sentence in of_group))
    shared.sort(key=lambda sentence: -sum(sentence in of_group for of_group in every))
    columns = [(s, index) for index in sorted(indices) for s in shared][:COLUMNS]
    return Pairs(
        prompt_set=prompt_set.name,
        over=over,
        columns=tuple(columns),
        rows=tuple(
            (name, tuple(of_group[s].id if s in of_group else None for s, _ in columns))
            for name, of_group in by_group.items()
        ),
    )
