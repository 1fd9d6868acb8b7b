"""From answers to accuracy: scorers whose errors are known by construction."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.audits.accuracy import assess
from evalsuite.audits.known import KnownCase, PictureKind
from evalsuite.records import Case, Choice, Judgement, Key, Measure, Picture, Prompt


def case(number, name="true", tag="counting", picture=None, groups=None, text=None):
    prompt = Prompt(name, text or f"{name} {number}", tag, groups=groups or {})
    shown = Picture(picture or f"p{number}", lambda: np.zeros((2, 2, 3), np.uint8))
    return Case(Key("audit", f"{number}-{name}", 0), prompt, shown)


def pairs(n=100, **more):
    """On every picture one true and one false question."""
    return [
        KnownCase(case(number, name, **more), {"correct": truth})
        for number in range(n)
        for name, truth in (("true", 1.0), ("false", 0.0))
    ]


def judgements_of(cases, answer, scorer="s", field="right", evidence=None, choice=None):
    """Judgements of one field by a rule; None abstains."""
    return {
        (scorer, known.case.key): Judgement(
            scorer,
            known.case.key,
            {field: answer(known)},
            evidence=evidence(known) if evidence else {},
            choices={field: choice(known)} if choice else {},
        )
        for known in cases
    }


def test_who_always_says_yes_has_sensitivity_1_and_specificity_0():
    cases = pairs()
    (row,) = assess(cases, judgements_of(cases, lambda known: 1.0))

    assert (row.sensitivity.value, row.specificity.value) == (1.0, 0.0)
    assert (row.accuracy, row.chance) == (0.5, 0.5)
    assert row.is_guess
    assert (row.n, row.images, row.tag, row.form) == (200, 100, "counting", "verdict")
    assert row.confusion == {"0": {"1": 100}, "1": {"1": 100}}


def test_a_coin_is_no_evidence():
    cases, rng = pairs(), np.random.default_rng(3)
    (row,) = assess(cases, judgements_of(cases, lambda known: float(rng.integers(2))))

    assert row.low < 0.5 < row.high
    assert row.is_guess
    assert not row.is_evidence


def test_who_is_always_right_is_perfect_and_still_not_certain():
    cases = pairs()
    (row,) = assess(cases, judgements_of(cases, lambda known: known.truth["correct"]))

    assert (row.accuracy, row.sensitivity.value, row.specificity.value) == (1.0, 1.0, 1.0)
    assert 0.9 < row.low < 1.0
    assert row.is_evidence


def test_abstentions_are_counted_and_no_answers():
    cases = pairs(10)
    (row,) = assess(
        cases, judgements_of(cases, lambda known: None if known.truth["correct"] else 0.0)
    )

    assert (row.n, row.abstained) == (10, 10)
    assert row.chance is None  # only false ones were answered: nothing can be told
    assert not row.is_evidence
    assert row.confusion["1"] == {"no answer": 10}


def test_kinds_and_groups_have_rows_of_their_own():
    cases = [*pairs(4, groups={"count": "1"}), *pairs(4, tag="position")]
    cases = [
        KnownCase(
            case(n, known.case.prompt.id, known.case.prompt.tag, f"{n}", known.case.prompt.groups),
            known.truth,
        )
        for n, known in enumerate(cases)
    ]
    rows = assess(cases, judgements_of(cases, lambda known: 1.0))

    assert [(row.tag, row.group) for row in rows] == [
        ("counting", {}),
        ("counting", {"count": "1"}),
        ("position", {}),
    ]


def test_a_field_is_held_against_the_truth_of_its_name():
    cases = [
        KnownCase(case(n), {"correct": 1.0, "color": 0.0, "other.color": 1.0}) for n in range(3)
    ]
    judgements = judgements_of(cases, lambda known: 0.0, "objects", "color")
    judgements |= judgements_of(cases, lambda known: 0.0, "other", "color")
    mine, other = assess(cases, judgements)

    assert (mine.scorer, mine.accuracy) == ("objects", 1.0)
    assert (other.scorer, other.accuracy) == ("other", 0.0)


def test_words_are_labels_with_a_recall_each():
    people = ["woman", "woman", "man", "man"]
    cases = [KnownCase(case(n, tag="occupation"), {"label": who}) for n, who in enumerate(people)]
    answers = dict(
        zip((known.case.key for known in cases), ["woman", "man", "man", None], strict=True)
    )
    odds = Choice(("woman", "man"), (0.75, 0.25))
    judgements = judgements_of(
        cases, lambda known: answers[known.case.key], "p", "label", choice=lambda _: odds
    )
    (row,) = assess(cases, judgements)

    assert {label: share.value for label, share in row.recalls.items()} == {
        "woman": 0.5,
        "man": 1.0,
    }
    assert (row.accuracy, row.chance, row.abstained) == (0.75, 0.5, 1)
    assert row.sensitivity is None
    # Stated 0.75 for the woman throughout, once without an answer: right in two of the four.
    assert row.calibration["error"] == pytest.approx(0.25)


def test_a_choice_that_states_no_probabilities_is_not_calibrated():
    cases = [KnownCase(case(n, tag="occupation"), {"label": who}) for n, who in enumerate("wm")]
    choice = Choice(("w", "m"), ())
    (row,) = assess(
        cases, judgements_of(cases, lambda known: "w", "p", "label", choice=lambda _: choice)
    )

    assert (row.accuracy, row.calibration) == (0.5, None)


def test_numbers_with_a_truth_are_labels():
    cases = [KnownCase(case(n), {"drawn": 3.0 + n % 2}) for n in range(4)]
    (row,) = assess(cases, judgements_of(cases, lambda known: 3.0, "objects", "drawn"))

    assert row.confusion == {"3": {"3": 2}, "4": {"3": 2}}
    assert (row.accuracy, row.chance) == (0.5, 0.5)


OPTIONS = ["true", "other", "third", "fourth"]


def choices(choose, n=80):
    """Every picture is asked about by its true prompt and by a false one."""
    cases = [
        KnownCase(case(number, text=text), {"correct": float(text == "true"), "choice": "true"})
        for number in range(n)
        for text in ("true", "other")
    ]
    cases = [
        KnownCase(
            Case(known.case.key._replace(index=n), known.case.prompt, known.case.picture),
            known.truth,
        )
        for n, known in enumerate(cases)
    ]

    def choice(known):
        prompt = known.case.prompt.text
        options = (prompt, *[text for text in OPTIONS if text != prompt])
        return Choice(options, (0.25,) * 4, choose(options))

    def value(known):
        return float(choice(known).chosen == known.case.prompt.text)

    return assess(cases, judgements_of(cases, value, "clip", "choice", choice=choice))


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
    cases = pairs(20)
    scores = {"true": 0.75, "false": 0.5}
    half = judgements_of(
        cases,
        # On every second picture the false prompt scores higher.
        lambda known: scores[known.case.prompt.id] * (-1) ** int(known.case.key.prompt_id[:1]),
        "clip",
        "score",
    )
    (row,) = assess(cases, half)

    assert row.form == "pairs"
    assert (row.n, row.chance) == (20, 0.5)
    evens = sum(int(str(number)[:1]) % 2 == 0 for number in range(20))
    assert row.accuracy == evens / 20


def test_scores_of_pictures_for_one_prompt_are_paired_too():
    cases = [KnownCase(case(n, text="a star"), {"correct": float(n % 2)}) for n in range(6)]
    (row,) = assess(
        cases, judgements_of(cases, lambda known: 0.25 + known.truth["correct"], field="score")
    )

    assert (row.accuracy, row.n, row.images) == (1.0, 9, 1)


def test_a_score_that_never_tells_true_from_false_is_about_something_else():
    cases = pairs(5)

    assert assess(cases, judgements_of(cases, lambda known: 0.3, "aesthetics", "beauty")) == []


def test_words_without_truth_are_not_audited():
    cases = pairs(5)

    assert assess(cases, judgements_of(cases, lambda known: "bright", "outside", "word")) == []


def test_a_failure_is_no_answer():
    cases = pairs(3)
    judgements = judgements_of(cases, lambda known: 1.0)
    key = cases[0].case.key
    judgements["s", key] = Judgement("s", key, failure="broke")
    (row,) = assess(cases, judgements)

    assert row.n == 5


def test_a_yes_with_its_probability_is_calibrated():
    cases = pairs(10)
    found = assess(
        cases,
        judgements_of(
            cases,
            lambda known: known.truth["correct"],
            field="yes",
            evidence=lambda known: {"yes": {"probability": 0.5}},
        ),
    )

    assert found[0].calibration["error"] == 0.0
    assert found[0].calibration["brier"] == 0.25


def test_a_score_that_is_a_probability_is_calibrated():
    cases = pairs(20)
    found = judgements_of(
        cases, lambda known: 0.75 if known.truth["correct"] else 0.25, "vqa", "score"
    )
    score = Measure(name="vqa.score", title="Asked whole", kind="mean", unit="P(yes)")
    (row,) = assess(cases, found, [score])

    assert (row.form, row.accuracy) == ("pairs", 1.0)
    assert row.calibration["error"] == pytest.approx(0.25)
    assert row.calibration["brier"] == pytest.approx(0.0625)
    # Another unit, or none that is known, is no probability.
    (row,) = assess(cases, found)
    assert row.calibration is None


def test_what_is_false_in_one_thing_is_held_against_all_that_is_true():
    """Blind to sides, sharp on colours: each sort of falsehood says which."""
    cases = [
        KnownCase(case(n, name, "position", groups=groups), {"correct": float(not groups)})
        for n in range(40)
        for name, groups in (
            ("true", {}),
            ("side", {"differs": "relation"}),
            ("hue", {"differs": "color"}),
        )
    ]
    verdicts = assess(
        cases, judgements_of(cases, lambda known: float(known.case.prompt.id != "hue"))
    )
    scores = assess(
        cases,
        judgements_of(
            cases,
            lambda known: {"true": 2.0, "side": 2.0, "hue": 1.0}[known.case.prompt.id],
            "clip",
            "score",
        ),
    )

    def by_sort(rows):
        return {row.group.get("differs"): (row.accuracy, row.chance, row.n) for row in rows}

    assert by_sort(verdicts) == {
        None: (0.75, 0.5, 120),
        "color": (1.0, 0.5, 80),
        "relation": (0.5, 0.5, 80),
    }
    assert by_sort(scores) == {
        None: (0.75, 0.5, 80),
        "color": (1.0, 0.5, 40),
        "relation": (0.5, 0.5, 40),
    }


def test_a_measures_own_bar_is_the_rows():
    cases = pairs(60)
    answers = judgements_of(cases, lambda known: known.truth["correct"], "mine", "says")
    strict = Measure(name="mine.says", title="Says", useful=0.95)
    (lax,), (row,) = assess(cases, answers), assess(cases, answers, [strict])

    assert (lax.bar, row.bar) == (0.5, 0.95)
    assert lax.is_evidence
    # All of 120 right, two on each picture: 0.975 ** 60 is no small chance.
    assert row.verdict == "undecided"


def test_p_values_are_corrected_for_all_rows_of_a_scorer():
    cases = pairs(40, groups={"count": "2"})
    answers = judgements_of(cases, lambda known: known.truth["correct"])
    row, group = assess(cases, answers)

    # Two rows of the same answers: Holm doubles both.
    assert row.p == group.p > 0
    (alone,) = assess(pairs(40), judgements_of(pairs(40), lambda known: known.truth["correct"]))
    assert row.p == pytest.approx(2 * alone.p)


def test_kinds_of_pictures_have_rows_of_their_own():
    soft = PictureKind("blurred renders", grouped=())
    cases = [*pairs(30, groups={"count": "2"})]
    cases += [replace(known, kind=soft) for known in pairs(30, groups={"count": "2"})]
    cases = [
        replace(known, case=replace(known.case, key=known.case.key._replace(index=n)))
        for n, known in enumerate(cases)
    ]
    rows = assess(cases, judgements_of(cases, lambda known: known.truth["correct"]))

    assert [(row.kind, row.group, row.n) for row in rows] == [
        ("", {}, 60),
        ("", {"count": "2"}, 60),
        ("blurred renders", {}, 60),
    ]


def changed(scores):
    """Four pictures and their changed copies, of one prompt, with these scores."""
    kind = PictureKind("perturbed renders", grouped=())
    cases = [
        KnownCase(
            case=case(n, picture=f"p{n}", text="a star"),
            truth={"correct": 1.0 - n % 2},
            kind=kind,
            pair=f"{n // 2}",
        )
        for n in range(8)
    ]
    by_key = {known.case.key: score for known, score in zip(cases, scores, strict=True)}
    return cases, judgements_of(cases, lambda known: by_key[known.case.key], field="score")


def test_a_score_is_compared_within_a_pair_of_pictures():
    """Scores of other pairs are no matter: three of the four pictures lie above their own copy."""
    cases, said = changed([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 3.5])
    plain = [
        replace(known, case=replace(known.case, key=known.case.key._replace(prompt_set="plain")))
        for known in pairs(2)
    ]
    told = judgements_of(plain, lambda known: known.truth["correct"] / 2 + 0.25, field="score")
    first, row = assess([*plain, *cases], told | said)

    assert (first.kind, first.accuracy) == ("", 1.0)
    assert (row.kind, row.accuracy, row.n) == ("perturbed renders", 0.75, 4)


def test_a_score_that_never_looks_at_the_prompt_is_not_audited_on_changed_pictures():
    cases, said = changed([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 3.5])

    assert assess(cases, said) == []
