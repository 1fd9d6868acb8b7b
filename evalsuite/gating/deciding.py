"""From rules and two sides to verdicts; the rule is told in the package's own text."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from evalsuite import stats
from evalsuite.comparison.differences import differences
from evalsuite.comparison.snapshot import Side, measure_of
from evalsuite.files.values import as_key
from evalsuite.gating.enough import Enough, Question, by_interval, enough
from evalsuite.gating.evidence import RuleEvidence, at_once, by_betting, readings_of
from evalsuite.gating.missingness import uneven
from evalsuite.gating.policy import Policy, Rule
from evalsuite.gating.preconditions import (
    Check,
    Compared,
    check_rule,
    permutation_seed,
    prompts_of,
    sets,
)
from evalsuite.measures.kinds import bounds_of
from evalsuite.records import Difference, Key, Verdict, Word
from evalsuite.report.format import difference_unit, number


class Drawing(NamedTuple):
    """How far a run is whose images still come in.

    `ended` names the prompt sets of which all images of the first maximum are drawn, and `first`
    are those images: what is tested at a maximum is tested on them alone, however many more come.
    """

    ended: Collection[str]
    first: Collection[Key]


def decide(
    baseline: Side, candidate: Side, policy: Policy, *, drawing: Drawing | None = None
) -> list[Verdict]:
    """A verdict a rule and prompt set, in the policy's order; the same sides give the same ones.

    A rule without a prompt set is about every set in which the baseline has the measure, but for
    those with a rule of their own on it. With `drawing`, images still come in, whole clusters in
    random order in the candidate's planning order; only the drawn ones of the baseline's images
    count, and no interval is given, as none would hold.
    """
    declared = prompts_of(baseline)
    if drawing is not None:
        baseline = _only(baseline, candidate)
    seed = permutation_seed(baseline, candidate)
    sides = (_asked(policy, side) for side in (baseline, candidate))
    found = differences(*sides, level=level(policy), seed=seed)
    compared = Compared(
        baseline,
        candidate,
        {(d.measure, d.prompt_set, as_key(d.group)): d for d in found},
        (declared, prompts_of(candidate)),
        growing=drawing is not None,
    )
    checks = [
        check_rule(compared, rule, prompt_set)
        for rule in policy.rules
        for prompt_set in sets(compared, rule, policy.rules)
    ]
    evidences = [_evidence(compared, check, policy, drawing) for check in checks]
    adjusted = _adjusted(checks, evidences)
    blocking = sum(check.rule.tier == "block" for check in checks)
    return [
        _verdict(compared, check, evidence, p, policy, max(1, blocking))
        for check, evidence, p in zip(checks, evidences, adjusted, strict=True)
    ]


def overall(verdicts: Sequence[Verdict]) -> Word:
    """The gate's word: that of the blocking measures; undecided where none of them blocks."""
    words = {verdict.word for verdict in verdicts if verdict.tier == "block"}
    if "fail" in words:
        return "fail"
    return "undecided" if "undecided" in words or not words else "pass"


def level(policy: Policy) -> float:
    """The level of a two-sided interval whose lower end is the one-sided (1 - alpha) bound."""
    return 1 - 2 * policy.alpha


def _asked(policy: Policy, side: Side) -> Side:
    """A side with the measures and labels of the rules alone: what else there is, none compares."""
    measures = {rule.measure for rule in policy.rules}
    labels = {label for rule in policy.rules for label in rule.group}
    prompts = {
        at: prompt._replace(groups={k: v for k, v in prompt.groups.items() if k in labels})
        for at, prompt in side.prompts.items()
    }
    known = {name: measure for name, measure in side.measures.items() if name in measures}
    return replace(side, measures=known, prompts=prompts)


def _only(baseline: Side, candidate: Side) -> Side:
    """The baseline as if it had planned no more than the candidate."""
    drawn = set(candidate.planned)
    return replace(
        baseline,
        planned=tuple(key for key in candidate.planned if key in baseline.seeds),
        seeds={key: seed for key, seed in baseline.seeds.items() if key in drawn},
        readings={at: reading for at, reading in baseline.readings.items() if at[1] in drawn},
    )


