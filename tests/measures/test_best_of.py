import pytest

from evalsuite.measures import best_of, picks, ranking
from evalsuite.plugins.find import own_measures
from evalsuite.records import Clause, Judgement, Key, Prompt, PromptSet, Sample

KNOWN = own_measures()
SCORE = ranking(KNOWN)


def run_of(prompts, answers):
    """A run of four images per prompt; `answers(key)` gives each scorer's values."""
    prompt_set = PromptSet(
        name="set", version="1", digest="d", dialect="everyday", prompts=tuple(prompts)
    )
    planned = [Key("set", prompt.id, index) for prompt in prompts for index in range(4)]
    samples = {key: Sample(key, 1, "ok", image="".join(map(str, key))) for key in planned}
    judgements = {
        (scorer, key): Judgement(
            scorer, key, values, reasons=dict.fromkeys(values, "unknown: unsure")
        )
        for key in planned
        for scorer, values in answers(key).items()
    }
    return [prompt_set], samples, judgements, planned


def effect_of(effects, measure, **group):
    (effect,) = [
        e for e in effects if e.difference.measure == measure and dict(e.difference.group) == group
    ]
    return effect


COUNTING = [
    Prompt(f"p{n}", "two cats", "counting", include=(Clause("cat", 2),), groups={"count": "2"})
    for n in range(12)
]


def test_the_highest_score_among_the_first_k_wins_and_ties_go_to_the_first() -> None:
    scores = {"p0": [1.0, 3.0, 2.0, 9.0], "p1": [2.0, 2.0, 2.0, 2.0], "p2": [None] * 4}
    _, _, judgements, planned = run_of(
        COUNTING[:3], lambda key: {"clip": {"score": scores[key.prompt_id][key.index]}}
    )
    assert picks(planned, judgements, 3, SCORE) == {
        ("set", "p0"): Key("set", "p0", 1),
        ("set", "p1"): Key("set", "p1", 0),
    }
    assert picks(planned, judgements, 4, SCORE)["set", "p0"].index == 3


def test_a_ranker_that_sees_what_is_right_lifts_accuracy_by_what_was_lacking() -> None:
    def answers(key):
        right = float(key.index == 2)
        return {"clip": {"score": 10 * right}, "objects": {"correct": right, "count": right}}

    found = effect_of(best_of(*run_of(COUNTING, answers), 4, SCORE, KNOWN), "objects.count")
    assert (found.whole.value, found.whole.n) == (0.25, 48)
    assert (found.picked.value, found.picked.n) == (1.0, 12)
    assert found.difference.value == 0.75 and found.difference.n == 12
    assert found.difference.low > 0 and found.difference.null == 0.0
    grouped = effect_of(
        best_of(*run_of(COUNTING, answers), 4, SCORE, KNOWN), "objects.count", count="2"
    )
    assert grouped.difference.value == 0.75


def test_all_means_the_first_k_and_a_pick_without_a_value_is_missing() -> None:
    def answers(key):
        known = {0: 0.0, 1: 1.0, 2: None, 3: 1.0}[key.index]
        return {"clip": {"score": float(key.index)}, "objects": {"count": known}}

    two = effect_of(best_of(*run_of(COUNTING, answers), 2, SCORE, KNOWN), "objects.count")
    assert (two.whole.value, two.whole.n, two.difference.value) == (0.5, 24, 0.5)
    three = effect_of(best_of(*run_of(COUNTING, answers), 3, SCORE, KNOWN), "objects.count")
    assert three.picked.value is None and three.difference.value is None
    assert three.difference.missing == {"no value of the pick, or of any image": 12}


def jobs():
    return [
        Prompt(f"{job}{n}", job, "occupation", groups={"occupation": job}, subject="person")
        for job in ("nurse", "builder")
        for n in range(8)
    ]


def people(pick):
    """Nurses are drawn as women in three of four images, builders in one."""

    def answers(key):
        nurse = key.prompt_id.startswith("nurse")
        woman = key.index < 3 if nurse else key.index == 0
        label = {"label": "woman" if woman else "man", "tone": "3"}
        return {"clip": {"score": float(key.index == pick(nurse))}, "presentation": label}

    return run_of(jobs(), answers)


def test_picking_the_common_form_is_seen_as_amplification_where_the_mean_hides_it() -> None:
    effects = best_of(*people(lambda nurse: 0 if nurse else 3), 4, SCORE, KNOWN)
    overall = effect_of(effects, "presentation.woman")
    assert (overall.whole.value, overall.picked.value) == (0.5, 0.5)
    assert overall.difference.value == pytest.approx(0.0)
    away = effect_of(effects, "presentation.woman", **{"away from even": "by occupation"})
    assert away.difference.value == pytest.approx(0.25)
    assert away.difference.n == away.difference.prompts == 16
    nurse = effect_of(effects, "presentation.woman", occupation="nurse")
    assert nurse.difference.value == pytest.approx(0.25)


def test_picking_against_the_lean_is_negative() -> None:
    effects = best_of(*people(lambda nurse: 3 if nurse else 0), 4, SCORE, KNOWN)
    away = effect_of(effects, "presentation.woman", **{"away from even": "by occupation"})
    assert away.difference.value == pytest.approx(-0.75)


def test_picking_at_random_moves_nothing_on_average() -> None:
    away = []
    for index in range(4):
        effects = best_of(*people(lambda nurse, index=index: index), 4, SCORE, KNOWN)
        found = effect_of(effects, "presentation.woman", **{"away from even": "by occupation"})
        away.append(found.difference.value)
    # Each image is picked once: the mean over all picks is that of a random one.
    assert sum(away) / 4 == pytest.approx(0.0)


def test_a_distance_from_even_has_no_difference_and_says_why() -> None:
    found = effect_of(best_of(*people(lambda nurse: 0), 4, SCORE, KNOWN), "presentation.imbalance")
    assert found.difference.value is None
    assert found.difference.method.startswith("no paired difference")
    assert found.picked.null > found.whole.null


def test_a_picked_image_meets_its_twins_pick() -> None:
    asked = Prompt("a", "a dog", "negation", include=(Clause("dog"),), groups={"absent": "dog"})
    negated = Prompt(
        "n", "no dog", "negation", exclude=(Clause("dog"),), groups={"absent": "dog"}, twin="a"
    )

    def answers(key):
        pick = 1 if key.prompt_id == "a" else 2
        drawn = float(key.index == pick) if key.prompt_id == "a" else float(key.index != pick)
        return {"clip": {"score": float(key.index == pick)}, "objects": {"excluded_drawn": drawn}}

    effects = best_of(*run_of([asked, negated], answers), 4, SCORE, KNOWN)
    found = effect_of(effects, "objects.negation_effect")
    # As they came: 0-1, 1-1, 0-0, 0-1 at the four indices; the picks: 1-0.
    assert found.whole.value == pytest.approx(-0.5)
    assert found.picked.value == 1.0
    assert found.difference.value == pytest.approx(1.5)


def test_any_score_that_ranks_images_can_pick_and_the_most_prominent_is_taken():
    mine = [measure for measure in KNOWN if measure.scorer == "preference"]
    assert ranking(KNOWN).name == "clip.score"
    score = ranking(mine)
    _, _, judgements, planned = run_of(
        COUNTING[:1], lambda key: {"preference": {"score": float(-key.index)}}
    )
    assert picks(planned, judgements, 4, score) == {("set", "p0"): Key("set", "p0", 0)}
    assert ranking([measure for measure in KNOWN if measure.scorer == "objects"]) is None
