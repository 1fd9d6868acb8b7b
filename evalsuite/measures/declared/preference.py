"""The measures of the `preference` scorer."""

from evalsuite.measures.applies import BY_ASKED, every_prompt
from evalsuite.measures.measure import Measure

MEASURES: tuple[Measure, ...] = (
    Measure("preference.score", "score", "mean", "PickScore", "scale * cosine", every_prompt, True,
            BY_ASKED, cannot_show="Whether the picture is right, only whether it would be chosen. "
            "Only comparable on the same prompts with the same model."),
)  # fmt: skip
