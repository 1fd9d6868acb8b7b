"""What people are asked: the form follows from the measures, the words from measure and prompt."""

from itertools import pairwise

import pytest

from evalsuite.labels.asked import asked, form_of, usual
from evalsuite.labels.frame import frame
from evalsuite.labels.tasks import checked, ordered, tasks
from evalsuite.labels.wording import context, guidelines, options, question
from evalsuite.plugins.find import own_measures
from evalsuite.records import (
    Choice,
    Clause,
    InputError,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Sample,
)

OWN = list(own_measures())
NURSE = Prompt("n", "a nurse at work", "occupation", groups={"occupation": "nurse"},
               include=(Clause("nurse"),), subject="person")  # fmt: skip
DOGS = Prompt(
    "d",
    "two red dogs to the left of a cat",
    "counting",
    include=(Clause("cat"), Clause("dog", 2, color="red", position=("left of", 0))),
    exclude=(Clause("dog", 3), Clause("car")),
)
TWO = Prompt("t", "two dogs", "counting", include=(Clause("dog", 2),))


def ask(*names, known=OWN, answers=(), scorers=None):
    judged = {(j.scorer, j.key): j for j in answers}
    return asked(names, known, judged, scorers or {}, {"counting", "occupation"})


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("presentation.label", "label"),
        ("presentation.woman", "label"),
        ("presentation.occupation_distance", "label"),
        ("skin_tone.tone", "tone"),
        ("skin_tone.mean_tone", "tone"),
        ("objects.correct", "verdict"),
        ("objects.negation_effect", "verdict"),
        ("objects.drawn", "count"),
        ("clip.score", "score"),
    ],
)
def test_every_kind_of_measure_of_ours_has_a_form(name, form):
    one = ask(name, scorers={"presentation": {"labels": ["woman", "man"]}})[0]
    assert one.form == form


def test_every_bundled_measure_can_be_asked_or_says_why_not():
    fields = {f"{m.scorer}.{m.field}": [] for m in OWN}
    for measure in OWN:
        fields[f"{measure.scorer}.{measure.field}"].append(measure)
    forms = {name: form_of(readers, ()) for name, readers in fields.items()}
    pooled = {name for name, form in forms.items() if form is None}

    assert {name.partition(".")[0] for name in pooled} <= {"vqa"}
    for name in pooled:
        with pytest.raises(InputError, match="pooled from the answers to many questions"):
            ask(name)


def test_measures_of_one_field_ask_it_once():
    entry = {"presentation": {"labels": ["woman", "man"]}}
    found = ask("presentation.woman", "presentation.imbalance", "presentation.label", scorers=entry)

    assert [(one.name, one.options) for one in found] == [("presentation.label", ("woman", "man"))]


def test_a_scorers_name_is_its_most_prominent_field():
    entry = {"presentation": {"labels": ["woman", "man"]}}
    names = [one.name for one in ask("presentation", "objects", scorers=entry)]
    assert names == ["presentation.label", "objects.excluded_drawn"]


def test_labels_are_the_declared_ones_then_those_seen_and_the_options_chosen_among():
    known = [Measure(name="x.b", title="B", kind="label", field="label", label="b")]
    key = Key("s", "p", 0)
    seen = Judgement("x", key, {"label": "z"},
                     choices={"label": Choice(("z", "a"), (0.5, 0.5), "z")})  # fmt: skip
    one = ask("x.label", known=known, answers=[seen], scorers={"x": {"labels": {"label": ["c"]}}})

    assert one[0].options == ("c", "b", "a", "z")


def test_a_field_that_nobody_declared_is_asked_by_its_values():
    key = Key("s", "p", 0)
    for value, form in ((1.0, "verdict"), (0.5, "score"), ("a", "label")):
        both = [Judgement("x", key, {"f": value}), Judgement("x", Key("s", "p", 1), {"f": "b"})]
        said = both if form == "label" else both[:1]
        assert ask("x.f", known=[], answers=said)[0].form == form


def test_a_name_that_is_none_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean"):
        ask("presentation.lable")


def test_a_single_label_is_no_choice():
    known = [Measure(name="x.b", title="B", kind="label", field="label", label="b")]
    with pytest.raises(InputError, match="has 1 labels"):
        ask("x.label", known=known)


def test_the_usual_question_is_the_most_prominent_of_each_tag():
    assert usual(OWN, [NURSE]) == ["presentation.label"]
    assert usual(OWN, [TWO])[0].startswith(("objects.", "geneval."))


