import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from evalsuite import stats

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four observers, twelve
# units; the published alphas are 0.743, 0.815 and 0.849.
NONE = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


def test_kappa_by_hand_and_as_sklearn_and_statsmodels_have_it():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    a = ["yes"] * 25 + ["no"] * 25
    b = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert stats.cohen_kappa(a=a, b=b) == pytest.approx(0.4)
    assert stats.cohen_kappa(a=a, b=b) == pytest.approx(cohen_kappa_score(a, b))
    assert stats.cohen_kappa(a=a, b=b) == pytest.approx(cohens_kappa([[20, 5], [10, 15]]).kappa)
    assert stats.cohen_kappa(a=[1, 2, 3, 1], b=[2, 3, 1, 3]) == pytest.approx(
        cohen_kappa_score([1, 2, 3, 1], [2, 3, 1, 3])
    )


def test_raters_who_say_one_thing_only_agree_on_nothing_tested():
    assert stats.cohen_kappa(a=["x"] * 9, b=["x"] * 9) is None
    assert stats.cohen_kappa(a=[], b=[]) is None
    assert stats.cohen_kappa(a=["x"] * 4, b=["y"] * 4) == 0
    assert stats.krippendorff_alpha(ratings=[[1, 1], [1, 1]]) is None
    assert stats.krippendorff_alpha(ratings=[]) is None
    # Nobody rated what another rated.
    assert stats.krippendorff_alpha(ratings=[[1, NONE], [NONE, 2]]) is None
    with pytest.raises(ValueError, match="equally long"):
        stats.cohen_kappa(a=[1], b=[1, 2])
    with pytest.raises(ValueError, match="every item"):
        stats.krippendorff_alpha(ratings=[[1], [1, 2]])


@pytest.mark.parametrize(
    ("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_published_alphas(scale, published):
    assert round(stats.krippendorff_alpha(ratings=OBSERVERS, scale=scale), 3) == published
    gaps = [[np.nan if v is NONE else v for v in row] for row in OBSERVERS]
    assert round(stats.krippendorff_alpha(ratings=gaps, scale=scale), 3) == published


def test_krippendorffs_two_coders():
    # His examples A (0/1 data, 0.095) and B (nominal data, 0.692).
    coders = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert round(stats.krippendorff_alpha(ratings=coders), 3) == 0.095
    words = [list("aabbdcccedda"), list("babbbccceddd")]
    assert round(stats.krippendorff_alpha(ratings=words), 3) == 0.692
    # By hand, four items: 1-1, 1-1, 1-2, 2-2. Values: five 1, three 2; disagreement 2 / 8 pairs,
    # expected 30 / 56: 1 - 0.25 * 56 / 30.
    four = [[1, 1, 1, 2], [1, 1, 2, 2]]
    assert stats.krippendorff_alpha(ratings=four) == pytest.approx(1 - 0.25 * 56 / 30)
    with pytest.raises(ValueError, match="not words"):
        stats.krippendorff_alpha(ratings=words, scale="ordinal")
