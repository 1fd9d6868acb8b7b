import math
from dataclasses import replace

import pytest
from scipy.stats import binomtest

from evalsuite import stats
from evalsuite.comparison import differences as comparing
from evalsuite.comparison.differences import differences, flips
from evalsuite.comparison.snapshot import Side, side
from evalsuite.plugins.find import own_measures
from evalsuite.records import Clause, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.runs.seeds import plan


def counting(number, asked):
    return Prompt(
        f"c{number}",
        f"{asked} cats",
        "counting",
        include=(Clause("cat", asked),),
        exclude=(Clause("cat", asked + 1),),
        groups={"count": str(asked)},
    )


COUNTS = PromptSet(
    name="counts",
    version="1",
    digest="d",
    dialect="scenes",
    prompts=tuple(counting(n, 2 + n % 2) for n in range(4)),
)


def run(answers, *, sets=(COUNTS,), seed=0, images=2, scorer="objects", scorers=None, lost=()):
    """A side from {(prompt id, index): {field: value}}; the rest is planned but never drawn."""
    requests = plan(sets, images, seed)
    samples, judgements = {}, {}
    for request in requests:
        key = request.key
        values = answers.get((key.prompt_id, key.index))
        if values is None:
            continue
        if (key.prompt_id, key.index) in lost:
            samples[key] = Sample(key, request.seed, "refused", reason="no")
            continue
        samples[key] = Sample(key, request.seed, "ok", image="ab" * 32)
        why = {field: "unsure: hm" for field, value in values.items() if value is None}
        judgements[scorer, key] = Judgement(scorer, key, values, reasons=why)
    scorers = {scorer: "digest"} if scorers is None else scorers
    return side(
        name="a run",
        dialect="scenes",
        seed=seed,
        prompt_sets=sets,
        requests=requests,
        samples=samples,
        judgements=judgements,
        scorers=scorers,
        known=[measure for measure in own_measures() if measure.scorer in scorers],
        complete=True,
    )


def counted(*verdicts, field="count"):
    """Answers of the prompts c0, c1, ... from strings: "10" is right, then wrong; "-" unsure."""
    return {
        (f"c{n}", i): {field: None if letter == "-" else float(letter)}
        for n, letters in enumerate(verdicts)
        for i, letter in enumerate(letters)
    }


def only(found, measure, **group):
    (one,) = [d for d in found if d.measure == measure and dict(d.group) == group]
    return one


def test_verdicts_of_equal_seeds_are_paired():
    before = run(counted("11", "11", "10", "00"))
    after = run(counted("10", "01", "10", "01"))
    one = only(differences(before, after, seed=1), "objects.count")
    # Lost: c0/1, c1/0; gained: c3/1. So (1 - 2) / 8, and prompts sum to -1, -1, 0, +1.
    assert (one.value, one.n, one.prompts, one.pairing) == (-0.125, 8, 4, "seeds")
    assert (one.gained, one.lost) == (1, 2)
    # Of the 8 sign patterns of three prompts' sums of one, all but none have |total| >= 1.
    assert one.p == 1.0
    a, b = [1, 0, 0, 1, 1, 0, 0, 1], [1, 1, 1, 1, 1, 0, 0, 0]
    said = stats.paired_proportions(a=a, b=b, clusters=list("00112233"))
    assert (one.low, one.high) == (said.low, said.high)
    assert one.method == f"paired by seed; {said.method}"
    assert (one.baseline.value, one.candidate.value) == (0.625, 0.5)
    assert one.missing == {}


def test_each_group_is_compared_and_the_p_value_counts_sign_patterns():
    before, after = run(counted("11", "11", "11", "11")), run(counted("00", "11", "01", "11"))
    found = differences(before, after, seed=1)
    assert [dict(d.group) for d in found if d.measure == "objects.count"] == [
        {},
        {"count": "2"},
        {"count": "3"},
    ]
    two = only(found, "objects.count", count="2")
    assert (two.value, two.n, two.prompts, two.gained, two.lost) == (-0.75, 4, 2, 0, 3)
    # Sums -2 and -1: of the four patterns two (-3 and 3) are as extreme.
    assert two.p == 0.5
    three = only(found, "objects.count", count="3")
    assert (three.value, three.p, three.gained, three.lost) == (0.0, 1.0, 0, 0)


