"""Who is found: in the bundled world, and in photographs that packages ship."""

import numpy as np
import pytest

from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.detector import load as load_detector
from evalsuite.people import finding
from evalsuite.people.crops import GREY, cut_out
from evalsuite.people.person import NO_FACE, SMALL, Person
from evalsuite.people.skin import read_skin
from evalsuite.records import Box, Case, Clause, Key, Picture, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene
from evalsuite.scenes.world import Person as Pictogram
from evalsuite.scorers import age_band, presentation, skin_tone

NURSE = Pictogram(occupation="nurse", presentation="woman", tone=6, x=30, y=6, height=52)
ASKED = Prompt("nurse", "a nurse", "occupation", groups={"occupation": "nurse"}, subject="person")
TWO = Prompt("two", "two people", "people", include=(Clause("person", 2),))


def picture(*people: Pictogram, items: tuple[Item, ...] = ()) -> Picture:
    pixels = draw(Scene(0, items, people=people))
    return Picture(str(pixels.sum()), lambda: pixels)


def case(shown: Picture, prompt: Prompt = ASKED) -> Case:
    return Case(Key("set", prompt.id, 0), prompt, shown)


def test_a_pictogram_is_one_person_with_a_face_where_it_was_drawn():
    (one,) = finding.see(finding.load("scenes-owl"), picture(NURSE))
    assert one.face is not None and one.has_body
    assert one.face.box == pytest.approx(NURSE.face, abs=2.5)


def test_whoever_asks_a_picture_is_searched_once():
    finder = finding.load("scenes-owl")
    scorers = [
        presentation.load(dialect="scenes"),
        skin_tone.load(dialect="scenes"),
        age_band.load(model="scenes-clip", detector="scenes-owl"),
    ]
    asked, before = [case(picture(NURSE)), case(picture())], finder.pictures_searched
    for scorer in scorers:
        scorer.judge(asked)
    assert finder.pictures_searched == before + 2


@pytest.mark.parametrize("name", ["astronaut", "grace_hopper"])
def test_a_face_in_a_photograph_is_found_and_no_confident_wrong_tone_read(name, photograph):
    shown = photograph(name)
    (one,) = finding.see(finding.load("nudenet"), shown)
    assert one.face is not None and not one.has_body
    skin = read_skin(shown.pixels, one.face.box)
    # Both have light skin, under warm and under cool light: tones 1 to 6, or unknown; never dark.
    assert skin.tone is None or skin.tone <= 6


@pytest.mark.parametrize("name", ["china", "flower"])
def test_nobody_in_a_photograph_is_unknown(name, photograph):
    assert finding.see(finding.load("nudenet"), photograph(name)) == ()
    (judged,) = skin_tone.load(detector="nudenet").judge([case(photograph(name))])
    assert judged.values == {"tone": None, "ita": None}
    assert judged.reasons["tone"] == "unknown: no person was found"


def test_in_a_picture_of_several_each_is_read_from_left_to_right(photograph):
    left, right = (photograph(name).pixels[:500, :500] for name in ("astronaut", "grace_hopper"))
    both = Picture("both", lambda: np.hstack([left, right]))
    group, one = case(both, TWO), case(both)
    (judged,) = skin_tone.load(detector="nudenet").judge([group])
    each = [
        read_skin(person, found.face.box).tone
        for person, name in ((left, "astronaut"), (right, "grace_hopper"))
        for found in finding.see(finding.load("nudenet"), Picture(name, lambda p=person: p))
    ]
    assert judged.values["seen"] == 2 and len(each) == 2
    said = str(judged.values["people"]).split(",")
    # The mosaic is read at half the size: a neighbouring tone at most.
    assert all(abs(int(a) - b) <= 1 for a, b in zip(said, each, strict=True) if a != "unknown")
    assert judged.not_applicable == ("tone", "ita")
    (alone,) = skin_tone.load(detector="nudenet").judge([one])
    assert alone.reasons["tone"] == "unknown: several people were found"
    assert alone.not_applicable == ("people", "seen")


def test_a_black_picture_shows_nobody():
    """Where HEIM's skin tone metric calls such a model perfectly even."""
    black = Picture("black", lambda: np.zeros((64, 64, 3), np.uint8))
    for scorer, field in (
        (presentation.load(dialect="scenes"), "label"),
        (skin_tone.load(dialect="scenes"), "tone"),
    ):
        one, group = scorer.judge([case(black), case(black, TWO)])
        assert (one.values[field], one.reasons[field]) == (None, "unknown: no person was found")
        assert group.values == {"people": None, "seen": 0.0}
        assert group.reasons == {"people": "unknown: no person was found"}


def test_a_person_without_a_face_has_no_tone_and_says_why():
    pixels = np.array(picture(NURSE).pixels)
    left, top, right, bottom = (round(v) for v in NURSE.face)
    pixels[top - 8 : bottom + 4, left - 5 : right + 5] = draw(Scene(0))[0, 0]  # the head is gone
    hidden = Picture("hidden", lambda: pixels)
    people = finding.see(finding.load("scenes-owl"), hidden)
    (judged,) = skin_tone.load(dialect="scenes").judge([case(hidden)])
    assert judged.values["tone"] is None and judged.reasons["tone"].startswith("unknown: ")
    assert [person.why for person in people] in ([], [NO_FACE])


def test_whoever_is_cut_out_needs_a_face_that_is_large_enough():
    asks_more = finding.WordFinder(load_detector("scenes-owl"), "face", least_face=30.0)
    scorer = presentation.PresentationScorer(
        load_clip("scenes-clip"),
        asks_more,
        templates=presentation.TEMPLATES,
        certainty=0.5,
        is_calibrated=False,
        sees_person=True,
    )
    (judged,) = scorer.judge([case(picture(NURSE))])  # whose face is 14 pixels wide
    assert judged.reasons == {"label": f"unknown: {SMALL}"} and len(judged.boxes) == 1
    (two,) = scorer.judge([case(picture(NURSE), TWO)])
    assert two.values == {"people": "unknown", "seen": 1.0}


def test_a_tall_person_is_filled_to_a_square_with_the_head_in_it():
    pixels = np.zeros((300, 200, 3), np.uint8)
    pixels[20:40, 90:110] = 255  # the head, at the top of a tall box
    shown = Picture("tall", lambda: pixels)
    body = Box("person", (80.0, 20.0, 120.0, 220.0))
    cut = cut_out(shown, Person(body=body))
    # 200 high and 15 % of it all round: 260 rows, of which 10 lie above the picture, 100 columns.
    assert cut.pixels.shape == (250, 250, 3)
    assert (cut.pixels == 255).all(axis=-1).sum() == 400
    assert (cut.pixels[:, 0] == GREY).all()
    assert cut_out(shown, Person(body=body)) is cut
