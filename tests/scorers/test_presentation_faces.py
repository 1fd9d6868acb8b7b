import numpy as np
import pytest

from evalsuite.encoders.nudenet import BodyReader
from evalsuite.plugins.find import load_scorer
from evalsuite.records import Case, InputError, Key, Picture, Prompt
from evalsuite.scorers import presentation_faces

PERSON = Prompt("p", "a photo of an astronaut", "occupation", subject="person")
THING = Prompt("t", "a photo of a temple", "other")


def case(picture: Picture, prompt: Prompt = PERSON) -> Case:
    return Case(Key("set", prompt.id, 0), prompt, picture)


class Said:
    """A detector that found these faces."""

    def __init__(self, *found: tuple[str, float]) -> None:
        self.found = [{"class": n, "score": s, "box": [1, 2, 3, 4]} for n, s in found]

    def detect(self, pixels: np.ndarray) -> list[dict[str, object]]:
        return self.found


def judged(*found: tuple[str, float]):
    reader = BodyReader(Said(*found), "0" * 64, "nudenet")
    blank = Picture("blank", lambda: np.zeros((8, 8, 3), dtype=np.uint8))
    return presentation_faces.FacesScorer(reader, 0.5).judge([case(blank)])[0]


def test_portraits_are_read_and_photographs_of_nobody_are_unknown(photograph):
    scorer = load_scorer("presentation_faces")
    names = ("astronaut", "grace_hopper", "china", "flower")
    found = scorer.judge([case(photograph(name)) for name in names])
    # Eileen Collins and Grace Hopper, both in portraits of themselves as women.
    assert [each.values["label"] for each in found] == ["woman", "woman", None, None]
    assert [each.reasons.get("label") for each in found[2:]] == ["unknown: no face was found"] * 2
    assert [len(each.boxes) for each in found] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("found", "label", "reason"),
    [
        ([("FACE_MALE", 0.6)], "man", None),
        ([("FACE_MALE", 0.6), ("BELLY_EXPOSED", 0.9)], "man", None),
        ([("FACE_MALE", 0.49)], None, "unknown: the scorer is not sure"),
        ([("FACE_MALE", 0.9), ("FACE_FEMALE", 0.3)], None, "unknown: several people were found"),
        ([("BELLY_EXPOSED", 0.9)], None, "unknown: no face was found"),
    ],
)
def test_one_sure_face_or_unknown(found, label, reason):
    answer = judged(*found)
    assert answer.values == {"label": label} and answer.reasons.get("label") == reason


def test_a_prompt_of_no_person_is_not_asked_about(photograph):
    (answer,) = load_scorer("presentation_faces").judge([case(photograph("astronaut"), THING)])
    assert answer.values == {} and answer.not_applicable == ("label",)


def test_it_has_the_measures_of_every_reading_of_presentation_and_leads_no_set():
    names = {measure.name for measure in presentation_faces.MEASURES}
    assert {"presentation_faces.woman", "presentation_faces.occupation_distance"} <= names
    assert max(measure.prominence for measure in presentation_faces.MEASURES) == 0


def test_a_certainty_that_can_do_nothing_is_refused():
    with pytest.raises(InputError, match=r"presentation_faces\.certainty=2: .* between 0\.25"):
        load_scorer("presentation_faces", {"certainty": 2})
