import numpy as np
import pytest

from evalsuite import stats

NURSE_AND_SEVEN_MORE = np.repeat(range(8), 5)
BEST = "8 families of prompts are few: a share of 100 % would be known as 59 to 100 % at best"


@pytest.mark.parametrize(
    ("clusters", "scores", "says"),
    [
        ([], "share", "one family of prompts says nothing about others"),
        (["nurse"] * 4, "share", "one family of prompts says nothing about others"),
        (range(4), "bounded", "4 families of prompts are too few for a mean"),
        (range(5), "unbounded", "5 families of prompts are too few for scores without bounds"),
        (range(11), "unbounded", ""),
        (range(11), "share", ""),
        # 8 / (8 + t^2), t = 2.365 with 7 degrees of freedom, is 0.5886.
        (NURSE_AND_SEVEN_MORE, "share", BEST),
    ],
)
def test_what_no_number_of_images_can_say(clusters, scores, says):
    assert stats.limit_of(clusters=clusters, scores=scores) == says


@pytest.mark.parametrize("scores", ["bounded", "unbounded"])
def test_it_is_what_the_intervals_say(scores):
    for count in range(2, 14):
        clusters = np.repeat(range(count), 50)
        values = np.random.default_rng(count).random(clusters.size)
        bounds = (0.0, 1.0) if scores == "bounded" else None
        found = stats.mean(values=values, clusters=clusters, bounds=bounds)
        is_limited = bool(stats.limit_of(clusters=clusters, scores=scores))
        is_conservative = found.low is None or "conservative" in found.method
        # Between 11 and 19 unbounded scores are conservative, but more images do not matter there.
        assert is_limited == is_conservative or (scores == "unbounded" and count > 10)
