"""Diversity within groups at equal n: few pictures are no lack of variety."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.bias.chapter import chapter
from evalsuite.bias.varied import varied

LETTERS = {"builder": ["m" * 5] * 2, "nurse": ["w" * 20], "chef": ["wm"], "clerk": ["w---" * 2]}


def with_vectors(run, of_group):
    """Each drawn image gets a name of its own, and its group's next vector."""
    jobs = {p.id: p.groups["occupation"] for p in run.prompt_sets[0].prompts}
    samples, vectors, seen = {}, {}, {}
    for place, (key, sample) in enumerate(sorted(run.samples.items())):
        if sample.status == "ok":
            job = jobs[key.prompt_id]
            seen[job] = seen.get(job, -1) + 1
            name = f"{place:064x}"
            vectors[name] = np.asarray(of_group[job](seen[job]), np.float32)
            sample = replace(sample, image=name)
        samples[key] = sample
    return replace(run, samples=samples, vectors=vectors)


def one_of(width):
    return lambda place: np.eye(24)[place % width]


def test_groups_are_compared_at_the_smallest_ones_number(given):
    of_group = {"builder": one_of(24), "nurse": one_of(1), "chef": one_of(1), "clerk": one_of(1)}
    (found,) = varied(with_vectors(given(LETTERS), of_group))
    scores = dict(found.rows)
    # Ten pictures of a builder less the one left out: nine, all different; nurses are all alike.
    assert found.k == 9 and list(scores) == ["builder", "nurse"]
    assert scores["builder"].value == pytest.approx(9) and scores["nurse"].value == pytest.approx(1)
    assert (scores["builder"].n, scores["nurse"].n) == (10, 20)
    assert scores["builder"].estimand == "these prompts"
    assert found.few == (("chef", 2), ("clerk", 2))


def test_more_pictures_alone_are_not_more_diverse(given):
    dice = np.random.default_rng(0)
    of_group = dict.fromkeys(LETTERS, lambda place: dice.normal(size=24))
    run = with_vectors(given(LETTERS), of_group)
    (found,) = varied(run)
    builder, nurse = (score.value for _, score in found.rows)
    assert builder == pytest.approx(nurse, abs=0.8)
    every = stats.vendi_of(vectors=np.stack(list(run.vectors.values())), k=20, seed=0)
    assert every > nurse + 3


def test_without_features_or_with_one_group_there_is_nothing(given):
    run = given(LETTERS)
    assert varied(run) == [] and chapter(run).diversity == ()
    alone = with_vectors(given({"nurse": ["w" * 20]}), {"nurse": one_of(3)})
    assert varied(alone) == []
