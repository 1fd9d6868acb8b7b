"""What the images say of one rule: from all of them at once, or from those drawn so far."""

from collections.abc import Mapping
from typing import NamedTuple

from evalsuite import stats
from evalsuite.comparison.paired import by_image
from evalsuite.comparison.snapshot import Side, measure_of
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Compared, permutation_seed
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading
from evalsuite.records import Difference, Key


class RuleEvidence(NamedTuple):
    """`p` is one-sided, of no regression; `excluded` says that one of the margin is ruled out.

    `lack` says why the images tell nothing, and is empty where they do.
    """

    p: float | None
    excluded: bool = False
    better: bool = False
    lack: str = ""


def at_once(rule: Rule, found: Difference) -> RuleEvidence:
    """From the test and the interval of a fixed number of images.

    The one-sided p-value is half the two-sided one, or one minus that, by the direction seen:
    exact where nothing changed, as changing the runs' places changes the sign and not p.
    """
    if found.value is None:
        return RuleEvidence(None, lack="nothing was measured in both runs")
    p = None
    if found.p is not None:
        turned = found.value if rule.higher_is_better else -found.value
        p = found.p / 2 if turned < 0 else 1 - found.p / 2
    low = found.low if rule.higher_is_better else (None if found.high is None else -found.high)
    if low is None:
        return RuleEvidence(p, lack=f"too little data: {found.method}")
    return RuleEvidence(p, low > -rule.margin, low > 0)


def by_betting(
    compared: Compared, rule: Rule, prompt_set: str, alpha: float, final: bool
) -> RuleEvidence:
    """From the images drawn so far, in the candidate's order, by `stats.evidence`.

    `final` says that the planned maximum is reached.
    """
    measure = measure_of(rule.measure, compared.baseline, compared.candidate)
    if kind_of(measure).paired_by != "image":
        return RuleEvidence(
            None, lack="no single image has a value of it, so images cannot be paired"
        )
    order = compared.candidate.planned
    before, after = (
        _readings(side, order, rule, prompt_set) for side in (compared.baseline, compared.candidate)
    )
    (a, b, clusters, _), bounds = by_image(measure, rule.group, before, after)
    if not rule.higher_is_better:
        a, b = b, a
    if bounds is not None and rule.margin >= bounds[1] - bounds[0]:
        return RuleEvidence(1.0, excluded=True)
    said = stats.evidence(
        a=a,
        b=b,
        clusters=clusters,
        margin=rule.margin,
        bounds=bounds,
        final=final,
        seed=permutation_seed(compared.baseline, compared.candidate),
    )
    if not said.n:
        return RuleEvidence(1.0, lack="nothing was measured in both runs")
    return RuleEvidence(said.regression, said.harm <= alpha)


def _readings(
    side: Side, order: tuple[Key, ...], rule: Rule, prompt_set: str
) -> Mapping[Key, Reading]:
    labels = {name: value for name, value in rule.group.items() if name not in ("label", "tone")}
    return {
        key: side.readings[rule.measure, key]
        for key in order
        if key.prompt_set == prompt_set
        and (rule.measure, key) in side.readings
        and labels.items() <= side.prompts[key[:2]].groups.items()
    }
