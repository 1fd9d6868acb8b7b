"""Hands and faces as people have them: fingers counted, and both called plausible, by questions.

What it sees: the picture, and a vision-language model's probability of each answer to three
questions: how many fingers a hand shows, whether the hands are as a person's, whether the face is.
Why: six fingers and melted faces are the faults that people see first.
How it errs: such models count badly, fingers most of all, and say yes too readily; no audit of any
on hands came with them. Every row says "not evidence" until this scorer is audited on pictures of
hands whose fingers were counted by people.
What it cannot show: hidden fingers, which are no fault; nor what the hand does. Hands that are not
shaped like most people's are not a fault of the picture: a low figure is no verdict on a body.
Source: question answering as in TIFA (arXiv 2303.11897); the questions are ours. There is no count
by landmarks: the wheel of mediapipe 1.2.3 holds no hand model, and would fetch one.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.vqa import Answerer
from evalsuite.encoders.vqa import load as load_answerer
from evalsuite.encoders.weights import needed
from evalsuite.files.hub import Repository
from evalsuite.prompts import questions
from evalsuite.prompts.references import TIFA
from evalsuite.records import (
    Case,
    Choice,
    InputError,
    Json,
    Judgement,
    Measure,
    Prompt,
    Question,
    Value,
)

CITE = TIFA

DEFAULT = "Qwen/Qwen2-VL-2B-Instruct"
"""As the scorer `vqa`: a chat model that may be used for any purpose (Apache 2.0)."""
FLOOR = 0.5
"""Where all choices together have less of the probability than this, there is no answer."""

CHOICES = ("three or fewer", "four", "five", "six", "more than six", "cannot be counted")
UNCOUNTED = CHOICES[-1]

ASKED: Mapping[str, Question] = {
    "fingers": Question(
        "How many fingers, the thumb among them, does the hand show that can be seen best?",
        "five",
        CHOICES,
    ),
    "plausible": Question("Is every hand in this picture shaped as a person's hand can be?"),
    "face": Question("Is every face in this picture shaped as a person's face can be?"),
}
"""By field what is asked; a prompt of hands has the first two, one of faces the last."""

PARTS: Mapping[str, tuple[str, ...]] = {"hands": ("fingers", "plausible"), "faces": ("face",)}
"""By the prompt's label `part` its fields."""

_UNAUDITED = (
    " No evidence until audited on pictures whose hands and faces people looked at: such models "
    "count badly and say yes too readily."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="hands.plausible",
        title="Hands as a person's can be, by question answering",
        applies=("group:part=hands",),
        by=("number",),
        cannot_show="Whether fingers are hidden or missing." + _UNAUDITED,
        needs_audit=True,
        of_people=True,
    ),
    Measure(
        name="hands.fingers",
        title="Fingers counted, by question answering",
        kind="labels",
        applies=("group:part=hands",),
        by=("number",),
        higher_is_better=None,
        chance=1 / (len(CHOICES) - 1),
        cannot_show="Fewer than five may be hidden; more than five cannot be." + _UNAUDITED,
        needs_audit=True,
        of_people=True,
    ),
    Measure(
        name="hands.uncounted",
        title="Fingers that cannot be counted",
        kind="unknown",
        field="fingers",
        applies=("group:part=hands",),
        by=("number",),
        higher_is_better=None,
        cannot_show="Whether the hand is a fist or the model is not sure.",
        of_people=True,
    ),
    Measure(
        name="hands.face",
        title="Faces as a person's can be, by question answering",
        applies=("group:part=faces",),
        by=("look",),
        cannot_show="Whether the asked look is there." + _UNAUDITED,
        needs_audit=True,
        of_people=True,
    ),
)


def load(
    *, dialect: str = "everyday", model: str = DEFAULT, device: str = "auto", floor: float = FLOOR
) -> "HandsScorer":
    """Load the scorer with a chat model or BLIP-VQA, by a folder or a hub id.

    Raises `InputError` for a floor outside 0 to 1, and for the bundled world without a `model`:
    none of the bundled ones answers questions.
    """
    if not 0 <= float(floor) <= 1:
        raise InputError(f"--scorer-arg hands.floor={floor}: is a probability; write 0 to 1")
    if dialect == "scenes" and model == DEFAULT:
        raise InputError(
            "--scorers hands: no bundled model answers questions about scenes; name one with "
            "--scorer-arg hands.model=..."
        )
    return HandsScorer(load_answerer(model, device), float(floor))


def needs(*, model: str = DEFAULT) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return needed("answering model", model)


class HandsScorer:
    """Fields: `fingers` (a choice that is a count) and `plausible` of hands, `face` of faces."""

    name = "hands"
    batch_size = 8

    def __init__(self, answerer: Answerer, floor: float) -> None:
        self._answerer, self._floor = answerer, floor

    def describe(self) -> Mapping[str, Json]:
        """The model, the questions, their choices and the floor."""
        asked = {field: question.text for field, question in ASKED.items()}
        rules = {"questions": asked, "choices": list(CHOICES), "floor": self._floor}
        return {**self._answerer.describe(), **rules, "rules": questions.RULES}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """The questions that the model cannot be asked, where a prompt raises one."""
        raised = {field for prompt in prompts for field in _fields(prompt)}
        found = {field: self._answerer.problem(ASKED[field]) for field in ASKED if field in raised}
        return [f"{ASKED[field].text!r}: {why}" for field, why in found.items() if why is not None]

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt of neither hands nor faces gives no values."""
        raised = [(case.picture, [ASKED[f] for f in _fields(case.prompt)]) for case in cases]
        unknown = [seen for seen, asked in raised if not self._answerer.knows(seen, asked)]
        if unknown:
            self._answerer.look(unknown)
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        fields = _fields(case.prompt)
        values: dict[str, Value] = {}
        reasons: dict[str, str] = {}
        choices: dict[str, Choice] = {}
        asked = [ASKED[field] for field in fields]
        answers = self._answerer.ask(case.picture, asked) if asked else []
        for field, question, chances in zip(fields, asked, answers, strict=True):
            shares = [sum(spellings) for spellings in chances]
            values[field], reason = _decided(question, shares, self._floor)
            if reason:
                reasons[field] = reason
            if (total := sum(shares)) > 0 and question.choices:
                rounded = tuple(round(share / total, 4) for share in shares)
                given = values[field]
                choices[field] = Choice(
                    question.choices, rounded, given if isinstance(given, str) else None
                )
        return Judgement(
            scorer=self.name,
            key=case.key,
            values=values,
            reasons=reasons,
            not_applicable=tuple(field for field in ASKED if field not in fields),
            choices=choices,
        )


def _fields(prompt: Prompt) -> tuple[str, ...]:
    return PARTS.get(prompt.groups.get("part", ""), ())


def _decided(question: Question, shares: Sequence[float], floor: float) -> tuple[Value, str]:
    """The answer and "", or None and why there is none."""
    answered = questions.decide(question, shares, floor)
    if answered.right is None:
        return None, answered.reason
    if not question.choices:
        return float(answered.right), ""
    if answered.given == UNCOUNTED or sorted(shares)[-1] == sorted(shares)[-2]:
        return None, "unknown: the fingers cannot be counted"
    return answered.given, ""
