"""Which audit stands beside which estimate."""

from dataclasses import replace

from evalsuite.audits.boxes import AuditedBoxes, BoxErrors
from evalsuite.audits.match import judged as of_kind_judged
from evalsuite.audits.match import quotes
from evalsuite.audits.record import Audited, Share, place
from evalsuite.audits.stored import Found
from evalsuite.plugins.find import own_measures
from evalsuite.records import (
    Clause,
    Estimate,
    Interval,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
)
from evalsuite.report.tables import audited_words

TWO = Prompt("a", "two cats", "counting", groups={"count": "2"})
LEFT = Prompt("b", "left", "position", groups={"relation": "left of"})
NURSE = Prompt("c", "a nurse", "occupation", groups={"occupation": "nurse"}, subject="person")


def sets(*prompts, name="mine"):
    return [PromptSet(name=name, version="1", digest="d", dialect="scenes", prompts=prompts)]


def estimate(measure, **group):
    interval = Interval(0.5, 0.4, 0.6, 9, 9)
    return Estimate(prompt_set="mine", measure=measure, group=group, interval=interval)


def row(tag, accuracy=0.9, images=100, chance=0.5, field="choice", scorer="clip", **group):
    return Audited(
        interval=Interval(accuracy, accuracy - 0.1, accuracy + 0.1, images, images),
        chance=chance,
        scorer=scorer,
        field=field,
        form="verdict",
        tag=tag,
        group=group,
    )


def judged(*prompts, scorer="clip", field="choice", value=1.0):
    keys = [Key("mine", prompt.id, 0) for prompt in prompts]
    return {(scorer, key): Judgement(scorer, key, {field: value}) for key in keys}


MEASURES = {measure.name: measure for measure in own_measures()}


def quoted(estimates, audited, prompts, judgements, measures=MEASURES):
    found = quotes(estimates, audited, sets(*prompts), judgements, measures)
    return [found.get(place(estimate)) for estimate in estimates]


def test_an_audit_is_quoted_for_its_kind_alone():
    counting, position = row("counting", 0.9), row("position", 0.25)
    here = estimate("clip.choice")

    assert quoted([here], [counting, position], [TWO], judged(TWO)) == [counting]
    assert quoted([here], [counting, position], [LEFT], judged(LEFT)) == [position]
    assert quoted([here], [counting], [LEFT], judged(LEFT)) == [None]


def test_a_group_is_quoted_where_it_has_enough_pictures():
    whole, two = row("counting"), row("counting", 0.7, count="2")
    here = estimate("clip.choice", count="2")
    few = row("counting", 0.7, images=19, count="2")

    assert quoted([here], [whole, two], [TWO], judged(TWO)) == [two]
    assert quoted([here], [whole, few], [TWO], judged(TWO)) == [whole]
    assert quoted([estimate("clip.choice")], [whole, two], [TWO], judged(TWO)) == [whole]


def test_of_several_kinds_the_weakest_is_quoted_and_none_if_one_is_unknown():
    counting, position = row("counting", 0.9), row("position", 0.6)
    both, judgements = (TWO, LEFT), judged(TWO, LEFT)
    here = estimate("clip.choice")

    assert quoted([here], [counting, position], both, judgements) == [position]
    assert quoted([here], [counting], both, judgements) == [None]


def test_a_row_of_one_group_is_of_that_groups_kind():
    counting, position = row("counting", 0.9), row("position", 0.6)
    here = estimate("clip.choice", count="2")

    assert quoted([here], [counting, position], (TWO, LEFT), judged(TWO, LEFT)) == [counting]


def test_measures_of_one_field_share_its_audit_and_abstentions_have_none():
    label = row("occupation", field="label", scorer="presentation")
    estimates = [
        estimate("presentation.woman", occupation="nurse"),
        estimate("presentation.imbalance"),
        estimate("presentation.unknown"),
    ]
    judgements = judged(NURSE, scorer="presentation", field="label", value="woman")

    assert quoted(estimates, [label], [NURSE], judgements) == [label, label, None]


def test_a_row_by_label_is_quoted_too():
    tone = row("occupation", field="tone", scorer="skin_tone")
    here = estimate("skin_tone.tone", occupation="nurse", tone="1-4")
    judgements = judged(NURSE, scorer="skin_tone", field="tone", value="3")

    assert quoted([here], [tone], [NURSE], judgements) == [tone]


def test_outside_scorers_are_quoted_by_their_fields():
    own = row("counting", field="verdict", scorer="mine")
    judgements = judged(TWO, scorer="mine", field="verdict")

    mine = Measure(name="mine.verdict", title="Verdict", applies=("tag:counting",))

    here = quoted([estimate("mine.verdict")], [own], [TWO], judgements, {mine.name: mine})
    assert here == [own]


