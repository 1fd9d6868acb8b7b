"""The gate's rule: a policy and two runs in, one verdict a measure out. Nothing is read or written.

Let d be candidate minus baseline, turned so that larger is better, m the smallest difference that
matters and alpha the policy's error level.

- A regression is *shown* where the test of "no worse" is rejected at alpha: whole prompts' signs
  are flipped, which is exact where nothing changed, and Holm's correction holds the chance of a
  false alarm to alpha for all blocking measures together.
- A regression of m is *excluded* where the one-sided (1 - alpha) interval of d lies above -m. No
  correction is needed here, since all blocking measures must pass (intersection-union: Berger
  1982, Technometrics 24:295-300).

Excluded passes, even if a smaller one is shown; shown and not excluded fails; neither is
undecided. What cannot be compared, or is missing in one run more than in the other, cannot pass.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite import stats
from evalsuite.measures import Side, describe, differences, pairing_of
from evalsuite.policy import Policy, Rule
from evalsuite.records import Difference, Key, Tier, Verdict, Word
from evalsuite.report.words import difference_unit, number, plural
from evalsuite.segments import canonical

__all__ = ["decide", "level", "overall", "permutation_seed"]

_Cell = tuple[str, str]  # measure, prompt set


class _Held(NamedTuple):
    """A rule in one prompt set, what it is held against, and what stands in its way."""

    rule: Rule
    prompt_set: str
    difference: Difference | None
    word: Word | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two sides with what every rule asks of them, looked up once."""

    baseline: Side
    candidate: Side
    rows: Mapping[tuple[str, str, tuple[tuple[str, str], ...]], Difference]
    prompts: tuple[Mapping[_Cell, set[str]], Mapping[_Cell, set[str]]]


def decide(baseline: Side, candidate: Side, policy: Policy) -> list[Verdict]:
    """A verdict a rule and prompt set, in the policy's order; the same sides give the same ones.

    A rule without a prompt set is about every set in which the baseline has the measure.
    """
    found = differences(
        baseline, candidate, level=level(policy), seed=permutation_seed(baseline, candidate)
    )
    compared = _Compared(
        baseline,
        candidate,
        {(one.measure, one.prompt_set, _group(one.group)): one for one in found},
        (_prompts(baseline), _prompts(candidate)),
    )
    held = [
        _hold(compared, rule, prompt_set)
        for rule in policy.rules
        for prompt_set in _sets(compared, rule)
    ]
    adjusted = _adjusted(held)
    return [_verdict(compared, one, p, policy) for one, p in zip(held, adjusted, strict=True)]


def overall(verdicts: Sequence[Verdict]) -> Word:
    """The gate's word: that of the blocking measures; undecided where none of them blocks."""
    words = {one.word for one in verdicts if one.tier == "block"}
    if "fail" in words:
        return "fail"
    return "undecided" if "undecided" in words or not words else "pass"


def level(policy: Policy) -> float:
    """The level of a two-sided interval whose lower end is the one-sided (1 - alpha) bound."""
    return 1 - 2 * policy.alpha


def permutation_seed(baseline: Side, candidate: Side) -> int:
    """The seed of the sign flips, from what was planned: the same runs give the same verdict."""
    planned = [
        [one.dialect, one.seed, dict(one.prompt_sets), dict(one.scorers), len(one.planned)]
        for one in (baseline, candidate)
    ]
    return int.from_bytes(hashlib.sha256(canonical(planned).encode("ascii")).digest()[:4], "big")


def _sets(compared: _Compared, rule: Rule) -> list[str]:
    """The prompt sets that a rule is about; one that neither run has still gets its verdict."""
    if rule.prompt_set is not None:
        return [rule.prompt_set]
    for side, prompts in zip(
        (compared.baseline, compared.candidate), compared.prompts, strict=True
    ):
        if found := [one for one in side.prompt_sets if (rule.measure, one) in prompts]:
            return found
    return ["(any)"]


def _hold(compared: _Compared, rule: Rule, prompt_set: str) -> _Held:
    difference = compared.rows.get((rule.measure, prompt_set, _group(rule.group)))
    word, reason = _obstacle(compared, rule, prompt_set)
    if word is None and difference is None:
        said = ", ".join(f"{name} {value}" for name, value in rule.group.items())
        word, reason = "undecided", f"no prompt of {prompt_set} is in the group {said}"
    return _Held(rule, prompt_set, difference, word, reason)


def _obstacle(compared: _Compared, rule: Rule, prompt_set: str) -> tuple[Word | None, str]:
    """Why the two runs cannot be compared on a measure, if they cannot."""
    baseline, candidate = compared.baseline, compared.candidate
    cell, scorer = (rule.measure, prompt_set), rule.measure.partition(".")[0]
    before, after = (prompts.get(cell, set()) for prompts in compared.prompts)
    if not before:
        return "undecided", "the baseline has no such measure; bless a run that has it"
    if prompt_set not in candidate.prompt_sets:
        return "fail", "vanished: the run has no such prompt set"
    if scorer not in candidate.scorers:
        return "fail", f"vanished: the run was not judged by {scorer}"
    if baseline.dialect != candidate.dialect:
        return "undecided", f"prompts are {candidate.dialect}, the baseline's {baseline.dialect}"
    if baseline.prompt_sets[prompt_set] != candidate.prompt_sets[prompt_set]:
        return "undecided", "the prompt set is not the baseline's: its digest differs"
    if baseline.scorers.get(scorer) != candidate.scorers[scorer]:
        return "undecided", f"another {scorer}: its model, weights or options differ"
    if not candidate.complete:
        return "undecided", "the run is incomplete; the same command finishes it"
    if not after:
        return "fail", "vanished: the run has no such measure"
    if gone := len(before - after):
        return "undecided", f"{gone} of the baseline's {plural(len(before), 'prompt')} not drawn"
    return None, ""


