"""GenEval's summary and VISOR's figures, from rows to the published formulas, by hand."""

import pytest

from evalsuite import measures, stats
from evalsuite.comparison.differences import differences
from evalsuite.comparison.snapshot import side
from evalsuite.plugins.find import own_measures
from evalsuite.prompts.conditions import condition
from evalsuite.records import Clause, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.runs.seeds import plan
from evalsuite.scorers.geneval import TASKS


def known(scorer):
    return [measure for measure in own_measures() if measure.scorer == scorer]


def estimates(prompts, verdicts, scorer, missing=()):
    """Estimates by measure, from {prompt id: [the fields of each image]}."""
    keys = [Key("set", p.id, i) for p in prompts for i in range(len(verdicts[p.id]))]
    samples = {k: Sample(k, 1, "ok", image="0") for k in keys if (k[1], k[2]) not in missing}
    judged = {
        (scorer, key): Judgement(
            scorer,
            key,
            verdicts[key.prompt_id][key.index],
            reasons={field: "not both" for field in verdicts[key.prompt_id][key.index]},
        )
        for key in samples
    }
    world = PromptSet(
        name="set", version="1", digest="d", dialect="everyday", prompts=tuple(prompts)
    )
    found = measures.estimate([world], samples, judged, keys, known(scorer))
    return {row.measure: row for row in found if not row.group}


def asked(name, tag):
    return Prompt(name, "x", tag, include=(Clause("dog"),))


def right(*verdicts):
    return [{"correct": float(v)} for v in verdicts]


SUMMARY = [
    (asked("a", "single_object"), right(1, 1, 1, 1)),
    (asked("b", "single_object"), right(1, 1, 1, 0)),
    (asked("c", "two_object"), right(1, 0, 0, 0)),
    (asked("d", "counting"), right(0, 0, 0, 0)),
    (asked("e", "colors"), right(1, 1, 0, 0)),
    (asked("f", "position"), right(0, 0, 0, 0)),
    (asked("g", "position"), right(0, 0, 0, 1)),
    (asked("h", "color_attr"), right(0, 0, 0, 0)),
]


def test_genevals_summary_has_its_lines_and_its_overall_score():
    found = estimates([p for p, _ in SUMMARY], {p.id: v for p, v in SUMMARY}, "geneval")
    lines = {tag: found[f"geneval.{tag}"].value for tag in TASKS}
    assert lines == {
        "single_object": pytest.approx(7 / 8),
        "two_object": pytest.approx(1 / 4),
        "counting": 0.0,
        "colors": pytest.approx(1 / 2),
        "position": pytest.approx(1 / 8),
        "color_attr": 0.0,
    }
    # The mean of the six lines, and not of the 32 images: 11/32.
    assert found["geneval.score"].value == pytest.approx(sum(lines.values()) / 6)
    assert found["geneval.correct"].value == pytest.approx(11 / 32)
    any_right = found["geneval.any"]
    assert (any_right.value, any_right.n, any_right.prompts) == (pytest.approx(5 / 8), 32, 8)
    # One prompt a task says nothing of others.
    assert found["geneval.score"].low is None


def test_the_scores_interval_is_made_of_the_tasks():
    pairs = [(asked(f"{tag}{n}", tag), right(n % 2, 1)) for tag in TASKS for n in range(12)]
    found = estimates([p for p, _ in pairs], {p.id: v for p, v in pairs}, "geneval")
    parts = [
        stats.proportion(
            values=[v["correct"] for p, vs in pairs if p.tag == tag for v in vs],
            clusters=[p.id for p, vs in pairs if p.tag == tag for _ in vs],
        )
        for tag in TASKS
    ]
    whole = stats.average(parts=parts)
    score = found["geneval.score"]
    assert (score.low, score.high, score.n) == (whole.low, whole.high, 144)
    assert score.low < 0.75 < score.high
    assert found["geneval.counting"].high - found["geneval.counting"].low > score.high - score.low


def test_a_task_without_any_answer_leaves_the_score_undecided():
    pairs = [(asked(f"{tag}{n}", tag), right(1, 0)) for tag in TASKS for n in range(12)]
    dark = {p.id: [{"correct": None}] * 2 if p.tag == "counting" else v for p, v in pairs}
    found = estimates([p for p, _ in pairs], dark, "geneval")
    score = found["geneval.score"]
    assert (score.value, score.low, score.n) == (0.5, None, 120)
    assert sum(score.missing.values()) == 24 and "no data" in score.method


def test_a_prompt_counts_only_with_all_its_images():
    pairs = [(asked("a", "colors"), right(1, 0)), (asked("b", "colors"), right(0, 0))]
    prompts, verdicts = [p for p, _ in pairs], {p.id: v for p, v in pairs}
    whole = estimates(prompts, verdicts, "geneval")["geneval.any"]
    assert (whole.value, whole.n, whole.missing) == (0.5, 4, {})
    torn = estimates(prompts, verdicts, "geneval", missing=[("a", 1)])["geneval.any"]
    assert (torn.value, torn.n, torn.prompts) == (0.0, 2, 1)
    assert torn.missing == {"another image of its prompt is missing": 1, "not generated": 1}


def test_genevals_lines_are_of_prompts_that_expect_something():
    bare = Prompt("p", "x", "counting")
    assert not any(condition(m.applies)(bare) for m in known("geneval"))
    other = Prompt("p", "x", "negation", include=(Clause("dog"),))
    applying = {m.name for m in known("geneval") if condition(m.applies)(other)}
    assert applying == {"geneval.correct", "geneval.any"}


