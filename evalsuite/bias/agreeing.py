"""Several instruments on the same pictures: how far they agree, and where they do not."""

from itertools import combinations

from evalsuite import stats
from evalsuite.bias.beside import Agreement
from evalsuite.bias.given import LABEL, Given
from evalsuite.records import Key, Measure, PromptSet

MOST = 8
"""How many groups are named in which the first two differ."""


def agreement(given: Given) -> list[Agreement]:
    """For every set and label that several instruments read."""
    found = []
    for prompt_set in given.prompt_sets:
        by_label: dict[str, list[Measure]] = {}
        for measure in given.of_kind(LABEL, prompt_set):
            by_label.setdefault(measure.label, []).append(measure)
        for label, measures in by_label.items():
            first = {measure.scorer: measure for measure in reversed(measures)}
            several = [measure for measure in measures if first[measure.scorer] is measure]
            if len(several) > 1:
                found.append(_agreement(given, prompt_set, label, several))
    return found


def _agreement(
    given: Given, prompt_set: PromptSet, label: str, measures: list[Measure]
) -> Agreement:
    over = next((o for m in measures for o in given.overs(m, prompt_set)), "")
    said: dict[str, dict[Key, str | None]] = {}
    groups: dict[Key, str] = {}
    for measure in measures:
        of_scorer = said.setdefault(measure.scorer, {})
        for prompt, key, reading in given.readings(measure, prompt_set):
            of_scorer[key] = None if reading.value is None else str(reading.value)
            groups[key] = prompt.groups.get(over, "")
    keys = sorted({key for answers in said.values() for key in answers})
    ratings = [[answers.get(key) for key in keys] for answers in said.values()]
    both = [
        (a, b, [key for key in keys if said[a].get(key) and said[b].get(key)])
        for a, b in combinations(said, 2)
    ]
    alpha = stats.krippendorff_alpha(ratings=ratings)
    return Agreement(
        prompt_set=prompt_set.name,
        label=label,
        instruments=tuple(said),
        alpha=alpha,
        images=sum(sum(x is not None for x in item) > 1 for item in zip(*ratings, strict=True)),
        pairs=tuple((a, b, len(k), sum(said[a][x] == said[b][x] for x in k)) for a, b, k in both),
        apart=_apart(both[0], said, groups) if over else (),
        reason="" if alpha is not None else "no two of them read differing pictures in common",
    )


def _apart(
    pair: tuple[str, str, list[Key]],
    said: dict[str, dict[Key, str | None]],
    groups: dict[Key, str],
) -> tuple[tuple[str, int, int], ...]:
    """Groups with the pictures that both read and that they differ on, most first."""
    a, b, keys = pair
    found: dict[str, tuple[int, int]] = {}
    for key in keys:
        n, apart = found.get(groups[key], (0, 0))
        found[groups[key]] = n + 1, apart + (said[a][key] != said[b][key])
    rows = [(name, n, apart) for name, (n, apart) in found.items() if apart]
    return tuple(sorted(rows, key=lambda row: (-row[2] / row[1], -row[2], row[0]))[:MOST])
