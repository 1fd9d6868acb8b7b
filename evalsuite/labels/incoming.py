"""Labels that come from a file: matched with the run's drawn questions, or counted and named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsuite.files.nearest import did_you_mean
from evalsuite.labels.asked import Asked
from evalsuite.labels.rows import Label, State, rater_name, read_labels, segment, write
from evalsuite.labels.tasks import Task, checked
from evalsuite.labels.wording import CANNOT_TELL
from evalsuite.records import InputError, Json, Key, Value

NAMED = 3
"""How many rows of each reason are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One answer of a file; `place` is its file and line, `image` a SHA-256 or "".

    `sample` is how many images the file says that the sample has; 0 where it does not say.
    """

    place: str
    key: Key
    asked: str
    rater: str
    state: State
    answer: Json = None
    image: str = ""
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """How many labels were kept, by rater, and by reason the places of those that were not.

    `known` counts those that the run had already, word for word.
    """

    kept: Mapping[str, int]
    unmatched: Mapping[str, Sequence[str]]
    known: int = 0

    def lines(self) -> list[str]:
        """What was kept and what was not, with the first places of each reason."""
        kept = ", ".join(f"{count} of {rater}" for rater, count in self.kept.items())
        known = f"; {self.known} were there already" if self.known else ""
        lines = [f"kept {kept or 'nothing'}{known}"]
        for why, places in self.unmatched.items():
            more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
            lines.append(f"{len(places)} not kept: {why}: {', '.join(places[:NAMED])}{more}")
        return lines


def told_as(
    *,
    place: str,
    name: tuple[str, str, int],
    asked: str,
    rater: str,
    answer: Json,
    image: str = "",
    sample: int = 0,
) -> Incoming:
    """An answer as a file has it; raises `InputError` where nobody is named as its rater."""
    if not rater:
        raise InputError(f"{place}: does not say who labelled; add a rater, or give --rater NAME")
    try:
        named = rater_name(rater)
    except InputError as error:
        raise InputError(f"{place}: {str(error).removeprefix('--')}") from error
    is_told = not (isinstance(answer, str) and answer.lower() == CANNOT_TELL.lower())
    return Incoming(
        place=place,
        key=Key(*name),
        asked=asked,
        rater=named,
        state="told" if is_told else "cannot tell",
        answer=answer if is_told else None,
        image=image,
        sample=sample,
    )


def take(folder: Path, questions: Sequence[Task], incoming: Iterable[Incoming]) -> Taken:
    """Append the answers that match a drawn question, each rater's with one fsync.

    What does not match is counted by reason and kept nowhere. Raises `InputError`, and keeps
    nothing, where an answer is none of its question's.
    """
    by_place = {(task.asked.name, task.key): task for task in questions}
    fields = {task.asked.name for task in questions}
    labels: dict[str, list[Label]] = {}
    unmatched: dict[str, list[str]] = {}
    there, known = set(read_labels(folder).labels), 0
    for each in incoming:
        task = by_place.get((each.asked, each.key))
        why = ""
        if each.asked not in fields:
            why = f"about {each.asked}, which was not asked{did_you_mean(each.asked, fields)}"
        elif task is None:
            why = "no such image in the drawn sample (a larger --sample may hold it)"
        elif each.image and each.image != task.drawn.cell.image:
            why = "of another image than the run has now"
        if task is None or why:
            unmatched.setdefault(why, []).append(each.place)
            continue
        answer = None if each.state != "told" else _answer(task, each)
        label = task.label(each.rater, each.state, answer)
        known += label in there
        labels.setdefault(each.rater, []).extend([] if label in there else [label])
    for rater, own in labels.items():
        with segment(folder, rater) as to:
            write(to, own)
    kept = {rater: len(own) for rater, own in sorted(labels.items()) if own}
    return Taken(kept, unmatched, known)


def _answer(task: Task, each: Incoming) -> Value:
    """An answer as the question has it: a shown word ("yes"), or the value itself."""
    words = {option.text: option.value for option in task.options}
    given = each.answer
    if isinstance(given, str):
        given = words.get(given, given)
    if isinstance(given, str) and task.asked.form not in ("label", "tone"):
        try:
            given = float(given)
        except ValueError:
            given = each.answer
    elif not isinstance(given, str) and task.asked.form in ("label", "tone"):
        given = f"{given:g}"
    try:
        return checked(task, given)
    except ValueError as error:
        raise InputError(
            f"{each.place}: {str(each.answer)[:40]!a}: {error}; {_mend(task.asked, words)}"
        ) from error


def _mend(asked: Asked, words: Mapping[str, float | str]) -> str:
    if not words:
        return "write a number, or cannot tell"
    return f"write one of {', '.join(list(words)[:12])}, or cannot tell"
