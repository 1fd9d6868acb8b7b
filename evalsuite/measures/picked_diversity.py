"""What picking the best of k images does to diversity: whether picks are more alike than others.

One pick of a prompt says nothing of diversity, so the prompt's images are taken k by k, and one is
picked of each k, as if the prompt had been asked several times.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from evalsuite import stats
from evalsuite.measures.best_of import Effect, Pair, effects_of, picks
from evalsuite.measures.diversity import SIMILARITY, Vectors
from evalsuite.measures.reading import Reading
from evalsuite.records import Judgement, Key, Measure, Prompt, PromptSet, Sample

TOO_FEW = "fewer than two picks"


def picked_diversity(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    judgements: Mapping[tuple[str, Key], Judgement],
    planned: Sequence[Key],
    vectors: Vectors,
    k: int,
    score: Measure,
    *,
    level: float = 0.95,
) -> list[Effect]:
    """The mean cosine of a prompt's picks, beside that of its images of different k.

    Picks are of different k, and so are the pairs of images that they stand beside: picking at
    random gives the same on average. `n` counts prompts, those with fewer than two picks are
    missing; prompts of which fewer than 2 k images were planned have no row.
    """
    parts: dict[tuple[str, str], dict[int, list[Key]]] = {}
    for key in sorted(set(planned)):
        parts.setdefault(key[:2], {}).setdefault(key.index // k, []).append(key)
    effects: list[Effect] = []
    for prompt_set in prompt_sets:
        pairs = []
        for prompt in prompt_set.prompts:
            found = parts.get((prompt_set.name, prompt.id), {})
            whole = [part for part in found.values() if len(part) == k]
            if len(whole) > 1:
                chosen = [_pick(part, judgements, score) for part in whole]
                images = [[_image(key, samples, vectors) for key in part] for part in whole]
                best = [None if key is None else _image(key, samples, vectors) for key in chosen]
                pairs.append((prompt, _pair(prompt_set, prompt, images, best, vectors)))
        effects += effects_of(prompt_set, SIMILARITY, pairs, {}, level)
    return effects


def _pick(
    part: Sequence[Key], judgements: Mapping[tuple[str, Key], Judgement], score: Measure
) -> Key | None:
    return picks(part, judgements, part[-1].index + 1, score).get(part[0][:2])


def _image(key: Key, samples: Mapping[Key, Sample], vectors: Vectors) -> str | None:
    """The drawn image's SHA-256, if it has a vector."""
    image = samples[key].image if key in samples and samples[key].status == "ok" else None
    return image if image in vectors else None


def _pair(
    prompt_set: PromptSet,
    prompt: Prompt,
    parts: Sequence[Sequence[str | None]],
    best: Sequence[str | None],
    vectors: Vectors,
) -> Pair:
    nothing = Reading(
        value=None,
        reason=TOO_FEW,
        cluster=prompt_set.family(prompt),
        prompt=prompt.id,
        stratum=prompt_set.stratum(prompt),
    )
    chosen = [image for image in best if image is not None]
    if len(chosen) < 2:
        return Pair([nothing], nothing)
    drawn = [
        (at, image)
        for at, (part, pick) in enumerate(zip(parts, best, strict=True))
        for image in part
        if pick is not None and image is not None
    ]
    picked = stats.mean_similarity(vectors=[vectors[image] for image in chosen])
    whole = stats.mean_similarity(
        vectors=[vectors[image] for _, image in drawn],
        parts=np.array([at for at, _ in drawn]),
    )
    found = nothing._replace(value=picked, reason="")
    return Pair([found._replace(value=whole)], found)
