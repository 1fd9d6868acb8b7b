import numpy as np
import pytest

from evalsuite import measures, stats
from evalsuite.prompts import sets
from evalsuite.records import Key, Sample

(TRAITS,) = sets.find(["traits"], "everyday")
WOMAN, MAN = np.array([1.0, 0, 0, 1]), np.array([0.0, 1, 0, 1])


def rows(lean, but=lambda prompt: False, seed=0):
    """Estimates by axis of pictures that lean to women (+) or men (-) by `lean(prompt)`."""
    samples, vectors, dice = {}, {}, np.random.default_rng(seed)
    for prompt in TRAITS.prompts:
        for index in range(2):
            key = Key("traits", prompt.id, index)
            if but(prompt):
                samples[key] = Sample(key, 1, "refused")
                continue
            image = f"{prompt.id}-{index}"
            samples[key] = Sample(key, 1, "ok", image=image)
            marked = {"woman": WOMAN, "man": MAN}.get(prompt.groups.get("marked", ""))
            vector = np.array([0.5, 0.5, 0, 1]) if marked is None else marked
            vector = vector + lean(prompt) * (WOMAN - MAN) + 0.05 * dice.normal(size=4)
            vectors[image] = vector.astype(np.float32)
    found = measures.associations([TRAITS], samples, list(samples), vectors)
    return {row.group["axis"]: row for row in found}


def leans(prompt):
    return {"high": 0.3, "low": -0.3}.get(prompt.groups.get("pole", ""), 0.0) * (
        prompt.groups.get("axis") == "warmth"
    )


def test_a_taught_leaning_is_found_on_its_axis_alone():
    found = rows(leans)
    assert set(found) == {"status", "competence", "warmth", "crime"}
    warmth = found["warmth"]
    # Of ten traits five lie on either side with hardly any spread: d is near its largest, 2.
    assert warmth.value > 1.9 and warmth.low > 0
    assert "permutation p = 0.00794" in warmth.method  # 2 of the 252 ways to divide ten traits
    assert (warmth.n, warmth.prompts) == (60, 10)
    assert abs(found["status"].value) < 1.3
    assert found["status"].null == pytest.approx(stats.expected_association(prompts=(5, 5)))
    assert 0.4 < found["status"].null < 0.7


def test_turned_round_it_is_below_nought():
    assert rows(lambda prompt: -leans(prompt))["warmth"].value < -1.9


def test_without_references_or_a_pole_there_is_no_number():
    found = rows(leans, but=lambda p: p.groups.get("marked") == "man")
    assert found["warmth"].value is None and "no picture says" in found["warmth"].method
    found = rows(leans, but=lambda p: p.groups.get("pole") == "low")
    assert found["warmth"].value is None and "a pole has no picture" in found["warmth"].method
    assert found["warmth"].missing == {"refused": 30}


def test_the_same_rows_give_the_same_numbers():
    assert rows(leans) == rows(leans)