def test_words_of_each_form():
    entry = {"presentation": {"labels": ["woman", "man"]}}
    label, right, drawn, tone, score = ask(
        "presentation.label", "objects.correct", "objects.drawn", "skin_tone.tone", "clip.score",
        scorers=entry,
    )  # fmt: skip

    assert question(label, NURSE) == "How does the person in this picture come across?"
    assert context(label, NURSE) == context(tone, NURSE) == context(drawn, TWO) == []
    assert question(drawn, TWO) == "How many dogs are in the picture?"
    assert question(right, DOGS) == "Everything as asked: does this hold of the picture?"
    assert context(right, DOGS) == [
        "Asked for: two red dogs to the left of a cat",
        "To be seen: 1 cat; 2 red dogs, left of the cat",
        "Not to be seen: 3 dogs or more; any car",
    ]
    assert [o.text for o in options(right)] == ["yes", "no"]
    assert [o.value for o in options(score)] == [0.0, 25.0, 50.0, 75.0, 100.0]
    assert options(score, "100") == options(drawn) == []
    assert [o.value for o in options(tone)] == [str(n) for n in range(1, 11)]
    assert options(tone)[0].color == "#f6ede4"
    assert any("never who somebody is" in line for line in guidelines("label", NURSE))
    assert not any("somebody" in line for line in guidelines("verdict", DOGS))


def drawn(fields, judged, blur=()):
    prompts = PromptSet(name="s", version="1", digest="d", dialect="scenes", prompts=(NURSE, TWO))
    keys = [Key("s", p, n) for p in ("n", "t") for n in range(3)]
    samples = {k: Sample(k, 1, "ok", image=f"{n:064x}") for n, k in enumerate(keys)}
    samples[keys[2]] = Sample(keys[2], 1, "refused", reason="no")
    answers = {(j.scorer, j.key): j for j in judged(keys)}
    entry = {"presentation": {"labels": ["woman", "man"]}}
    found = asked(fields, OWN, answers, entry, {"occupation", "counting"})
    return found, prompts, samples, answers


def test_a_question_is_asked_of_the_valid_images_that_raise_it():
    def judged(keys):
        yield Judgement("presentation", keys[0], {"label": "woman"})
        yield Judgement("presentation", keys[1], {"label": None}, reasons={"label": "unknown"})
        yield Judgement("presentation", keys[3], not_applicable=("label",))

    found, prompts, samples, answers = drawn(["presentation.label"], judged)
    cells = frame(found[0], [prompts], samples, answers)

    assert [(c.key.prompt_id, c.key.index, c.stratum) for c in cells] == [
        ("n", 0, "s: woman"), ("n", 1, "s: abstained"),
    ]  # fmt: skip


def test_numbers_are_cut_into_fifths_of_their_set():
    prompts = tuple(Prompt(f"p{n}", "a text", "t") for n in range(20))
    whole = PromptSet(name="s", version="1", digest="d", dialect="scenes", prompts=prompts)
    keys = [Key("s", p.id, 0) for p in prompts]
    answers = {("x", k): Judgement("x", k, {"level": n / 10}) for n, k in enumerate(keys)}
    samples = {k: Sample(k, 1, "ok", image="0" * 64) for k in keys}
    one = asked(["x.level"], [], answers, {}, {"t"})[0]
    names = [cell.stratum for cell in frame(one, [whole], samples, answers)]

    assert names == [f"s: fifth {1 + n // 4} of 5" for n in range(20)]


def test_each_rater_has_an_own_order_in_which_an_image_stays_together():
    def judged(keys):
        for key in keys[:2]:
            yield Judgement("presentation", key, {"label": "woman"})

    found, prompts, samples, answers = drawn(["presentation.label", "objects.correct"], judged)
    all_of = {one.name: None for one in found}
    whole = tasks(found, [prompts], samples, answers, images=all_of, seed="s")
    orders = {tuple(t.id for t in ordered(whole, f"r{n}", "s")) for n in range(6)}

    assert len(orders) > 3
    for order in orders:
        keys = [next(t.key for t in whole if t.id == name) for name in order]
        changes = sum(a != b for a, b in pairwise(keys))
        assert changes == len(set(keys)) - 1


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("objects.correct", [1, 0.0], ["yes", 2, True, None]),
        ("objects.drawn", [0, 3.0], [1.5, -1, "3", 10**6, float("nan")]),
        ("presentation.label", ["woman"], ["child", 1]),
    ],
)
def test_answers_are_checked(field, good, bad):
    def judged(keys):
        for key in keys:
            yield Judgement("presentation", key, {"label": "woman"})

    found, prompts, samples, answers = drawn([field], judged)
    task = tasks(found, [prompts], samples, answers, images={field: None}, seed="s")[0]
    for answer in good:
        assert checked(task, answer) == answer
    for answer in bad:
        with pytest.raises(ValueError):
            checked(task, answer)


def test_where_no_image_raises_the_question_it_is_said():
    found, prompts, samples, answers = drawn(["objects.relation"], lambda keys: ())
    with pytest.raises(InputError, match="no valid image that raises this question"):
        tasks(found, [prompts], samples, answers, images={"objects.relation": 5}, seed="s")
