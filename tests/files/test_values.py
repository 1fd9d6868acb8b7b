import math

from evalsuite.files.values import as_key, differing, natural, rounded


def test_floats_have_six_significant_digits():
    value = {"a": 0.12345678, "b": [1234567.8, (1e-9 / 3,)], "n": 1234567, "t": "0.12345678"}

    assert rounded(value) == {
        "a": 0.123457,
        "b": [1234570.0, [3.33333e-10]],
        "n": 1234567,
        "t": "0.12345678",
    }
    assert math.copysign(1, rounded(-0.0)) == 1
    assert rounded(True) is True and rounded(None) is None


def test_keys_that_differ():
    assert differing({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": 4}) == ["b", "c", "d"]
    assert differing({"a": 1, "b": 2}, {"b": 3}, but=["b"]) == ["a"]
    assert differing({"a": [1]}, {"a": [1]}) == []


def test_a_group_is_one_key_whatever_its_order():
    assert as_key({"b": "2", "a": "1"}) == (("a", "1"), ("b", "2"))
    assert as_key({"a": "1", "b": "2"}) == as_key({"b": "2", "a": "1"})
    assert as_key({}) == ()


def test_natural_order():
    words = ["10", "b", "2", "a10", "a", "a2", "²", "1b"]

    assert sorted(words, key=natural) == ["1b", "2", "10", "a", "a2", "a10", "b", "²"]
    assert sorted(["9" * 5000, "1"], key=natural)[0] == "1"
