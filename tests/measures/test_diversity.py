import numpy as np
import pytest

from evalsuite.measures import DIVERSITY, diversity
from evalsuite.records import Estimate, Key, Prompt, PromptSet, Sample

PROMPTS = tuple(
    Prompt(name, name, "counting", groups={"count": count})
    for name, count in (("same", "1"), ("apart", "1"), ("lost", "2"), ("few", "2"))
)
SET = PromptSet(name="set", version="1", digest="d", dialect="everyday", prompts=PROMPTS)
PLANNED = [Key("set", prompt.id, index) for prompt in PROMPTS for index in range(2)]
IMAGES = {key: "".join(map(str, key)) for key in PLANNED}
VECTORS = {
    "setsame0": np.array([3.0, 4.0]),
    "setsame1": np.array([0.6, 0.8]),
    "setapart0": np.array([1.0, 0.0]),
    "setapart1": np.array([0.0, 1.0]),
    "setlost0": np.array([1.0, 0.0]),
    "setfew0": np.array([1.0, 0.0]),
}


def samples() -> dict[Key, Sample]:
    found = {key: Sample(key, 1, "ok", image=IMAGES[key]) for key in PLANNED}
    refused = Key("set", "few", 1)
    found[refused] = Sample(refused, 1, "refused", reason="policy")
    return found


def rows(planned: list[Key] = PLANNED) -> dict[tuple[str, str], object]:
    found = diversity([SET], samples(), planned, VECTORS)
    return {(row.measure, row.group.get("count", "")): row for row in found}


def test_prompts_are_averaged_and_what_has_no_number_is_counted() -> None:
    vendi, similarity = rows()["diversity.vendi", ""], rows()["diversity.similarity", ""]
    assert vendi.group == {"images per prompt": "2"} and similarity.group == {}
    assert vendi.value == pytest.approx((1 + 2) / 2)
    assert similarity.value == pytest.approx((1 + 0) / 2)
    for row in (vendi, similarity):
        assert (row.n, row.prompts) == (2, 2)
        assert row.missing == {"features lost": 1, "fewer than two images": 1}


def test_groups_have_their_own_rows_and_nothing_measured_is_no_zero() -> None:
    found = rows()
    assert found["diversity.vendi", "1"].value == pytest.approx(1.5)
    empty = found["diversity.vendi", "2"]
    assert (empty.value, empty.low, empty.n) == (None, None, 0)
    assert sum(empty.missing.values()) == 2


def test_one_image_a_prompt_raises_no_question() -> None:
    assert rows([key for key in PLANNED if key.index == 0]) == {}


def test_intervals_stay_within_what_is_possible() -> None:
    prompts = tuple(Prompt(str(n), "x", "other") for n in range(30))
    planned = [Key("set", prompt.id, index) for prompt in prompts for index in range(3)]
    drawn = {key: Sample(key, 1, "ok", image="".join(map(str, key))) for key in planned}
    rng = np.random.default_rng(0)
    vectors = {s.image: rng.normal(size=64) for s in drawn.values()}
    found = diversity(
        [PromptSet(name="set", version="1", digest="d", dialect="everyday", prompts=prompts)],
        drawn,
        planned,
        vectors,
    )
    # Of three images two are taken: the next power of two is more than were planned.
    (vendi,) = [row for row in found if row.measure == "diversity.vendi"]
    assert vendi.group == {"images per prompt": "2"}
    assert 1 < vendi.low < vendi.value < vendi.high <= 2


def eight(refused: int) -> dict[str, Estimate]:
    """Forty prompts of eight images, of each of which the first few are refused."""
    prompts = tuple(Prompt(str(n), "x", "other") for n in range(40))
    planned = [Key("set", prompt.id, index) for prompt in prompts for index in range(8)]
    rng = np.random.default_rng(3)
    vectors = {"".join(map(str, key)): rng.normal(size=16) for key in planned}
    drawn = {
        key: Sample(key, 1, "refused", reason="policy")
        if key.index < refused
        else Sample(key, 1, "ok", image="".join(map(str, key)))
        for key in planned
    }
    whole = PromptSet(name="set", version="1", digest="d", dialect="everyday", prompts=prompts)
    found = diversity([whole], drawn, planned, vectors)
    return {
        row.group["images per prompt"]: row for row in found if row.measure == "diversity.vendi"
    }


def test_a_refusal_does_not_lower_diversity() -> None:
    before, after = eight(refused=0), eight(refused=3)
    assert list(before) == list(after) == ["2", "4", "8"]
    for k in ("2", "4"):
        assert before[k].low < after[k].value < before[k].high
    assert (after["8"].value, after["8"].missing) == (None, {"fewer than 8 images": 40})


def test_its_measures_are_described() -> None:
    assert [measure.name for measure in DIVERSITY] == ["diversity.vendi", "diversity.similarity"]
    assert all(measure.kind == "mean" and measure.cannot_show for measure in DIVERSITY)