def test_a_run_does_not_differ_from_itself():
    one = run(counted("11", "1-", "10", "00"))
    for row in differences(one, one, seed=1):
        assert row.value == (0.0 if row.n else None)
        assert row.low is None or row.low <= 0 <= row.high
        assert row.p in (1.0, None)
        assert row.baseline == row.candidate
        assert all(was == now for was, now in row.missing.values())
    assert not flips(one, one, "objects.count")


def test_only_pairs_that_both_sides_measured_count_and_the_rest_is_missing_by_reason():
    before = run(counted("11", "1-", "10", "00"))
    after = run(counted("11", "01", "1-", "-0"), lost=[("c0", 0)])
    one = only(differences(before, after, seed=1), "objects.count")
    # Pairs: c0/1 1-1, c1/0 1-0, c2/0 1-1, c3/1 0-0.
    assert (one.value, one.n, one.prompts, one.gained, one.lost) == (-0.25, 4, 4, 0, 1)
    assert one.missing == {"abstained: unsure": (1, 2), "refused": (0, 1)}
    assert (one.baseline.n, one.candidate.n) == (7, 5)


def test_other_seeds_pair_the_prompts_means():
    before = run(counted("11", "11", "10", "00"))
    after = run(counted("10", "11", "00", "11"), seed=7)
    one = only(differences(before, after, seed=1), "objects.count")
    # Means differ by -0.5, 0, -0.5, 1.
    assert (one.value, one.n, one.prompts, one.pairing) == (0.0, 4, 4, "prompts")
    assert (one.gained, one.lost, one.p) == (None, None, 1.0)
    said = stats.paired_difference(
        a=[0.5, 1, 0, 1], b=[1, 1, 0.5, 0], clusters=[0, 1, 2, 3], bounds=(0.0, 1.0)
    )
    assert (one.low, one.high) == (said.low, said.high)
    assert not flips(before, after, "objects.count")


def test_other_prompts_are_compared_by_their_intervals():
    other = replace(COUNTS, digest="another")
    before, after = run(counted("11", "11", "11", "11")), run(counted("00", "00", "00", "00"))
    moved = run(counted("00", "00", "00", "00"), sets=(other,))
    one = only(differences(before, moved, seed=1), "objects.count")
    assert (one.value, one.pairing, one.n, one.prompts) == (-1.0, "none", 16, 8)
    said = stats.difference(
        a=stats.proportion(values=[0] * 8, clusters=list("00112233")),
        b=stats.proportion(values=[1] * 8, clusters=list("00112233")),
    )
    assert (one.low, one.high) == (said.low, said.high)
    assert one.method == "not paired; square and add"
    assert only(differences(before, after, seed=1), "objects.count").pairing == "seeds"


def test_the_unpaired_p_value_is_where_the_interval_begins_to_hold_zero():
    other = replace(COUNTS, digest="another")
    before = run(counted("11", "11", "11", "10"))
    after = run(counted("00", "00", "10", "00"), sets=(other,))
    p = only(differences(before, after, seed=1), "objects.count").p
    assert 0 < p < 0.5
    for level, holds in ((1 - 0.99 * p, True), (1 - 1.01 * p, False)):
        one = only(differences(before, after, level=level, seed=1), "objects.count")
        assert (one.high >= 0) is holds


def test_a_measure_that_one_run_never_asked_for_is_missing_not_zero():
    before = run(counted("11", "11", "10", "00"))
    after = run({}, scorers={})
    one = only(differences(before, after, seed=1), "objects.count")
    assert (one.value, one.low, one.p, one.n) == (None, None, None, 0)
    assert one.candidate.value is None
    assert one.missing == {"scorer not in this run": (0, 8)}
    back = only(differences(after, before, seed=1), "objects.count")
    assert back.missing == {"scorer not in this run": (8, 0)}


