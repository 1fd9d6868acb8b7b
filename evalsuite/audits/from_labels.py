"""An audit on a run's own images: people's labels of a drawn sample are the truth.

The sample holds a judge's rare answers more often than the run does, so that every figure is
weighted (Begg & Greenes 1983, Biometrics 39:207-215: shares right among the images of each truth,
from a sample that the judge's own answers chose).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalsuite import stats
from evalsuite.audits.accuracy import NO_ANSWER
from evalsuite.audits.known import OWN
from evalsuite.audits.record import USEFUL, Audited, Form, Share
from evalsuite.files.values import natural
from evalsuite.labels.frame import word
from evalsuite.labels.labelled import Item, Labelled
from evalsuite.labels.shares import is_same, recalls
from evalsuite.records import Interval, Measure

STEPS = 10
"""Halvings in the search for a p-value, which is then known to half a thousandth."""


def audited_labels(
    fields: Mapping[str, Labelled], measures: Sequence[Measure], run: str, *, seed: int = 0
) -> list[Audited]:
    """One row per labelled field and tag of prompts; `run` is the digest of the run.

    Verdicts, labels, tones and counts; a score, whose unit is not people's, has none (its rank
    correlation stands in the run's report). Images of which people cannot tell, or differ, are no
    truth and left out. p-values are corrected for all rows of a scorer (Holm).
    """
    rows: dict[str, list[Audited]] = {}
    for found in fields.values():
        if found.asked.form == "score":
            continue
        readers = [m for m in measures if f"{m.scorer}.{m.field}" == found.asked.name]
        bar = max((m.useful for m in readers), default=USEFUL)
        truths = [item for item in found.items if item.people is not None]
        for tag in dict.fromkeys(item.cell.prompt.tag for item in truths):
            part = replace(
                found,
                cells=[cell for cell in found.cells if cell.prompt.tag == tag],
                items=[item for item in found.items if item.cell.prompt.tag == tag],
            )
            own = rows.setdefault(found.asked.scorer, [])
            own.append(_row(part, tag=tag, bar=bar, run=run, seed=seed))
    return [row for own in rows.values() for row in _corrected(own)]


def _row(part: Labelled, *, tag: str, bar: float, run: str, seed: int) -> Audited:
    form: Form = "verdict" if part.asked.form == "verdict" else "label"
    items = [item for item in part.items if item.people is not None]
    given = [item for item in items if item.cell.judge is not None]
    found = recalls(part.asked, part.cells, part.items, seed=seed)
    chance = 1 / len(found) if len(found) > 1 else None
    balanced = _balanced(found)
    level = None if chance is None else chance + bar * (1 - chance)
    return Audited(
        scorer=part.asked.scorer,
        field=part.asked.field,
        form=form,
        tag=tag,
        kind=OWN,
        weights=run,
        interval=Interval(*balanced, len(given), len(given)),
        chance=chance,
        abstained=len(items) - len(given),
        recalls={truth: Share(r.value, r.low, r.high, r.n) for truth, r in found.items()},
        bar=bar,
        p=None if level is None else _p_value(part, given, level, seed),
        confusion=_confusion(items),
    )


def _balanced(recalls: Mapping[str, Interval]) -> tuple[float | None, float | None, float | None]:
    """The mean recall with its interval: distances to the ends squared and added.

    Zou & Donner 2008, Stat. Med. 27:1693-1702, for a sum of independent shares.
    """
    values = [r.value for r in recalls.values() if r.value is not None]
    if not values:
        return None, None, None
    mean = sum(values) / len(values)
    below = above = 0.0
    for r in recalls.values():
        if r.low is None or r.high is None or r.value is None:
            return mean, None, None
        below += ((r.value - r.low) / len(values)) ** 2
        above += ((r.high - r.value) / len(values)) ** 2
    return mean, max(0.0, mean - below**0.5), min(1.0, mean + above**0.5)


def _p_value(part: Labelled, given: Sequence[Item], bar: float, seed: int) -> float:
    """One-sided, of a balanced accuracy of no more than the bar.

    The level at which the weighted interval just holds the bar; of few answers no less than what
    the exact test says of them unweighted.
    """
    exact = stats.balanced_above(
        truth=[word(item.people) for item in given],
        right=[float(is_same(item)) for item in given],
        clusters=[item.image for item in given],
        bar=bar,
    )
    low, high = 0.0, 0.5
    for _ in range(STEPS):
        middle = (low + high) / 2
        own = recalls(part.asked, part.cells, part.items, seed=seed, level=1 - 2 * middle)
        end = _balanced(own)[1]
        low, high = (low, middle) if end is not None and end > bar else (middle, high)
    return max(exact, high if high < 0.5 else 1.0)


def _confusion(items: Sequence[Item]) -> dict[str, dict[str, int]]:
    """Answers by truth, weighted, in as many images as each truth's are worth (Kish 1965, 11.7)."""
    table = {}
    for truth in sorted({word(item.people) for item in items}, key=natural):
        own = [item for item in items if word(item.people) == truth]
        shares: dict[str, float] = {}
        for item in own:
            label = word(item.cell.judge, NO_ANSWER)
            shares[label] = shares.get(label, 0.0) + item.weight
        total = sum(shares.values())
        worth = total**2 / sum(item.weight**2 for item in own)
        table[truth] = _rounded({k: v / total for k, v in sorted(shares.items())}, round(worth))
    return table


def _rounded(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers with that total, by the largest remainders; an answer that came stays one."""
    counts = {name: max(1, int(share * total)) for name, share in shares.items()}
    left = sorted(shares, key=lambda name: -(shares[name] * total % 1))
    for name in left[: max(0, total - sum(counts.values()))]:
        counts[name] += 1
    return counts


def _corrected(rows: Sequence[Audited]) -> list[Audited]:
    adjusted = iter(stats.holm(p_values=[r.p for r in rows if r.p is not None]).tolist())
    return [row if row.p is None else replace(row, p=next(adjusted)) for row in rows]
