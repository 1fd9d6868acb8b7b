"""The questions of one session: drawn, in words, and in every rater's own order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evalsuite.labels.asked import Answers, Asked
from evalsuite.labels.drawing import Drawn, chance, draw
from evalsuite.labels.frame import frame
from evalsuite.labels.rows import Label, State, number
from evalsuite.labels.wording import Option, context, guidelines, options, question
from evalsuite.records import InputError, Json, Key, Measure, PromptSet, Sample, Value

SAMPLE = 100
"""Images of each question that are drawn where nobody says otherwise: shares of a half are known to
about ten points then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question about one drawn image. `id` tells nothing of the model, prompt or judge.

    `flagged`: a safety scorer would have the picture blurred until somebody asks for it.
    """

    id: str
    asked: Asked
    drawn: Drawn
    sample: int
    options: tuple[Option, ...]
    flagged: bool

    @property
    def key(self) -> Key:
        """The image's name."""
        return self.drawn.cell.key

    def label(self, rater: str, state: State, answer: Value = None) -> Label:
        """The row that an answer becomes."""
        return Label(
            key=self.key,
            image=self.drawn.cell.image,
            asked=self.asked.name,
            rater=rater,
            state=state,
            answer=answer,
            stratum=self.drawn.cell.stratum,
            drawn=self.drawn.drawn,
            size=self.drawn.size,
            sample=self.sample,
        )

    def shown(self) -> dict[str, Json]:
        """What the page is told: nothing of the model, the judge, the stratum or other raters."""
        prompt = self.drawn.cell.prompt
        return {
            "id": self.id,
            "picture": self.drawn.cell.image,
            "question": question(self.asked, prompt),
            "context": context(self.asked, prompt),
            "guidelines": guidelines(self.asked.form, prompt),
            "form": self.asked.form,
            "options": [option._asdict() for option in self.options],
            "flagged": self.flagged,
        }


def tasks(
    asked: Sequence[Asked],
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    answers: Answers,
    *,
    images: Mapping[str, int | None],
    seed: str,
    known: Iterable[Measure] = (),
    scale: str = "steps",
) -> list[Task]:
    """The questions about a drawn sample of a run's images.

    `images` says by field how many are drawn of it, None for all. Raises `InputError` where no
    image raises a question.
    """
    found = []
    flags = [measure for measure in known if measure.blur_from is not None]
    for each in asked:
        cells = frame(each, prompt_sets, samples, answers)
        if not cells:
            raise InputError(
                f"--measure {each.name}: the run has no valid image that raises this question"
            )
        wanted = images[each.name]
        drawn = draw(cells, len(cells) if wanted is None else wanted, seed)
        for one in drawn:
            name = "\n".join([seed, each.name, *map(str, one.cell.key)])
            found.append(
                Task(
                    id=sha256(name.encode()).hexdigest()[:16],
                    asked=each,
                    drawn=one,
                    sample=len(drawn),
                    options=tuple(options(each, scale)),
                    flagged=_is_flagged(flags, answers, one.cell.key),
                )
            )
    return found


def ordered(questions: Sequence[Task], rater: str, seed: str) -> list[Task]:
    """The questions in this rater's own order: images shuffled, those about one image together.

    Which part of a stratum is answered first is chance, so that a rater who stops half-way leaves
    a random sample.
    """
    place = {task.asked.name: number for number, task in enumerate(questions)}
    return sorted(
        questions,
        key=lambda task: (chance(seed, rater, *task.key), task.key, place[task.asked.name]),
    )


def checked(task: Task, answer: Json) -> Value:
    """An answer that the page sent, if the question can be answered so; else `ValueError`."""
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        raise ValueError("an answer is a number or a word")
    value = answer if isinstance(answer, str) else number(answer)
    if task.options:
        if value not in [option.value for option in task.options]:
            raise ValueError("no such answer to this question")
        return value
    if isinstance(value, str):
        raise ValueError("a number is asked for")
    most = 100.0 if task.asked.form == "score" else 9999.0
    if not 0 <= value <= most or (task.asked.form == "count" and value != int(value)):
        raise ValueError(f"a number from 0 to {most:g} is asked for")
    return value


def _is_flagged(flags: Sequence[Measure], answers: Answers, key: Key) -> bool:
    for measure in flags:
        judgement = answers.get((measure.scorer, key))
        value = None if judgement is None else judgement.values.get(measure.field)
        if isinstance(value, int | float) and value >= (measure.blur_from or 0.0):
            return True
    return False
