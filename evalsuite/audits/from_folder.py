"""Images whose truth is known: a folder with a `truth.jsonl`, one row per question.

A row is `{"file": "...", "prompt": {a row of a prompt set}, "truth": {field: value}}`. `file` is a
picture in the folder; several rows may ask about one. Truth is, by field, the right value for a
scorer to give: 0 or 1, a number or a word, and "correct" for whether the prompt is true of the
picture. "objects.count" holds for that scorer alone, "count" for every scorer with such a field.
"""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, Field, Strict

from evalsuite.audits.known import KnownCase
from evalsuite.files.images import decode_image
from evalsuite.files.jsonlines import Line, Place, parse, part, read_lines, shown
from evalsuite.files.strict import STRICT, checked
from evalsuite.prompts.rows import parse_prompt
from evalsuite.records import Case, InputError, Key, Picture, Pixels, Prompt, Value

NAME = "truth.jsonl"
SET = "truth"
VERDICTS = ("correct", "present", "count", "absent", "excluded_drawn", "relation", "color")
"""Fields of bundled scorers whose truth can only be 0 or 1."""

_Value = Annotated[float, Strict()] | Annotated[str, Field(min_length=1, max_length=4000)]


class _TruthRow(BaseModel):
    """Strict, as prompt rows are; `prompt` is checked by itself."""

    model_config = STRICT

    file: Annotated[str, Field(min_length=1, max_length=400)]
    prompt: dict[str, Any]
    truth: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,99}$")], _Value],
        Field(min_length=1),
    ]


def read(folder: Path) -> list[KnownCase]:
    """The folder's questions in the order of its rows; pictures are decoded when looked at.

    Raises `InputError` with file, line and column for a row that cannot be used, for a picture
    that is not in the folder, and where there is no row at all.
    """
    if not folder.is_dir():
        raise InputError(f"--folder {shown(folder)}: there is no such folder")
    path = folder / NAME
    rows = [(line, _row(line)) for line in read_lines(path)]
    if not rows:
        raise InputError(f"{shown(path)}: holds no row; write one question per line")
    prompts = [_prompt(line) for line, _ in rows]
    by_id: dict[str, Prompt] = {}
    for (line, _), prompt in zip(rows, prompts, strict=True):
        if by_id.setdefault(prompt.id, prompt) != prompt:
            line.refuse_at(("prompt", "id"), f"{prompt.id!r} is another prompt above; rename one")
    negated = {prompt.twin: prompt for prompt in by_id.values() if prompt.twin}
    pictures: dict[str, Picture] = {}
    cases = []
    for (line, row), prompt in zip(rows, prompts, strict=True):
        if prompt.twin is not None and prompt.twin not in by_id:
            line.refuse_at(("prompt", "twin"), f"no row has the prompt {prompt.twin!r}; add it")
        twin = by_id[prompt.twin] if prompt.twin else negated.get(prompt.id)
        if row.file not in pictures:
            pictures[row.file] = _picture(folder, line, row.file)
        key = Key(SET, prompt.id, line.number)
        cases.append(
            KnownCase(Case(key, prompt, pictures[row.file], twin), _truth(line, row.truth))
        )
    return cases


def _row(line: Line) -> _TruthRow:
    def refuse(place: Place, what: str) -> NoReturn:
        if place[0] == "truth" and len(place) > 1:
            place = place[:2]
            what = (
                f"truth of {str(place[1])[:60]!a} must be a number or a word, the name of a field"
            )
            what += " letters, digits and '_'"
        line.refuse_at(place, f"{what}; mend it")

    return checked(_TruthRow, parse(line), refuse)


def _prompt(line: Line) -> Prompt:
    return parse_prompt(part(line, "prompt"))


def _truth(line: Line, truth: dict[str, float | str]) -> dict[str, Value]:
    for name, value in truth.items():
        if name.rpartition(".")[2] in VERDICTS and value not in (0.0, 1.0):
            line.refuse_at(("truth", name), f"{name} is a verdict; its truth is 0 or 1")
    return {name: v if isinstance(v, str) else float(v) for name, v in truth.items()}


def _picture(folder: Path, line: Line, file: str) -> Picture:
    """The picture, named by its bytes; it must lie in the folder."""
    place = PurePosixPath(file)
    if place.is_absolute() or ".." in place.parts or "\\" in file:
        line.refuse_at(("file",), "file must be a path within the folder; move the picture there")
    path = folder / place
    try:
        data = path.read_bytes()
    except OSError as error:
        line.refuse_at(("file",), f"{file}: {error.strerror or error}; put the picture there")

    def decode() -> Pixels:
        return decode_image(path.read_bytes(), str(path))

    return Picture(hashlib.sha256(data).hexdigest(), decode)
