"""The yes/no questions that scorers answer of single images, and where two of them differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalsuite.measures.kinds import has_right_and_wrong, kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.records import Judgement, Measure, Prompt

YES, NO, NO_ANSWER, NOT_ASKED = "1", "0", "?", " "


@dataclass(frozen=True, slots=True)
class Question:
    """A verdict measure as a question of one image."""

    measure: Measure

    @property
    def direction(self) -> int:
        """1 where yes is right, -1 where no is, 0 where neither is."""
        return (1 if self.measure.higher_is_better else -1) * has_right_and_wrong(self.measure)

    def is_asked(self, prompt: Prompt) -> bool:
        """Whether a prompt raises it."""
        return condition(self.measure.applies)(prompt)

    def answer(self, judged: Mapping[str, Judgement | None]) -> str:
        """Of a prompt that raises it, one character: yes, no, no answer, or not asked after all.

        There is no answer where the scorer abstained or broke down, or has not judged.
        """
        if self.measure.scorer not in judged:
            return NOT_ASKED
        judgement = judged[self.measure.scorer]
        if judgement is None or judgement.failure is not None:
            return NO_ANSWER
        field = self.measure.field
        if field in judgement.not_applicable or field not in judgement.values:
            return NOT_ASKED
        return {1.0: YES, 0.0: NO}.get(judgement.values[field], NO_ANSWER)  # type: ignore[arg-type]


def questions_of(measures: Mapping[str, Measure]) -> list[Question]:
    """The questions of a report's measures, one for each field of a scorer that holds verdicts.

    Several measures may read one field, of prompts of one tag each: the first stands for it.
    """
    found: dict[tuple[str, str], Question] = {}
    for measure in measures.values():
        if kind_of(measure).is_verdict and not kind_of(measure).of_samples:
            found.setdefault((measure.scorer, measure.field), Question(measure))
    return list(found.values())


def differ(judged: Mapping[str, Judgement | None], verdicts: Mapping[str, set[str]]) -> list[str]:
    """The fields on which two scorers differ: the same yes/no of the same clause, or prompt.

    Scorers that ask the same give their fields the same name (`objects.correct`,
    `geneval.correct`). `verdicts` are the fields of each scorer that hold yes or no. What is no
    answer differs from nothing.
    """
    if len(judged) < 2:
        return []
    seen: dict[str, set[object]] = {}
    for scorer, judgement in judged.items():
        if judgement is None or judgement.failure is not None:
            continue
        for field in verdicts.get(scorer, ()):
            value = judgement.values.get(field)
            if value in (0.0, 1.0) and field not in judgement.not_applicable:
                seen.setdefault(field, set()).add(value)
    return sorted(field for field, values in seen.items() if len(values) > 1)
