"""Which images are shown, in which order, and how."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Box, Clause, Judgement, Key, Measure, Prompt
from evalsuite.report import html
from evalsuite.report.cards import data_uri, flagged_by
from evalsuite.report.gallery import gallery
from evalsuite.report.page import compose
from evalsuite.scorers import clip, geneval

CLIP = {measure.name: measure for measure in clip.MEASURES}


def key(prompt: str, index: int = 0) -> Key:
    return Key("counts", prompt, index)


def places(cards) -> list[str]:
    return [card.place for card in cards]


def asking(*names: str) -> list[Prompt]:
    return [Prompt(name, f"text of {name}", "thing", include=(Clause("cat"),)) for name in names]


def said(scorer: str, prompt: str, **values) -> Judgement:
    return Judgement(scorer, Key("s", prompt, 0), values)


def test_right_comes_before_wrong_and_no_image_twice(tiny):
    shown = gallery(tiny, tiny.prompt_sets[0])
    assert places(shown.best) == ["c2, image 1"]
    assert places(shown.worst) == ["c1, image 0"]
    assert [name for _, name in shown.order] == ["objects.correct", "clip.score"]


def test_among_equals_the_score_that_ranks_images_decides(tiny):
    better = {"correct": 0.0}, {"score": 30.0}
    rows = dict(tiny.judgements)
    for name, values in zip(("objects", "clip"), better, strict=True):
        rows[name, key("c2")] = Judgement(name, key("c2"), values)
        del rows[name, key("c2", 1)]
    shown = gallery(replace(tiny, judgements=rows), tiny.prompt_sets[0])
    assert places(shown.best) == ["c2, image 0"]
    assert places(shown.worst) == ["c1, image 0"]


def test_a_failed_scorer_does_not_make_an_image_the_worst(tiny):
    rows = dict(tiny.judgements)
    rows["clip", key("c1")] = Judgement("clip", key("c1"), failure="out of memory")
    shown = gallery(replace(tiny, judgements=rows), tiny.prompt_sets[0])
    assert places(shown.worst) == ["c2, image 0"]


def test_where_lower_is_better_the_lowest_is_best(run):
    distance = Measure(
        name="mine.far", title="Far", kind="mean", unit="distance", higher_is_better=False
    )
    judged = [said("mine", "p1", far=3.0), said("mine", "p2", far=1.0)]
    report = run(asking("p1", "p2"), judged, [distance])
    shown = gallery(report, report.prompt_sets[0])
    assert places(shown.best) == ["p2, image 0"] and places(shown.worst) == ["p1, image 0"]
    assert shown.order == (("Far", "mine.far"),)


def test_a_measure_that_applies_to_all_prompts_goes_before_one_that_applies_to_some(run):
    some = Measure(name="mine.some", title="Some", applies=("tag:rare",), prominence=90)
    every = Measure(name="mine.every", title="Every", prominence=5)
    prompts = [*asking("p1", "p2"), Prompt("p3", "rare", "rare")]
    judged = [said("mine", "p1", every=1.0), said("mine", "p2", every=0.0)]
    judged.append(said("mine", "p3", every=0.0, some=1.0))
    report = run(prompts, judged, [some, every])
    assert gallery(report, report.prompt_sets[0]).order == (("Every", "mine.every"),)


def test_the_sets_card_names_what_speaks_for_it(run):
    first = Measure(name="mine.first", title="First", prominence=90)
    second = Measure(name="mine.second", title="Second")
    judged = [said("mine", p, first=1.0, second=v) for p, v in (("p1", 0.0), ("p2", 1.0))]
    card = {"headline": "mine.second"}
    report = run(asking("p1", "p2"), judged, [first, second], card=card)
    shown = gallery(report, report.prompt_sets[0])
    assert shown.order == (("Second", "mine.second"),)
    assert places(shown.best) == ["p2, image 0"]


def test_a_measure_without_a_direction_or_without_numbers_orders_nothing(run):
    neutral = Measure(name="mine.drawn", title="Drawn", kind="count", higher_is_better=None)
    label = Measure(name="mine.label", title="Label", kind="label", label="a")
    judged = [said("mine", "p1", drawn=2.0, label="a")]
    report = run(asking("p1"), judged, [neutral, label])
    assert "a measure that orders images" in gallery(report, report.prompt_sets[0]).reason


def test_an_image_without_every_value_is_not_ordered(run):
    right = Measure(name="mine.right", title="Right", prominence=50)
    judged = [said("mine", "p1", right=1.0), said("clip", "p2", score=20.0)]
    report = run(asking("p1", "p2"), judged, [right, CLIP["clip.score"]])
    assert "every measure" in gallery(report, report.prompt_sets[0]).reason


def test_people_are_not_called_best_or_worst(tiny):
    assert gallery(tiny, tiny.prompt_sets[3]).has_people
    assert not gallery(tiny, tiny.prompt_sets[0]).has_people


def test_reasons_for_an_empty_gallery(tiny, empty):
    assert "drawn" in gallery(empty, empty.prompt_sets[0]).reason
    assert "judged" in gallery(replace(tiny, judgements={}), tiny.prompt_sets[0]).reason


def test_geneval_alone_gives_a_gallery_with_boxes(run):
    prompts = [
        Prompt("p1", "a cat", "single_object", include=(Clause("cat"),)),
        Prompt("p2", "two dogs", "counting", include=(Clause("dog", 2),)),
    ]
    judged = [
        Judgement(
            "geneval", Key("s", "p1", 0), {"correct": 1.0}, boxes=(Box("cat", (1, 1, 5, 6), 0.9),)
        ),
        Judgement(
            "geneval", Key("s", "p2", 0), {"correct": 0.0}, summary="expected dog>=2, found 0"
        ),
    ]
    report = run(prompts, judged, geneval.MEASURES)
    shown = gallery(report, report.prompt_sets[0])
    assert shown.order == (("GenEval: images right", "geneval.correct"),)
    (right,), (wrong,) = shown.best, shown.worst
    assert (right.place, wrong.place) == ("p1, image 0", "p2, image 0")
    assert [(box.number, box.label, box.width, box.height) for box in right.boxes] == [
        (1, "cat, 90.0% sure", 4, 5)
    ]
    assert right.alt == "Image drawn for “a cat”. Found by geneval: cat, 90.0% sure."
    # It looks for things in other images, so here it found none.
    assert wrong.alt == "Image drawn for “two dogs”. Found by geneval: nothing."
    assert wrong.statements[0].notes == ("expected dog>=2, found 0",)
    assert shown.has_boxes


def test_boxes_of_the_scorer_that_speaks_for_the_set_come_first_and_say_whose_they_are(run):
    loud = Measure(name="zeta.right", title="Right", prominence=50)
    quiet = Measure(name="alpha.right", title="Right", prominence=10)
    judged = [
        Judgement(
            name, Key("s", "p1", 0), {"right": 1.0}, boxes=(Box(f"{name} box", (0, 0, 2, 2)),)
        )
        for name in ("alpha", "zeta")
    ]
    report = run(asking("p1"), judged, [quiet, loud])
    (card,) = gallery(report, report.prompt_sets[0]).best
    assert [box.label for box in card.boxes] == ["zeta: zeta box", "alpha: alpha box"]
    assert card.alt.endswith("Found by zeta: zeta box. Found by alpha: alpha box.")


def test_without_a_scorer_that_finds_things_nothing_is_said_to_be_found(run):
    report = run(asking("p1"), [said("clip", "p1", score=20.0)], [CLIP["clip.score"]])
    shown = gallery(report, report.prompt_sets[0])
    assert shown.best[0].alt.endswith("No scorer has described it.")
    assert not shown.has_boxes


@pytest.mark.parametrize(
    ("shape", "kind"), [((64, 64, 3), "image/png"), ((600, 900, 3), "image/webp")]
)
def test_small_images_stay_as_they_are_and_large_ones_shrink(shape, kind):
    assert data_uri(np.zeros(shape, np.uint8)).startswith(f"data:{kind};base64,")


@pytest.mark.parametrize(
    ("value", "flagged"),
    [(1.0, "Not for all"), (0.5, "Not for all"), (0.25, ""), (None, ""), ("unsafe", "")],
)
def test_a_flagged_picture_is_blurred_until_a_reader_asks_for_it(tiny, value, flagged):
    unsafe = Measure(name="guard.unsafe", title="Not for all", higher_is_better=None, blur_from=0.5)
    guard = {("guard", key("c1")): Judgement("guard", key("c1"), {"unsafe": value})}
    report = replace(
        tiny,
        judgements=tiny.judgements | guard,
        measures=tiny.measures | {unsafe.name: unsafe},
    )
    shown = gallery(report, report.prompt_sets[0])
    assert [card.flagged for card in shown.worst] == [flagged]
    assert {card.flagged for card in shown.best} == {""}
    page = html.render(compose(report))
    assert page.count('<input class="reveal"') == (2 if flagged else 0), "with its set, and above"
    if flagged:
        veil = page.index('<input class="reveal"')
        assert page.index('<div class="picture">', veil) - veil < 300, "beside its picture"
        assert "blurred for “<bdi>Not for all</bdi>”" in page
    css = " ".join(page.split())
    assert ".reveal:not(:checked) ~ .picture img { filter: blur(2rem); }" in css


def test_a_picture_of_which_a_safety_scorer_says_nothing_is_shown():
    unsafe = Measure(name="guard.unsafe", title="Not for all", blur_from=1.0)
    failed = Judgement("guard", key("c1"), failure="broke")
    assert flagged_by([unsafe], {("guard", key("c1")): failed}, key("c1")) == ""
    assert flagged_by([unsafe], {}, key("c1")) == ""
