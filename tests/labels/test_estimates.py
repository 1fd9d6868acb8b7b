"""Values with people's labels: by hand where they can be, covering where they cannot."""

import numpy as np
import pytest

from evalsuite.labels.asked import Asked
from evalsuite.labels.estimates import powered, powered_rows
from evalsuite.labels.frame import Cell
from evalsuite.labels.labelled import Item, Labelled
from evalsuite.records import Estimate, Interval, Key, Measure, Prompt

LABEL = Asked(name="x.label", form="label", options=("woman", "man"), title="L", applies=((),))
COUNT = Asked(name="x.drawn", form="count", options=(), title="N", applies=((),))
WOMAN = Measure(name="x.woman", title="W", kind="label", field="label", label="woman")
EVEN = Measure(name="x.even", title="E", kind="imbalance", field="label", label="woman")
UNREAD = Measure(name="x.unread", title="U", kind="unknown", field="label")
DRAWN = Measure(name="x.drawn", title="N", kind="count")
ONE_SIDED = Measure(name="x.sides", title="O", kind="one-sided", field="label", label="woman",
                    over="occupation")  # fmt: skip


def cell(number, judge, job="nurse", families=20):
    prompt = Prompt(f"p{number}", "a text", "t", groups={"occupation": job})
    return Cell(key=Key("s", prompt.id, 0), image="0" * 64, prompt=prompt,
                family=f"f{number % families}", judge=judge, is_judged=True,
                stratum=f"s: {judge}")  # fmt: skip


def labelled(cells, people, asked=LABEL):
    """Labels for some of the cells, by number; weights by strata."""
    sizes, counts = {}, {}
    for k, each in enumerate(cells):
        sizes[each.stratum] = sizes.get(each.stratum, 0) + 1
        counts[each.stratum] = counts.get(each.stratum, 0) + (k in people)
    items = [
        Item(cell=c, weight=sizes[c.stratum] / counts[c.stratum], people=people[k],
             ratings={"ann": people[k]})
        for k, c in enumerate(cells) if k in people
    ]  # fmt: skip
    return Labelled(asked=asked, cells=cells, items=items)


def test_the_share_is_that_of_each_answers_labelled_part():
    # The judge says woman of 60 and man of 40. Of ten labelled women eight are, of ten labelled
    # men one is a woman: 60 * .8 + 40 * .1 = 52 of 100.
    cells = [cell(k, "woman" if k < 60 else "man") for k in range(100)]
    people = {k: "woman" if k < 8 else "man" for k in range(10)}
    people |= {60 + k: "woman" if k == 0 else "man" for k in range(10)}
    found = powered(labelled(cells, people), WOMAN, prompt_set="s", seed=1)

    assert found.interval.value == pytest.approx(0.52)
    assert found.labels_alone.value == pytest.approx(0.52)
    assert found.interval.low < 0.52 < found.interval.high
    assert (found.images, found.labelled, found.cannot_tell) == (100, 20, 0)


def test_it_is_among_the_images_of_which_people_can_tell():
    cells = [cell(k, "woman" if k < 60 else "man") for k in range(100)]
    people = {k: "woman" if k < 8 else None for k in range(10)}
    people |= {60 + k: "woman" if k < 5 else "man" for k in range(10)}
    found = powered(labelled(cells, people), WOMAN, prompt_set="s", seed=1)
    unread = powered(labelled(cells, people), UNREAD, prompt_set="s", seed=1)

    # 48 told women and 20 + 20: 68 of 88. Of all, 12 cannot be told.
    assert found.interval.value == pytest.approx(68 / 88)
    assert found.cannot_tell == 2
    assert unread.interval.value == pytest.approx(0.12)


def test_the_distance_from_even_holds_nought_where_the_share_holds_a_half():
    cells = [cell(k, "woman" if k < 60 else "man") for k in range(100)]
    people = {k: "woman" if k < 8 else "man" for k in range(10)}
    people |= {60 + k: "woman" if k == 0 else "man" for k in range(10)}
    found = powered(labelled(cells, people), EVEN, prompt_set="s", seed=1).interval

    assert found.value == pytest.approx(0.02)
    assert found.low == 0.0 < found.value < found.high


