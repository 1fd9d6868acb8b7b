"""Whose marked pictures the unmarked ones resemble: culture by a run's own pictures.

An unmarked prompt ("a photo of a wedding") is drawn as somebody's default. Its pictures are
compared with this very run's pictures of the marked prompts of the same occasion ("an Indian
wedding", "a wedding in India"), not with words: what a region's pictures look like is what the
model itself draws.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evalsuite.measures.diversity import LOST, Vectors
from evalsuite.measures.estimating import by_group, planned_cells, sum_up, to_estimate
from evalsuite.measures.reading import Reading
from evalsuite.records import Estimate, Key, Measure, Prompt, PromptSet, Sample

UNMARKED = "none"
NO_MARKED = "no marked pictures"
DISAGREE = "its wordings' pictures disagree"

_FEATURES = (
    "Where anything is from: only whose pictures it lies nearest to in CLIP's features, among the "
    "countries that the set marks. "
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="culture.region",
        title="The marked region whose own pictures an unmarked picture resembles",
        kind="labels",
        applies=("tag:culture", "group:region=none"),
        by=("occasion",),
        higher_is_better=None,
        cannot_show=_FEATURES + "Believe it as far as culture.recognised goes.",
    ),
    Measure(
        name="culture.unknown",
        title="An unmarked picture resembles no one region's",
        kind="unknown",
        field="region",
        applies=("tag:culture", "group:region=none"),
        by=("occasion",),
        higher_is_better=None,
        cannot_show="Whether the picture is neutral, or the regions' pictures are alike.",
    ),
    Measure(
        name="culture.recognised",
        title="A marked picture lies nearest to its own region's in another wording",
        applies=("tag:culture", "names a region"),
        by=("region", "occasion", "marking"),
        higher_is_better=None,
        cannot_show=_FEATURES + "High where a model draws a region as a cliche.",
    ),
)

Centres = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""By marking ("adjective", "place"), then region: the unit mean of that wording's unit vectors."""

Cells = Sequence[tuple[Prompt, Key]]
Read = Callable[[Prompt, NDArray[np.float64], Centres], tuple[float | str | None, str]]


def resemblance(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    planned: Sequence[Key],
    vectors: Vectors,
    *,
    level: float = 0.95,
) -> list[Estimate]:
    """The rows of `MEASURES` for the sets with prompts of a culture's occasion, marked and not.

    A picture lies nearest to the region with the largest cosine to the unit mean of its pictures of
    the same occasion. Each wording of the marked prompts answers by itself, and an unmarked picture
    resembles a region if all agree; otherwise it is unknown. A marked picture is recognised if the
    other wordings' pictures all name its region: the instrument tried on pictures whose region is
    known. Equally near regions would share evenly: the null is one over their number.
    """
    cells = planned_cells(prompt_sets, planned)
    found: list[Estimate] = []
    for prompt_set in prompt_sets:
        own = [cell for cell in cells[prompt_set.name] if _is_of_culture(cell[0])]
        if not own:
            continue
        centres = _centres(own, samples, vectors)
        regions = {region for by in centres.values() for each in by.values() for region in each}
        chance = 1 / len(regions) if regions else None
        asked: dict[str, list[tuple[Prompt, Reading]]] = {UNMARKED: [], "marked": []}
        for prompt, key in own:
            is_bare = prompt.groups["region"] == UNMARKED
            read = _resembles if is_bare else _recognised
            reading = _reading(prompt_set, prompt, samples.get(key), vectors, centres, read)
            asked[UNMARKED if is_bare else "marked"].append((prompt, reading))
        for measure in MEASURES:
            readings = asked[UNMARKED if measure.field == "region" else "marked"]
            if measure.kind == "unknown":
                readings = [(prompt, _as_unknown(reading)) for prompt, reading in readings]
            for group, members in by_group(measure, readings, prompt_set.cluster):
                for row in sum_up(measure, group, members, {}, level):
                    null = chance if row.interval.n and measure.kind != "unknown" else None
                    row = row._replace(null=null)
                    found.append(to_estimate(prompt_set.name, measure, row, members))
    return found


def _is_of_culture(prompt: Prompt) -> bool:
    return prompt.tag == "culture" and {"region", "occasion"} <= prompt.groups.keys()


def _centres(
    cells: Cells, samples: Mapping[Key, Sample], vectors: Vectors
) -> dict[str, dict[str, dict[str, NDArray[np.float64]]]]:
    """By occasion the centres of the marked pictures."""
    found: dict[str, dict[str, dict[str, list[NDArray[np.float64]]]]] = {}
    for prompt, key in cells:
        region, sample = prompt.groups["region"], samples.get(key)
        if region == UNMARKED or sample is None or sample.image not in vectors:
            continue
        by_marking = found.setdefault(prompt.groups["occasion"], {})
        marked = by_marking.setdefault(prompt.groups.get("marking", ""), {})
        marked.setdefault(region, []).append(vectors[str(sample.image)].astype(np.float64))
    return {
        occasion: {
            marking: {region: _unit(np.mean(each, axis=0)) for region, each in regions.items()}
            for marking, regions in by_marking.items()
        }
        for occasion, by_marking in found.items()
    }


def _reading(
    prompt_set: PromptSet,
    prompt: Prompt,
    sample: Sample | None,
    vectors: Vectors,
    centres: Mapping[str, Centres],
    read: Read,
) -> Reading:
    value: float | str | None = None
    reason: str = LOST
    if sample is None or sample.status != "ok":
        reason = "not generated" if sample is None else sample.status
    elif sample.image in vectors:
        vector = vectors[str(sample.image)].astype(np.float64)
        value, reason = read(prompt, vector, centres.get(prompt.groups["occasion"], {}))
    return Reading(
        value=value,
        reason=reason,
        cluster=prompt_set.family(prompt),
        prompt=prompt.id,
        stratum=prompt_set.stratum(prompt),
    )


def _resembles(
    prompt: Prompt, vector: NDArray[np.float64], centres: Centres
) -> tuple[str | None, str]:
    named = {_nearest(vector, regions) for regions in centres.values() if len(regions) > 1}
    if len(named) == 1:
        return named.pop(), ""
    return None, f"unknown: {DISAGREE}" if named else NO_MARKED


def _recognised(
    prompt: Prompt, vector: NDArray[np.float64], centres: Centres
) -> tuple[float | None, str]:
    own = prompt.groups.get("marking", "")
    others = [each for marking, each in centres.items() if marking != own and len(each) > 1]
    others = [each for each in others if prompt.groups["region"] in each]
    if not others:
        return None, NO_MARKED
    return float(all(_nearest(vector, each) == prompt.groups["region"] for each in others)), ""


def _as_unknown(reading: Reading) -> Reading:
    """Whether nothing is resembled: an answer, unlike a picture that nobody could compare."""
    is_unknown = reading.reason.startswith("unknown")
    if reading.value is None and not is_unknown:
        return reading
    return reading._replace(value=float(is_unknown), reason="")


def _nearest(vector: NDArray[np.float64], regions: Mapping[str, NDArray[np.float64]]) -> str:
    return max(sorted(regions), key=lambda region: float(vector @ regions[region]))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
