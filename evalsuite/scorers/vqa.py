"""Questions about the picture, answered by a vision-language model: VQAScore, TIFA, DSG, Soft-TIFA.

What it sees: the picture and one question at a time; the model's probability of each answer.
Why: `score` is the field's usual number for how well a picture fits a long text; the answers say
which part of the prompt is not there. Where a prompt brings no questions, they are derived from
what it expects (`evalsuite.prompts.questions`).
How it errs: such models say yes too readily, count badly beyond a few, and hardly read negation:
VQAScore gave every model about .5 on GenAI-Bench's negated prompts and cannot rank them. Near
misses of a prompt are not put in order (TS2, arXiv 2404.04251). Read it beside its audit.
Source: VQAScore, Lin et al. 2024, arXiv 2404.01291; what the answers add up to, and whose rules
those are, `evalsuite.prompts.questions.add_up`.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.answering import YES_OR_NO
from evalsuite.encoders.vqa import Answerer
from evalsuite.encoders.vqa import load as load_answerer
from evalsuite.encoders.weights import needed
from evalsuite.files.hub import Repository
from evalsuite.prompts import questions
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.prompts.questions import Answered
from evalsuite.prompts.references import DSG, TIFA
from evalsuite.records import Case, InputError, Json, Judgement, Measure, Prompt, Question, Value

CITE = (
    TIFA
    + DSG
    + r"""
@inproceedings{lin2024vqascore,
  author = {Lin, Zhiqiu and Pathak, Deepak and Li, Baiqi and Li, Jiayao and Xia, Xide and Neubig,
    Graham and Zhang, Pengchuan and Ramanan, Deva},
  title = {Evaluating Text-to-Visual Generation with Image-to-Text Generation},
  booktitle = {ECCV},
  year = {2024},
  eprint = {2404.01291},
  archiveprefix = {arXiv},
}
"""
)

DEFAULT = "Qwen/Qwen2-VL-2B-Instruct"
"""A chat model that may be used for any purpose (Apache 2.0); 2.5-VL-3B may not."""
SMALL = "Salesforce/blip-vqa-base"
"""The other one that is tried: `--scorer-arg vqa.model=Salesforce/blip-vqa-base`; a sixth of the
size, it runs on a CPU, and answers short questions better than it judges whole prompts."""

SCORE = f'Does this figure show "{{}}"? {YES_OR_NO}'
"""VQAScore's question (arXiv 2404.01291)."""
FLOOR = 0.5
"""Where yes and no, or all choices, have less of the probability than this together, the model
wants to say something else, and there is no answer. Our own choice; BLIP's choices sum to one."""

FIELDS = ("score", "answers", "all_right", "soft")


_MODEL = "Whether the picture or the answering model is wrong: hold it against the scorer's audit."

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="vqa.score",
        title="VQAScore",
        kind="mean",
        unit="P(yes)",
        by=(*BY_ASKED, "style"),
        bounds=(0.0, 1.0),
        ranks_images=True,
        cannot_show=(
            "Negation and near misses: such scores hardly tell them apart. Only comparable "
            "between runs with the same answering model."
        ),
    ),
    Measure(
        name="vqa.answers",
        title="Questions answered as asked",
        kind="mean",
        applies=("has questions",),
        by=(*BY_ASKED, "style"),
        bounds=(0.0, 1.0),
        cannot_show=_MODEL + " What no question asks.",
    ),
    Measure(
        name="vqa.all_right",
        title="Every question answered as asked",
        applies=("has questions",),
        by=(*BY_ASKED, "style"),
        prominence=60,
        cannot_show=_MODEL
        + " Prompts with more questions fail more often by the model's errors alone.",
    ),
    Measure(
        name="vqa.soft",
        title="Geometric mean of the right answers' probabilities",
        kind="mean",
        unit="0-1",
        applies=("has questions",),
        by=(*BY_ASKED, "style"),
        bounds=(0.0, 1.0),
        cannot_show=_MODEL + " Nor how often it is right: it blends belief with correctness.",
    ),
    *(
        Measure(
            name=f"vqa.{name}",
            title=title,
            kind=kind,
            field="kinds",
            applies=("has questions of kinds",),
            by=(),
            cannot_show=_MODEL + " Prompts with more questions of a kind count more.",
        )
        for name, kind, title in (
            ("kinds_right", "question kinds", "Questions of each kind answered as asked"),
            ("kinds_mean", "question means", "Right answers' mean probability, by kind"),
            ("kinds_soft", "question geometric", "Right answers' geometric mean, by kind"),
        )
    ),
)


