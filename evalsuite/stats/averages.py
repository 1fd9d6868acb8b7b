"""The mean of several independent estimates, each of which counts the same."""

from collections.abc import Sequence

from evalsuite.records import Interval


def average(*, parts: Sequence[Interval]) -> Interval:
    """The unweighted mean of the values of independent intervals of one level.

    The distances from value to end are squared, added and divided by the number of parts (Zou &
    Donner 2008, Stat. Med. 27:1693-1702, for a weighted sum). So each part's own asymmetry stays,
    and the ends never leave the parts' bounds. Undecided where any part is, or has no data: a mean
    over other parts is another quantity; its value is then that of the parts that have one.
    """
    n, clusters = sum(part.n for part in parts), sum(part.clusters for part in parts)
    values = [part.value for part in parts if part.value is not None]
    if not values:
        return Interval(None, None, None, 0, clusters, "undecided: no data")
    value = sum(values) / len(values)
    below, above = 0.0, 0.0
    for part in parts:
        if part.value is None:
            return Interval(value, None, None, n, clusters, "undecided: a part has no data")
        if part.low is None or part.high is None:
            return Interval(value, None, None, n, clusters, "undecided: a part is")
        below += (part.value - part.low) ** 2
        above += (part.high - part.value) ** 2
    low, high = value - below**0.5 / len(parts), value + above**0.5 / len(parts)
    return Interval(value, low, high, n, clusters, "mean of parts, square and add")
