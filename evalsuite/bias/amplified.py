"""Does the model mirror the reference, or exaggerate it? The slope of log-odds on log-odds."""

from collections.abc import Sequence

from evalsuite import stats
from evalsuite.bias.record import GroupShare, Slope
from evalsuite.records import Interval

FEWEST = 5
"""Groups that `stats.amplification` needs."""
NO_REFERENCE = "no group has a reference"
NOTHING_READ = "no group with a reference has a reading"


def slope(
    groups: Sequence[GroupShare], right: tuple[stats.Audit, stats.Audit] | None = None
) -> Slope:
    """The amplification of a reference over groups, `stats.amplification`.

    `right` is how often the instrument's audit found it right on the label, and on the other. A
    reference of 0 or 1 that is exact has no log-odds: its group is left out.
    """
    of_reference = [group for group in groups if group.reference is not None]
    used = [(g, g.reference) for g in of_reference if g.n and g.reference is not None]
    used = [(g, r) for g, r in used if r.base is not None or 0 < r.share < 1]
    if not used:
        return _nothing(NOTHING_READ if of_reference else NO_REFERENCE)
    found = stats.amplification(
        hits=[group.hits for group, _ in used],
        n=[group.n for group, _ in used],
        reference=[known.share for _, known in used],
        base=[float("inf") if known.base is None else known.base for _, known in used],
        sensitivity=None if right is None else right[0],
        specificity=None if right is None else right[1],
    )
    reason = found.slope.method.removeprefix("undecided: ") if found.slope.value is None else ""
    if reason and len(used) < FEWEST:
        reason = f"a slope takes {FEWEST} groups with a reference and a reading, here {len(used)}"
    return Slope(
        interval=found.slope,
        at_even=found.at_even,
        beyond=found.signed,
        corrected=right is not None,
        reason=reason,
    )


def _nothing(reason: str) -> Slope:
    nothing = Interval(None, None, None, 0, 0, f"undecided: {reason}")
    return Slope(interval=nothing, at_even=None, beyond=nothing, reason=reason)
