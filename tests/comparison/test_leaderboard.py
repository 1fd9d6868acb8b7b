"""Boards of three runs: places on what all of them have, and why a run or nobody is ranked."""

from dataclasses import replace

import pytest

from evalsuite import stats
from evalsuite.comparison.leaderboard import boards
from evalsuite.comparison.shared import mean_of, shared
from evalsuite.comparison.snapshot import side
from evalsuite.measures.reading import Reading
from evalsuite.plugins.find import own_measures
from evalsuite.records import Clause, Judgement, Measure, Prompt, PromptSet, Sample
from evalsuite.runs.seeds import plan

AT = ("counts", "objects.count", ())
COUNTS = PromptSet(
    name="counts",
    version="1",
    digest="d",
    dialect="scenes",
    prompts=tuple(
        Prompt(f"c{n}", "two cats", "counting", include=(Clause("cat", 2),)) for n in range(8)
    ),
)


def run(name, verdicts, *, seed=0, scorer="a", field="count", whole=COUNTS, each=1):
    """A run, `each` images a prompt: right (1), wrong (0), not told (-), or refused (x)."""
    requests = plan((whole,), each, seed)
    samples, judgements = {}, {}
    for request, letter in zip(requests, verdicts, strict=True):
        key = request.key
        if letter == "x":
            samples[key] = Sample(key, request.seed, "refused", reason="no")
            continue
        samples[key] = Sample(key, request.seed, "ok", image="ab" * 32)
        value = None if letter == "-" else float(letter)
        reasons = {field: "unsure"} if value is None else {}
        judgements["objects", key] = Judgement("objects", key, {field: value}, reasons=reasons)
    return side(
        name=name,
        dialect="scenes",
        seed=seed,
        prompt_sets=(whole,),
        requests=requests,
        samples=samples,
        judgements=judgements,
        scorers={"objects": scorer},
        known=[measure for measure in own_measures() if measure.scorer == "objects"],
        complete=True,
    )


def board(*sides, at=AT):
    (found,) = boards(sides, [at], {at: "evidence"}, seed=0)
    return found


def placed(found):
    return [(each.run, each.first, each.last) for each in found.standings]


def test_the_best_comes_first_and_equals_share_their_places():
    found = board(run("low", "00000000"), run("high", "11111111"), run("same", "00000000"))
    assert placed(found) == [("high", 1, 1), ("low", 2, 3), ("same", 2, 3)]
    assert [each.better_than for each in found.standings] == [("low", "same"), (), ()]
    assert (found.shared, found.families, found.pairing) == (8, 8, "seeds")
    assert (found.limit, found.judge) == ("", "evidence")


def test_places_are_on_what_all_have_and_what_is_missing_is_counted():
    found = board(run("a", "11111110"), run("b", "0000000x"), run("c", "0000000-"))
    assert found.shared == 7
    first = found.standings[0]
    assert (first.run, first.interval.value, first.interval.n) == ("a", 1.0, 7)
    # Seven of eight right among all that it drew; the eighth is none that the others have.
    assert [(e.run, e.missing, e.planned) for e in found.standings] == [
        ("a", 0, 8),
        ("b", 1, 8),
        ("c", 1, 8),
    ]


def test_intervals_are_those_of_a_third_of_what_may_be_wrong():
    verdicts = "11011101"
    found = board(run("a", verdicts), run("b", "0" * 8), run("c", "0" * 8))
    alone = stats.proportion(
        values=[float(v) for v in verdicts], clusters=range(8), level=1 - 0.05 / 3
    )
    assert (found.standings[0].interval.low, found.standings[0].interval.high) == (
        alone.low,
        alone.high,
    )


def test_other_seeds_are_paired_by_prompt():
    found = board(run("a", "1" * 8), run("b", "0" * 8, seed=3), run("c", "0" * 8))
    assert (found.pairing, found.shared) == ("prompts", 8)
    assert placed(found)[0] == ("a", 1, 1)


def test_who_cannot_be_ranked_is_shown_with_the_reason():
    other = replace(COUNTS, digest="e")
    found = board(
        run("a", "1" * 8),
        run("b", "0" * 8),
        run("blind", "-" * 8),
        run("judged otherwise", "1" * 8, scorer="b"),
        run("asked otherwise", "1" * 8, whole=other),
    )
    assert placed(found)[:2] == [("a", 1, 1), ("b", 2, 2)]
    assert {each.run: each.why for each in found.standings[2:]} == {
        "blind": "not measured",
        "judged otherwise": "another judge",
        "asked otherwise": "other prompts",
    }
    assert board(run("a", "1" * 8), run("blind", "-" * 8)).limit == "only one run can be ranked"


def test_a_baseline_without_the_set_or_the_scorer_keeps_nobody_from_being_ranked():
    first, second = run("a", "1" * 8), run("b", "0" * 8)
    asked = run("baseline", "1" * 8, whole=replace(COUNTS, name="others"))
    found = board(asked, first, second)
    assert placed(found) == [("a", 1, 1), ("b", 2, 2), ("baseline", None, None)]
    assert (found.limit, found.standings[2].why) == ("", "other prompts")
    judged = replace(run("baseline", "1" * 8), scorers={}, measures={}, readings={})
    found = board(judged, first, second)
    assert placed(found)[:2] == [("a", 1, 1), ("b", 2, 2)]
    assert found.standings[2].why == "not judged"


