"""Labels beside the judge: weights, what raters say together, agreement, all by hand."""

import pytest

from evalsuite.labels.agreement import agreement
from evalsuite.labels.asked import Asked
from evalsuite.labels.frame import Cell
from evalsuite.labels.labelled import GONE, OTHER, OUTSIDE, UNASKED, agreed, labelled
from evalsuite.labels.rows import Label, Told
from evalsuite.records import Key, Prompt

LABEL = Asked(name="x.label", form="label", options=("woman", "man"), title="Label", applies=((),))
TONE = Asked(name="x.tone", form="tone", options=("1", "2", "3"), title="Tone", applies=((),))
RIGHT = Asked(name="x.right", form="verdict", options=("1", "0"), title="Right", applies=((),))
SCORE = Asked(name="x.score", form="score", options=(), title="Score", applies=((),))


def cell(number, judge, stratum=None):
    key = Key("s", f"p{number}", 0)
    return Cell(key=key, image=f"{number:064x}", prompt=Prompt(f"p{number}", "t", "t"),
                family=f"f{number}", judge=judge, is_judged=True,
                stratum=stratum or f"s: {judge}")  # fmt: skip


def label(number, answer, rater="ann", asked=LABEL, **more):
    state = "cannot tell" if answer is None else "told"
    values = {"image": f"{number:064x}", "stratum": "s", "drawn": 1, "size": 1, "sample": 1, **more}
    return Label(key=Key("s", f"p{number}", 0), asked=asked.name, rater=rater, state=state,
                 answer=answer, **values)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "ratings", "together"),
    [
        (LABEL, ["woman", "woman", "man"], ("woman", False)),
        (LABEL, ["woman", "man"], (None, True)),
        (LABEL, ["woman", None], (None, False)),
        (LABEL, ["woman", "woman", None], ("woman", False)),
        (LABEL, ["woman", "man", None], (None, True)),
        (LABEL, [None], (None, False)),
        (TONE, ["2", "3"], ("2", False)),
        (TONE, ["1", "3", "3"], ("3", False)),
        (SCORE, [25.0, 100.0, None], (62.5, False)),
        (RIGHT, [1.0, 1.0], (1.0, False)),
    ],
)
def test_what_raters_say_together(asked, ratings, together):
    assert agreed(asked, ratings) == together


def test_each_labelled_image_stands_for_its_part_of_its_stratum():
    # Six images the judge calls woman, of which two are labelled; two man, one; one abstention.
    cells = [cell(n, "woman") for n in range(6)] + [cell(6, "man"), cell(7, "man"), cell(8, None)]
    found = labelled(LABEL, cells, Told([label(0, "woman"), label(3, None), label(7, "man")]))

    assert {item.cell.key.prompt_id: item.weight for item in found.items} == {
        "p0": 3.0, "p3": 3.0, "p7": 2.0,
    }  # fmt: skip
    assert found.uncovered == {"s: None": 1}


def test_labels_that_count_for_nothing_are_counted_by_reason():
    cells = [cell(0, "woman"), cell(1, "man")]
    told = Told(
        [
            label(0, "woman"),
            label(1, "man", image="f" * 64),
            label(1, "man", "bob", drawn=0),
            label(0, "child", "cid"),
            label(5, "man"),
        ]
    )
    found = labelled(LABEL, cells, told)

    assert [item.cell.key.prompt_id for item in found.items] == ["p0"]
    assert found.left_out == {GONE: 1, OUTSIDE: 1, OTHER: 1, UNASKED: 1}


def test_agreement_is_weighted_by_the_sampling():
    # The judge says woman of 8 images (2 labelled: one of them is a man to people) and man of 2
    # (both labelled and right): people agree on (4 + 2) / 10. Of those that people call a man the
    # judge is right on 2 of 4 + 2.
    cells = [cell(n, "woman") for n in range(8)] + [cell(8, "man"), cell(9, "man")]
    told = Told([label(0, "woman"), label(1, "man"), label(8, "man"), label(9, "man")])
    found = agreement(labelled(LABEL, cells, told), seed=1)

    assert found.same.value == pytest.approx(0.6)
    assert found.recalls["woman"].value == 1.0
    assert found.recalls["man"].value == pytest.approx(1 / 3)
    assert found.matrix == {
        "woman": {"woman": 1, "man": 0},
        "man": {"woman": 1, "man": 2},
        "cannot tell": {"woman": 0, "man": 0},
    }
    assert found.shares["man"] == pytest.approx({"woman": 2 / 3, "man": 1 / 3})
    assert (found.images, found.labelled, found.pairs, found.alpha) == (10, 4, 0, None)


def test_what_cannot_be_told_is_a_row_and_so_is_what_the_judge_left_open():
    cells = [cell(0, None), cell(1, "man"), cell(2, "woman")]
    told = Told([label(0, "woman"), label(1, None), label(2, "man"), label(2, "woman", "bob")])
    found = agreement(labelled(LABEL, cells, told), seed=1)

    assert found.matrix["cannot tell"] == {"woman": 0, "man": 1, "abstained": 0}
    assert found.matrix["raters differ"] == {"woman": 1, "man": 0, "abstained": 0}
    assert found.matrix["woman"]["abstained"] == 1
    assert found.cannot_tell.value == pytest.approx(2 / 3)
    assert [(r.rater, r.told, r.cannot_tell) for r in found.raters] == [
        ("ann", 2, 1),
        ("bob", 1, 0),
    ]


def test_a_verdict_has_sensitivity_and_specificity():
    cells = [cell(n, float(n % 2)) for n in range(8)]
    told = Told([label(n, float(n != 0 and n % 2), asked=RIGHT) for n in range(7)]
                + [label(7, 0.0, asked=RIGHT)])  # fmt: skip
    found = agreement(labelled(RIGHT, cells, told), seed=1)

    assert list(found.recalls) == ["yes", "no"]
    assert found.recalls["yes"].value == 1.0
    assert found.recalls["no"].value == pytest.approx(4 / 5)


def test_alpha_among_raters_is_ordinal_for_tones():
    from evalsuite import stats

    cells = [cell(n, "1") for n in range(4)]
    first, second = ["1", "2", "3", "1"], ["1", "3", "3", "2"]
    told = Told([label(n, v, r, TONE) for r, own in (("ann", first), ("bob", second))
                 for n, v in enumerate(own)])  # fmt: skip
    found = agreement(labelled(TONE, cells, told), seed=1)

    numbers = [[float(v) for v in own] for own in (first, second)]
    assert found.alpha_scale == "ordinal" and found.pairs == 4
    assert found.alpha == stats.krippendorff_alpha(ratings=numbers, scale="ordinal")
    assert found.alpha > stats.krippendorff_alpha(ratings=[first, second], scale="nominal")


def test_scores_are_correlated_and_have_no_matrix():
    cells = [cell(n, n / 10, "s: all") for n in range(20)]
    told = Told([label(n, 25.0 * (n // 5), asked=SCORE) for n in range(20)])
    found = agreement(labelled(SCORE, cells, told), seed=1)

    assert found.matrix == {} and found.same is None
    assert found.spearman.value == pytest.approx(0.97, abs=0.01)
    assert found.spearman.low > 0.9


def test_nothing_labelled_is_nothing_measured():
    found = agreement(labelled(LABEL, [cell(0, "man")], Told([])), seed=1)

    assert found.labelled == 0 and found.same.value is None and found.alpha is None
    assert found.uncovered == 1
