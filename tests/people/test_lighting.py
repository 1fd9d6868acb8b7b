"""The matrices of skin tones by light: shipped, and shaped as they are said to be."""

import numpy as np
import pytest

from evalsuite.people.lighting import LightErrors, light_errors


def test_the_shipped_matrices_are_shares_of_all_faces_of_a_tone():
    errors = light_errors()
    assert {"neutral", "one stop less", "half a stop more"} < set(errors.counts)
    for light, counts in errors.counts.items():
        assert counts.shape == (10, 11) and len(set(counts.sum(axis=1))) == 1
        assert errors.tones(light).sum(axis=1) == pytest.approx(np.ones(10))
        assert errors.bands(errors.tones(light)).sum(axis=1) == pytest.approx(np.ones(3))
    assert errors.any_light().sum(axis=1) == pytest.approx(np.ones(10))


def test_light_moves_tones_and_costs_readings_of_some_tones_more_than_of_others():
    errors = light_errors()
    assert np.trace(errors.tones("neutral")) > np.trace(errors.tones("one stop less"))
    darker, accepted = errors.tones("one stop less"), errors.accepted("one stop less")
    # A stop less moves a dark face to a darker tone, and a light one to no tone at all.
    assert darker[6, 7:10].sum() > 0.5 and accepted[:4].max() < accepted[5:].min()


def test_bands_take_the_tones_of_a_band_as_equally_frequent():
    counts = np.zeros((10, 11), dtype=int)
    counts[:4, 0], counts[4:7, 10], counts[7:, 8] = 5, 5, 5
    counts[0] = [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0]  # tone 1 is taken for 5
    errors = LightErrors("by hand", 12.0, {"odd": counts})
    assert errors.bands(errors.tones("odd")).tolist() == [
        [0.75, 0.25, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
    ]
    assert errors.accepted("odd").tolist() == [1, 1, 1, 1, 0, 0, 0, 1, 1, 1]
