import pytest

from evalsuite.comparison.estimates import differences_of_estimates
from evalsuite.records import Estimate, Interval


def row(measure, value, low, high, group=None, missing=None):
    return Estimate(
        prompt_set="counts",
        measure=measure,
        group=group or {},
        interval=Interval(value, low, high, 8, 8),
        missing=missing or {},
    )


def test_intervals_are_subtracted_for_measures_that_are_not_known():
    before = [
        row("a.known", 0.5, 0.25, 0.75),
        row("a.vendi", 2.0, 1.7, 2.3, missing={"too few": 1}),
        row("a.vendi", 2.0, None, None, {"count": "2"}),
        row("a.only_here", 2.0, 1.0, 3.0),
    ]
    after = [row("a.known", 0.5, 0.25, 0.75), row("a.vendi", 1.0, 0.6, 1.4)]
    after += [row("a.vendi", 1.0, 0.5, 1.5, {"count": "2"})]

    whole, group = differences_of_estimates(before, after, {"a.known"})

    # Distances 0.4 and 0.3: squared and added, 0.5 either way.
    assert (whole.value, whole.low, whole.high) == (-1.0, pytest.approx(-1.5), pytest.approx(-0.5))
    assert (whole.p, whole.pairing, whole.n, whole.prompts) == (None, "none", 16, 16)
    assert whole.missing == {"too few": (1, 0)}
    assert (group.value, group.low, group.high) == (-1.0, None, None)
    assert whole.method == "not paired, from the runs' estimates; square and add"
