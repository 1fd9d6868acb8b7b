import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.records import Key, Keys, Places, Sample
from evalsuite.runs.packed import Joined
from evalsuite.runs.sample_rows import SampleRows, Samples, to_row

KEY, LATER = Key("counts", "c-1", 0), Key("counts", "c-2", 1)
IMAGE = "0f" * 32
GOOD = Sample(KEY, 2**64 - 1, "ok", image=IMAGE)
BAD = Sample(LATER, 0, "blocked", reason="said no")


def columns(*rows):
    held = SampleRows()
    for row in rows:
        held.add(row)
    return held


def test_a_sample_is_written_with_its_key_and_without_secrets():
    assert to_row(GOOD) == {
        "prompt_set": "counts",
        "prompt_id": "c-1",
        "index": 0,
        "seed": 18446744073709551615,
        "status": "ok",
        "image": IMAGE,
        "reason": None,
    }
    assert "hf_a" not in to_row(Sample(KEY, 1, "failed", reason="hf_" + "a" * 34))["reason"]


def test_samples_come_back_from_columns():
    held = columns(to_row(GOOD), to_row(BAD))
    assert [held.sample(0, GOOD.key), held.sample(1, BAD.key), len(held)] == [GOOD, BAD, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": 2**64},
        {"seed": "one"},
        {"status": "fine"},
        {"status": "failed"},
        {"image": None},
        {"image": ""},
        {"image": "A" * 64},
        {"image": "../x", "status": "failed"},
        {"index": None},
        {"index": -1},
        {"index": 2**32},
        {"reason": ["why"]},
        {"reason": "why", "facts": 1},
    ],
)
def test_a_row_that_is_no_sample_leaves_nothing_behind(change):
    held = columns(to_row(GOOD))
    with pytest.raises((KeyError, TypeError, ValueError)):
        held.add({**to_row(GOOD), **change})
    held.add(to_row(GOOD))
    held.add(to_row(BAD))
    assert (held.sample(1, KEY), held.sample(2, BAD.key), len(held)) == (GOOD, BAD, 3)


@given(
    st.sampled_from([*to_row(GOOD), "facts"]),
    st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2),
)
def test_whatever_stands_in_a_row_is_refused_or_a_sample(key, value):
    held = SampleRows()
    try:
        held.add({**to_row(GOOD), key: value})
    except (KeyError, TypeError, ValueError):
        assert len(held) == 0
        return
    (key,) = held.keys
    assert to_row(held.sample(0, key)).keys() >= to_row(GOOD).keys()


def test_samples_are_mapped_by_key_in_the_order_asked_for():
    held = columns(to_row(GOOD), to_row(BAD))
    samples = Samples(Joined([held]), Places.among(held.keys))
    gone = Key("counts", "c-1", 9)

    assert {**samples} == {KEY: GOOD, LATER: BAD}
    assert (samples.image(KEY), samples.image(LATER), samples.image(gone)) == (IMAGE, None, None)
    assert KEY in samples and gone not in samples
    assert (samples.get(LATER), samples.get(gone)) == (BAD, None)
    assert [*samples.of(Keys.of([LATER, gone, KEY]))] == [LATER, KEY]
    assert [*samples.of(Keys.of([KEY, LATER]))] == [KEY, LATER]
    assert [*samples.of(Keys.of([LATER, gone, KEY])).items()] == [(LATER, BAD), (KEY, GOOD)]
    assert [*samples.values()] == [samples[key] for key in samples]
    assert len(samples.of(Keys.of([LATER]))) == 1 and len(samples) == 2


@pytest.mark.parametrize("cost", [-0.01, float("inf"), float("nan"), True, "1", None])
def test_a_cost_that_is_no_amount_is_no_row(cost):
    with pytest.raises(ValueError, match="not facts"):
        columns({**to_row(GOOD), "facts": {"cost_usd": cost}})


def test_costs_are_summed_over_the_rows_that_say_one():
    assert columns(to_row(GOOD)).cost is None
    assert columns({**to_row(GOOD), "facts": {"server": "x"}}).cost is None
    paid = [{**to_row(row), "facts": {"cost_usd": 0.1}} for row in (GOOD, BAD)]
    free = {**to_row(BAD), "facts": {"cost_usd": 0}}
    assert columns(*paid, free, to_row(GOOD)).cost == 0.2


def test_a_row_takes_the_bytes_of_its_columns():
    rows = [
        to_row(Sample(Key("counts", f"c-{n // 20}", n % 20), n, "ok", image=f"{n:064x}"))
        for n in range(2_000)
    ]
    held = SampleRows()
    tracemalloc.start()
    for row in rows:
        held.add(row)
    samples = Samples(Joined([held]), Places.among(held.keys))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert samples.image(Key("counts", "c-3", 7)) == f"{67:064x}"
    assert taken < 80 * len(rows)  # with an object for each key and maps of keys 250