def test_an_audit_that_saw_one_truth_alone_is_not_quoted():
    assert quoted(
        [estimate("clip.choice")], [row("counting", chance=None)], [TWO], judged(TWO)
    ) == [None]


def test_the_weakest_counts_the_guard_against_guessing():
    good = row("counting", 0.7)
    first = Audited(
        interval=Interval(0.9, 0.85, 0.95, 99, 99),
        chance=0.5,
        scorer="clip",
        field="choice",
        form="choice",
        tag="position",
        balanced=Share(0.5, 0.4, 0.6, 99),
    )
    both = (TWO, LEFT)

    assert quoted([estimate("clip.choice")], [good, first], both, judged(*both)) == [first]


def test_a_measure_of_one_tag_quotes_that_tags_audit_alone():
    counting = row("counting", 0.9, field="correct", scorer="geneval")
    position = row("position", 0.6, field="correct", scorer="geneval")
    cat = Clause("cat")
    both = (replace(TWO, include=(cat,)), replace(LEFT, include=(cat,)))
    judgements = judged(*both, scorer="geneval", field="correct")
    estimates = [
        estimate("geneval.counting"),
        estimate("geneval.position"),
        estimate("geneval.score"),
    ]

    assert quoted(estimates, [counting, position], both, judgements) == [
        counting,
        position,
        position,
    ]


def test_the_sort_of_falsehood_that_a_scorer_is_weakest_at_is_quoted():
    whole, side = row("position", 0.8), row("position", 0.5, differs="relation")
    shape, few = row("position", 0.99, differs="shape"), row("position", 0.4, 19, differs="color")
    here = estimate("clip.choice")

    assert quoted([here], [whole, side, shape, few], [LEFT], judged(LEFT)) == [side]
    assert "of 100 where the relation differs; chance 50.0%" in audited_words(side)


def test_beside_a_groups_own_audit_only_a_sort_that_is_guessed():
    own, left = (
        row("position", 0.9, relation="left of"),
        estimate("clip.choice", relation="left of"),
    )
    whole, good = row("position", 0.7), row("position", 0.8, differs="relation")
    guessed = row("position", 0.5, differs="relation")

    assert quoted([left], [whole, own, good], [LEFT], judged(LEFT)) == [own]
    assert quoted([left], [whole, own, guessed], [LEFT], judged(LEFT)) == [guessed]
    assert quoted([left], [whole, good], [LEFT], judged(LEFT)) == [whole]


CLEAN, OWN = row("counting"), replace(row("counting"), kind="renders through it", weights="ab")
CLEAN = replace(CLEAN, kind="clean renders")
SOFT = replace(CLEAN, kind="blurred renders")
MINE = replace(CLEAN, kind="", scorer="other")


def kinds(backend, *rows):
    return of_kind_judged(Found(rows), backend).audited


def test_the_rows_on_the_kind_of_pictures_that_was_judged_are_quoted():
    through = {"weights": {"vae/diffusion_pytorch_model.safetensors": "ab", "unet/x": "cd"}}
    other = {"weights": {"vae/diffusion_pytorch_model.safetensors": "ef"}}

    assert kinds(through, CLEAN, OWN, SOFT) == [OWN]
    assert kinds({"model": "scenes"}, CLEAN, OWN, SOFT) == [CLEAN]
    # Of another autoencoder nothing is known: the weaker of the two counts.
    assert kinds(other, CLEAN, OWN, SOFT) == [CLEAN, OWN]
    # A scorer that was audited on given pictures alone, beside one with rows of all kinds.
    assert kinds(through, CLEAN, OWN, MINE) == [OWN, MINE]


def test_boxes_are_chosen_likewise():
    errors = BoxErrors(CLEAN.interval, 0.5, 1.0, missed=0, surplus=0)
    boxes = [
        AuditedBoxes(scorer="clip", kind=kind, weights=weights, errors=errors)
        for kind, weights in (("clean renders", ""), ("renders through it", "ab"))
    ]

    assert of_kind_judged(Found((), boxes), {}).boxes == boxes[:1]


def test_a_quote_names_the_kind_of_pictures():
    assert "of 100, on renders through it; chance 50.0%" in audited_words(OWN)


def test_what_needs_an_audit_and_has_none_is_no_evidence():
    faces = judged(NURSE, scorer="skin_tone", field="tone", value="3")
    faces |= judged(NURSE, scorer="clip")
    tone, chosen = estimate("skin_tone.mean_tone"), estimate("clip.choice")
    lacking, none = quoted([tone, chosen], [], [NURSE], faces)
    assert none is None
    assert lacking.is_lacking and lacking.is_guess and not lacking.is_evidence
    assert audited_words(lacking) == "not audited"
    own = row("occupation", 0.9, 100, 0.1, "tone", "skin_tone")
    assert quoted([tone], [own], [NURSE], faces) == [own] and own.is_evidence
