"""Labels as a plain CSV, out and in: one row a question and rater, edited in any spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from evalsuite.files.jsonlines import read_lines, shown
from evalsuite.files.spreadsheet import harmless, plain
from evalsuite.labels.incoming import Incoming, told_as
from evalsuite.labels.rows import Told
from evalsuite.labels.tasks import Task
from evalsuite.labels.wording import CANNOT_TELL, context, question
from evalsuite.records import InputError

NEEDED = ("prompt_set", "prompt_id", "index", "measure", "answer")
COLUMNS = (
    *("prompt_set", "prompt_id", "index", "measure", "rater", "answer"),
    *("image", "file", "question", "context", "answers", "sample"),
)


def to_csv(questions: Sequence[Task], told: Told) -> str:
    """Every drawn question, once for each rater who answered it, or once with no answer.

    Nothing of what the judge said is in it. The rows are in no rater's order but in the run's.
    """
    rows: dict[tuple[object, ...], list[tuple[str, str]]] = {}
    for label in told.labels:
        answer = CANNOT_TELL.lower() if label.answer is None else _text(label.answer)
        rows.setdefault((label.asked, label.key, label.image), []).append((label.rater, answer))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for task in questions:
        cell = task.drawn.cell
        place = (task.asked.name, task.key, cell.image)
        for rater, answer in rows.get(place, [("", "")]):
            writer.writerow(
                {
                    **{name: harmless(str(part)) for name, part in task.key._asdict().items()},
                    "measure": task.asked.name,
                    "rater": rater,
                    "answer": harmless(answer),
                    "image": cell.image,
                    "file": f"images/{cell.image}.png",
                    "question": harmless(question(task.asked, cell.prompt)),
                    "context": harmless("; ".join(context(task.asked, cell.prompt))),
                    "answers": harmless(" | ".join(_answers(task))),
                    "sample": task.sample,
                }
            )
    return text.getvalue()


def from_csv(path: Path, rater: str) -> Iterator[Incoming]:
    """The answers of a CSV with the columns of `NEEDED`; rows without an answer are passed over.

    `rater` is whose they are where a row does not say. Raises `InputError` with file, line and
    mend for a file that is no such table.
    """
    lines = [line.text for line in read_lines(path, blank=True)]
    reader = csv.reader(lines, strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        if lacking := [name for name in NEEDED if name not in head]:
            raise InputError(
                f"{shown(path)}:1: has no column {', '.join(lacking)}; the first line names the "
                f"columns, {', '.join(NEEDED)} among them"
            )
        for cells in reader:
            place = f"{shown(path)}:{reader.line_num}"
            if not any(cells):
                continue
            if len(cells) != len(head):
                raise InputError(
                    f"{place}: has {len(cells)} cells and the first line {len(head)}; mend the row"
                )
            row = {name: plain(cell) for name, cell in zip(head, cells, strict=True)}
            if row["answer"].strip():
                yield _incoming(place, row, rater)
    except csv.Error as error:
        raise InputError(f"{shown(path)}:{reader.line_num}: {error}; mend the row") from error


def _incoming(place: str, row: Mapping[str, str], rater: str) -> Incoming:
    size = row.get("sample", "").strip() or "0"
    for name, text in (("index", row["index"].strip()), ("sample", size)):
        if not text.isdecimal() or len(text) > 9:
            raise InputError(f"{place}: {name} {text[:40]!a} is no whole number; mend it")
    return told_as(
        place=place,
        name=(row["prompt_set"], row["prompt_id"], int(row["index"])),
        asked=row["measure"].strip(),
        rater=row.get("rater", "").strip() or rater,
        answer=row["answer"].strip(),
        image=row.get("image", "").strip(),
        sample=int(size),
    )


def _answers(task: Task) -> Iterable[str]:
    yield from (option.text for option in task.options)
    if not task.options:
        yield "a number"
    yield CANNOT_TELL.lower()


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
