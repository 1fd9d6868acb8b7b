"""The measures of the `geneval` scorer: GenEval's summary, line by line."""

from collections.abc import Callable

from evalsuite.measures.applies import BY_ASKED, expects, tagged
from evalsuite.measures.measure import Measure
from evalsuite.records import Prompt

TASKS = {
    "single_object": "single object",
    "two_object": "two objects",
    "counting": "counting",
    "colors": "colours",
    "position": "position",
    "color_attr": "colour attribution",
}
"""GenEval's six tasks, by tag (Ghosh et al. 2023, arXiv 2310.11513, table 1)."""

_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."
_PLACES = (
    " A place must be clearer than the paper's text says, as the published code has it: two boxes "
    "of 100 pixels side by side must be over 40 pixels apart, centre to centre."
)


def _of(*tags: str) -> Callable[[Prompt], bool]:
    inside = tagged(*tags)
    return lambda prompt: inside(prompt) and expects(prompt)


MEASURES: tuple[Measure, ...] = (
    Measure("geneval.score", "correct", "mean of tags", "GenEval: mean of the tasks", "share",
            _of(*TASKS), True,
            cannot_show=_DETECTOR + " The tasks that a set lacks are not in the mean."),
    Measure("geneval.correct", "correct", "share", "GenEval: images right", "share", expects, True,
            BY_ASKED, cannot_show=_DETECTOR + " Nothing about style, realism or beauty."),
    Measure("geneval.any", "correct", "prompts", "GenEval: prompts with any image right", "share",
            expects, True, cannot_show="It rises with the number of images a prompt; published "
            "figures have four. Prompts with a missing image are left out."),
    *(
        Measure(f"geneval.{tag}", "correct", "share", f"GenEval: {title}", "share", _of(tag), True,
                cannot_show=_DETECTOR + (_PLACES if tag == "position" else ""))
        for tag, title in TASKS.items()
    ),
)  # fmt: skip
