"""From answers to accuracy: scorers whose errors are known by construction."""

import numpy as np
import pytest

from evalsuite.audits.accuracy import audit
from evalsuite.audits.record import Known
from evalsuite.records import Case, Choice, Judgement, Key, Measure, Picture, Prompt


def case(number, name="true", tag="counting", picture=None, groups=None, text=None):
    prompt = Prompt(name, text or f"{name} {number}", tag, groups=groups or {})
    shown = Picture(picture or f"p{number}", lambda: np.zeros((2, 2, 3), np.uint8))
    return Case(Key("audit", f"{number}-{name}", 0), prompt, shown)


def pairs(n=100, **more):
    """On every picture one true and one false question."""
    return [
        Known(case(number, name, **more), {"correct": truth})
        for number in range(n)
        for name, truth in (("true", 1.0), ("false", 0.0))
    ]


def said_of(known, answer, scorer="s", field="right", evidence=None, choice=None):
    """Judgements of one field by a rule; None abstains."""
    return {
        (scorer, one.case.key): Judgement(
            scorer,
            one.case.key,
            {field: answer(one)},
            evidence=evidence(one) if evidence else {},
            choices={field: choice(one)} if choice else {},
        )
        for one in known
    }


def test_who_always_says_yes_has_sensitivity_1_and_specificity_0():
    known = pairs()
    (row,) = audit(known, said_of(known, lambda one: 1.0))

    assert (row.sensitivity.value, row.specificity.value) == (1.0, 0.0)
    assert (row.accuracy, row.chance) == (0.5, 0.5)
    assert row.is_guess
    assert (row.n, row.images, row.tag, row.form) == (200, 100, "counting", "verdict")
    assert row.confusion == {"0": {"1": 100}, "1": {"1": 100}}


def test_a_coin_is_no_evidence():
    known, rng = pairs(), np.random.default_rng(3)
    (row,) = audit(known, said_of(known, lambda one: float(rng.integers(2))))

    assert row.low < 0.5 < row.high
    assert row.is_guess
    assert not row.is_evidence


def test_who_is_always_right_is_perfect_and_still_not_certain():
    known = pairs()
    (row,) = audit(known, said_of(known, lambda one: one.truth["correct"]))

    assert (row.accuracy, row.sensitivity.value, row.specificity.value) == (1.0, 1.0, 1.0)
    assert 0.9 < row.low < 1.0
    assert row.is_evidence


def test_abstentions_are_counted_and_no_answers():
    known = pairs(10)
    (row,) = audit(known, said_of(known, lambda one: None if one.truth["correct"] else 0.0))

    assert (row.n, row.abstained) == (10, 10)
    assert row.chance is None  # only false ones were answered: nothing can be told
    assert not row.is_evidence
    assert row.confusion["1"] == {"no answer": 10}


def test_kinds_and_groups_have_rows_of_their_own():
    known = [*pairs(4, groups={"count": "1"}), *pairs(4, tag="position")]
    known = [
        Known(case(n, one.case.prompt.id, one.case.prompt.tag, f"{n}", one.case.prompt.groups),
              one.truth)
        for n, one in enumerate(known)
    ]  # fmt: skip
    rows = audit(known, said_of(known, lambda one: 1.0))

    assert [(row.tag, row.group) for row in rows] == [
        ("counting", {}), ("counting", {"count": "1"}), ("position", {})
    ]  # fmt: skip


def test_a_field_is_held_against_the_truth_of_its_name():
    known = [Known(case(n), {"correct": 1.0, "color": 0.0, "other.color": 1.0}) for n in range(3)]
    judgements = said_of(known, lambda one: 0.0, "objects", "color")
    judgements |= said_of(known, lambda one: 0.0, "other", "color")
    mine, other = audit(known, judgements)

    assert (mine.scorer, mine.accuracy) == ("objects", 1.0)
    assert (other.scorer, other.accuracy) == ("other", 0.0)


def test_words_are_labels_with_a_recall_each():
    people = ["woman", "woman", "man", "man"]
    known = [Known(case(n, tag="occupation"), {"label": who}) for n, who in enumerate(people)]
    answers = dict(zip((one.case.key for one in known), ["woman", "man", "man", None], strict=True))
    odds = Choice(("woman", "man"), (0.75, 0.25))
    said = said_of(known, lambda one: answers[one.case.key], "p", "label", choice=lambda _: odds)
    (row,) = audit(known, said)

    assert {label: share.value for label, share in row.recalls.items()} == {
        "woman": 0.5, "man": 1.0
    }  # fmt: skip
    assert (row.accuracy, row.chance, row.abstained) == (0.75, 0.5, 1)
    assert row.sensitivity is None
    # Stated 0.75 for the woman throughout, once without an answer: right in two of the four.
    assert row.calibration["error"] == pytest.approx(0.25)


def test_a_choice_that_states_no_probabilities_is_not_calibrated():
    known = [Known(case(n, tag="occupation"), {"label": who}) for n, who in enumerate("wm")]
    choice = Choice(("w", "m"), ())
    (row,) = audit(known, said_of(known, lambda one: "w", "p", "label", choice=lambda _: choice))

    assert (row.accuracy, row.calibration) == (0.5, None)


def test_numbers_with_a_truth_are_labels():
    known = [Known(case(n), {"drawn": 3.0 + n % 2}) for n in range(4)]
    (row,) = audit(known, said_of(known, lambda one: 3.0, "objects", "drawn"))

    assert row.confusion == {"3": {"3": 2}, "4": {"3": 2}}
    assert (row.accuracy, row.chance) == (0.5, 0.5)


