"""Audits whose truth is people's labels of a run's own images."""

from dataclasses import replace

import pytest

from evalsuite.audits.from_labels import audited_labels
from evalsuite.audits.known import CLEAN, OWN
from evalsuite.audits.match import judged
from evalsuite.audits.record import Audited
from evalsuite.audits.stored import Found
from evalsuite.labels.asked import Asked
from evalsuite.labels.frame import Cell
from evalsuite.labels.labelled import Item, Labelled
from evalsuite.records import Interval, Key, Measure, Prompt

LABEL = Asked(name="x.label", form="label", options=("woman", "man"), title="L", applies=((),))
RIGHT = Asked(name="x.right", form="verdict", options=("1", "0"), title="R", applies=((),))
SCORE = Asked(name="x.level", form="score", options=(), title="S", applies=((),))


def labelled(asked, rows, tag="t"):
    """Rows of (judge, people, images of that answer that are labelled, all images of the answer).

    Images that nobody labelled are of the judge's answer alone.
    """
    cells, items, number = [], [], 0
    sizes, counts = {}, {}
    for judge, _, some, _ in rows:
        counts[judge] = counts.get(judge, 0) + some
    for judge, people, some, size in rows:
        sizes[judge] = size
        for _ in range(some):
            cells.append(cell(number, judge, tag))
            items.append((cells[-1], people, judge))
            number += 1
    for judge, size in sizes.items():
        for _ in range(size - counts[judge]):
            cells.append(cell(number, judge, tag))
            number += 1
    made = [Item(cell=c, weight=sizes[j] / counts[j], people=p, ratings={"ann": p})
            for c, p, j in items]  # fmt: skip
    return Labelled(asked=asked, cells=cells, items=made)


def cell(number, judge, tag):
    prompt = Prompt(f"p{number}", "a text", tag)
    return Cell(key=Key("s", prompt.id, 0), image="0" * 64, prompt=prompt, family=prompt.id,
                judge=judge, is_judged=True, stratum=f"s: {judge}")  # fmt: skip


# The judge says woman of 80 images and man of 20; twenty of each are labelled, and of the twenty
# it calls men five are women to people: 80 + 5 women in all, of which it finds 80.
SKEWED = [("woman", "woman", 20, 80), ("man", "woman", 5, 20), ("man", "man", 15, 20)]


def test_recalls_are_weighted_by_how_many_images_each_answer_has():
    row = audited_labels({"x.label": labelled(LABEL, SKEWED)}, (), "run")[0]

    assert row.recalls["woman"].value == pytest.approx(80 / 85)  # unweighted it would be 20 of 25
    assert row.recalls["man"].value == 1.0
    assert row.accuracy == pytest.approx((80 / 85 + 1) / 2)
    assert (row.kind, row.weights, row.form) == (OWN, "run", "label")
    assert (row.images, row.chance) == (40, 0.5)
    assert row.low < row.accuracy < row.high
    assert row.verdict == "evidence"


def test_the_confusion_has_each_truths_weighted_shares_in_effective_images():
    row = audited_labels({"x.label": labelled(LABEL, SKEWED)}, (), "run")[0]

    # Weights 4 and 1: (80 + 5)^2 / (20 * 16 + 5) = 22.2 images, 21 of them right.
    assert row.confusion["woman"] == {"woman": 21, "man": 1}
    assert row.confusion["man"] == {"man": 15}


def test_what_people_cannot_tell_is_no_truth_and_an_abstention_is_counted():
    rows = [*SKEWED, (None, "woman", 4, 8), ("woman", None, 0, 80)]
    row = audited_labels({"x.label": labelled(LABEL, rows)}, (), "run")[0]

    assert row.abstained == 4
    assert row.confusion["woman"]["no answer"] >= 1
    assert row.n == 40


def test_a_verdict_has_both_sides_and_a_judge_that_guesses_is_no_evidence():
    coin = [(1.0, 1.0, 10, 40), (1.0, 0.0, 10, 40), (0.0, 1.0, 10, 40), (0.0, 0.0, 10, 40)]
    row = audited_labels({"x.right": labelled(RIGHT, coin)}, (), "run")[0]

    assert row.form == "verdict"
    assert row.sensitivity.value == row.specificity.value == pytest.approx(0.5)
    assert row.p == 1.0 and row.verdict == "not evidence"


def test_three_lucky_answers_are_no_evidence():
    lucky = [("woman", "woman", 2, 2), ("man", "man", 1, 1)]
    row = audited_labels({"x.label": labelled(LABEL, lucky)}, (), "run")[0]

    assert row.accuracy == 1.0
    assert row.verdict == "undecided"


def test_one_truth_alone_tells_no_skill_and_a_score_has_no_row():
    one = audited_labels({"x.label": labelled(LABEL, [("woman", "woman", 40, 80)])}, (), "run")

    assert (one[0].chance, one[0].verdict) == (None, "unknown")
    assert audited_labels({"x.level": labelled(SCORE, [(0.5, 75.0, 9, 9)])}, (), "run") == []


def test_rows_are_by_tag_and_the_bar_is_the_measures_own():
    both = labelled(LABEL, SKEWED), labelled(LABEL, SKEWED, "other")
    merged = replace(both[0], cells=[*both[0].cells, *both[1].cells],
                     items=[*both[0].items, *both[1].items])  # fmt: skip
    strict = Measure(name="x.woman", title="W", kind="label", field="label", useful=0.9)
    rows = audited_labels({"x.label": merged}, [strict], "run")

    assert [row.tag for row in rows] == ["t", "other"]
    assert {row.bar for row in rows} == {0.9}


def audited(kind, n=60, tag="t", chance=0.5, field="label", **more):
    return Audited(interval=Interval(0.9, 0.8, 0.95, n, n), chance=chance, scorer="x", field=field,
                   form="label", tag=tag, kind=kind, **more)  # fmt: skip


@pytest.mark.parametrize(
    ("own", "left"),
    [
        (audited(OWN), [OWN]),
        (audited(OWN, n=19), [CLEAN]),
        (audited(OWN, chance=None), [CLEAN]),
        (audited(OWN, tag="other"), [CLEAN, OWN]),
        (audited(OWN, field="tone"), [CLEAN, OWN]),
    ],
)
def test_the_runs_own_images_take_the_place_of_other_audits_of_that_question(own, left):
    found = judged(Found([audited(CLEAN), own]), {"weights": {}})
    assert [row.kind for row in found.audited] == left


def test_they_do_so_for_a_model_whose_autoencoder_was_audited_too():
    through = audited("autoencoded renders (m)", weights="abc")
    found = judged(Found([through, audited(CLEAN), audited(OWN)]), {"weights": {"vae": "abc"}})
    assert [row.kind for row in found.audited] == [OWN]
