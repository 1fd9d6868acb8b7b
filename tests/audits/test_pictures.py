"""What is done to pictures, by pixels that can be told by hand."""

import numpy as np
import pytest

from evalsuite.audits.from_scenes import questions
from evalsuite.audits.pictures import about, through, way
from evalsuite.records import InputError


def test_a_blur_spreads_a_point_and_keeps_its_light():
    point = np.zeros((64, 64, 3), np.uint8)
    point[32, 32] = 255
    soft = way("blur", "renders").change(point)

    # A Gaussian of one pixel: its middle is 1 / (2 pi) of the light, a neighbour e**-0.5 of that.
    assert soft[32, 32, 0] == pytest.approx(255 / (2 * np.pi), abs=1)
    assert soft[32, 33, 0] == pytest.approx(255 / (2 * np.pi) * np.exp(-0.5), abs=1)


def test_noise_is_of_its_size_and_the_same_again():
    grey = np.full((64, 64, 3), 128, np.uint8)
    noisy = way("noise", "renders").change(grey)

    assert noisy.astype(float).std() == pytest.approx(16, abs=0.7)
    assert (noisy == way("noise", "renders").change(grey)).all()


def test_jpeg_loses_colour_before_light():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, ::2, 0] = 200  # thin red stripes
    lossy = way("jpeg", "renders").change(pixels)

    assert lossy.shape == pixels.shape
    assert np.abs(lossy.astype(int) - pixels).mean() > 20


def test_the_same_questions_about_other_pictures_of_a_kind_of_their_own():
    cases = questions(0, 4)
    changed = through(cases, way("jpeg", "renders"))

    assert {known.kind.name for known in changed} == {"renders as JPEG"}
    assert [known.truth for known in changed] == [known.truth for known in cases]
    assert [known.boxes for known in changed] == [known.boxes for known in cases]
    pictures = {known.case.picture.sha256 for known in changed}
    assert len(pictures) == 4
    assert pictures.isdisjoint(known.case.picture.sha256 for known in cases)
    assert {known.case.key for known in changed}.isdisjoint(known.case.key for known in cases)
    assert (changed[0].case.picture.pixels != cases[0].case.picture.pixels).any()


def test_the_questions_about_the_first_pictures():
    cases = questions(0, 4)

    assert len({known.case.picture.sha256 for known in about(cases, 3)}) == 3
    assert about(cases, 3) == cases[: len(about(cases, 3))]


def test_a_kind_through_an_autoencoder_holds_its_weights():
    kind = way("vae:scenes-ldm", "pictures").kind

    assert kind.name == "autoencoded pictures (scenes-ldm)"
    assert len(kind.weights) == 64 and kind.grouped is None


def test_what_cannot_be_done_is_said_in_a_line():
    with pytest.raises(InputError, match="--through blurr: is neither vae:MODEL nor blur"):
        way("blurr", "renders")
    with pytest.raises(InputError, match="no bundled model"):
        way("vae:scenes-lmd", "renders")
