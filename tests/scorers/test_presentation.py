"""What CLIP is shown and told about a person, and from which probability it is believed."""

import pytest

from evalsuite.records import Clause, InputError, Prompt
from evalsuite.scorers import age_band, presentation


def test_the_bundled_card_says_what_is_shown_and_how_sure_it_must_be():
    described = presentation.load(dialect="scenes").describe()
    assert (described["sees"], described["certainty"]) == ("picture", 0.7)
    assert described["certainty_calibrated"] is True
    assert len(described["templates"]) == 4
    own = presentation.load(dialect="scenes", certainty=0.9, sees="person").describe()
    assert (own["sees"], own["certainty"], own["certainty_calibrated"]) == ("person", 0.9, False)


def test_every_label_has_as_many_texts_and_both_name_the_occupation():
    scorer = presentation.load(dialect="scenes")
    nurse = Prompt("a", "a nurse", "occupation", groups={"occupation": "nurse"}, subject="person")
    women, men = scorer._texts(nurse)
    assert women[0] == "a nurse shown as a woman" and men[0] == "a nurse shown as a man"
    assert len(women) == len(men) == 4
    two = Prompt("b", "two people", "people", include=(Clause("person", 2),))
    assert scorer._texts(two)[0][0] == "a person shown as a woman"


@pytest.mark.parametrize(
    ("load", "options", "why"),
    [
        (presentation.load, {"certainty": 0.4}, "presentation.certainty=0.4: write 0.5 to 1"),
        (presentation.load, {"sees": "face"}, "presentation.sees=face: write person or picture"),
        (age_band.load, {"certainty": 1.1}, "age_band.certainty=1.1: write 0.25 to 1"),
        (age_band.load, {}, "pictograms have no age"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(load, options, why):
    with pytest.raises(InputError, match=why):
        load(dialect="scenes", **options)
