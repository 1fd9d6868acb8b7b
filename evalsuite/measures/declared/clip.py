"""The measures of the `clip` scorer."""

from evalsuite.measures.applies import BY_ASKED, every_prompt, tagged, two_colors
from evalsuite.measures.measure import Measure

MEASURES: tuple[Measure, ...] = (
    Measure("clip.score", "score", "mean", "CLIPScore", "100 * cosine", every_prompt, True,
            BY_ASKED, (-100.0, 100.0), cannot_show="Number, side and negation: CLIP hardly reads "
            "them. Only comparable between runs with the same CLIP model."),
    Measure("clip.choice", "choice", "share", "The prompt beats its hard negatives", "share",
            tagged("counting", "position", "negation"), True, ("count", "relation", "form"),
            cannot_show="Whether the model or CLIP is blind: hold it against the scorer's audit."),
    Measure("clip.binding", "binding", "share", "The prompt beats its exchanged colours", "share",
            two_colors, True, ("count", "relation", "form"),
            cannot_show="Whether the model or CLIP is blind: hold it against the scorer's audit."),
)  # fmt: skip
