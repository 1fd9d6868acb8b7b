"""benchmarks/peers.py: both sides give the same results, and ours encodes each thing once."""

import sys

import pytest

from benchmarks import peers


@pytest.fixture(autouse=True)
def forget_builders():
    """The tests' own builders, which the program has read as modules."""
    yield
    for name in ("tiny_clips", "tiny_vqa"):
        sys.modules.pop(name, None)


@pytest.mark.filterwarnings("ignore:.max_length. is ignored:UserWarning")
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad:UserWarning")
def test_the_results_are_equal_and_the_counts_are_what_the_page_says(tmp_path):
    score, one, eight = peers.rows(tmp_path, pairs=1, images=4)

    assert score.ours == {"images encoded": 4, "texts encoded": 1}
    assert score.theirs == {"images encoded": 4, "texts encoded": 4}
    assert one.ours == one.theirs == {"loads": 1, "images encoded": 4}
    assert eight.ours == {"loads": 1, "images encoded": 4}
    assert eight.theirs == {"loads": 8, "images encoded": 32}


def test_other_results_end_the_comparison():
    with pytest.raises(AssertionError, match="work: results differ"):
        peers.compared("work", "p", 1, lambda: ([1.0], {}), lambda: ([1.1], {}), 1)


def test_a_goal_is_met_only_where_every_pair_meets_it():
    def row(*ratios):
        return peers.Row("work", "peer", 1.5, {"loads": 1}, {"loads": 8}, ratios)

    text = peers.table([row(1.5, 3.0, 2.0), row(1.4, 3.0, 2.0)], 4)
    assert "| 2.00 (1.50 to 3.00) | 1.5: met | 1 loads | 8 loads |" in text
    assert "| 2.00 (1.40 to 3.00) | 1.5: missed |" in text
