"""Whether one run lacks more values than the other, which makes what is left hard to compare."""

from evalsuite import stats
from evalsuite.comparison.differences import pairing_of
from evalsuite.gating.evidence import readings_of
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Compared, permutation_seed
from evalsuite.measures.reading import Reading
from evalsuite.report.format import number


def uneven(compared: Compared, rule: Rule, prompt_set: str, alpha: float) -> str:
    """What is missing in one run and not in the other, in words; "" where nothing much is.

    That is: shares of images without a value that differ by more than the rule allows, or by more
    than chance explains at alpha (whole prompts' signs flipped, two-sided).
    """
    before, after = (
        readings_of(side, rule, prompt_set) for side in (compared.baseline, compared.candidate)
    )
    shares = [sum(map(_missing, side.values())) / max(1, len(side)) for side in (before, after)]
    said = f"not measured: {number(shares[0], 'share')} of the baseline's, "
    said += f"{number(shares[1], 'share')} of the run's images"
    if abs(shares[1] - shares[0]) > rule.missing:
        return f"{said}, which differs by more than {number(rule.missing, 'share')}"
    pairing = pairing_of(compared.baseline, compared.candidate, prompt_set)
    both = [(was, now) for key, was in before.items() if (now := after.get(key)) is not None]
    if pairing == "none" or not any(_missing(was) or _missing(now) for was, now in both):
        return ""
    p = stats.sign_flip(
        a=[_missing(now) for _, now in both],
        b=[_missing(was) for was, _ in both],
        clusters=[was.cluster for was, _ in both],
        seed=permutation_seed(compared.baseline, compared.candidate),
    )
    return f"{said}, which chance does not explain (p = {p:.2g})" if p <= alpha else ""


def _missing(reading: Reading) -> float:
    """1.0 where there is no value."""
    return float(reading.value is None)