def test_more_images_in_one_run_leave_the_common_ones_paired():
    before = run(counted("11", "11", "10", "00"))
    after = run(counted("011", "111", "101", "001"), images=3)
    one = only(differences(before, after, seed=1), "objects.count")
    assert (one.value, one.n, one.pairing, one.lost) == (-0.125, 8, "seeds", 1)


def test_flips_name_the_images_that_were_right_and_are_wrong_first():
    before = run(counted("11", "11", "10", "00"))
    after = run(counted("10", "-1", "11", "00"))
    found = flips(before, after, "objects.count")
    assert [(flip.key, flip.lost) for flip in found] == [
        (Key("counts", "c0", 1), True),
        (Key("counts", "c2", 1), False),
    ]
    assert not flips(before, after, "objects.drawn")


def test_means_are_paired_within_their_bounds():
    before = run(counted("35", "44", "22", "33", field="drawn"))
    after = run(counted("45", "45", "32", "44", field="drawn"))
    one = only(differences(before, after, seed=1), "objects.drawn")
    # Sums of the prompts: 1, 1, 1, 2; two of sixteen sign patterns are as extreme.
    assert (one.value, one.p, one.gained, one.lost) == (5 / 8, 2 / 16, None, None)


PEOPLE = PromptSet(
    name="people",
    version="1",
    digest="p",
    dialect="scenes",
    prompts=tuple(
        Prompt(
            f"c{n}",
            "a nurse",
            "occupation",
            include=(Clause("nurse"),),
            groups={"occupation": job},
            subject="person",
        )
        for n, job in enumerate(["nurse", "nurse", "vet", "vet"])
    ),
)


def people(*letters, seed=0, scorer="presentation"):
    """Answers from strings: w a woman of tone 1, m a man of tone 9, "-" neither."""
    field, said = {
        "presentation": ("label", {"w": "woman", "m": "man", "-": None}),
        "skin_tone": ("tone", {"w": "1", "m": "9", "-": None}),
    }[scorer]
    answers = {
        (f"c{n}", i): {field: said[letter]}
        for n, line in enumerate(letters)
        for i, letter in enumerate(line)
    }
    return run(answers, sets=(PEOPLE,), scorer=scorer, seed=seed)


def test_shares_of_a_label_are_paired_among_images_that_both_have_one():
    first, second = ("ww", "mm", "wm", "m-"), ("wm", "mm", "mm", "ww")
    found = differences(people(*first), people(*second), seed=1)
    woman = only(found, "presentation.woman")
    # c0/1 w to m, c2/0 w to m, c3/0 m to w, of seven pairs; right and wrong it knows not.
    assert (woman.value, woman.n, woman.pairing) == (pytest.approx(-1 / 7), 7, "seeds")
    assert (woman.gained, woman.lost) == (None, None)
    unknown = only(found, "presentation.unknown")
    assert (unknown.value, unknown.n) == (-0.125, 8)
    before, after = (people(*words, scorer="skin_tone") for words in (first, second))
    tones = differences(before, after, seed=1)
    light = only(tones, "skin_tone.tone", tone="1-4")
    assert (light.value, light.n) == (pytest.approx(-1 / 7), 7)
    assert only(tones, "skin_tone.tone", tone="5-7").value == 0


def test_distances_from_even_are_subtracted_as_if_independent():
    before, after = people("ww", "ww", "ww", "ww"), people("wm", "wm", "wm", "wm")
    one = only(differences(before, after, seed=1), "presentation.imbalance")
    assert (one.value, one.pairing, one.method) == (-0.5, "none", "not paired; square and add")
    # What a fair model shows at eight images stands beside either side.
    assert one.baseline.null == one.candidate.null == stats.expected_imbalance(n=8)


def of_jobs(letters, digest):
    """Six jobs of one prompt each, and the same women and men of all of them."""
    nurse = PEOPLE.prompts[0]
    prompts = [replace(nurse, id=f"c{n}", groups={"occupation": n}) for n in "012345"]
    jobs = replace(PEOPLE, digest=digest, prompts=tuple(prompts))
    said = {"w": {"label": "woman"}, "m": {"label": "man"}}
    answers = {(p.id, i): said[letter] for p in prompts for i, letter in enumerate(letters)}
    return run(answers, sets=(jobs,), scorer="presentation", images=len(letters))


