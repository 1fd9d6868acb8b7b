"""benchmarks/stored.py: what is stored is read instead of computed, and says the same."""

import numpy as np
import pytest

from benchmarks import stored
from evalsuite.encoders import answers


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(stored, "SIDE", 64)


def kind(now):
    """Counts how often the pixels are looked at, and keeps their mean."""
    looks = []

    def ask(seen):
        for picture in seen:
            if not answers.are_known(picture, "k", ["mean"]):
                looks.append(picture.sha256)
                answers.keep(picture, "k", {"mean": float(picture.pixels.mean())})
        return [now(answers.recall(picture, "k")["mean"], picture) for picture in seen]

    return stored.Kind("means", 2, "k", ask, ask), looks


def test_only_the_first_way_looks():
    means, looks = kind(lambda mean, picture: mean)
    anew, kept = stored.compared(stored.pictures(2), means, rounds=3)
    assert len(anew) == len(kept) == 3
    assert len(looks) == 2 + 3 * 2
    text = stored.page([(means, [[2.0, 4.0, 3.0], [0.02, 0.05, 0.05]])])
    assert "| means | 1500.0 | 25.00 | 80 (60 to 100) | 50: met |" in text


def test_another_answer_ends_the_comparison():
    other, _ = kind(lambda mean, picture: mean + ("k" in picture.features) * np.random.random())
    with pytest.raises(AssertionError, match="means: results differ"):
        stored.compared(stored.pictures(2), other, rounds=1)
