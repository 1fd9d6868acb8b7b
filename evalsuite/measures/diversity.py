"""Diversity and mode collapse: how different the images of each prompt are."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.measures.estimating import by_group, sum_up, to_estimate
from evalsuite.measures.reading import Reading
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.records import Estimate, Key, Measure, Prompt, PromptSet, Sample

Vectors = Mapping[str, NDArray[np.float32]]
"""An encoder's vector of each image, by the image's SHA-256."""

TOO_FEW = "fewer than {} images"
LOST = "features lost"
IMAGES = "images per prompt"
"""The group label that says of how many images of a prompt a Vendi score is."""

_FEATURES = (
    "What CLIP does not see, such as number and place, makes no difference here. Only comparable "
    "between runs with the same CLIP model. Counts are of prompts."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="diversity.vendi",
        title="Vendi score",
        kind="mean",
        unit="images, effectively",
        by=(*BY_ASKED, "occasion", "style"),
        higher_is_better=None,
        cannot_show=_FEATURES,
    ),
    Measure(
        name="diversity.similarity",
        title="Mean similarity of a prompt's images",
        kind="mean",
        unit="cosine",
        by=(*BY_ASKED, "occasion", "style"),
        higher_is_better=None,
        bounds=(-1.0, 1.0),
        cannot_show=_FEATURES,
    ),
)


VENDI, SIMILARITY = MEASURES


def diversity(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    planned: Sequence[Key],
    vectors: Vectors,
    *,
    level: float = 0.95,
) -> list[Estimate]:
    """Vendi score and mean pairwise cosine of each prompt's images, averaged over prompts.

    The Vendi score grows with the number of images, so it is told of k of them, as `IMAGES` in the
    row's group says, for k = 2, 4, 8, ... up to the planned number: the mean over choices of k of
    the images that there are (`stats.vendi_of`), which a refusal does not change on average. The
    choices are drawn by the set's digest and the prompt.

    In every row `n`, `prompts` and `missing` count prompts, not images: a prompt with fewer than k
    drawn images has no number, nor has a prompt of which an image's features are lost. Prompts of
    which only one image was planned have no rows.
    """
    keys: dict[tuple[str, str], list[Key]] = {}
    for key in sorted(set(planned)):
        keys.setdefault((key.prompt_set, key.prompt_id), []).append(key)
    most = max(map(len, keys.values()), default=0)
    estimates: list[Estimate] = []
    for prompt_set in prompt_sets:
        prompts = [p for p in prompt_set.prompts if len(keys.get((prompt_set.name, p.id), ())) > 1]
        images = {p.id: _drawn(keys[prompt_set.name, p.id], samples) for p in prompts}
        for k in [2**power for power in range(1, most.bit_length()) if prompts]:
            planned_k = [p for p in prompts if len(keys[prompt_set.name, p.id]) >= k]
            number = partial(_vendi, k, prompt_set.digest)
            readings = [
                (p, _reading(number, images[p.id], k, vectors, prompt_set, p)) for p in planned_k
            ]
            measure = replace(VENDI, bounds=(1.0, float(k)))
            estimates += _rows(prompt_set, measure, readings, {IMAGES: str(k)}, level)
        readings = [
            (p, _reading(_similarity, images[p.id], 2, vectors, prompt_set, p)) for p in prompts
        ]
        estimates += _rows(prompt_set, SIMILARITY, readings, {}, level)
    return estimates


def _rows(
    prompt_set: PromptSet,
    measure: Measure,
    readings: Sequence[tuple[Prompt, Reading]],
    more: Mapping[str, str],
    level: float,
) -> list[Estimate]:
    """Overall and by group, with the labels of `more` in every row's group."""
    return [
        to_estimate(prompt_set.name, measure, row, members)
        for group, members in by_group(measure, readings, prompt_set.cluster)
        for row in sum_up(measure, {**group, **more}, members, {}, level)
    ]


def _drawn(keys: Sequence[Key], samples: Mapping[Key, Sample]) -> list[str]:
    drawn = [samples[key].image for key in keys if key in samples and samples[key].status == "ok"]
    return [image for image in drawn if image is not None]


def _vendi(k: int, digest: str, prompt: Prompt, vectors: NDArray[np.float32]) -> float:
    seed = int(hashlib.sha256(f"{digest}\n{prompt.id}\n{k}".encode()).hexdigest()[:8], 16)
    # Rounding must not carry the number over its own bounds.
    return float(np.clip(stats.vendi_of(vectors=vectors, k=k, seed=seed), 1.0, k))


def _similarity(prompt: Prompt, vectors: NDArray[np.float32]) -> float:
    return stats.mean_similarity(vectors=vectors)


def _reading(
    number: Callable[[Prompt, NDArray[np.float32]], float],
    images: Sequence[str],
    least: int,
    vectors: Vectors,
    prompt_set: PromptSet,
    prompt: Prompt,
) -> Reading:
    missing = Reading(
        value=None,
        reason=TOO_FEW.format("two" if least == 2 else least),
        cluster=prompt_set.family(prompt),
        prompt=prompt.id,
        stratum=prompt_set.stratum(prompt),
    )
    if len(images) < least:
        return missing
    if not all(image in vectors for image in images):
        return missing._replace(reason=LOST)
    found = number(prompt, np.stack([vectors[image] for image in images]))
    return missing._replace(value=found, reason="")
