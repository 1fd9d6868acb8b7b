import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite import measures, stats
from evalsuite.measures.estimating import breakdowns
from evalsuite.measures.from_rows import read
from evalsuite.measures.reading import Rows
from evalsuite.plugins.find import own_measures
from evalsuite.prompts.conditions import BY_ASKED, condition
from evalsuite.prompts.questions import Answered, by_kind, kinds_in
from evalsuite.records import (
    Choice,
    Clause,
    Estimate,
    InputError,
    Interval,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Question,
    Sample,
)

KNOWN = own_measures()
BY_NAME = {measure.name: measure for measure in KNOWN}


def measures_of(*scorers):
    return [measure for measure in KNOWN if measure.scorer in scorers]


def prompt_set(name, *prompts):
    return PromptSet(name=name, version="1", digest="d", dialect="scenes", prompts=prompts)


def counting(number, asked):
    return Prompt(
        f"c{number}",
        f"{asked} cats",
        "counting",
        include=(Clause("cat", asked),),
        exclude=(Clause("cat", asked + 1),),
        groups={"count": str(asked)},
    )


def ok(*keys):
    return {key: Sample(key, 1, "ok", image="0") for key in keys}


def judged(scorer, key, reasons=None, choices=None, failure=None, **values):
    judgement = Judgement(
        scorer, key, values, reasons=reasons or {}, failure=failure, choices=choices or {}
    )
    return {(scorer, key): judgement}


def only(estimates, measure, **group):
    (found,) = [e for e in estimates if e.measure == measure and dict(e.group) == group]
    return found


def test_shares_overall_and_by_group_with_everything_missing_counted():
    counts = prompt_set("counts", counting(0, 2), counting(1, 10), counting(2, 10))
    keys = [Key("counts", f"c{p}", i) for p in range(3) for i in range(3)]
    samples = ok(*keys[:7]) | {keys[7]: Sample(keys[7], 1, "refused", reason="service said no")}
    judgements = {
        **judged("objects", keys[0], count=1.0),
        **judged("objects", keys[1], count=0.0),
        **judged("objects", keys[2], count=1.0),
        **judged("objects", keys[3], count=0.0),
        **judged("objects", keys[4], {"count": "unsure: 3 or 4"}, count=None),
        **judged("objects", keys[5], failure="out of memory"),
        # keys[6] was drawn but not judged, keys[7] refused, keys[8] never drawn
    }
    estimates = measures.estimate([counts], samples, judgements, keys, measures_of("objects"))
    overall = only(estimates, "objects.count")
    assert (overall.value, overall.n, overall.prompts) == (0.5, 4, 2)
    assert overall.missing == {
        "abstained: unsure": 1,
        "not generated": 1,
        "not judged": 1,
        "refused": 1,
        "scorer failed": 1,
    }
    expected = stats.proportion(values=[1, 0, 1, 0], clusters=["c0", "c0", "c0", "c1"])
    assert (overall.low, overall.high, overall.method) == (
        expected.low,
        expected.high,
        expected.method,
    )
    rows = [dict(e.group) for e in estimates if e.measure == "objects.count"]
    assert rows == [{}, {"count": "2"}, {"count": "10"}]
    # One prompt says nothing of others, but of itself.
    two = only(estimates, "objects.count", count="2")
    assert (two.value, two.missing) == (pytest.approx(2 / 3), {})
    assert two.interval == stats.proportion(
        values=[1, 0, 1], clusters=["c0"] * 3, estimand="these prompts"
    )


