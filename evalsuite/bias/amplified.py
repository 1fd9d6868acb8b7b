"""Does the model mirror the reference, or exaggerate it? The slope of log-odds on log-odds."""

from collections.abc import Sequence

from evalsuite.bias.record import GroupShare, Slope


def slope(groups: Sequence[GroupShare]) -> Slope:
    """The amplification of a reference over groups."""
    known = [group for group in groups if group.n and group.reference is not None]
    nothing = Slope(value=None, low=None, high=None, intercept=None, groups=len(known))
    from dataclasses import replace

    return replace(nothing, reason="no reference for these groups")