def load(
    *, dialect: str = "everyday", model: str = DEFAULT, device: str = "auto", floor: float = FLOOR
) -> "VqaScorer":
    """Load the scorer with a chat model or BLIP-VQA, by a folder or a hub id.

    Raises `InputError` for a floor outside 0 to 1, and for the bundled world without a `model`:
    none of the bundled ones answers questions.
    """
    if not 0 <= float(floor) <= 1:
        raise InputError(f"--scorer-arg vqa.floor={floor}: is a probability; write 0 to 1")
    if dialect == "scenes" and model == DEFAULT:
        raise InputError(
            "--scorers vqa: no bundled model answers questions about scenes; name one with "
            "--scorer-arg vqa.model=..."
        )
    return VqaScorer(load_answerer(model, device), float(floor))


def needs(*, model: str = DEFAULT) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return needed("answering model", model)


class VqaScorer:
    """Fields: `score` (VQAScore), `answers` (share right), `all_right`, `soft` (geometric mean).

    Where questions say what they are about, also `kinds`: their answers by that.
    """

    name = "vqa"
    batch_size = 8

    def __init__(self, answerer: Answerer, floor: float) -> None:
        self._answerer, self._floor = answerer, floor

    def describe(self) -> Mapping[str, Json]:
        """The model, VQAScore's question, the floor and the rules of the questions."""
        rules = {"score": SCORE, "floor": self._floor, "rules": questions.RULES}
        return {**self._answerer.describe(), **rules}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts with a question that the model cannot be asked."""
        return [
            f"prompt {prompt.id}: {question.text[:60]!r}: {problem}"
            for prompt in prompts
            for question in _asked(prompt)
            if (problem := self._answerer.problem(question)) is not None
        ]

    def preprocess(self, case: Case) -> None:
        """Decode the picture where an answer about it is not known; in any thread."""
        if not self._answerer.knows(case.picture, _asked(case.prompt)):
            _ = case.picture.pixels

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; each picture is encoded once."""
        unknown = [c for c in cases if not self._answerer.knows(c.picture, _asked(c.prompt))]
        self._answerer.look([case.picture for case in unknown])
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        score, *asked = _asked(case.prompt)
        (yes, no), *answers = self._answerer.ask(case.picture, [score, *asked])
        values: dict[str, Value] = {"score": round(yes[0], 6)}
        reasons: dict[str, str] = {}
        if (total := sum(yes) + sum(no)) < self._floor:
            values["score"] = None
            reasons["score"] = f"unsure: {questions.unsure(questions.options(score), total)}"
        answered = [
            questions.decide(question, [sum(spellings) for spellings in chances], self._floor)
            for question, chances in zip(asked, answers, strict=True)
        ]
        added = questions.add_up(answered)
        for field, value in zip(FIELDS[1:], added[:3], strict=True):
            values[field] = None if value is None else round(value, 6)
            if value is None:
                reasons[field] = added.reason
        if any(question.kind for question in asked):
            values["kinds"] = questions.by_kind(answered)
            if values["kinds"] is None:
                reasons["kinds"] = added.reason
        evidence = {
            "yes": round(sum(yes), 6),
            "no": round(sum(no), 6),
            "questions": [_as_json(answer) for answer in answered],
        }
        return Judgement(
            scorer=self.name, key=case.key, values=values, reasons=reasons, evidence=evidence
        )


def _asked(prompt: Prompt) -> list[Question]:
    """VQAScore's question, and then the prompt's own."""
    return [Question(SCORE.format(prompt.text)), *questions.of(prompt)]


def _as_json(answer: Answered) -> dict[str, Json]:
    question, probability = answer.question, answer.probability
    return {
        "question": question.text,
        "expected": question.answer,
        "given": answer.given,
        "right": answer.right,
        "probability": None if probability is None else round(probability, 6),
        "depends": list(question.depends),
        "reason": answer.reason,
        **({"kind": question.kind} if question.kind else {}),
    }