def _evidence(
    compared: Compared, check: Check, policy: Policy, drawing: Drawing | None
) -> RuleEvidence:
    if check.word is not None or check.difference is None:
        return RuleEvidence(None)
    if drawing is None:
        return at_once(compared, check, check.difference, level(policy))
    first = drawing.first if check.prompt_set in drawing.ended else None
    return by_betting(compared, check, policy.alpha, first)


def _adjusted(checks: Sequence[Check], evidences: Sequence[RuleEvidence]) -> list[float]:
    """p-values of a regression: Holm's over what blocks, Benjamini-Hochberg's over what does not.

    A measure without one keeps its place in the family, as 1: the family was declared beforehand.
    """
    found = [1.0] * len(checks)
    for blocks, correct in ((True, stats.holm), (False, stats.benjamini_hochberg)):
        family = [at for at, check in enumerate(checks) if (check.rule.tier == "block") is blocks]
        ps = [1.0 if (p := evidences[at].p) is None else p for at in family]
        for at, p in zip(family, correct(p_values=ps), strict=True):
            found[at] = float(p)
    return found


def _verdict(
    compared: Compared, check: Check, evidence: RuleEvidence, p: float, policy: Policy, family: int
) -> Verdict:
    rule, word, reason = check.rule, check.word, check.reason
    sides = (compared.baseline, compared.candidate)
    has_it = any(rule.measure in side.measures for side in sides)
    unit = measure_of(rule.measure, *sides).unit if has_it else "number"
    more = None
    if word is None:
        word, reason = _conclude(rule, evidence, p, policy.alpha, difference_unit(unit))
        if word == "undecided" and not evidence.lack:
            more = _enough(compared, check, evidence, policy.alpha, family)
            reason += f"; {more.words if more else 'more images would tell'}"
        gap = uneven(compared, rule, check.prompt_set, policy.alpha)
        if gap and word == "pass":
            word, reason = "undecided", f"{gap}; of what was measured: {reason}"
        elif gap:
            reason = f"{reason}; {gap}"
    found = evidence.shown or check.difference
    return Verdict(
        measure=rule.measure,
        prompt_set=check.prompt_set,
        group=rule.group,
        tier=rule.tier,
        word=word,
        reason=reason,
        margin=rule.margin,
        unit=unit,
        p=None if evidence.p is None else p,
        difference=_without_interval(found) if compared.growing else found,
        would_decide=None if more is None else more.images,
    )


def _enough(
    compared: Compared, check: Check, evidence: RuleEvidence, alpha: float, family: int
) -> Enough | None:
    rule = check.rule
    measure = measure_of(rule.measure, compared.baseline, compared.candidate)
    shared = family if rule.tier == "block" else 1
    asked = Question(rule.margin, alpha, shared, bounds_of(measure))
    if evidence.pairs is not None and (found := enough(asked, evidence.pairs)) is not None:
        return found
    if evidence.shown is None or evidence.shown.value is None or evidence.low is None:
        return None
    value = evidence.shown.value if rule.higher_is_better else -evidence.shown.value
    candidate = compared.candidate
    images = len(readings_of(candidate, rule, check.prompt_set))
    return by_interval(asked, value, evidence.low, images)


def _without_interval(found: Difference | None) -> Difference | None:
    """An interval for a fixed number of images does not hold where their number was decided."""
    if found is None:
        return None
    interval = replace(found.interval, low=None, high=None, method="betting e-process")
    return replace(found, interval=interval, p=None)


def _conclude(
    rule: Rule, evidence: RuleEvidence, p: float, alpha: float, unit: str
) -> tuple[Word, str]:
    """The rule itself, for runs that can be compared."""
    if evidence.lack:
        return "undecided", evidence.lack
    least = number(rule.margin, unit).lstrip("+")
    correction = "Holm" if rule.tier == "block" else "Benjamini-Hochberg"
    chance = f"p = {p:.2g}, {correction}"
    if evidence.excluded and p <= alpha:
        return "pass", f"a real regression, but smaller than {least} ({chance})"
    if evidence.excluded:
        return "pass", "better" if evidence.better else f"a regression of {least} is excluded"
    if p <= alpha:
        return "fail", f"a regression is shown ({chance}) and may be {least} or more"
    return "undecided", f"neither a regression is shown ({chance}) nor one of {least} excluded"
