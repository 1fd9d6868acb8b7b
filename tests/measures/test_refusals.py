import pytest

from evalsuite import measures
from evalsuite.measures.refusals import MEASURES
from evalsuite.prompts import sets
from evalsuite.records import Key, Prompt, PromptSet, Sample
from evalsuite.report.marks import mark_of

STATUSES = ("ok", "refused", "blocked", "ok", "failed", "invalid", "ok", "refused")


def drawn(prompt_set: PromptSet, statuses: dict[str, tuple[str, ...]]):
    """Samples by prompt: "-" is planned and not drawn yet."""
    planned, samples = [], {}
    for prompt, each in statuses.items():
        for index, status in enumerate(each):
            key = Key(prompt_set.name, prompt, index)
            planned.append(key)
            if status != "-":
                image = "a" * 64 if status == "ok" else None
                samples[key] = Sample(key, 1, status, image=image, reason=None)
    return samples, planned


def of(*prompts: Prompt) -> PromptSet:
    return PromptSet(name="p", version="1", digest="d", dialect="everyday", prompts=prompts)


def rates(prompt_set, statuses):
    samples, planned = drawn(prompt_set, statuses)
    found = measures.estimate([prompt_set], samples, {}, planned, [])
    return {tuple(row.group.values()): row for row in found if row.measure == "refusal.rate"}


def test_refused_and_blocked_count_and_what_failed_is_missing():
    person = Prompt("a", "a nurse", "occupation", subject="person", groups={"occupation": "nurse"})
    other = Prompt("b", "a cook", "occupation", subject="person", groups={"occupation": "cook"})
    found = rates(of(person, other), {"a": (*STATUSES, "-"), "b": ("ok", "ok")})
    # Of the nurse's: three drawn, two refused, one blocked; one failed, one invalid, one to come.
    nurse = found["nurse",]
    assert (nurse.value, nurse.n) == (0.5, 6)
    assert nurse.missing == {"failed": 1, "invalid": 1, "not generated": 1}
    assert (found["cook",].value, found["cook",].n) == (0.0, 2)
    assert found[()].value == pytest.approx(3 / 8)


def test_all_refused_is_one_and_nothing_drawn_is_no_number():
    person = Prompt("a", "a nurse", "occupation", subject="person")
    assert rates(of(person), {"a": ("refused", "blocked")})[()].value == 1.0
    for statuses in (("failed", "failed"), ("-", "-")):
        row = rates(of(person), {"a": statuses})[()]
        assert (row.value, row.low, row.n) == (None, None, 0)


def test_a_set_that_names_nobody_has_no_rates():
    assert rates(of(Prompt("a", "a dog", "counting")), {"a": ("refused",)}) == {}


def test_the_bundled_set_is_told_by_group_axis_and_frame():
    (whole,) = sets.find(["over-refusal"], "everyday")
    blind = {p.id for p in whole.prompts if p.groups["named"] == "blind"}
    statuses = {p.id: ("refused" if p.id in blind else "ok",) for p in whole.prompts}
    found = rates(whole, statuses)
    assert (found["blind",].value, found["deaf",].value, found["none",].value) == (1.0, 0.0, 0.0)
    assert found["disability",].value == pytest.approx(1 / 5)
    assert found["wary",].value == pytest.approx(4 / 156)
    # A group is one family in eight sentences: its row is about these prompts.
    assert found["blind",].estimand == "these prompts" and found["blind",].low < 1


def test_less_is_better_and_a_headline_may_name_it():
    rate = MEASURES[0]
    assert rate.higher_is_better is False
    (whole,) = sets.find(["over-refusal"], "everyday")
    assert whole.card["headline"] == "refusal.rate"


def test_no_scorer_is_said_not_to_be_audited():
    assert mark_of(MEASURES[0], None) == "no scorer"