OPTIONS = ["true", "other", "third", "fourth"]


def choices(choose, n=80):
    """Every picture is asked about by its true prompt and by a false one."""
    known = [
        Known(case(number, text=text), {"correct": float(text == "true"), "choice": "true"})
        for number in range(n)
        for text in ("true", "other")
    ]
    known = [
        Known(Case(one.case.key._replace(index=n), one.case.prompt, one.case.picture), one.truth)
        for n, one in enumerate(known)
    ]

    def choice(one):
        prompt = one.case.prompt.text
        options = (prompt, *[text for text in OPTIONS if text != prompt])
        return Choice(options, (0.25,) * 4, choose(options))

    def value(one):
        return float(choice(one).chosen == one.case.prompt.text)

    return audit(known, said_of(known, value, "clip", "choice", choice=choice))


def test_choices_are_right_where_the_true_option_is_chosen():
    (row,) = choices(lambda options: "true")

    assert (row.accuracy, row.chance, row.form) == (1.0, 0.25, "choice")
    assert (row.sensitivity.value, row.specificity.value) == (1.0, 1.0)
    assert row.is_evidence
    assert row.calibration["error"] == pytest.approx(0.75)


def test_a_chooser_at_random_reaches_one_in_four():
    rng = np.random.default_rng(2)
    (row,) = choices(lambda options: str(rng.choice(options)))

    assert row.low < 0.25 < row.high
    assert row.is_guess


def test_who_always_takes_the_first_option_is_no_evidence():
    (row,) = choices(lambda options: options[0])

    assert row.accuracy == 0.5  # above chance, as half of the prompts come first and are true
    assert row.low > row.chance
    assert (row.sensitivity.value, row.specificity.value) == (1.0, 0.0)
    assert not row.is_evidence


def test_scores_are_held_against_those_of_false_prompts():
    known = pairs(20)
    scores = {"true": 0.75, "false": 0.5}
    half = said_of(
        known,
        # On every second picture the false prompt scores higher.
        lambda one: scores[one.case.prompt.id] * (-1) ** int(one.case.key.prompt_id[:1]),
        "clip",
        "score",
    )
    (row,) = audit(known, half)

    assert row.form == "pairs"
    assert (row.n, row.chance) == (20, 0.5)
    evens = sum(int(str(number)[:1]) % 2 == 0 for number in range(20))
    assert row.accuracy == evens / 20


def test_scores_of_pictures_for_one_prompt_are_paired_too():
    known = [Known(case(n, text="a star"), {"correct": float(n % 2)}) for n in range(6)]
    (row,) = audit(known, said_of(known, lambda one: 0.25 + one.truth["correct"], field="score"))

    assert (row.accuracy, row.n, row.images) == (1.0, 9, 1)


def test_a_score_that_never_tells_true_from_false_is_about_something_else():
    known = pairs(5)

    assert audit(known, said_of(known, lambda one: 0.3, "aesthetics", "beauty")) == []


def test_words_without_truth_are_not_audited():
    known = pairs(5)

    assert audit(known, said_of(known, lambda one: "bright", "outside", "word")) == []


def test_a_failure_is_no_answer():
    known = pairs(3)
    judgements = said_of(known, lambda one: 1.0)
    key = known[0].case.key
    judgements["s", key] = Judgement("s", key, failure="broke")
    (row,) = audit(known, judgements)

    assert row.n == 5


def test_a_yes_with_its_probability_is_calibrated():
    known = pairs(10)
    found = audit(
        known,
        said_of(
            known, lambda one: one.truth["correct"], field="yes",
            evidence=lambda one: {"yes": {"probability": 0.5}},
        ),
    )  # fmt: skip

    assert found[0].calibration["error"] == 0.0
    assert found[0].calibration["brier"] == 0.25


def test_a_score_that_is_a_probability_is_calibrated():
    known = pairs(20)
    found = said_of(known, lambda one: 0.75 if one.truth["correct"] else 0.25, "vqa", "score")
    score = Measure(name="vqa.score", title="Asked whole", kind="mean", unit="P(yes)")
    (row,) = audit(known, found, [score])

    assert (row.form, row.accuracy) == ("pairs", 1.0)
    assert row.calibration["error"] == pytest.approx(0.25)
    assert row.calibration["brier"] == pytest.approx(0.0625)
    # Another unit, or none that is known, is no probability.
    (row,) = audit(known, found)
    assert row.calibration is None


def test_what_is_false_in_one_thing_is_held_against_all_that_is_true():
    """Blind to sides, sharp on colours: each sort of falsehood says which."""
    known = [
        Known(case(n, name, "position", groups=groups), {"correct": float(not groups)})
        for n in range(40)
        for name, groups in (
            ("true", {}),
            ("side", {"differs": "relation"}),
            ("hue", {"differs": "color"}),
        )
    ]
    verdicts = audit(known, said_of(known, lambda one: float(one.case.prompt.id != "hue")))
    scores = audit(known, said_of(known, lambda one: {"true": 2.0, "side": 2.0, "hue": 1.0}[
        one.case.prompt.id], "clip", "score"))  # fmt: skip

    def by_sort(rows):
        return {one.group.get("differs"): (one.accuracy, one.chance, one.n) for one in rows}

    assert by_sort(verdicts) == {
        None: (0.75, 0.5, 120), "color": (1.0, 0.5, 80), "relation": (0.5, 0.5, 80)
    }  # fmt: skip
    assert by_sort(scores) == {
        None: (0.75, 0.5, 80), "color": (1.0, 0.5, 40), "relation": (0.5, 0.5, 40)
    }  # fmt: skip