def _adjusted(held: Sequence[_Held]) -> list[float]:
    """One-sided p-values of a regression: Holm's over what blocks, BH's over what does not.

    A measure without one keeps its place in the family, as 1: the family was declared beforehand.
    """
    ps = [
        1.0 if one.word is not None or one.difference is None else _worse(one.rule, one.difference)
        for one in held
    ]
    found = [1.0] * len(held)
    for blocks, correct in ((True, stats.holm), (False, stats.benjamini_hochberg)):
        family = [at for at, one in enumerate(held) if (one.rule.tier == "block") is blocks]
        corrected = correct(p_values=[ps[at] for at in family])
        for at, p in zip(family, corrected, strict=True):
            found[at] = float(p)
    return found


def _worse(rule: Rule, difference: Difference) -> float:
    """The one-sided p-value of a regression, from the two-sided one and the direction seen.

    Exactly half where nothing changed: changing the runs' places changes the sign and not p.
    """
    if difference.p is None or difference.value is None:
        return 1.0
    turned = difference.value if rule.higher_is_better else -difference.value
    return difference.p / 2 if turned < 0 else 1 - difference.p / 2


def _verdict(compared: _Compared, held: _Held, p: float, policy: Policy) -> Verdict:
    rule, difference = held.rule, held.difference
    word, reason = held.word, held.reason
    if word is None and difference is not None:
        word, reason = _weigh(rule, difference, p, policy)
        uneven = _uneven(compared, rule, difference, policy.alpha)
        if uneven and word == "pass":
            word, reason = "undecided", f"{uneven}; of what was measured: {reason}"
        elif uneven:
            reason = f"{reason}; {uneven}"
    return Verdict(
        rule.measure,
        held.prompt_set,
        rule.group,
        rule.tier,
        word or "undecided",
        reason,
        rule.margin,
        _unit(rule.measure),
        None if held.word or difference is None or difference.p is None else p,
        difference,
    )


def _weigh(rule: Rule, found: Difference, p: float, policy: Policy) -> tuple[Word, str]:
    """The rule itself, for runs that can be compared."""
    low = found.low if rule.higher_is_better else (None if found.high is None else -found.high)
    unit = difference_unit(_unit(rule.measure))
    least = number(rule.margin, unit).lstrip("+")
    if found.value is None:
        return "undecided", "nothing was measured in both runs"
    if low is None:
        return "undecided", f"too little data: {found.method}"
    shown, excluded = p <= policy.alpha, low > -rule.margin
    chance = f"p = {p:.2g}, {_correction(rule.tier)}"
    if excluded and shown:
        return "pass", f"a real regression, but smaller than {least} ({chance})"
    if excluded:
        better = "better" if low > 0 else f"a regression of {least} is excluded"
        return "pass", better
    if shown:
        return "fail", f"a regression is shown ({chance}) and may be {least} or more"
    return "undecided", (
        f"neither a regression is shown ({chance}) nor one of {least} excluded; more images would "
        "tell"
    )


def _correction(tier: Tier) -> str:
    return "Holm" if tier == "block" else "Benjamini-Hochberg"


def _uneven(compared: _Compared, rule: Rule, found: Difference, alpha: float) -> str:
    """What is missing in one run and not in the other, said in words; "" where nothing much is."""
    before, after = (
        _missing(side, rule, found) for side in (compared.baseline, compared.candidate)
    )
    shares = [sum(one for _, one in side.values()) / max(1, len(side)) for side in (before, after)]
    gap = shares[1] - shares[0]
    said = f"not measured: {number(shares[0], 'share')} of the baseline's, "
    said += f"{number(shares[1], 'share')} of the run's images"
    if abs(gap) > rule.missing:
        return f"{said}, which differs by more than {number(rule.missing, 'share')}"
    pairing = pairing_of(compared.baseline, compared.candidate, found.prompt_set)
    both = [key for key in before if key in after]
    if pairing == "none" or not both or not any(before[k][1] or after[k][1] for k in both):
        return ""
    a, b = ([side[key][1] for key in both] for side in (after, before))
    p = stats.sign_flip(
        a=a,
        b=b,
        clusters=[before[key][0] for key in both],
        seed=permutation_seed(compared.baseline, compared.candidate),
    )
    return f"{said}, which chance does not explain (p = {p:.2g})" if p <= alpha else ""


def _missing(side: Side, rule: Rule, found: Difference) -> dict[Key, tuple[str, float]]:
    """By planned image that the rule is about: its cluster, and 1.0 where there is no value."""
    labels = {name: value for name, value in rule.group.items() if name not in ("label", "tone")}
    readings: dict[Key, tuple[str, float]] = {}
    for key in side.planned:
        reading = side.readings.get((rule.measure, key))
        if key.prompt_set != found.prompt_set or reading is None:
            continue
        groups = side.prompts[key[:2]].groups
        if all(groups.get(name) == value for name, value in labels.items()):
            readings[key] = (reading.cluster, float(reading.value is None))
    return readings


def _prompts(side: Side) -> dict[_Cell, set[str]]:
    """The prompts of each set that each measure applies to and that were planned."""
    found: dict[_Cell, set[str]] = {}
    for measure, key in side.readings:
        found.setdefault((measure, key.prompt_set), set()).add(key.prompt_id)
    return found


def _group(group: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(group.items()))


def _unit(measure: str) -> str:
    known = describe(measure)
    return known.unit if known else "number"