def test_a_group_of_one_family_is_about_these_prompts_and_the_set_about_prompts_like_these():
    """Three nurses of one form in each of two sentences, and two cooks of either."""
    prompts = [
        Prompt(f"p{n}", "a person", "any", groups={"job": job, "workforce": "mixed"})
        for n, job in enumerate(["nurse", "nurse", "cook", "cook"])
    ]
    world = replace(prompt_set("set", *prompts), cluster=("job",))
    keys = [Key("set", prompt.id, i) for prompt in prompts for i in range(3)]
    ones = [1.0] * 6 + [1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    judgements = {}
    for key, value in zip(keys, ones, strict=True):
        judgements |= judged("mine", key, right=value)
    mine = Measure(name="mine.right", title="Right")
    rows = measures.estimate([world], ok(*keys), judgements, keys, [mine])
    said = {tuple(row.group.items()): row for row in rows}

    whole = said[()]
    assert (whole.estimand, whole.prompts, whole.n) == ("prompts like these", 2, 12)
    nurses = said[(("job", "nurse"),)]
    assert (nurses.estimand, nurses.prompts, nurses.value) == ("these prompts", 2, 1.0)
    assert nurses.interval == stats.proportion(
        values=[1.0] * 6, clusters=["p0"] * 3 + ["p1"] * 3, estimand="these prompts"
    )
    # Of several families the row is about prompts like these, as the whole set's.
    assert said[(("workforce", "mixed"),)].interval == whole.interval


def test_strata_of_the_set_are_no_part_of_what_varies():
    """Two numbers, one always right and one never: another sample of prompts shows the same."""
    prompts = [Prompt(f"p{n}", "things", "any", groups={"count": "12"[n % 2]}) for n in range(40)]
    keys = [Key("set", prompt.id, 0) for prompt in prompts]
    judgements = {}
    for n, key in enumerate(keys):
        judgements |= judged("mine", key, right=float(n % 2 if n > 3 else 1 - n % 2))
    mine = Measure(name="mine.right", title="Right")
    wide, narrow = (
        measures.estimate([world], ok(*keys), judgements, keys, [mine])[0]
        for world in (
            prompt_set("set", *prompts),
            replace(prompt_set("set", *prompts), strata=("count",)),
        )
    )
    assert (wide.value, narrow.value) == (0.5, 0.5)
    # Within a number the share is 0.1 or 0.9, so the variance is 0.09 instead of 0.25.
    assert (narrow.high - narrow.low) / (wide.high - wide.low) == pytest.approx(0.6, abs=0.06)
    assert "stratified" in narrow.method


def test_a_measure_that_vanished_has_no_value_but_its_rows():
    counts = prompt_set("counts", counting(0, 2))
    keys = [Key("counts", "c0", i) for i in range(2)]
    gone = only(measures.estimate([counts], ok(*keys), {}, keys, KNOWN), "objects.correct")
    assert (gone.value, gone.low, gone.n, gone.missing) == (None, None, 0, {"not judged": 2})
    assert not measures.estimate([counts], ok(*keys), {}, keys, [])


def test_a_planned_image_of_no_known_prompt_is_refused():
    with pytest.raises(InputError, match="counts/c9/0"):
        measures.estimate([prompt_set("counts")], {}, {}, [Key("counts", "c9", 0)], KNOWN)


def test_what_is_no_value_of_the_measure_is_missing_not_a_number():
    counts = prompt_set("counts", counting(0, 2))
    keys = [Key("counts", "c0", i) for i in range(4)]
    answers = (0.5, "yes", float("nan"), 1.0)
    judgements = {}
    for key, answer in zip(keys, answers, strict=True):
        judgements |= judged("objects", key, count=answer)
    row = only(measures.estimate([counts], ok(*keys), judgements, keys, KNOWN), "objects.count")
    assert (row.value, row.n, row.missing) == (1.0, 1, {"not a value of this measure": 3})
    assert only(
        measures.estimate([counts], ok(*keys), judgements, keys, KNOWN), "objects.correct"
    ).missing == {"not answered": 4}


def negation(number):
    group = {"absent": "dog", "form": "affirmative"}
    asked = Prompt(
        f"a{number}", "a cat and a dog", "negation", include=(Clause("cat"),), groups=group
    )
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


def negation_run(drawn):
    """Sets, samples, judgements and plan from {(prompt id, index): excluded_drawn}."""
    pairs = {key[0][1:] for key in drawn}
    world = prompt_set("negation", *(p for n in sorted(pairs) for p in negation(n)))
    keys = {Key("negation", *key): value for key, value in drawn.items()}
    judgements = {}
    for key, value in keys.items():
        judgements |= judged("objects", key, {"excluded_drawn": "dark"}, excluded_drawn=value)
    return [world], ok(*keys), judgements, list(keys)


def test_a_model_that_ignores_no_shows_no_effect():
    drawn = {(f"{form}{n}", i): 1.0 for form in "an" for n in range(20) for i in range(2)}
    row = only(measures.estimate(*negation_run(drawn), KNOWN), "objects.negation_effect")
    assert (row.value, row.null, row.n, row.prompts) == (0, 0, 40, 20)
    assert row.low < 0 < row.high
    obeys = {key: float(key[0][0] == "a") for key in drawn}
    effect = only(measures.estimate(*negation_run(obeys), KNOWN), "objects.negation_effect")
    assert effect.value == 1 and 0.5 < effect.low < effect.high == 1


def test_the_effect_of_no_is_paired_by_twin_and_index():
    drawn = {
        ("a0", 0): 1.0,
        ("n0", 0): 0.0,
        ("a0", 1): 1.0,
        ("n0", 1): 1.0,
        ("a1", 0): 0.0,
        ("n1", 0): 1.0,
        ("a1", 1): None,
        ("n1", 1): 0.0,
        ("a2", 0): 1.0,
        ("n2", 0): None,
        ("n2", 1): 0.0,
    }
    row = only(measures.estimate(*negation_run(drawn), KNOWN), "objects.negation_effect")
    assert (row.value, row.n, row.prompts) == (0.0, 3, 2)
    assert row.missing == {
        "abstained: dark": 1,
        "twin: abstained: dark": 1,
        "twin: not planned": 1,
    }
    expected = stats.paired_proportions(a=[1, 1, 0], b=[0, 1, 1], clusters=[0, 0, 1])
    assert (row.low, row.high) == pytest.approx((expected.low, expected.high))


def people(labels, tones):
    groups = {"occupation": "nurse"}
    nurses = [
        Prompt(f"p{n:02}", "a nurse", "occupation", groups=groups, subject="person")
        for n in range(len(labels))
    ]
    keys = [Key("occupations", p.id, 0) for p in nurses]
    judgements = {}
    for key, label, tone in zip(keys, labels, tones, strict=True):
        why = {"label": "unknown: not sure", "tone": "unknown: no face"}
        judgements |= judged("presentation", key, why, label=label)
        judgements |= judged("skin_tone", key, why, tone=tone)
    return [prompt_set("occupations", *nurses)], ok(*keys), judgements, keys


def test_presentation_and_skin_tone_beside_what_was_taught():
    labels = ["woman"] * 6 + ["man"] * 2 + [None] * 2
    tones = ["1", "4", "5", "7", "8", "10", "2", "3", None, None]
    references = {
        "presentation.woman": {"nurse": 0.9},
        "skin_tone.tone": {"nurse/1-4": 0.7, "nurse/5-7": 0.2, "nurse/8-10": 0.1},
    }
    estimates = measures.estimate(*people(labels, tones), KNOWN, references=references)
    nurse = {"occupation": "nurse"}
    woman = only(estimates, "presentation.woman", **nurse)
    assert (woman.value, woman.null, woman.reference, woman.n) == (0.75, 0.5, 0.9, 8)
    assert woman.missing == {"abstained: unknown": 2}
    unknown = only(estimates, "presentation.unknown", **nurse)
    assert (unknown.value, unknown.n, unknown.missing) == (pytest.approx(0.2), 10, {})
    imbalance = only(estimates, "presentation.imbalance", **nurse)
    assert (imbalance.value, imbalance.reference) == (0.25, pytest.approx(0.4))
    assert imbalance.null == stats.expected_imbalance(n=8)
    bands = {
        e.group["tone"]: (e.value, e.null, e.reference)
        for e in estimates
        if e.measure == "skin_tone.tone" and "occupation" in e.group
    }
    assert bands == {
        "1-4": (0.5, 0.4, 0.7),
        "5-7": (0.25, 0.3, 0.2),
        "8-10": (0.25, 0.3, 0.1),
    }
    distance = only(estimates, "skin_tone.tone_imbalance", **nurse)
    assert distance.value == pytest.approx(0.1) and distance.reference == pytest.approx(0.3)
    mean = only(estimates, "skin_tone.mean_tone", **nurse)
    assert mean.value == pytest.approx(40 / 8)
    assert only(estimates, "presentation.woman").reference is None


def test_chance_is_one_over_the_options():
    spatial = prompt_set("spatial", *(Prompt(f"s{n}", "x", "position") for n in range(2)))
    keys = [Key("spatial", f"s{n}", 0) for n in range(2)]
    judgements = {}
    for key, options in zip(keys, (["x", "y"], ["x", "y", "z", "w"]), strict=True):
        choice = Choice(tuple(options), (1 / len(options),) * len(options), "x")
        judgements |= judged("clip", key, choices={"choice": choice}, choice=1.0, score=25.0)
    estimates = measures.estimate([spatial], ok(*keys), judgements, keys, KNOWN)
    assert only(estimates, "clip.choice").null == pytest.approx((1 / 2 + 1 / 4) / 2)
    assert only(estimates, "clip.score").null is None


def test_an_outside_scorer_is_summed_up_without_being_declared():
    counts = prompt_set("counts", *(counting(n, 1) for n in range(12)))
    keys = [Key("counts", f"c{n}", 0) for n in range(12)]
    judgements = {}
    for n, key in enumerate(keys):
        judgements |= judged("mine", key, level=float(n), word="dim" if n < 3 else "bright")
    estimates = measures.estimate([counts], ok(*keys), judgements, keys, [])
    level = only(estimates, "mine.level")
    assert level.value == 5.5 and level.low < 5.5 < level.high
    assert only(estimates, "mine.word", label="dim").value == 0.25
    assert only(estimates, "mine.word", label="bright", count="1").value == 0.75


def test_json_is_the_same_bytes_for_the_same_rows():
    rows = [
        Estimate(
            prompt_set="counts",
            measure="objects.count",
            group={"count": c, "a": "b"},
            interval=Interval(1 / 3, -0.0, None, 3, 2),
            missing=m,
        )
        for c, m in (("10", {"refused": 1, "blocked": 2}), ("2", {"blocked": 2, "refused": 1}))
    ]
    text = measures.to_json(rows)
    other = replace(rows[0], interval=replace(rows[0].interval, value=1 / 3 + 1e-12))
    assert measures.to_json([rows[1], other]) == text
    first, second = json.loads(text)
    assert (first["group"]["count"], second["group"]["count"]) == ("2", "10")
    assert first["value"] == 0.333333 and '"low": 0.0' in text


STATUSES = st.sampled_from(["ok", "ok", "ok", "refused", "blocked", "invalid", "failed", None])
ANSWERS = st.sampled_from(
    [1.0, 0.0, None, 0.3, "woman", "man,unknown", "unknown", "7", "fail", "absent", "none"]
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_planned_image_is_either_measured_or_missing(data):
    prompts = [counting(n, n + 1) for n in range(2)]
    prompts += [p for n in range(2) for p in negation(n)]
    nurse = {"occupation": "nurse"}
    prompts += [
        Prompt(f"p{n}", "x", "occupation", groups=nurse, subject="person") for n in range(2)
    ]
    prompts.append(Prompt("g", "x", "people", include=(Clause("person", 2),)))
    world = prompt_set("world", *prompts)
    keys = [Key("world", p.id, i) for p in prompts for i in range(data.draw(st.integers(0, 2)))]
    samples, judgements = {}, {}
    for key in keys:
        status = data.draw(STATUSES)
        if status is not None:
            samples[key] = Sample(key, 1, status)
        for scorer in ("objects", "clip", "presentation", "skin_tone"):
            answer = data.draw(ANSWERS)
            if answer == "fail":
                judgements |= judged(scorer, key, failure="broke")
            elif answer != "none":
                fields = {m.field for m in KNOWN if m.scorer == scorer}
                kept = sorted(fields)[: 1 if answer == "absent" else None]
                judgements |= judged(scorer, key, **dict.fromkeys(kept, answer))
    estimates = measures.estimate([world], samples, judgements, keys, KNOWN)
    tags = {p.id: p for p in prompts}
    for row in estimates:
        applies = condition(BY_NAME[row.measure].applies)
        inside = {k: v for k, v in row.group.items() if k not in ("tone", "label")}
        planned = [
            k
            for k in keys
            if applies(tags[k.prompt_id]) and inside.items() <= tags[k.prompt_id].groups.items()
        ]
        assert row.n + sum(row.missing.values()) == len(planned)
        assert row.value is None or row.n > 0
        assert row.value is not None or row.n == 0 or row.method.startswith("undecided: ")
        assert row.low is None or row.low < row.high

    mixed = list(judgements.items())
    random.Random(0).shuffle(mixed)
    random.Random(1).shuffle(keys)
    again = measures.estimate([world], samples, dict(mixed), keys, KNOWN)
    assert again == estimates
    assert measures.to_json(again[::-1]) == measures.to_json(estimates)


def test_one_reading_is_a_value_or_a_reason():
    key = Key("counts", "c0", 0)
    by_name = {"counts": prompt_set("counts", counting(0, 2))}
    rows = Rows(frozenset([key]), ok(key), judged("objects", key, drawn=3.0), by_name)
    drawn = BY_NAME["objects.drawn"]
    assert read(drawn, rows, counting(0, 2), key) == (3.0, "", "c0", None, "c0", "")
    invalid = Rows(frozenset([key]), {key: Sample(key, 1, "invalid")}, rows.judgements, by_name)
    assert read(drawn, invalid, counting(0, 2), key) == (None, "invalid", "c0", None, "c0", "")


def test_a_prompt_that_a_scorer_says_does_not_raise_the_question_is_in_no_count():
    counts = prompt_set("counts", *(counting(n, 2) for n in range(3)))
    keys = [Key("counts", f"c{n}", index) for n in range(3) for index in range(2)]
    barred = Judgement("objects", keys[0], not_applicable=("count",))
    judgements = {**judged("objects", keys[2], count=1.0), ("objects", keys[0]): barred}
    row = only(measures.estimate([counts], ok(*keys), judgements, keys, KNOWN), "objects.count")
    # Neither image of the first prompt counts; of the others one was right, three not judged.
    assert (row.value, row.n, row.missing) == (1.0, 1, {"not judged": 3})


def test_a_measure_without_breakdowns_of_its_own_has_all_labels_rows():
    mine = Measure(name="mine.right", title="Right")
    prompts = [Prompt(f"p{n}", "a cat", "any", groups={"kind": "ab"[n % 2]}) for n in range(4)]
    keys = [Key("set", prompt.id, 0) for prompt in prompts]
    judgements = {}
    for n, key in enumerate(keys):
        judgements |= judged("mine", key, right=float(n % 2))
    rows = measures.estimate([prompt_set("set", *prompts)], ok(*keys), judgements, keys, [mine])
    assert [(dict(row.group), row.value) for row in rows] == [
        ({}, 0.5),
        ({"kind": "a"}, 0.0),
        ({"kind": "b"}, 1.0),
    ]


@pytest.mark.parametrize(("measure", "is_wide"), [("clip.score", True), ("clip.hessel", False)])
def test_labels_of_somebodys_own_set_follow_those_that_a_measure_knows(measure, is_wide):
    (one,) = [known for known in KNOWN if known.name == measure]
    labels = [{"difficulty": "ab"[n % 2], "count": "2", "category": "c"} for n in range(4)]
    names = breakdowns(one, labels)
    assert names == ([*BY_ASKED, "difficulty"] if is_wide else [])
    # What is another for nearly every prompt, such as a prompt's own source, is no breakdown.
    many = [{"difficulty": "a", "source": str(n)} for n in range(201)]
    assert "source" not in breakdowns(one, many)
    prompts = [Prompt(f"p{n}", "a cat", "any", groups=groups) for n, groups in enumerate(labels)]
    keys = [Key("set", prompt.id, 0) for prompt in prompts]
    judgements = {}
    for n, key in enumerate(keys):
        judgements |= judged("clip", key, score=float(n), hessel=0.5)
    found = measures.estimate([prompt_set("set", *prompts)], ok(*keys), judgements, keys, KNOWN)
    rows = {tuple(row.group.items()): row.value for row in found if row.measure == measure}
    own = {group: value for group, value in rows.items() if dict(group).get("difficulty")}
    hard = {(("difficulty", "a"),): 1.0, (("difficulty", "b"),): 2.0}
    assert own == (hard if is_wide else {})
    assert ((("category", "c"),) in rows) is is_wide


def test_questions_are_pooled_by_what_they_are_about():
    """Two images, five questions: counting 1 of 3 right, object 2 of 2."""
    ask = Question("Is it?", kind="counting")
    rows = [Prompt(f"p{n}", "cats", "geneval2", questions=(ask,)) for n in range(2)]
    keys = [Key("set", prompt.id, 0) for prompt in rows]
    yes, no = Answered(ask, True, 0.8), Answered(ask, False, 0.1)
    thing = Answered(Question("A cat?", kind="object"), True, 0.9)
    judgements = judged("vqa", keys[0], kinds=by_kind([yes, no, thing]))
    judgements |= judged("vqa", keys[1], kinds=by_kind([no, thing]))
    found = measures.estimate([prompt_set("set", *rows)], ok(*keys), judgements, keys, KNOWN)
    values = {
        (row.measure, row.group["label"]): row.value for row in found if "kinds_" in row.measure
    }
    assert values == {
        ("vqa.kinds_right", "counting"): pytest.approx(1 / 3),
        ("vqa.kinds_right", "object"): 1.0,
        ("vqa.kinds_mean", "counting"): pytest.approx((0.8 + 0.1 + 0.1) / 3),
        ("vqa.kinds_mean", "object"): pytest.approx(0.9),
        ("vqa.kinds_soft", "counting"): pytest.approx((0.8 * 0.1 * 0.1) ** (1 / 3)),
        ("vqa.kinds_soft", "object"): pytest.approx(0.9),
    }
    assert all(row.n == 2 for row in found if "kinds_" in row.measure)


def test_a_right_answer_counts_only_with_its_parents_and_one_without_a_kind_not_at_all():
    parent, child = Question("A cat?", kind="object"), Question("Red?", depends=(0,), kind="color")
    answers = [Answered(parent, False, 0.2), Answered(child, True, 0.7)]
    assert by_kind(answers) == '{"color": [[0, 0.7]], "object": [[0, 0.2]]}'
    assert by_kind([Answered(Question("A cat?"), True, 0.9)]) is None
    assert by_kind([Answered(parent, None, None)]) is None
    assert kinds_in("a word") == kinds_in("[]") == kinds_in('{"a": 1}') == {}
