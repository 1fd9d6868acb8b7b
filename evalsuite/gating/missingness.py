"""Whether one run lacks more values than the other, which makes what is left hard to compare."""

from evalsuite import stats
from evalsuite.comparison.differences import pairing_of
from evalsuite.comparison.snapshot import Side
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Compared, permutation_seed
from evalsuite.records import Key
from evalsuite.report.format import number


def uneven(compared: Compared, rule: Rule, prompt_set: str, alpha: float) -> str:
    """What is missing in one run and not in the other, in words; "" where nothing much is.

    That is: shares of images without a value that differ by more than the rule allows, or by more
    than chance explains at alpha (whole prompts' signs flipped, two-sided).
    """
    before, after = (
        _missing(side, rule, prompt_set) for side in (compared.baseline, compared.candidate)
    )
    shares = [
        sum(entry for _, entry in side.values()) / max(1, len(side)) for side in (before, after)
    ]
    said = f"not measured: {number(shares[0], 'share')} of the baseline's, "
    said += f"{number(shares[1], 'share')} of the run's images"
    if abs(shares[1] - shares[0]) > rule.missing:
        return f"{said}, which differs by more than {number(rule.missing, 'share')}"
    pairing = pairing_of(compared.baseline, compared.candidate, prompt_set)
    both = [key for key in before if key in after]
    if pairing == "none" or not any(before[key][1] or after[key][1] for key in both):
        return ""
    p = stats.sign_flip(
        a=[after[key][1] for key in both],
        b=[before[key][1] for key in both],
        clusters=[before[key][0] for key in both],
        seed=permutation_seed(compared.baseline, compared.candidate),
    )
    return f"{said}, which chance does not explain (p = {p:.2g})" if p <= alpha else ""


def _missing(side: Side, rule: Rule, prompt_set: str) -> dict[Key, tuple[str, float]]:
    """By planned image that the rule is about: its cluster, and 1.0 where there is no value."""
    labels = {name: value for name, value in rule.group.items() if name not in ("label", "tone")}
    readings: dict[Key, tuple[str, float]] = {}
    for key in side.planned:
        reading = side.readings.get((rule.measure, key))
        if key.prompt_set != prompt_set or reading is None:
            continue
        groups = side.prompts[key[:2]].groups
        if all(groups.get(name) == value for name, value in labels.items()):
            readings[key] = (reading.cluster, float(reading.value is None))
    return readings
