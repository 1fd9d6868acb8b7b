"""Diversity and mode collapse: how different the images of each prompt are."""

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

TOO_FEW = "fewer than two images"
LOST = "features lost"

_FEATURES = (
    "What CLIP does not see, such as number and place, makes no difference here. Only comparable "
    "between runs with the same CLIP model and as many images per prompt. Counts are of prompts."
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


def diversity(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    planned: Sequence[Key],
    vectors: Vectors,
    *,
    level: float = 0.95,
) -> list[Estimate]:
    """Vendi score and mean pairwise cosine of each prompt's images, averaged over prompts.

    In every row `n`, `prompts` and `missing` count prompts, not images: a prompt with fewer than
    two drawn images has neither number, and so has a prompt of which an image's features are lost.
    Prompts of which only one image was planned have no rows.
    """
    keys: dict[tuple[str, str], list[Key]] = {}
    for key in sorted(set(planned)):
        keys.setdefault((key.prompt_set, key.prompt_id), []).append(key)
    most = max(map(len, keys.values()), default=0)
    bounds = {"vendi": (1.0, float(most)), "similarity": (-1.0, 1.0)}
    estimates: list[Estimate] = []
    for prompt_set in prompt_sets:
        prompts = [p for p in prompt_set.prompts if len(keys.get((prompt_set.name, p.id), ())) > 1]
        for declared in MEASURES:
            measure = replace(declared, bounds=bounds[declared.field])
            reading_of = partial(_reading, _NUMBERS[measure.field], samples, vectors, prompt_set)
            readings = [(p, reading_of(p, keys[prompt_set.name, p.id])) for p in prompts]
            for group, members in by_group(measure, readings, prompt_set.cluster):
                for row in sum_up(measure, group, members, {}, level):
                    estimates.append(to_estimate(prompt_set.name, measure, row, members))
    return estimates


def _vendi(vectors: NDArray[np.float32]) -> float:
    # Rounding must not carry the number over its own bounds.
    return float(np.clip(stats.vendi(vectors=vectors), 1.0, len(vectors)))


def _similarity(vectors: NDArray[np.float32]) -> float:
    return stats.mean_similarity(vectors=vectors)


_NUMBERS: dict[str, Callable[[NDArray[np.float32]], float]] = {
    "vendi": _vendi,
    "similarity": _similarity,
}


def _reading(
    number: Callable[[NDArray[np.float32]], float],
    samples: Mapping[Key, Sample],
    vectors: Vectors,
    prompt_set: PromptSet,
    prompt: Prompt,
    keys: Sequence[Key],
) -> Reading:
    drawn = [samples[key].image for key in keys if key in samples and samples[key].status == "ok"]
    images = [image for image in drawn if image is not None]
    missing = Reading(
        value=None,
        reason=TOO_FEW,
        cluster=prompt_set.family(prompt),
        prompt=prompt.id,
        stratum=prompt_set.stratum(prompt),
    )
    if len(images) < 2:
        return missing
    if not all(image in vectors for image in images):
        return missing._replace(reason=LOST)
    return missing._replace(value=number(np.stack([vectors[image] for image in images])), reason="")
