"""What several runs have a value of, entry by entry, for ranking them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.comparison.pairing import Readings, T, by_prompt, number_of
from evalsuite.measures.kinds import bounds_of, kind_of
from evalsuite.measures.over_groups import Tally, tallies
from evalsuite.measures.reading import Reading
from evalsuite.measures.slices import design_of
from evalsuite.measures.summaries import prompt_verdicts
from evalsuite.records import Interval, Measure, Pairing


class Shared(NamedTuple):
    """One row of `values` a run, one entry for what all of them have; `clusters` of the entries.

    `own` are each run's readings of the images that the entries come from.
    `means` are each run's entries where these are prompts' means or groups' values: their mean,
    not that of the images, is then what is ranked. Else empty, and where there is one cluster, so
    that there is nothing to rank.
    """

    values: list[list[float]]
    clusters: list[str]
    own: list[list[Reading]]
    means: Sequence[list[Reading]] = ()


def shared(
    measure: Measure, group: Mapping[str, str], sides: Sequence[Readings], pairing: Pairing
) -> Shared:
    """The images that all runs have a value of; or the prompts, or groups of prompts.

    Which it is follows the measure's kind and the pairing, as in `paired`. The means of the rows
    are what is compared: of a mean over tags the entries are weighted so that they are.
    """
    how = kind_of(measure).paired_by
    if how == "group":
        return _groups(measure, sides)
    number = number_of(measure, group)
    if how == "prompt":
        rows = [prompt_verdicts(side.values(), measure.least) for side in sides]
    elif pairing == "prompts":
        rows = [by_prompt(number, side) for side in sides]
    else:
        keys = _common(sides)
        values = [[number(side[key].value or 0.0) for key in keys] for side in sides]
        entries = [sides[0][key] for key in keys]
        own = [[side[key] for key in keys] for side in sides]
        return Shared(_weighted(values, entries, how == "tag"), _clusters(entries), own)
    prompts = _common(rows)
    values = [[float(row[prompt].value or 0.0) for prompt in prompts] for row in rows]
    entries, kept = [rows[0][prompt] for prompt in prompts], set(prompts)
    own = [[each for each in side.values() if each.asked in kept] for side in sides]
    clusters = _clusters(entries)
    is_of_means = how != "prompt" and len(set(clusters)) > 1
    means = [[row[prompt] for prompt in prompts] for row in rows] if is_of_means else ()
    return Shared(_weighted(values, entries, how == "tag"), clusters, own, means)


def mean_of(
    measure: Measure, group: Mapping[str, str], entries: Sequence[Reading], level: float
) -> Interval:
    """The mean of a run's `Shared.means`, with its interval; over tags, each counts the same."""
    is_mean_of_tags = kind_of(measure).paired_by == "tag"
    parts: dict[str, list[Reading]] = {}
    for entry in entries:
        parts.setdefault(entry.stratum if is_mean_of_tags else "", []).append(entry)
    found = [
        stats.mean(
            values=[float(entry.value or 0.0) for entry in part],
            level=level,
            bounds=bounds_of(measure),
            **design_of(group, part),
        )
        for part in parts.values()
    ]
    return stats.average(parts=found) if is_mean_of_tags else found[0]


def _common(sides: Sequence[Mapping[T, Reading]]) -> list[T]:
    """What all sides have a value of, in the first one's order."""
    return [
        key
        for key in sides[0]
        if all(key in side and side[key].value is not None for side in sides)
    ]


def _clusters(entries: Sequence[Reading]) -> list[str]:
    return [entry.cluster for entry in entries]


def _weighted(
    values: list[list[float]], entries: Sequence[Reading], is_mean_of_tags: bool
) -> list[list[float]]:
    if not is_mean_of_tags:
        return values
    weights = _weights(entries)
    return [[v * by for v, by in zip(row, weights, strict=True)] for row in values]


def _weights(entries: Sequence[Reading]) -> list[float]:
    """Each entry's weight in a mean over tags that all count the same; 1 on average."""
    tags = [entry.stratum for entry in entries]
    counts = {tag: tags.count(tag) for tag in dict.fromkeys(tags)}
    return [len(tags) / (len(counts) * counts[tag]) for tag in tags]


def _groups(measure: Measure, sides: Sequence[Readings]) -> Shared:
    """Group by group, at as many images of each as the run with the fewest has of it."""
    of_hits = kind_of(measure).of_hits
    assert of_hits is not None
    found = [tallies(side.values(), measure.label) for side in sides]
    groups = [name for name in found[0] if all(name in own and own[name].n for own in found)]
    least = {name: min(own[name].n for own in found) for name in groups}

    def value(own: Mapping[str, Tally], name: str) -> float:
        return of_hits(hits=own[name].hits, n=own[name].n, k=least[name])

    kept = set(groups)
    values = [[value(own, name) for name in groups] for own in found]
    own = [[each for each in side.values() if each.cluster in kept] for side in sides]
    entries = [[Reading(v, "", at) for v, at in zip(row, groups, strict=True)] for row in values]
    return Shared(values, groups, own, entries if len(groups) > 1 else ())
