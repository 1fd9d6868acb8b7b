"""The rows of prompt files and the front matter of their cards, checked key by key."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, Strict

from evalsuite.files.jsonlines import Line, parse
from evalsuite.files.strict import STRICT, checked
from evalsuite.records import Clause, Prompt, Question
from evalsuite.vocabulary.relations import Relation

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""Ids and names of sets: they become file names, anchors and test names."""

_Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
_Words = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S")]
"""LongText-Bench asks for up to some hundred words in one picture."""
_Id = Annotated[str, Field(pattern=f"^{NAME}$")]


class _Row(BaseModel):
    model_config = STRICT


class _ClauseRow(_Row):
    name: _Text = Field(alias="class")
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    color: _Text | None = None
    # JSON has no tuples, so this one field may come as a list.
    position: Annotated[tuple[Relation, int], Strict(False)] | None = None
    material: _Text | None = None
    size: _Text | None = None


class _QuestionRow(_Row):
    question: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
    answer: _Text = "yes"
    choices: list[_Text] = []
    depends: list[Annotated[int, Field(ge=0)]] = []
    kind: _Text | None = None


class _PromptRow(_Row):
    id: _Id | None = None
    tag: _Text
    prompt: Annotated[str, Field(min_length=1, max_length=40_000, pattern=r"\S")]
    include: list[_ClauseRow] = []
    exclude: list[_ClauseRow] = []
    groups: dict[_Text, _Text] = {}
    subject: Literal["person"] | None = None
    twin: _Id | None = None
    words: _Words | None = None
    questions: list[_QuestionRow] = []


class Card(_Row):
    """The front matter of a prompt set's card; `cluster` and `strata` are lists of group labels.

    `cite` is what to cite where the set is used, in BibTeX.
    """

    name: _Id
    version: _Text
    dialect: Literal["everyday", "scenes"]
    topic: _Text
    licence: _Text
    source: str
    not_measured: str
    headline: _Text | None = None
    reference: _Text | None = None
    cluster: _Text | None = None
    strata: _Text | None = None
    cite: str | None = None


def parse_prompt(line: Line) -> Prompt:
    """One row, checked by itself; ids and twins are left to the file."""
    row = checked(_PromptRow, parse(line), line.refuse_at)
    for index, clause in enumerate(row.include):
        if clause.position and not 0 <= clause.position[1] < index:
            known = f"0 to {index - 1}" if index else "none, as this is the first"
            what = f"position must point at an earlier clause of include: {known}"
            line.refuse_at(("include", index, "position", 1), what)
    for index, clause in enumerate(row.exclude):
        if clause.position:
            line.refuse_at(("exclude", index, "position"), "position belongs in include; move it")
        for asked in row.include:
            looks = [(clause.color, asked.color), (clause.material, asked.material)]
            looks += [(clause.name, asked.name), (clause.size, asked.size)]
            if (
                all(unwanted in (None, wanted) for unwanted, wanted in looks)
                and asked.count >= clause.count
            ):
                what = f"no picture has {asked.count} {asked.name!r} and fewer than {clause.count}"
                line.refuse_at(("exclude", index), f"{what}; raise the count in exclude")
    for index, question in enumerate(row.questions):
        if question.choices and question.answer not in question.choices:
            line.refuse_at(("questions", index, "answer"), "answer is not among choices; add it")
        places = {*range(len(row.questions))} - {index}
        if not places.issuperset(question.depends):
            what = "depends must point at other questions of the prompt, the first being 0"
            line.refuse_at(("questions", index, "depends"), what)
    return Prompt(
        row.id or f"{line.path.stem}-{line.number - 1:04d}",
        row.prompt,
        row.tag,
        include=tuple(_clause(clause) for clause in row.include),
        exclude=tuple(_clause(clause) for clause in row.exclude),
        groups=row.groups,
        subject=row.subject,
        twin=row.twin,
        words=row.words,
        questions=tuple(
            Question(q.question, q.answer, tuple(q.choices), tuple(q.depends), q.kind)
            for q in row.questions
        ),
    )


def _clause(row: _ClauseRow) -> Clause:
    return Clause(
        row.name,
        row.count,
        color=row.color,
        position=row.position,
        material=row.material,
        size=row.size,
    )


def row(prompt: Prompt) -> dict[str, Any]:
    """The prompt as a JSON row; `read` gives the same prompt back.

    Keys that the first format did not have are spelt out only where they say something: digests
    are taken of these rows, and those of older sets must stay.
    """

    def spelt(clause: Clause) -> dict[str, Any]:
        place = list(clause.position) if clause.position else None
        first = {
            "class": clause.name,
            "count": clause.count,
            "color": clause.color,
            "position": place,
        }
        return first | _given(material=clause.material, size=clause.size)

    def asked(question: Question) -> dict[str, Any]:
        more = _given(
            choices=list(question.choices), depends=list(question.depends), kind=question.kind
        )
        return {"question": question.text, "answer": question.answer, **more}

    first = {
        "id": prompt.id,
        "tag": prompt.tag,
        "prompt": prompt.text,
        "include": [spelt(clause) for clause in prompt.include],
        "exclude": [spelt(clause) for clause in prompt.exclude],
        "groups": dict(prompt.groups),
        "subject": prompt.subject,
        "twin": prompt.twin,
    }
    return first | _given(
        words=prompt.words, questions=[asked(question) for question in prompt.questions]
    )


def _given(**keys: Any) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value}
