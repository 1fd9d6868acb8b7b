"""A plan for a policy: how many images its own tests need to catch what it says matters."""

from dataclasses import replace
from pathlib import Path

from evalsuite.comparison.designs import Question
from evalsuite.comparison.planning import Plan, answer
from evalsuite.comparison.read_run import read_side
from evalsuite.comparison.sample_size import Spread, has_numbers, spread
from evalsuite.comparison.snapshot import Side
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Compared, prompts_of, sets
from evalsuite.gating.run import read_policy
from evalsuite.records import InputError


def plan_policy(
    question: Question, policy_name: str, *, pilot: Path, against: Path | None = None
) -> Plan:
    """The designs with which each blocking rule of a policy catches its margin.

    The rules give alpha, margins, prompt sets and groups, and the family is what blocks in the
    pilot's sets. Where `question` has a `detect`, it is planned for instead of each margin, and
    must not be smaller: the gate passes smaller regressions on purpose. Raises `InputError` for
    that, and for runs and policies that cannot be read.
    """
    other = None if against is None else read_side(against, name=str(against))[0]
    side, _ = read_side(pilot, name=str(pilot))
    policy = read_policy(policy_name, side)
    prompts = prompts_of(side)
    compared = Compared(side, side, {}, (prompts, prompts))
    rules = [
        (rule, prompt_set)
        for rule in policy.rules
        for prompt_set in sets(compared, rule, policy.rules)
        if rule.tier == "block"
    ]
    shared = replace(question, alpha=policy.alpha, family=max(1, len(rules)))
    asked: list[tuple[Spread, Question]] = []
    unplanned: list[str] = []
    for rule, prompt_set in rules:
        if question.detect is not None and question.detect < rule.margin:
            raise InputError(
                f"--detect {question.detect:g}: is less than the margin of {rule.measure}, "
                f"{rule.margin:g}, so {policy_name} passes it on purpose; leave --detect out"
            )
        if (rule.measure, prompt_set) not in prompts or not _is_planned(side, rule):
            unplanned.append(f"{rule.measure} of {prompt_set}")
            continue
        found = spread(side, other, rule.measure, prompt_set, rule.group)
        asked.append((found, replace(shared, detect=question.detect or rule.margin)))
    plan = answer(asked, shared, pilot=pilot, side=side, is_paired=other is not None)
    if not unplanned:
        return plan
    note = f"Not planned, as no single image has a number of it here: {', '.join(unplanned)}."
    return replace(plan, notes=[note, *plan.notes])


def _is_planned(side: Side, rule: Rule) -> bool:
    is_label = "label" in rule.group or "tone" in rule.group
    return not is_label and has_numbers(side.measures[rule.measure])
