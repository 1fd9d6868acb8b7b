import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evalsuite.records import Case, Key, Picture, Prompt
from evalsuite.scorers import text


def sign(*lines: str) -> Picture:
    picture = Image.new("RGB", (320, 96), "white")
    face = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 32)
    for place, line in enumerate(lines):
        ImageDraw.Draw(picture).text((16, 8 + 42 * place), line, font=face, fill="black")
    pixels = np.array(picture)
    return Picture(f"{lines}", lambda: pixels)


def case(words: str | None, picture: Picture) -> Case:
    return Case(Key("set", "p", 0), Prompt("p", "a sign", "text", words=words), picture)


@pytest.fixture(scope="module")
def scorer() -> text.TextScorer:
    return text.load()


def test_values_by_hand(scorer: text.TextScorer) -> None:
    two_lines, misspelt, wordy, blank = scorer.judge(
        [
            case("Happy birthday", sign("HAPPY", "birthday")),
            case("coffee", sign("cofee")),
            case("open", sign("Open 24")),
            case("open", sign()),
        ]
    )
    assert two_lines.values == {"exact": 1.0, "similarity": 1.0, "words": 1.0}
    assert two_lines.evidence["read"] == "HAPPY birthday"
    assert misspelt.values == {"exact": 0.0, "similarity": round(5 / 6, 4), "words": 0.0}
    assert wordy.values == {"exact": 0.0, "similarity": round(4 / 7, 4), "words": 1.0}
    # Nothing legible where words were asked for is a wrong picture, and not an abstention.
    assert blank.values == {"exact": 0.0, "similarity": 0.0, "words": 0.0}
    assert blank.evidence["read"] == ""


def test_it_reads_only_where_words_are_asked_for(scorer: text.TextScorer) -> None:
    before = scorer._reader.images_read
    unasked = scorer.judge([case(None, sign("Open"))])[0]
    assert unasked.values == unasked.reasons == {}
    assert unasked.not_applicable == ("exact", "similarity", "words")
    assert scorer._reader.images_read == before


def test_letters_that_it_does_not_know_are_a_problem(scorer: text.TextScorer) -> None:
    known = Prompt("a", "a sign", "text", words="Café “Zoë” No. 5 – 東京")
    unknown = Prompt("b", "a sign", "text", words="መልካም")
    none = Prompt("c", "a sign", "text")
    (line,) = scorer.problems([known, unknown, none])
    assert line.startswith("prompt b: words has '\\u") and line.endswith("letters that it knows")
