"""What people said, as rows of a run's folder: `labels-<rater>.jsonl`, one segment a rater.

A row is on disk before the page goes on. Nothing is ever changed: of two rows of one rater about
one image and question the later one counts, and a withdrawal is a row too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from evalsuite.files.segments import Segment, read_rows
from evalsuite.records import InputError, Json, Key, Value
from evalsuite.runs.images import SHA256

State = Literal["told", "cannot tell", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
PREFIX = "labels-"
ANONYMOUS = "rater-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One rater's answer about one image, or that there is none.

    `asked` is the field's name, `answer` a number (1 or 0 for yes or no, 0 to 100 for a score) or
    a word, None unless `state` is "told". The image was one of the `drawn` of the `size` images of
    its `stratum`, in a sample of `sample` images; `drawn` is 0 for one that no sample holds.
    """

    key: Key
    image: str
    asked: str
    rater: str
    state: State
    answer: Value = None
    stratum: str = ""
    drawn: int = 0
    size: int = 0
    sample: int = 0


class Told:
    """All that people have said of a run: `labels` are those that count, in order of file and line.

    `damaged` counts lines that are torn and count for nothing.
    """

    def __init__(self, labels: Sequence[Label], damaged: int = 0) -> None:
        last = {(each.rater, each.asked, each.key): each for each in labels}
        self.labels = tuple(each for each in last.values() if each.state != "withdrawn")
        self.damaged = damaged

    def of(self, asked: str) -> list[Label]:
        """Those about one field."""
        return [label for label in self.labels if label.asked == asked]

    def asked(self) -> list[str]:
        """The fields that anybody answered about, sorted."""
        return sorted({label.asked for label in self.labels})

    def raters(self) -> list[str]:
        """The raters, sorted."""
        return sorted({label.rater for label in self.labels})


def read_labels(folder: Path) -> Told:
    """The labels of a run's folder; none where nobody has labelled."""
    rows, damaged = read_rows(folder, f"{PREFIX}*.jsonl", from_row)
    return Told(rows, damaged)


def segment(folder: Path, rater: str) -> Segment:
    """The rater's segment, to append to; raises `InputError` for what is no rater's name."""
    return Segment(folder, f"{PREFIX}{rater_name(rater)}")


def write(to: Segment, labels: Iterable[Label]) -> None:
    """Append labels, durably."""
    to.append_all(map(to_row, labels))


def rater_name(text: str) -> str:
    """A rater's name in its one spelling; raises `InputError` for what cannot be one."""
    name = text.strip().lower()
    if not NAME.fullmatch(name):
        raise InputError(
            f"--rater {text[:60]!a}: is no rater's name; write up to 40 of a-z, 0-9, '-', '_', '.'"
        )
    return name


def anonymous(folder: Path) -> str:
    """The first of rater-1, rater-2, ... that has no segment yet."""
    number = 1
    while (folder / f"{PREFIX}{ANONYMOUS}{number}.jsonl").exists():
        number += 1
    return f"{ANONYMOUS}{number}"


def number(value: float) -> float:
    """A number as a float; `ValueError` for one that is none, or none that a float can be."""
    try:
        found = float(value)
    except OverflowError as error:
        raise ValueError("a number beyond all numbers") from error
    if not isfinite(found):
        raise ValueError("no number")
    return found


def to_row(label: Label) -> dict[str, Json]:
    """A label as a row of a segment."""
    return {
        **label.key._asdict(),
        "image": label.image,
        "asked": label.asked,
        "rater": label.rater,
        "state": label.state,
        "answer": label.answer,
        "stratum": label.stratum,
        "drawn": label.drawn,
        "size": label.size,
        "sample": label.sample,
    }


def from_row(row: Any) -> Label:
    """The label that `to_row` made a row of; `KeyError`, `TypeError`, `ValueError` for no such."""
    state, answer = row["state"], row["answer"]
    numbers = [row["index"], row["drawn"], row["size"], row["sample"]]
    if state not in STATES or not SHA256.fullmatch(row["image"]):
        raise ValueError("not a label")
    if any(not isinstance(n, int) or isinstance(n, bool) or n < 0 for n in numbers):
        raise ValueError("not a label's numbers")
    if (answer is None) == (state == "told") or isinstance(answer, bool):
        raise ValueError("an answer, and only where it was told")
    if not isinstance(answer, str | int | float | None):
        raise TypeError("an answer is a number or a word")
    if not NAME.fullmatch(row["rater"]):
        raise ValueError("not a rater")
    return Label(
        key=Key(str(row["prompt_set"]), str(row["prompt_id"]), row["index"]),
        image=row["image"],
        asked=str(row["asked"]),
        rater=row["rater"],
        state=state,
        answer=answer if isinstance(answer, str | None) else number(answer),
        stratum=str(row["stratum"]),
        drawn=row["drawn"],
        size=row["size"],
        sample=row["sample"],
    )
