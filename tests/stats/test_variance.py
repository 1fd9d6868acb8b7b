import numpy as np
import pytest

from evalsuite import stats


def test_two_prompts_by_hand():
    # Prompt means 2 and 6, grand mean 4; MSW = (2 + 2) / 2 = 2, MSB = 2 * (4 + 4) / 1 = 16, n0 = 2.
    v = stats.variance_split(values=[1, 3, 5, 7], clusters=["p", "p", "q", "q"])
    assert (v.prompt, v.seed) == (pytest.approx(7), pytest.approx(2))
    assert (v.prompt_model, v.noise) == (None, None)
    assert (v.n, v.prompts, v.models) == (4, 2, 1)


def test_unequal_prompts_by_hand():
    # Means 2 (three images 1, 2, 3) and 5 (one): n0 = (4 - 10/4) / 1 = 1.5; MSW = 2 / 2 = 1;
    # grand 2.75, MSB = 3 * 0.5625 + 5.0625 = 6.75; (6.75 - 1) / 1.5.
    v = stats.variance_split(values=[1, 2, 3, 5], clusters=[1, 1, 1, 2])
    assert (v.prompt, v.seed) == (pytest.approx(5.75 / 1.5), pytest.approx(1))


def test_two_models_by_hand():
    # Rows' means 1, 3, 5, 7 as above. Contrasts (a - b) / sqrt(2): differences 2, 2, 0, 0, so
    # nothing within; between MSB = 2 * (2 * 0.5) / 1 = 2 and n0 = 2: prompt x model 1, noise 0.
    values = np.array([[2, 0], [4, 2], [5, 5], [7, 7]])
    v = stats.variance_split(values=values, clusters=[1, 1, 2, 2])
    assert (v.prompt_model, v.noise) == (pytest.approx(1), pytest.approx(0))
    assert (v.prompt, v.seed) == (pytest.approx(7 - 1 / 2), pytest.approx(2))
    # The difference of two models: twice their own parts.
    assert stats.difference_variances(variances=v, pairing="seeds") == (
        pytest.approx(2),
        pytest.approx(0),
    )
    between, within = stats.difference_variances(variances=v, pairing="none")
    assert (between, within) == (pytest.approx(15), pytest.approx(4))


def test_the_parts_are_found_again():
    rng = np.random.default_rng(0)
    parts = {"prompt": 0.5, "prompt_model": 0.3, "seed": 0.2, "noise": 0.4}
    found = []
    for _ in range(40):
        sizes = rng.integers(1, 7, 120)
        codes = np.repeat(np.arange(120), sizes)
        prompt, own = rng.normal(0, 0.5**0.5, 120), rng.normal(0, 0.3**0.5, (120, 3))
        seed = rng.normal(0, 0.2**0.5, codes.size)
        noise = rng.normal(0, 0.4**0.5, (codes.size, 3))
        values = np.array([0, 1, 5]) + prompt[codes, None] + own[codes] + seed[:, None] + noise
        v = stats.variance_split(values=values, clusters=codes)
        found.append([v.prompt, v.prompt_model, v.seed, v.noise])
    assert np.mean(found, axis=0) == pytest.approx(list(parts.values()), rel=0.1)


def test_what_cannot_be_told_apart_is_unknown():
    single = stats.variance_split(values=[1, 2, 3], clusters=[1, 2, 3])
    assert (single.prompt, single.seed) == (None, None)
    single_prompt = stats.variance_split(values=[[1, 2], [3, 4]], clusters=[1, 1])
    assert (
        single_prompt.prompt,
        single_prompt.prompt_model,
        single_prompt.seed,
        single_prompt.noise,
    ) == (None,) * 4
    assert stats.variance_split(values=[], clusters=[]).prompt is None
    v = stats.variance_split(values=[1, 3, 5, 7], clusters=[1, 1, 2, 2])
    assert stats.difference_variances(variances=v, pairing="seeds") == (None, None)
    assert stats.difference_variances(variances=v, pairing="prompts") == (None, 4)
    assert stats.difference_variances(variances=v, pairing="none") == (14, 4)
    # Prompts that agree more than chance would have it: 0, not a negative variance.
    assert stats.variance_split(values=[1, 3, 1, 3], clusters=[1, 1, 2, 2]).prompt == 0
    with pytest.raises(ValueError, match="table"):
        stats.variance_split(values=np.zeros((2, 2, 2)), clusters=[1, 2])
