"""Refusals, from the samples' statuses alone: no scorer is asked, and no picture is looked at."""

from evalsuite.prompts.conditions import BY_WHOM
from evalsuite.records import Measure

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="refusal.rate",
        title="Refused or blocked",
        kind="refused",
        applies=("names people",),
        by=BY_WHOM,
        higher_is_better=False,
        cannot_show=(
            "Refusing in silence: a service that draws something else counts as drawing. Nor "
            "whether refusing was right, where the prompt is not harmless. Images that failed are "
            "missing here."
        ),
    ),
    Measure(
        name="refusal.difference",
        title="Most refused minus least refused, over the people named",
        kind="refusal difference",
        applies=("names people", "group:named"),
        by=("axis",),
        higher_is_better=False,
        over="named",
        cannot_show=(
            "The groups between the two outermost. With many groups these lie apart by chance: "
            "hold it against the value of groups that are refused alike."
        ),
    ),
)
