"""Two runs side by side: every measure's difference, and the images whose verdict flipped."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

from evalsuite.comparison.columns import Column
from evalsuite.comparison.paired import right
from evalsuite.comparison.rows import rows
from evalsuite.comparison.snapshot import Side, column, column_of, measure_of
from evalsuite.files.values import natural
from evalsuite.measures.estimating import breakdowns
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading
from evalsuite.records import Difference, Flip, Keys, Measure, Pairing, Places
from evalsuite.records.keys import Name

NOT_ASKED = "scorer not in this run"
"""Why a run has no reading of a measure that the other one has."""
UNKEPT = "seeds were not kept"
"""What a method says where equal seeds pair nothing, as a model did not keep to them."""


def pairing_of(baseline: Side, candidate: Side, prompt_set: str) -> Pairing:
    """How the images of a prompt set match: by seed, by prompt, or not at all.

    A set under another digest is another set: its prompts are never taken for the same.
    """
    digest = baseline.prompt_sets.get(prompt_set)
    if digest is None or digest != candidate.prompt_sets.get(prompt_set):
        return "none"
    are_any = False
    for key, seed in baseline.seeds.items():
        if key.prompt_set == prompt_set and (other := candidate.seeds.get(key)) is not None:
            are_any = True
            if other != seed:
                return "prompts"
    if not are_any:
        return "none"
    return "prompts" if unkept(baseline, candidate) else "seeds"


def unkept(baseline: Side, candidate: Side) -> str:
    """Whose images nothing says to be drawn from their seeds, in words; "" where seeds pair them.

    Images of one number are then two draws of a prompt. Not so where all are the same files.
    """
    names = [side.name for side in (baseline, candidate) if not side.keeps_seeds]
    if not names or (baseline.images and baseline.images == candidate.images):
        return ""
    return " and ".join(dict.fromkeys(names))


def differences(
    baseline: Side, candidate: Side, *, level: float = 0.95, seed: int
) -> list[Difference]:
    """Every measure that either run has, overall and by group, in the order of estimates.

    Images of the same set, prompt, index and seed are paired; with other seeds, or where a run did
    not keep to them, the prompts' means are; otherwise, and for distances from even (which no
    single image has), the two intervals are subtracted as if independent, which is too wide where
    the runs resemble each other. `seed` decides which sign patterns are drawn where there are too
    many to try all.
    """
    found: list[Difference] = []
    for prompt_set in dict.fromkeys([*baseline.prompt_sets, *candidate.prompt_sets]):
        pairing = pairing_of(baseline, candidate, prompt_set)
        for name in _measures(baseline, candidate):
            measure = measure_of(name, baseline, candidate)
            sides = (
                _readings(baseline, candidate, name, prompt_set),
                _readings(candidate, baseline, name, prompt_set),
            )
            how = pairing if kind_of(measure).paired_by else "none"
            for group, before, after in _groups(prompt_set, measure, baseline, candidate, *sides):
                these = rows(
                    prompt_set, measure, group, before, after, pairing=how, level=level, seed=seed
                )
                found += these if how == "none" else _explained(these, baseline, candidate)
    return found


def _explained(found: list[Difference], baseline: Side, candidate: Side) -> list[Difference]:
    """The differences with the reason in their method where seeds would have paired more."""
    if not unkept(baseline, candidate):
        return found
    explained = []
    for row in found:
        how, semicolon, method = row.interval.method.partition(";")
        if how in ("paired by prompt", "not paired"):
            method = f"{how}, as {UNKEPT}{semicolon}{method}"
            row = replace(row, interval=replace(row.interval, method=method))
        explained.append(row)
    return explained


def losses(baseline: Side, candidate: Side, *, level: float = 0.95, seed: int) -> list[Difference]:
    """What could not be measured, compared as loudly as what could: one row per measure and reason.

    The rows are of whole sets; each one's value is the share of planned images that are missing
    for the reason in its group {"missing": reason}, paired as in `differences`.
    """
    found: list[Difference] = []
    for prompt_set in dict.fromkeys([*baseline.prompt_sets, *candidate.prompt_sets]):
        pairing = pairing_of(baseline, candidate, prompt_set)
        for name in _measures(baseline, candidate):
            before = _readings(baseline, candidate, name, prompt_set)
            after = _readings(candidate, baseline, name, prompt_set)
            gone = Measure(name=name, title=name, kind="unknown", higher_is_better=None)
            both = chain(before.values(), after.values())
            for reason in sorted({reading.reason for reading in both if reading.value is None}):
                lost = partial(_lost, reason)
                sides = before.changed(lost), after.changed(lost)
                at = {"missing": reason}
                these = rows(prompt_set, gone, at, *sides, pairing=pairing, level=level, seed=seed)
                found += these if pairing == "none" else _explained(these, baseline, candidate)
    return found


def _lost(reason: str, reading: Reading) -> Reading:
    return reading._replace(value=float(reading.value is None and reading.reason == reason))


def flips(baseline: Side, candidate: Side, measure: str) -> list[Flip]:
    """The images of equal seed whose verdict differs, right to wrong first, then by key.

    Empty for a measure without right and wrong, and where nothing is paired by seed.
    """
    result = measure_of(measure, baseline, candidate)
    same = {s for s in baseline.prompt_sets if pairing_of(baseline, candidate, s) == "seeds"}
    found = []
    afterwards = column(candidate, measure)
    for key, before in column(baseline, measure).where(lambda name: name[0] in same).items():
        if (after := afterwards.get(key)) is None:
            continue
        was, now = right(result, before.value), right(result, after.value)
        if was is not None and now is not None and was is not now:
            found.append(Flip(key, measure, was, baseline.prompts[key[:2]].text))
    return sorted(found, key=lambda flip: (not flip.lost, flip.key))


def _measures(*sides: Side) -> list[str]:
    """Both sides' measures; those of the second alone come last."""
    return list(dict.fromkeys(name for side in sides for name in side.measures))


