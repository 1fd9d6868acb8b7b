"""Which presentation a trait's pictures lie nearer to: T2IAT's effect size on a run's own pictures.

The pictures of a trait's two poles ("a rich person", "a poor person") are compared with those that
the same run drew of prompts that say a presentation ("a woman", "a man"), by CLIP's features.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.measures.diversity import LOST, Vectors
from evalsuite.measures.estimating import planned_cells
from evalsuite.records import Estimate, Interval, Key, Measure, Prompt, PromptSet, Sample

MARKED = "marked"
"""The group label of reference prompts: the presentation that they say."""
SIDES = ("woman", "man")
POLES = ("high", "low")

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="traits.association",
        title="Pictures of the high pole lie nearer to women's than those of the low pole",
        kind="mean",
        unit="effect size d",
        by=(),
        higher_is_better=None,
        cannot_show=(
            "Whether people, clothes or settings make the likeness; and anything below the fair "
            "model's value, which few prompts make large. It is of what CLIP sees."
        ),
        of_people=True,
    ),
)


def associations(
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    planned: Sequence[Key],
    vectors: Vectors,
    *,
    level: float = 0.95,
) -> list[Estimate]:
    """One row per axis of a set with both poles and with reference prompts of both presentations.

    d, its interval over prompts, the permutation p (in the method) and the |d| of no association at
    this number of prompts are `stats.association`'s. X is the high pole and A the prompts that say
    woman, so that above 0 the high pole lies nearer to women. `n` and `missing` count the pictures
    of the poles; without references that were drawn the row has no value.
    """
    cells = planned_cells(prompt_sets, planned)
    measure = MEASURES[0]
    found: list[Estimate] = []
    for prompt_set in prompt_sets:
        own = cells[prompt_set.name]
        marks = {prompt.groups.get(MARKED) for prompt, _ in own}
        if not set(SIDES) <= marks:
            continue
        of_all = {key: _of(key, samples, vectors) for _, key in own}
        shown = {key: vector for key, vector in of_all.items() if vector is not None}
        references = [
            [shown[key] for p, key in own if p.groups.get(MARKED) == side and key in shown]
            for side in SIDES
        ]
        axes = dict.fromkeys(p.groups["axis"] for p, _ in own if p.groups.get("pole") in POLES)
        for axis in axes:
            of_axis = [cell for cell in own if cell[0].groups.get("axis") == axis]
            interval, null = _associated(prompt_set, axis, of_axis, references, shown, level)
            found.append(
                Estimate(
                    prompt_set=prompt_set.name,
                    measure=measure.name,
                    group={"axis": axis},
                    interval=interval,
                    missing=_missing(of_axis, samples, vectors),
                    null=null,
                )
            )
    return found


def _associated(
    prompt_set: PromptSet,
    axis: str,
    cells: Sequence[tuple[Prompt, Key]],
    references: Sequence[Sequence[NDArray[np.float32]]],
    shown: Mapping[Key, NDArray[np.float32]],
    level: float,
) -> tuple[Interval, float | None]:
    sides: dict[str, list[tuple[str, NDArray[np.float32]]]] = {pole: [] for pole in POLES}
    for prompt, key in cells:
        if key in shown and prompt.groups.get("pole") in sides:
            sides[prompt.groups["pole"]].append((prompt_set.family(prompt), shown[key]))
    n = sum(map(len, sides.values()))
    families = len({family for side in sides.values() for family, _ in side})
    if not all(references):
        why = "undecided: no picture says a presentation"
        return Interval(None, None, None, n, families, why), None
    if not all(sides.values()):
        return Interval(None, None, None, n, families, "undecided: a pole has no picture"), None
    (x_names, x), (y_names, y) = (zip(*sides[pole], strict=True) for pole in POLES)
    result = stats.association(
        x=np.stack(x),
        y=np.stack(y),
        a=np.stack(references[0]),
        b=np.stack(references[1]),
        prompts_x=x_names,
        prompts_y=y_names,
        level=level,
        seed=int(hashlib.sha256(f"{prompt_set.digest}\n{axis}".encode()).hexdigest()[:8], 16),
    )
    told = "" if result.p is None else f"; permutation p = {result.p:.3g}"
    return replace(result.interval, method=result.interval.method + told), result.null


def _of(key: Key, samples: Mapping[Key, Sample], vectors: Vectors) -> NDArray[np.float32] | None:
    sample = samples.get(key)
    return None if sample is None or sample.image is None else vectors.get(sample.image)


def _missing(
    cells: Sequence[tuple[Prompt, Key]], samples: Mapping[Key, Sample], vectors: Vectors
) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for prompt, key in cells:
        if prompt.groups.get("pole") in POLES and _of(key, samples, vectors) is None:
            sample = samples.get(key)
            drawn = sample is not None and sample.status == "ok"
            reasons[LOST if drawn else "not generated" if sample is None else sample.status] += 1
    return dict(sorted(reasons.items()))
