"""How different each group's pictures are from each other, at equally many pictures of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evalsuite import stats
from evalsuite.bias.beside import Varied
from evalsuite.bias.given import Given
from evalsuite.files.values import natural
from evalsuite.records import THESE, Interval, PromptSet

FEWEST = 5
"""A group with fewer pictures is left out, as all others would be taken at its number."""
MOST = 16
"""No score is of more pictures: its cost grows with the cube of their number."""
PARTS = 20
"""Into at most so many parts a group's pictures are dealt, to be left out in turn."""


def varied(given: Given) -> list[Varied]:
    """The diversity within each group of every set of people, by the labels of its families."""
    if not given.vectors:
        return []
    found = [
        _varied(given, prompt_set, over)
        for prompt_set in given.prompt_sets
        for over in prompt_set.cluster
        if given.people(prompt_set)
    ]
    return [each for each in found if len(each.rows) > 1]


def _varied(given: Given, prompt_set: PromptSet, over: str) -> Varied:
    seen: dict[str, list[str]] = {}
    for prompt, key in given.people(prompt_set):
        sample = given.samples.get(key)
        image = None if sample is None else sample.image
        if over in prompt.groups and image in given.vectors:
            seen.setdefault(prompt.groups[over], []).append(str(image))
    used = {name: seen[name] for name in sorted(seen, key=natural) if len(seen[name]) >= FEWEST}
    few = tuple((name, len(seen[name])) for name in sorted(seen, key=natural) if name not in used)
    if not used:
        return Varied(prompt_set=prompt_set.name, over=over, k=0, rows=(), few=few)
    k, parts = _sizes(used)
    scores = stats.group_diversity(
        vectors=np.stack([given.vectors[image] for own in used.values() for image in own]),
        groups=[name for name, own in used.items() for _ in own],
        clusters=[place % parts for own in used.values() for place in range(len(own))],
        k=k,
    )
    rows = tuple((name, _of_seeds(scores[name], k, parts)) for name in used)
    return Varied(prompt_set=prompt_set.name, over=over, k=k, rows=rows, few=few)


def _of_seeds(found: Interval, k: int, parts: int) -> Interval:
    """Pictures are left out, and not sentences: only their seeds could have been others."""
    method = f"Vendi of {k} images, jackknife over {parts} parts" if found.low is not None else ""
    return replace(found, method=method or found.method, estimand=THESE)


def _sizes(used: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """How many pictures a score is of, and into how many parts pictures are dealt.

    As many as the smallest group still has without its largest part.
    """
    least = min(map(len, used.values()))
    parts = min(PARTS, least)
    return min(MOST, least - -(-least // parts)), parts
