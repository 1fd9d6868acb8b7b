import numpy as np
import pytest

from evalsuite.plugins.find import load_scorer
from evalsuite.prompts import sets
from evalsuite.records import Case, InputError, Key, Picture, Prompt
from evalsuite.scorers import hands

HANDS = Prompt("h", "a clenched fist", "people", groups={"part": "hands", "number": "1"})
FACES = Prompt("f", "a portrait of a person laughing", "people", groups={"part": "faces"})
GROUP = Prompt("g", "two people walking on a beach", "people", groups={"part": "groups"})


class Says:
    """An answerer with these probabilities by question; the wording is the scorer's own."""

    def __init__(self, **chances: list[float]) -> None:
        self.chances, self.asked = chances, []

    def look(self, pictures) -> None:
        self.looked = len(pictures)

    def knows(self, picture, questions) -> bool:
        return not questions

    def ask(self, picture, questions):
        self.asked += [question.text for question in questions]
        fields = {question.text: field for field, question in hands.ASKED.items()}
        return [[[p] for p in self.chances[fields[question.text]]] for question in questions]


def judged(prompt: Prompt, answerer: Says):
    picture = Picture("p", lambda: np.zeros((8, 8, 3), np.uint8))
    return hands.HandsScorer(answerer, 0.5).judge([Case(Key("s", "p", 0), prompt, picture)])[0]


@pytest.mark.parametrize(
    ("fingers", "value", "reason"),
    [
        ([0, 0.1, 0.2, 0.6, 0, 0.1], "six", None),
        ([0, 0, 0.2, 0.1, 0, 0.7], None, "unknown: the fingers cannot be counted"),
        ([0, 0.4, 0.4, 0, 0, 0.2], None, "unknown: the fingers cannot be counted"),
        ([0, 0.1, 0.2, 0.1, 0, 0], None, "unsure"),
    ],
)
def test_fingers_are_counted_or_unknown(fingers, value, reason):
    found = judged(HANDS, Says(fingers=fingers, plausible=[0.3, 0.7]))
    assert found.values == {"fingers": value, "plausible": 0.0}
    assert found.reasons.get("fingers", "").partition(":")[0] == (reason or "").partition(":")[0]
    assert found.not_applicable == ("face",)


def test_a_tie_is_no_yes_and_an_unsure_answer_no_answer():
    counted = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert judged(HANDS, Says(fingers=counted, plausible=[0.4, 0.4])).values["plausible"] == 0.0
    unsure = judged(HANDS, Says(fingers=counted, plausible=[0.2, 0.1]))
    assert unsure.values["plausible"] is None and unsure.reasons["plausible"]


def test_faces_have_their_own_question_and_groups_none():
    answerer = Says(face=[0.9, 0.1])
    assert judged(FACES, answerer).values == {"face": 1.0}
    assert answerer.asked == [hands.ASKED["face"].text]
    assert judged(GROUP, answerer).values == {} and len(answerer.asked) == 1


def test_a_real_model_answers_the_bundled_prompts(tiny_qwen2):
    """With random weights it says none of the answers: no floor lets it abstain from them."""
    scorer = load_scorer("hands", {"model": str(tiny_qwen2), "floor": 0.0})
    (people,) = sets.find(["people"], "everyday")
    assert list(scorer.problems(people.prompts)) == []
    picture = Picture("p", lambda: np.full((64, 64, 3), 90, np.uint8))
    cases = [Case(Key("people", p.id, 0), p, picture) for p in (HANDS, FACES, GROUP)]
    found = scorer.judge(cases)
    assert [set(each.values) for each in found] == [{"fingers", "plausible"}, {"face"}, set()]


def test_it_is_no_evidence_until_audited():
    judged_by_model = [measure for measure in hands.MEASURES if measure.kind != "unknown"]
    assert all(m.needs_audit and "No evidence until" in m.cannot_show for m in judged_by_model)


def test_what_cannot_be_is_one_line():
    with pytest.raises(InputError, match=r"name one with --scorer-arg hands\.model="):
        load_scorer("hands", {"dialect": "scenes"})
    with pytest.raises(InputError, match=r"hands\.floor=2: is a probability"):
        load_scorer("hands", {"floor": 2})