def test_unpaired_groups_are_compared_at_equally_many_images_of_each():
    found = differences(of_jobs("wmwm", "one"), of_jobs("wm", "other"), seed=1)

    distance = only(found, "presentation.occupation_distance")
    # Two of 2 women and 2 men are 1 : 1 with a chance of 2/3, 0.5 from even with one of 1/3.
    assert distance.value == pytest.approx(0 - 0.5 / 3) and distance.pairing == "none"
    assert distance.baseline.value == distance.candidate.value == 0
    assert "over groups at equal n, 2 images of each" in distance.method
    assert only(found, "presentation.occupation_one_sided").value == pytest.approx(-1 / 3)
    single = differences(of_jobs("wwww", "one"), of_jobs("m", "other"), seed=1)
    assert only(single, "presentation.occupation_distance").value is None
    alike = differences(of_jobs("wwww", "one"), of_jobs("ww", "other"), seed=1)
    assert only(alike, "presentation.occupation_distance").value == 0


def negation(number):
    group = {"absent": "dog", "form": "affirmative"}
    asked = Prompt(f"a{number}", "a dog", "negation", include=(Clause("dog"),), groups=group)
    group = {"absent": "dog", "form": "negated"}
    negated = Prompt(
        f"n{number}",
        "no dog",
        "negation",
        include=(Clause("cat"),),
        exclude=(Clause("dog"),),
        groups=group,
        twin=f"a{number}",
    )
    return asked, negated


def test_twins_are_clustered_by_the_affirmative_prompt():
    twins = [prompt for n in range(2) for prompt in negation(n)]
    world = PromptSet(
        name="negation", version="1", digest="n", dialect="scenes", prompts=tuple(twins)
    )

    def side(drawn):
        answers = {
            (p, i): {"excluded_drawn": float(x)}
            for p, xs in drawn.items()
            for i, x in enumerate(xs)
        }
        return run(answers, sets=(world,))

    before = side({"a0": "11", "n0": "00", "a1": "11", "n1": "01"})  # effects 1, 1; 1, 0
    after = side({"a0": "11", "n0": "11", "a1": "11", "n1": "11"})  # 0, 0; 0, 0
    one = only(differences(before, after, seed=1), "objects.negation_effect")
    assert (one.value, one.n, one.prompts, one.p) == (-0.75, 4, 2, 0.5)
    said = stats.paired_difference(
        a=[0, 0, 0, 0], b=[1, 1, 1, 0], clusters=list("aabb"), bounds=(-1.0, 1.0)
    )
    assert (one.low, one.high) == (said.low, said.high)


def test_fields_that_nobody_declared_are_compared_too():
    before = run(counted("12", "34", "12", "34", field="size"), scorer="mine")
    after = run(counted("23", "45", "23", "45", field="size"), scorer="mine")
    one = only(differences(before, after, seed=1), "mine.size")
    assert (one.value, one.n, one.p) == (1.0, 8, 2 / 16)
    words = {(f"c{n}", i): {"mood": "glad" if n else "sad"} for n in range(4) for i in range(2)}
    other = {(f"c{n}", i): {"mood": "glad"} for n in range(4) for i in range(2)}
    found = differences(run(words, scorer="mine"), run(other, scorer="mine"), seed=1)
    assert only(found, "mine.mood", label="sad").value == -0.25
    assert only(found, "mine.mood", label="glad").candidate.value == 1.0


def test_an_undeclared_field_of_verdicts_in_one_run_and_numbers_in_the_other_is_of_numbers():
    verdicts = run(counted("01", "00", "11", "01", field="size"), scorer="mine")
    numbers = run(counted("12", "34", "12", "34", field="size"), scorer="mine")
    kinds = [side.measures["mine.size"].kind for side in (verdicts, numbers)]
    assert kinds == ["share", "mean"]
    # Means 4 / 8 and 20 / 8.
    assert only(differences(verdicts, numbers, seed=1), "mine.size").value == 2.0
    assert only(differences(numbers, verdicts, seed=1), "mine.size").value == -2.0


