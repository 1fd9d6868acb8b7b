import pytest

from evalsuite.audits.record import Audited
from evalsuite.records import Interval
from evalsuite.report.marks import mark, worse


@pytest.mark.parametrize(
    ("low", "high", "chance", "images", "word"),
    [
        (0.8, 1.0, 0.5, 40, "evidence"),
        (0.4, 0.6, 0.5, 40, "not evidence"),
        (0.4, 0.6, 0.5, 5, "undecided"),
        (0.6, 0.8, None, 40, "unknown"),
    ],
)
def test_an_audit_in_a_word(low, high, chance, images, word):
    interval = Interval((low + high) / 2, low, high, images, images)
    assert mark(Audited(interval=interval, chance=chance)) == word


def test_no_audit_is_said_and_of_two_words_the_worse_stands():
    assert mark(None) == "not audited"
    assert worse("evidence", "not evidence") == "not evidence"
    assert worse("not audited", "evidence") == "not audited"
