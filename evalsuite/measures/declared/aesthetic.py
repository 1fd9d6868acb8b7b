"""The measures of the `aesthetic` scorer."""

from evalsuite.measures.applies import BY_ASKED, every_prompt
from evalsuite.measures.measure import Measure

MEASURES: tuple[Measure, ...] = (
    Measure("aesthetic.score", "score", "mean", "Predicted rating of looks", "points of its raters",
            every_prompt, None, BY_ASKED, cannot_show="Whether anything is as asked; the prompt is "
            "not read. It repeats its raters' taste."),
)  # fmt: skip
