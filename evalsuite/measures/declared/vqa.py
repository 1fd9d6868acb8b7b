"""The measures of the `vqa` scorer."""

from evalsuite.measures.applies import BY_ASKED, every_prompt
from evalsuite.measures.measure import Measure
from evalsuite.prompts import questions
from evalsuite.records import Prompt

_MODEL = "Whether the picture or the answering model is wrong: hold it against the scorer's audit."
_BY = (*BY_ASKED, "style")


def questioned(prompt: Prompt) -> bool:
    """There are questions: its own, or such as its clauses and words stand for."""
    return bool(questions.of(prompt))


MEASURES: tuple[Measure, ...] = (
    Measure("vqa.score", "score", "mean", "VQAScore", "P(yes)", every_prompt, True, _BY,
            (0.0, 1.0), cannot_show="Negation and near misses: such scores hardly tell them apart. "
            "Only comparable between runs with the same answering model."),
    Measure("vqa.answers", "answers", "mean", "Questions answered as asked", "share", questioned,
            True, _BY, (0.0, 1.0), cannot_show=_MODEL + " What no question asks."),
    Measure("vqa.all_right", "all_right", "share", "Every question answered as asked", "share",
            questioned, True, _BY, cannot_show=_MODEL + " Prompts with more questions fail more "
            "often by the model's errors alone."),
    Measure("vqa.soft", "soft", "mean", "Geometric mean of the right answers' probabilities",
            "0-1", questioned, True, _BY, (0.0, 1.0), cannot_show=_MODEL + " Nor how often it is "
            "right: it blends belief with correctness."),
)  # fmt: skip