def placed(name, relation="left of"):
    include = (Clause("cat"), Clause("dog", position=(relation, 0)))
    return Prompt(name, "x", "position", include=include)


def drawn(*pictures):
    """VISOR's fields of each picture: 0 not both found, 1 both but wrong, 2 both and right."""
    return [
        {"both": float(p > 0), "visor": float(p == 2), "visor_cond": float(p == 2) if p else None}
        for p in pictures
    ]


def test_visors_figures_are_those_of_the_published_formulas():
    rows = {
        "a": drawn(2, 2, 2, 2),
        "b": drawn(2, 2, 1, 0),
        "c": drawn(2, 0, 0, 0),
        "d": drawn(1, 1, 0, 0),
        "e": drawn(0, 0, 0, 0),
    }
    found = estimates([placed(name) for name in rows], rows, "objects")
    value = {name.removeprefix("objects.visor_"): row.value for name, row in found.items()}
    both, fine, images = 4 + 3 + 1 + 2, 4 + 2 + 1, 20
    assert value["oa"] == pytest.approx(both / images)
    assert value["cond"] == pytest.approx(fine / both)
    assert value["uncond"] == pytest.approx(fine / images)
    assert value["uncond"] == pytest.approx(value["cond"] * value["oa"])
    # Over all texts, also those in whose pictures nothing was found (visor.py; the notebook not).
    assert [value[str(n)] for n in (1, 2, 3, 4)] == pytest.approx([3 / 5, 2 / 5, 1 / 5, 1 / 5])
    assert found["objects.visor_cond"].missing == {"abstained: not both": 10}


def test_visor_n_needs_n_planned_images():
    rows = {"a": drawn(2, 2), "b": drawn(2, 2, 2, 2)}
    found = estimates([placed(name) for name in rows], rows, "objects")
    assert found["objects.visor_2"].prompts == 2
    three = found["objects.visor_3"]
    assert (three.value, three.prompts, three.n) == (1.0, 1, 4)
    assert three.missing == {}
    alone = estimates([placed("a")], {"a": drawn(2, 2)}, "objects")
    assert "objects.visor_2" in alone and "objects.visor_3" not in alone


def test_visor_is_of_two_things_in_a_plane():
    visor = [m for m in known("objects") if m.name.startswith("objects.visor_")]
    assert len(visor) == 7
    three = Prompt("t", "x", "position", include=(*placed("p").include, Clause("cow")))
    for prompt, applies in ((placed("p"), True), (placed("p", "inside"), False), (three, False)):
        assert all(condition(m.applies)(prompt) == applies for m in visor)


def a_side(verdicts, seed=0):
    """A run's side from {(tag, number): [verdict of each image]}."""
    prompts = tuple(asked(f"{tag}-{number}", tag) for tag, number in verdicts)
    world = PromptSet(name="set", version="1", digest="d", dialect="everyday", prompts=prompts)
    requests = plan([world], 2, seed)
    keys = [request.key for request in requests]
    said = {p.id: values for p, values in zip(prompts, verdicts.values(), strict=True)}
    judged = {
        ("geneval", key): Judgement("geneval", key, {"correct": said[key.prompt_id][key.index]})
        for key in keys
    }
    return side(
        name="run",
        dialect="everyday",
        seed=seed,
        prompt_sets=[world],
        requests=requests,
        samples={r.key: Sample(r.key, r.seed, "ok", image="ab" * 32) for r in requests},
        judgements=judged,
        scorers={"geneval": "digest"},
        known=known("geneval"),
        complete=True,
    )


def the_difference(before, after, measure):
    found = differences(before, after, seed=0)
    (difference,) = [d for d in found if d.measure == measure and not d.group]
    return difference


@pytest.mark.parametrize("seed", [0, 1])
def test_two_runs_are_compared_task_by_task_and_prompt_by_prompt(seed):
    # Three times as many prompts of one task: the mean over images would follow that task.
    numbers = [("counting", n) for n in range(36)] + [("colors", n) for n in range(12)]
    before = {at: [0.0, 0.0] for at in numbers}
    # Counting: 18 of 36 prompts get one of two right. Colours: 3 of 12 get both right.
    after = {
        (tag, n): [float(n % 2), 0.0] if tag == "counting" else [float(n < 3)] * 2
        for tag, n in numbers
    }
    pair = a_side(before), a_side(after, seed)
    score = the_difference(*pair, "geneval.score")
    assert score.value == pytest.approx((18 / 72 + 6 / 24) / 2)
    assert score.low < score.value < score.high and score.n == (96 if seed == 0 else 48)
    assert score.pairing == ("seeds" if seed == 0 else "prompts") and score.p < 0.001
    any_right = the_difference(*pair, "geneval.any")
    assert any_right.value == pytest.approx((18 + 3) / 48)
    assert (any_right.n, any_right.prompts) == (48, 48) and any_right.p < 0.001
    same = the_difference(pair[0], a_side(before, seed), "geneval.score")
    assert (same.value, same.p) == (0.0, 1.0) and same.low < 0 < same.high


def test_the_difference_of_the_scores_counts_each_task_the_same():
    numbers = [("counting", n) for n in range(36)] + [("colors", n) for n in range(12)]
    before = {(tag, n): [float(tag == "colors")] * 2 for tag, n in numbers}
    after = {(tag, n): [float(tag == "counting" and n < 9)] * 2 for tag, n in numbers}
    score = the_difference(a_side(before), a_side(after), "geneval.score")
    # Counting rises by a quarter and colours fall by one; over the images it would be -1/16.
    assert score.value == pytest.approx((0.25 - 1) / 2)
