"""What audits say of the judges that a policy relies on, and which rules are refused for it.

A judge that is no better than chance cannot block: its verdict would be a coin's. Whoever wants it
nevertheless says so in the rule, and the verdict says it too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalsuite.audits.match import judged, quotes
from evalsuite.audits.record import Audited, Place
from evalsuite.audits.stored import find
from evalsuite.comparison.snapshot import Side
from evalsuite.files.values import as_key
from evalsuite.gating.policy import Policy, Rule
from evalsuite.records import (
    Estimate,
    InputError,
    Interval,
    Json,
    Judgement,
    Key,
    PromptSet,
    Verdict,
)
from evalsuite.report.marks import NOT_EVIDENCE, mark
from evalsuite.report.tables import audited_words


def judged_by(
    policy: Policy,
    side: Side,
    prompt_sets: Sequence[PromptSet],
    manifest: Mapping[str, Json],
    *,
    beside: Path,
    given: str | None,
) -> dict[Place, Audited]:
    """The audit of each rule's judge, by prompt set, measure and group.

    `side` has the measures and says on which prompts they were answered; of the run's `manifest`
    count the scorers, their dialect and the back-end, whose kind of pictures is judged. Audits are
    looked for in the file `given`, `beside` the run, and among the shipped.
    """
    asked = [
        _asked(rule, prompt_set)
        for rule in policy.rules
        for prompt_set in ([rule.prompt_set] if rule.prompt_set else side.prompt_sets)
        if rule.measure in side.measures and prompt_set in side.prompt_sets
    ]
    found = find(manifest, beside, None if given is None else Path(given))
    audited = judged(found, manifest.get("backend", {})).audited
    return quotes(asked, audited, prompt_sets, _answered(side), side.measures)


def refuse_unreliable(policy: Policy, judges: Mapping[Place, Audited]) -> None:
    """Raise `InputError` for a rule that blocks on a judge that its audit calls no evidence."""
    for rule in policy.rules:
        if rule.tier != "block" or rule.accept_unreliable:
            continue
        for at, audited in judges.items():
            if mark(audited) == NOT_EVIDENCE and _is_about(rule, at, policy):
                raise InputError(
                    f"--policy {policy.name}: the rule on {rule.measure} blocks, and its judge is "
                    f"no evidence on {at[0]} ({audited_words(audited)}); write tier: watch, or "
                    "accept_unreliable: true in that rule"
                )


def _is_about(rule: Rule, at: Place, policy: Policy) -> bool:
    """Whether a place is one of a rule's: of no other rule that names its prompt set."""
    prompt_set, *what = at
    if what != [rule.measure, as_key(rule.group)]:
        return False
    same = [each for each in policy.rules if [each.measure, as_key(each.group)] == what]
    named = {each.prompt_set for each in same}
    return rule.prompt_set == prompt_set if prompt_set in named else rule.prompt_set is None


def with_judges(verdicts: Sequence[Verdict], judges: Mapping[Place, Audited]) -> list[Verdict]:
    """The verdicts, each with what its judge's audit says of it in a word."""
    places = [(v.prompt_set, v.measure, as_key(v.group)) for v in verdicts]
    return [
        replace(verdict, judge=mark(judges.get(at)))
        for verdict, at in zip(verdicts, places, strict=True)
    ]


def _asked(rule: Rule, prompt_set: str) -> Estimate:
    """A rule's place as an estimate, which is what audits are quoted for."""
    nothing = Interval(None, None, None, 0, 0)
    return Estimate(prompt_set=prompt_set, measure=rule.measure, group=rule.group, interval=nothing)


def _answered(side: Side) -> dict[tuple[str, Key], Judgement]:
    """The fields that were answered, prompt by prompt, as far as the side's measures read them.

    All images of a prompt stand together under its first: audits are quoted by prompt.
    """
    values: dict[tuple[str, Key], dict[str, float | str | None]] = {}
    for (name, key), reading in side.readings.items():
        measure = side.measures[name]
        if reading.value is not None:
            first = key._replace(index=0)
            values.setdefault((measure.scorer, first), {})[measure.field] = reading.value
    return {at: Judgement(at[0], at[1], found) for at, found in values.items()}