def test_a_mean_of_numbers_is_the_judges_plus_its_mean_error():
    # The judge counts one too few in every image of three: 60 of 2 that are 3, 40 of 5.
    cells = [cell(k, 2.0 if k < 60 else 5.0) for k in range(100)]
    people = {k: 3.0 for k in range(10)} | {60 + k: 5.0 for k in range(10)}
    found = powered(labelled(cells, people, COUNT), DRAWN, prompt_set="s", seed=1)

    assert found.interval.value == pytest.approx(0.6 * 3 + 0.4 * 5)
    assert found.labels_alone.value == pytest.approx(3.8)


def test_groups_are_their_own_images_and_one_family_is_about_these_prompts():
    cells = [cell(k, "woman", "nurse" if k < 40 else "cook", 1) for k in range(80)]
    people = {k: "woman" if k % 4 else "man" for k in range(0, 20)}
    both = labelled(cells, people)
    nurse = powered(both, WOMAN, prompt_set="s", group={"occupation": "nurse"}, seed=1)

    assert nurse.interval.value == pytest.approx(0.75)
    assert nurse.interval.estimand == "these prompts" and nurse.interval.low is not None
    assert powered(both, WOMAN, prompt_set="s", group={"occupation": "cook"}) is None
    assert powered(both, WOMAN, prompt_set="another") is None


def test_too_few_labels_are_undecided_and_measures_of_groups_have_none():
    cells = [cell(k, "woman") for k in range(40)]
    few = labelled(cells, {k: "woman" for k in range(6)})

    assert powered(few, WOMAN, prompt_set="s").interval.value is None
    assert powered(few, ONE_SIDED, prompt_set="s") is None


def test_labels_that_are_all_the_same_say_no_more_than_their_families():
    cells = [cell(k, "woman", families=8) for k in range(160)]
    found = powered(labelled(cells, {k: "woman" for k in range(80)}), WOMAN, prompt_set="s")

    assert found.interval.value == 1.0
    assert found.interval.low <= found.labels_alone.low


def test_rows_are_by_the_estimates_places():
    cells = [cell(k, "woman" if k < 30 else "man") for k in range(60)]
    fields = {"x.label": labelled(cells, {k: "woman" for k in range(0, 60, 3)})}
    raw = Interval(0.5, 0.4, 0.6, 60, 20)
    estimates = [
        Estimate(prompt_set="s", measure=name, group=group, interval=raw)
        for name in ("x.woman", "x.sides", "clip.score")
        for group in ({}, {"occupation": "nurse"})
    ]
    found = powered_rows(fields, estimates, {"x.woman": WOMAN, "x.sides": ONE_SIDED}, seed=2)

    assert set(found) == {("s", "x.woman", ()), ("s", "x.woman", (("occupation", "nurse"),))}
    assert found == powered_rows(fields, estimates, {"x.woman": WOMAN}, seed=2)


def test_with_labels_it_covers_where_the_judge_is_much_worse_than_its_audit_and_is_narrower():
    # The judge is right on 80 % here; whoever takes its word is wrong by 12 points.
    dice, hits, raw, widths, runs = np.random.default_rng(8), 0, 0, [], 60
    for seed in range(runs):
        share = dice.beta(2, 6, 40)
        y = dice.random(400) < np.repeat(share, 10)
        says = np.where(dice.random(400) < 0.8, y, ~y)
        cells = [cell(k, "woman" if says[k] else "man", families=400) for k in range(400)]
        cells = [
            Cell(key=c.key, image=c.image, prompt=c.prompt, family=f"f{k // 10}", judge=c.judge,
                 is_judged=True, stratum=c.stratum)
            for k, c in enumerate(cells)
        ]  # fmt: skip
        chosen = [*dice.permutation(np.flatnonzero(says))[:40],
                  *dice.permutation(np.flatnonzero(~says))[:40]]  # fmt: skip
        people = {int(k): "woman" if y[k] else "man" for k in chosen}
        found = powered(labelled(cells, people), WOMAN, prompt_set="s", seed=seed)
        hits += found.interval.low <= 0.25 <= found.interval.high
        raw += abs(says.mean() - 0.25) < 0.06
        alone, both = found.labels_alone, found.interval
        widths.append((both.high - both.low) / (alone.high - alone.low))
    assert hits / runs >= 0.9
    assert raw / runs < 0.3
    assert np.mean(widths) < 0.95