def test_nobody_measured_is_not_one_run():
    found = board(run("a", "-" * 8), run("b", "x" * 8), run("c", "-" * 8))
    assert [each.why for each in found.standings] == ["not measured"] * 3
    assert found.limit == "no run has it measured, so nobody is ranked"


def test_intervals_of_runs_that_are_not_ranked_hold_together_with_the_others():
    verdicts, other = "11011101", replace(COUNTS, digest="e")
    asked = run("other", verdicts, whole=other)
    found = board(run("a", verdicts), run("b", verdicts), asked, run("x", "-" * 8))
    third = stats.proportion(
        values=[float(v) for v in verdicts], clusters=range(8), level=1 - 0.05 / 3
    )
    shown = [(each.interval.low, each.interval.high) for each in found.standings]
    assert shown == [(third.low, third.high)] * 3 + [(None, None)]


def test_of_prompts_their_mean_is_shown_and_sorted_by_as_it_is_what_is_ranked():
    prompts = tuple(replace(COUNTS.prompts[0], id=f"c{n:02}") for n in range(12))
    whole = replace(COUNTS, prompts=prompts)
    # Of 13 images of the first prompt all are told, of the others one each: 11 of 24 images are
    # right against 13 of 24, and yet 11 of 12 prompts against one.
    better = run("better", "0" * 13 + ("1" + "-" * 12) * 11, whole=whole, each=13)
    worse = run("worse", "1" * 13 + ("0" + "-" * 12) * 11, whole=whole, each=13, seed=3)
    found = board(worse, better)
    assert (found.pairing, placed(found)) == ("prompts", [("better", 1, 1), ("worse", 2, 2)])
    assert [each.interval.value for each in found.standings] == pytest.approx([11 / 12, 1 / 12])
    assert [each.interval.n for each in found.standings] == [24, 24]


def test_over_groups_the_mean_at_equal_n_is_shown():
    measure = Measure(name="p.i", title="t", kind="mean imbalance", label="w", over="job")
    # Of group g one run has four images, all w, and the other two; of h both have two, one w.
    many = {n: Reading(v, "", c) for n, (c, v) in enumerate(zip("gggghh", "wwwwwm", strict=True))}
    few = {n: Reading(v, "", c) for n, (c, v) in enumerate(zip("gghh", "wmwm", strict=True))}
    found = shared(measure, {}, [many, few], "seeds")
    for values, entries in zip(found.values, found.means, strict=True):
        assert [each.value for each in entries] == values
        assert mean_of(measure, {}, entries, 0.95).value == pytest.approx(sum(values) / 2)


def test_a_mean_over_tags_of_prompts_means_is_of_tags():
    measure = Measure(name="a.b", title="t", kind="mean of tags")
    # Tag s: one prompt, right; tag t: two prompts, none right: (1 + 0) / 2.
    rows = [("p", "s", 1.0), ("q", "t", 0.0), ("r", "t", 0.0)]
    side = {n: Reading(v, "", c, stratum=t) for n, (c, t, v) in enumerate(rows)}
    found = shared(measure, {}, [side, side], "prompts")
    assert mean_of(measure, {}, found.means[0], 0.95).value == 0.5


def test_too_little_ranks_nobody_and_says_so():
    found = board(run("a", "11111000"), run("b", "00000000"), run("c", "00000000"))
    assert placed(found) == [("a", None, None), ("b", None, None), ("c", None, None)]
    assert found.limit == "too little to rank: 5 families tell any two apart, 6 are needed"


def test_less_can_be_better_and_neither_can_be():
    low = Measure(name="objects.count", title="t", higher_is_better=False)
    none = replace(low, higher_is_better=None)
    sides = [run("many", "1" * 8), run("few", "0" * 8), run("more", "1" * 8)]
    turned = [replace(each, measures={low.name: low}) for each in sides]
    assert placed(board(*turned)) == [("few", 1, 1), ("many", 2, 3), ("more", 2, 3)]
    undirected = board(*(replace(each, measures={low.name: none}) for each in sides))
    assert [each.run for each in undirected.standings] == ["many", "few", "more"]
    assert undirected.limit.startswith("neither more nor less") and undirected.ranked == []


def test_a_headline_that_no_image_has_a_reading_of_has_no_board():
    sides = [run(name, "1" * 8) for name in "abc"]
    assert boards(sides, [("counts", "diversity.vendi", ())], {}, seed=0) == []


@pytest.mark.parametrize(("kind", "means"), [("mean of tags", (0.5, 0.0)), ("prompts", (1.0, 0.0))])
def test_entries_have_the_means_that_are_compared(kind, means):
    measure = Measure(name="a.b", title="t", kind=kind, least=1)
    # Tag s has one right of one, tag t none of two, and both prompts of one prompt count once.
    rows = [("p", "s", 1.0), ("q", "t", 0.0), ("q", "t", 0.0)]
    if kind == "prompts":
        rows = [("p", "s", 1.0), ("q", "t", 1.0), ("q", "t", 0.0)]
    right = {n: Reading(v, "", c, stratum=t) for n, (c, t, v) in enumerate(rows)}
    wrong = {n: each._replace(value=0.0) for n, each in right.items()}
    found = shared(measure, {}, [right, wrong], "seeds")
    assert tuple(sum(row) / len(row) for row in found.values) == pytest.approx(means)
    assert len(found.own[0]) == 3