def _readings(side: Side, other: Side, measure: str, prompt_set: str) -> Column:
    """A side's readings; where its scorers give none, one with the reason for each image due."""
    found = column_of(side, measure, prompt_set)
    if found or side.prompt_sets.get(prompt_set) != other.prompt_sets.get(prompt_set):
        return found
    due = {
        key.prompt_id: reading._replace(value=None, reason=NOT_ASKED, chance=None)
        for key, reading in column_of(other, measure, prompt_set).items()
    }
    planned = Keys.of(side.planned)
    readings = [due.get(k.prompt_id) if k.prompt_set == prompt_set else None for k in planned]
    return Column(planned, Places.among(planned), readings)


def _groups(
    prompt_set: str,
    measure: Measure,
    baseline: Side,
    candidate: Side,
    before: Column,
    after: Column,
) -> Iterator[tuple[dict[str, str], Column, Column]]:
    """Everything together, then every value of every breakdown that either side has."""
    if not before and not after:
        return
    yield {}, before, after
    asked = {**candidate.prompts, **baseline.prompts}
    prompts = dict.fromkeys([*before.prompts(), *after.prompts()])
    families = {*baseline.clusters.get(prompt_set, ()), *candidate.clusters.get(prompt_set, ())}
    for name in breakdowns(measure, (asked[prompt].groups for prompt in prompts), families):
        sides = [
            readings.by(partial(_label, side, name))
            for side, readings in ((baseline, before), (candidate, after))
        ]
        labels = {asked[prompt].groups.get(name) for prompt in prompts}
        for label in sorted((label for label in labels if label is not None), key=natural):
            first, second = (groups.get(label) for groups in sides)
            yield (
                {name: label},
                before.where(_nothing) if first is None else first,
                after.where(_nothing) if second is None else second,
            )


def _label(side: Side, name: str, prompt: Name) -> str | None:
    return side.prompts[prompt].groups.get(name)


def _nothing(prompt: Name) -> bool:
    return False
