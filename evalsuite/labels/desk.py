"""The desk at which raters sit: their questions in their own orders, and where answers go."""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

from evalsuite.files.images import without_texts
from evalsuite.files.segments import Segment
from evalsuite.labels.rows import (
    State,
    anonymous,
    rater_name,
    read_labels,
    segment,
    write,
)
from evalsuite.labels.tasks import Task, checked, ordered
from evalsuite.records import InputError, Json
from evalsuite.runs.images import read_image


class Desk:
    """One session: raters come in turn, or at once; each is told of its own answers alone.

    An answer is on disk when `answer` returns. Safe to call from several threads.
    """

    def __init__(self, folder: Path, questions: Sequence[Task], seed: str, rater: str = "") -> None:
        self.folder, self._seed, self._rater = folder, seed, rater
        self._tasks = {task.id: task for task in questions}
        self._pictures = {task.drawn.cell.image for task in questions}
        self._segments: dict[str, Segment] = {}
        self._lock = threading.Lock()
        self._closing = contextlib.ExitStack()
        self.given = 0
        """Answers that this session has put on disk, withdrawals among them."""

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closing.close()
            self._segments.clear()

    def welcome(self) -> dict[str, Json]:
        """Who may sit down: the rater that was named, or a free anonymous name."""
        return {"rater": self._rater, "anonymous": anonymous(self.folder)}

    def begin(self, rater: str) -> dict[str, Json]:
        """A rater's questions in its own order, and what it has answered already."""
        name = rater_name(rater)
        own = {
            (label.asked, label.key, label.image): label
            for label in read_labels(self.folder).labels
            if label.rater == name
        }
        questions = ordered(list(self._tasks.values()), name, self._seed)
        answers = {}
        for task in questions:
            label = own.get((task.asked.name, task.key, task.drawn.cell.image))
            if label is not None:
                answers[task.id] = {"state": label.state, "answer": label.answer}
        return {"rater": name, "tasks": [task.shown() for task in questions], "answers": answers}

    def answer(self, rater: str, task: str, state: State, answer: Json = None) -> None:
        """Keep an answer, durably; raises `InputError` for what is none of this session's."""
        name = rater_name(rater)
        if task not in self._tasks:
            raise InputError("no such question in this session; load the page anew")
        try:
            value = checked(self._tasks[task], answer) if state == "told" else None
        except ValueError as error:
            raise InputError(f"{error}; choose one of those shown") from error
        with self._lock:
            if name not in self._segments:
                self._segments[name] = self._closing.enter_context(segment(self.folder, name))
            write(self._segments[name], [self._tasks[task].label(name, state, value)])
            self.given += 1

    def picture(self, image: str) -> bytes:
        """The PNG of a drawn image, without texts in which a generator may have put its name.

        Raises `InputError` for an image that is not in the sample, or is missing or damaged.
        """
        if image not in self._pictures:
            raise InputError("no such picture in this session; load the page anew")
        return without_texts(read_image(self.folder, image))
