import numpy as np
import pytest

from evalsuite.vocabulary import monk


def test_ten_tones_from_light_to_deep() -> None:
    lightness = monk.lab([monk.rgb(tone) for tone in range(1, 11)])[:, 0]
    assert len(monk.TONES) == len(monk.COLORS) == 10
    # Tone 3 is a little lighter than tone 2 on the published scale.
    assert all(np.diff(np.delete(lightness, 2)) < 0)


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ],
)
def test_lab_of_known_colours(
    color: tuple[int, int, int], expected: tuple[float, float, float]
) -> None:
    assert monk.lab(color) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("tone", range(1, 11))
def test_every_tone_is_nearest_to_itself(tone: int) -> None:
    assert monk.nearest(monk.rgb(tone)) == (tone, pytest.approx(0, abs=1e-9))


def test_a_blue_is_far_from_every_tone() -> None:
    assert monk.nearest((45, 85, 220))[1] > 60


def test_the_bands_are_the_ten_tones():
    assert sorted(int(t) for tones in monk.BANDS.values() for t in tones) == list(range(1, 11))
    assert dict(monk.EVEN_BANDS) == {"1-4": 0.4, "5-7": 0.3, "8-10": 0.3}
