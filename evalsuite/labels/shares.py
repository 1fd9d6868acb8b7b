"""Shares of a run's images by people's word, from the labelled part of every stratum."""

from collections import Counter
from collections.abc import Sequence

from evalsuite import stats
from evalsuite.labels.asked import Asked
from evalsuite.labels.frame import Cell, word
from evalsuite.labels.labelled import Item
from evalsuite.records import Interval
from evalsuite.stats.stratified import NO, OUT, YES


def same_share(cells: Sequence[Cell], items: Sequence[Item], seed: int) -> Interval:
    """The share of images that judge and people answer alike, of those that both could tell."""
    kept = [cell for cell in cells if cell.judge is not None]
    both = [item for item in items if item.cell.judge is not None]
    return stats.stratified_share(
        found=[OUT if i.people is None else YES if is_same(i) else NO for i in both],
        strata=[item.cell.stratum for item in both],
        sizes=Counter(cell.stratum for cell in kept),
        seed=seed,
    )


def unknown_share(cells: Sequence[Cell], items: Sequence[Item], seed: int) -> Interval:
    """The share of images of which people cannot tell, or differ."""
    return stats.stratified_share(
        found=[YES if item.people is None else NO for item in items],
        strata=[item.cell.stratum for item in items],
        sizes=Counter(cell.stratum for cell in cells),
        seed=seed,
    )


def recalls(
    asked: Asked,
    cells: Sequence[Cell],
    items: Sequence[Item],
    *,
    seed: int,
    level: float = 0.95,
) -> dict[str, Interval]:
    """By people's answer how often the judge says the same, of the images that it answered.

    In the order of the question's options; of a verdict the sensitivity ("1") and the specificity.
    """
    kept = [cell for cell in cells if cell.judge is not None]
    both = [item for item in items if item.cell.judge is not None and item.people is not None]
    told = [item for item in items if item.cell.judge is not None]
    said = {word(item.people) for item in both}
    truths = [option for option in asked.options if option in said]
    truths += sorted(said - set(truths), key=lambda text: (len(text), text))
    found = {}
    for truth in truths:
        names = {cell.key: f"{word(cell.judge) == truth}: {cell.stratum}" for cell in kept}
        sizes = Counter(names.values())
        found[truth] = stats.stratified_share(
            found=[_of_truth(item, truth) for item in told],
            strata=[names[item.cell.key] for item in told],
            sizes=sizes,
            certain={name: YES if name.startswith("True") else NO for name in sizes},
            labels=max(2, len(asked.options) or len(said)),
            level=level,
            seed=seed,
        )
    return found


def is_same(item: Item) -> bool:
    """Whether the judge says what people say."""
    return word(item.people) == word(item.cell.judge)


def _of_truth(item: Item, truth: str) -> int:
    if word(item.people) != truth or item.people is None:
        return OUT
    return YES if is_same(item) else NO
