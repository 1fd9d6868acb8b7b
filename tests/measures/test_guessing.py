"""What guessing gives over prompts with different numbers of options, worked out by hand."""

import pytest

from evalsuite import measures
from evalsuite.measures import guessing
from evalsuite.measures.reading import Reading
from evalsuite.plugins.find import own_measures
from evalsuite.records import Choice, Judgement, Key, Measure, Prompt, PromptSet, Sample

REGION = ["clip.region", "clip.region_unknown"]


def reading(prompt: str, chance: float | None, value: float | None = 1.0) -> Reading:
    return Reading(value=value, reason="", cluster="family", chance=chance, prompt=prompt)


def estimates_of(prompt_set: PromptSet, judged: list[Judgement], known: list[Measure]):
    keys = [judgement.key for judgement in judged]
    rows = measures.estimate(
        [prompt_set],
        {key: Sample(key, 1, "ok", image="0") for key in keys},
        {(judgement.scorer, judgement.key): judgement for judgement in judged},
        keys,
        known,
    )
    return {(row.measure, *row.group.values()): row for row in rows}


def choice_of(key: Key, options: int) -> Judgement:
    names = tuple("abcd"[:options])
    choice = Choice(names, (1 / options,) * options, "a")
    return Judgement("mine", key, {"right": 1.0}, choices={"right": choice})


def prompt_set(*prompts: Prompt) -> PromptSet:
    return PromptSet(name="s", version="1", digest="d", dialect="everyday", prompts=prompts)


def test_each_image_counts_by_its_own_options():
    # Three images of a prompt with two options and one of a prompt with four.
    mixed = prompt_set(Prompt("two", "x", "p"), Prompt("four", "y", "q"))
    judged = [choice_of(Key("s", "two", index), 2) for index in range(3)]
    judged.append(choice_of(Key("s", "four", 0), 4))
    known = [
        Measure(name="mine.right", title="Right"),
        Measure(name="mine.any", title="Any", field="right", kind="prompts"),
        Measure(name="mine.two", title="Two", field="right", kind="prompts", least=2),
        Measure(name="mine.tags", title="Tags", field="right", kind="mean of tags"),
    ]
    rows = estimates_of(mixed, judged, known)
    assert rows["mine.right",].null == pytest.approx((3 / 2 + 1 / 4) / 4)
    # Any of three at a half: 7/8. Two of three: 1/2; a prompt with one image cannot have two.
    assert rows["mine.any",].null == pytest.approx((7 / 8 + 1 / 4) / 2)
    assert rows["mine.two",].null == pytest.approx(1 / 2)
    # Each tag counts the same, however many images it has.
    assert rows["mine.tags",].null == pytest.approx((1 / 2 + 1 / 4) / 2)


def test_a_prompt_whose_images_have_different_options():
    # Right on both with 1/2 * 1/4; on at least one with 1 - 1/2 * 3/4.
    images = [reading("p", 1 / 2), reading("p", 1 / 4)]
    both, either = (Measure(name="m.x", title="x", kind="prompts", least=least) for least in (2, 1))
    assert guessing.of_prompts(both, images) == pytest.approx(1 / 8)
    assert guessing.of_prompts(either, images) == pytest.approx(5 / 8)


def test_no_mean_over_some_of_the_images():
    images = [reading("p", 1 / 2), reading("q", None)]
    measure = Measure(name="m.x", title="x")
    assert guessing.of_images(measure, images) is None
    assert guessing.of_prompts(measure, images) is None
    assert guessing.of_images(measure, []) is None


def test_a_suggested_region_is_one_of_sixteen_and_an_abstention_has_no_chance():
    wedding = Prompt("w", "a wedding", "culture", groups={"occasion": "wedding", "region": "none"})
    judged = [
        Judgement("clip", Key("s", "w", index), {"region": place}, reasons={"region": "unknown"})
        for index, place in enumerate(["India", "India", "Japan", None])
    ]
    known = [measure for measure in own_measures() if measure.name in REGION]
    rows = estimates_of(prompt_set(wedding), judged, known)
    assert rows["clip.region", "India"].value == pytest.approx(2 / 3)
    assert [rows["clip.region", place].null for place in ("India", "Japan")] == [1 / 16] * 2
    assert rows["clip.region_unknown",].value == pytest.approx(1 / 4)
    assert rows["clip.region_unknown",].null is None


def test_where_no_region_was_suggested_there_is_no_null():
    wedding = Prompt("w", "a wedding", "culture", groups={"occasion": "wedding", "region": "none"})
    judged = [Judgement("clip", Key("s", "w", 0), {"region": None}, reasons={"region": "unknown"})]
    known = [measure for measure in own_measures() if measure.name in REGION]
    row = estimates_of(prompt_set(wedding), judged, known)["clip.region", "none"]
    assert (row.value, row.null, row.n) == (None, None, 0)
