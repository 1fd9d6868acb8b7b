from evalsuite.scorers import _geneval_verdict
from evalsuite.vocabulary.looks import COLORS


def test_the_ten_colours_are_those_of_genevals_own_list():
    assert COLORS == _geneval_verdict.COLORS
    assert len(set(COLORS)) == 10
