"""Does the model mirror the reference, or exaggerate it? The slope of log-odds on log-odds.

Over all sentences, and over each by itself: part of a slope can be how people were asked for
(Seshadri et al. 2023, arXiv 2308.00755).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.bias.given import Cells
from evalsuite.bias.record import Known, Slope, Sloped, Source
from evalsuite.bias.referring import TAUGHT
from evalsuite.records import Interval, PromptSet

FEWEST = 5
"""Groups that `stats.amplification` needs."""
NO_REFERENCE = "no group has a reference"
NOTHING_READ = "no group with a reference has a reading"
KIND, SENTENCE = "wording", "template"
"""The group labels that say of what kind a prompt's wording is, and which sentence it has."""
NEUTRAL, MATCHED = "neutral", "caption-matched"
MOST = 12
"""How many wordings are taken by themselves, those with the most groups first."""


class Counted(NamedTuple):
    """A group's images with a reading, those with the label, and what it is held against."""

    hits: int
    n: int
    reference: Known | None


def slope(groups: Sequence[Counted], right: tuple[stats.Audit, stats.Audit] | None = None) -> Slope:
    """The amplification of a reference over groups, `stats.amplification`.

    `right` is how often the instrument's audit found it right on the label, and on the other. A
    reference of 0 or 1 that is exact has no log-odds: its group is left out.
    """
    of_reference = [group for group in groups if group.reference is not None]
    used = [(g, g.reference) for g in of_reference if g.n and g.reference is not None]
    used = [(g, r) for g, r in used if r.base is not None or 0 < r.share < 1]
    if not used:
        return _nothing(NOTHING_READ if of_reference else NO_REFERENCE)
    found = stats.amplification(
        hits=[group.hits for group, _ in used],
        n=[group.n for group, _ in used],
        reference=[known.share for _, known in used],
        base=[float("inf") if known.base is None else known.base for _, known in used],
        sensitivity=None if right is None else right[0],
        specificity=None if right is None else right[1],
    )
    reason = found.slope.method.removeprefix("undecided: ") if found.slope.value is None else ""
    if reason and len(used) < FEWEST:
        reason = f"a slope takes {FEWEST} groups with a reference and a reading, here {len(used)}"
    return Slope(
        interval=found.slope,
        at_even=found.at_even,
        beyond=found.signed,
        corrected=right is not None,
        reason=reason,
    )


def by_wording(
    cells: Cells,
    over: str,
    label: str,
    known: Mapping[str, Known],
    right: tuple[stats.Audit, stats.Audit] | None = None,
) -> tuple[Sloped, ...]:
    """The slope of each kind of wording, and of each sentence, that enough groups are asked in.

    Empty where all groups are asked in one. `known` holds the references by group.
    """
    found: list[Sloped] = []
    for said in (KIND, SENTENCE):
        by_words: dict[str, dict[str, list[int]]] = {}
        for prompt, _, reading in cells:
            if over in prompt.groups and said in prompt.groups and reading.value is not None:
                groups = by_words.setdefault(prompt.groups[said], {})
                tally = groups.setdefault(prompt.groups[over], [0, 0])
                tally[0] += reading.value == label
                tally[1] += 1
        enough = {
            words: [
                Counted(hits, n, known[name]) for name, (hits, n) in groups.items() if name in known
            ]
            for words, groups in by_words.items()
        }
        enough = {words: counted for words, counted in enough.items() if len(counted) >= FEWEST}
        if len(enough) > 1:
            ranked = sorted(enough, key=lambda words: -len(enough[words]))[:MOST]
            found += [Sloped(words, slope(enough[words], right)) for words in ranked]
    return tuple(found)


def kinds(prompt_set: PromptSet, over: str, source: Source) -> tuple[str, ...]:
    """Of which kinds the prompts' wordings are: neutral, or matched to what was learnt from.

    As the prompts say (`KIND`). Where they do not, only the bundled world's are known to be
    matched, against what it was taught: its prompts are made by the grammar of its captions.
    """
    said = {p.groups[KIND] for p in prompt_set.prompts if over in p.groups and KIND in p.groups}
    if said & {NEUTRAL, MATCHED}:
        return tuple(sorted(said & {NEUTRAL, MATCHED}))
    is_matched = source.name == TAUGHT and prompt_set.dialect == "scenes"
    return (MATCHED if is_matched else NEUTRAL,)


def _nothing(reason: str) -> Slope:
    nothing = Interval(None, None, None, 0, 0, f"undecided: {reason}")
    return Slope(interval=nothing, at_even=None, beyond=nothing, reason=reason)
