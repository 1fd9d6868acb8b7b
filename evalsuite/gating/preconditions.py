"""Which differences a rule is about, and what keeps two runs from being compared on it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite.comparison.snapshot import Side
from evalsuite.files.segments import canonical
from evalsuite.files.values import Group, as_key
from evalsuite.gating.policy import Rule
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Difference, Word, scorer_of
from evalsuite.report.format import plural

Cell = tuple[str, str]
"""A measure and a prompt set."""

WAITING = "no image of it was drawn yet"


class Check(NamedTuple):
    """A rule in one prompt set, what it is check against, and what stands in its way."""

    rule: Rule
    prompt_set: str
    difference: Difference | None
    word: Word | None
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides with what every rule asks of them, looked up once.

    `prompts` are, for baseline and candidate, those of each set that each measure applies to.
    `growing` says that more images may come.
    """

    baseline: Side
    candidate: Side
    rows: Mapping[tuple[str, str, Group], Difference]
    prompts: tuple[Mapping[Cell, set[str]], Mapping[Cell, set[str]]]
    growing: bool = False


def sets(compared: Compared, rule: Rule, rules: Sequence[Rule]) -> list[str]:
    """The prompt sets that a rule is about, among `rules`; one in neither run gets its verdict.

    A rule that names no set is about each that no other rule on the same measure and group names.
    """
    if rule.prompt_set is not None:
        return [rule.prompt_set]
    what = rule.measure, as_key(rule.group)
    named = {other.prompt_set for other in rules if (other.measure, as_key(other.group)) == what}
    sides = (compared.baseline, compared.candidate)
    for side, prompts in zip(sides, compared.prompts, strict=True):
        if found := [name for name in side.prompt_sets if (rule.measure, name) in prompts]:
            return [name for name in found if name not in named]
    return ["(any)"]


def check_rule(compared: Compared, rule: Rule, prompt_set: str) -> Check:
    """A rule with its difference, or with its verdict where there can be none."""
    difference = compared.rows.get((rule.measure, prompt_set, as_key(rule.group)))
    word, reason = _precondition(compared, rule, prompt_set)
    if word is None and difference is None:
        said = ", ".join(f"{name} {value}" for name, value in rule.group.items())
        word, reason = "undecided", f"no prompt of {prompt_set} is in the group {said}"
    return Check(rule, prompt_set, difference, word, reason)


def _precondition(compared: Compared, rule: Rule, prompt_set: str) -> tuple[Word | None, str]:
    baseline, candidate = compared.baseline, compared.candidate
    cell, scorer = (rule.measure, prompt_set), scorer_of(rule.measure)
    before, after = (prompts.get(cell, set()) for prompts in compared.prompts)
    if not before:
        return "undecided", "the baseline has no such measure; bless a run that has it"
    if prompt_set not in candidate.prompt_sets:
        return "fail", "vanished: the run has no such prompt set"
    known = candidate.measures.get(rule.measure) or baseline.measures.get(rule.measure)
    is_judged = known is None or not kind_of(known).of_samples
    if is_judged and scorer not in candidate.scorers:
        return "fail", f"vanished: the run was not judged by {scorer}"
    if baseline.dialect != candidate.dialect:
        return "undecided", f"prompts are {candidate.dialect}, the baseline's {baseline.dialect}"
    if baseline.prompt_sets[prompt_set] != candidate.prompt_sets[prompt_set]:
        return "undecided", "the prompt set is not the baseline's: its digest differs"
    if is_judged and baseline.scorers.get(scorer) != candidate.scorers[scorer]:
        return "undecided", f"another {scorer}: its model, weights or options differ"
    if not candidate.complete:
        return "undecided", "the run is incomplete; the same command finishes it"
    if compared.growing:
        return (None, "") if after else ("undecided", WAITING)
    if not after:
        return "fail", "vanished: the run has no such measure"
    if gone := len(before - after):
        return "undecided", f"{gone} of the baseline's {plural(len(before), 'prompt')} not drawn"
    return None, ""


def prompts_of(side: Side) -> dict[Cell, set[str]]:
    """The prompts of each set that each measure applies to and that were planned."""
    found: dict[Cell, set[str]] = {}
    for measure, key in side.readings:
        found.setdefault((measure, key.prompt_set), set()).add(key.prompt_id)
    return found


def permutation_seed(baseline: Side, candidate: Side) -> int:
    """The seed of the sign flips, from what was planned: the same runs give the same verdict."""
    planned = [
        [
            entry.dialect,
            entry.seed,
            dict(entry.prompt_sets),
            dict(entry.scorers),
            len(entry.planned),
        ]
        for entry in (baseline, candidate)
    ]
    return int.from_bytes(hashlib.sha256(canonical(planned).encode("ascii")).digest()[:4], "big")
