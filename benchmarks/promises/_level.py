"""A scorer for the proofs: how light a picture is, through features that the run caches."""

from collections.abc import Mapping, Sequence

import numpy as np

from evalsuite.records import Case, Json, Judgement, Measure, Prompt

ENCODER = "proofs/level.v1"
MEASURES = (
    Measure(name="level.light", title="Lighter than the middle"),
    Measure(name="level.mean", title="Mean level", kind="mean", unit="number"),
)


class Level:
    """Says the mean of a picture's values, and whether it is above `threshold`."""

    name = "level"
    batch_size = 3

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def describe(self) -> Mapping[str, Json]:
        """What the manifest says of it."""
        return {"threshold": self.threshold}

    def problems(self, prompts: Sequence[Prompt]) -> list[str]:
        """Any prompt will do."""
        return []

    def judge(self, cases: Sequence[Case]) -> list[Judgement]:
        """A judgement for each case; it abstains where the prompt's tag is "abstain"."""
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        features = case.picture.features
        if ENCODER not in features:
            features[ENCODER] = case.picture.pixels.mean(axis=(0, 1)).astype(np.float32)
        mean = float(features[ENCODER].mean())
        if case.prompt.tag == "abstain":
            return Judgement(
                self.name, case.key, {"light": None, "mean": mean}, reasons={"light": "asked"}
            )
        return Judgement(self.name, case.key, {"light": float(mean > self.threshold), "mean": mean})


def load(*, threshold: float = 127.0) -> Level:
    """The scorer."""
    return Level(threshold)