def test_one_prompt_says_nothing_about_others():
    lone = replace(COUNTS, prompts=COUNTS.prompts[:1])
    before, after = run(counted("11"), sets=(lone,)), run(counted("00"), sets=(lone,))
    one = only(differences(before, after, seed=1), "objects.count")
    assert (one.value, one.low, one.high, one.p, one.lost) == (-1.0, None, None, None, 2)


def test_many_prompts_give_the_sign_test():
    many = replace(COUNTS, prompts=tuple(counting(n, 2) for n in range(30)))
    before = run(counted(*"1" * 30), sets=(many,), images=1)
    after = run(counted(*"0" * 7, *"1" * 23), sets=(many,), images=1)
    one = only(differences(before, after, seed=1), "objects.count")
    assert one.p == pytest.approx(binomtest(7, 7, 0.5).pvalue, rel=0.35)
    assert math.isclose(one.value, -7 / 30)


def test_a_side_is_plain_data_of_everything_planned():
    one = run(counted("11"), images=2)
    assert isinstance(one, Side) and one.complete
    assert len(one.planned) == len(one.seeds) == 8
    assert one.measures["objects.count"].kind == "share"
    assert one.readings["objects.count", Key("counts", "c3", 1)].reason == "not generated"
    assert one.prompts["counts", "c1"].groups == {"count": "3"}
    assert list(one.images) == [Key("counts", "c0", 0), Key("counts", "c0", 1)]


def test_what_is_missing_is_compared_like_what_is_there():
    before = run(counted("11", "1-", "10", "00"))
    after = run(counted("1-", "--", "10", "--"), lost=[("c3", 0)])
    found = [
        (d.group["missing"], d.baseline.value, d.candidate.value, d.value, d.n, d.p)
        for d in comparing.losses(before, after, seed=1)
        if d.measure == "objects.count"
    ]
    # Abstentions: one of eight, then four; by prompt +1, +1, 0, +1: two of the eight patterns
    # of three are as extreme. One refusal: nothing can be said.
    assert found == [
        ("abstained: unsure", 0.125, 0.5, 0.375, 8, 0.25),
        ("refused", 0.0, 0.125, 0.125, 8, 1.0),
    ]
    gone = comparing.losses(before, run({}, scorers={}), seed=1)
    (all_of_it,) = [d for d in gone if d.group["missing"] == "scorer not in this run"
                    and d.measure == "objects.count"]  # fmt: skip
    assert (all_of_it.value, all_of_it.p) == (1.0, 0.125)


def test_a_side_that_keeps_to_no_seeds_is_paired_by_prompt_and_it_is_said():
    """Two draws of a prompt are no pair, whatever numbers stand beside them."""
    before = run(counted("11", "11", "10", "00"))
    drawn = run(counted("10", "01", "10", "01"))
    after = replace(drawn, keeps_seeds=False, name="served", images={})
    one = only(differences(before, after, seed=1), "objects.count")
    # Prompts' means: 1, 1, .5, 0 and .5, .5, .5, .5: (-.5 - .5 + 0 + .5) / 4.
    assert (one.value, one.n, one.pairing, one.gained) == (-0.125, 4, "prompts", None)
    a, b = [0.5, 0.5, 0.5, 0.5], [1.0, 1.0, 0.5, 0.0]
    said = stats.paired_difference(a=a, b=b, clusters=list("0123"), bounds=(0.0, 1.0))
    assert (one.low, one.high) == (said.low, said.high)
    assert one.method == f"paired by prompt, as seeds were not kept; {said.method}"
    assert flips(before, after, "objects.count") == []
    assert comparing.unkept(before, after) == "served"
    # Another seed would have paired no more: there is nothing to say.
    other = replace(run(counted("10", "01", "10", "01"), seed=5))
    assert "not kept" not in only(differences(before, other, seed=1), "objects.count").method


def test_the_same_files_are_pairs_whoever_drew_them():
    one = replace(run(counted("11", "1-", "10", "00")), keeps_seeds=False)
    assert comparing.unkept(one, one) == ""
    found = only(differences(one, one, seed=1), "objects.count")
    assert (found.pairing, found.value, found.gained, found.lost) == ("seeds", 0.0, 0, 0)
