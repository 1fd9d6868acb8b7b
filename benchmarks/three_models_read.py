"""What `three_models.py` reads of its runs, and which of their figures its page holds."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from three_models_speed import Speed

from evalsuite.audits.record import Audited, Place
from evalsuite.files.values import as_key

Estimates = Sequence[Mapping[str, Any]]
Effects = Sequence[Mapping[str, Any]]
Group = Mapping[str, str]


class Figure(NamedTuple):
    """A measure of one prompt set in one group, its unit, and what the page calls it."""

    prompt_set: str
    measure: str
    unit: str
    words: str
    group: Group = MappingProxyType({})


RIGHT, EVEN = "objects.correct", "presentation.occupation_distance"
NEGATED, TOLD = {"form": "negated"}, {"images per prompt": "4"}
SETS = ("scenes-counts", "scenes-negation", "scenes-spatial", "scenes-occupations")
ACCURACY = (
    Figure("scenes-counts", "objects.count", "share", "exact number"),
    Figure("scenes-counts", RIGHT, "share", "number and colour"),
    Figure("scenes-negation", RIGHT, "share", "as asked, with a “no”", NEGATED),
    Figure("scenes-negation", "objects.negation_effect", "difference", "heeds “no”"),
    Figure("scenes-spatial", "objects.present", "share", "each thing is there"),
    Figure("scenes-spatial", RIGHT, "share", "things, colours and sides"),
    Figure("scenes-occupations", "objects.present", "share", "the occupation is there"),
)
DIVERSITY = tuple(
    figure
    for name in SETS
    for figure in (
        Figure(name, "diversity.vendi", "number", "Vendi score of 4", TOLD),
        Figure(name, "diversity.similarity", "number", "mean cosine of a pair"),
    )
)
AWAY = {"away from even": "by occupation"}
RERANKED = (
    *(Figure(name, "clip.score", "number", "CLIPScore, by which it picks") for name in SETS[:1]),
    ACCURACY[0],
    *(Figure(name, RIGHT, "share", "everything as asked") for name in SETS[:3]),
    Figure(SETS[3], "presentation.woman", "share", "farther from even, by occupation", AWAY),
)
ALIKE = tuple(Figure(name, "diversity.similarity", "number", "likeness") for name in SETS)


class Run(NamedTuple):
    """What a run says: every estimate, and its chapter on people."""

    estimates: Estimates
    bias: Mapping[str, Any]

    @classmethod
    def of(cls, folder: Path) -> "Run":
        """Of a run's folder, reported."""
        return cls(read(folder / "estimates.json"), read(folder / "bias.json"))


class Measured(NamedTuple):
    """All that the page says; models are names, and the maps are by them."""

    models: Sequence[str]
    ceiling: str
    truth: str
    runs: Mapping[str, Run]
    audit: Mapping[Place, Audited]
    compared: Mapping[str, Any]
    picked: Mapping[str, Mapping[int, Effects]]
    picked_deep: Mapping[str, Mapping[int, Effects]]
    speeds: Mapping[str, Speed]


def read(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def estimate(estimates: Estimates, figure: Figure) -> Mapping[str, Any]:
    """The figure's estimate; `KeyError` where the run has none."""
    asked = (figure.prompt_set, figure.measure, as_key(figure.group))
    for each in estimates:
        if (each["prompt_set"], each["measure"], as_key(each["group"])) == asked:
            return each
    raise KeyError(asked)
