"""How plug-ins are asked: padded batches, second chances, and answers checked before use.

A plug-in may raise anything and answer anything. What comes back from here is a picture, a
judgement, or a plain reason why there is none.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from numbers import Real

import numpy as np

from evalsuite.files.credentials import conceal
from evalsuite.files.images import pixels_of
from evalsuite.files.segments import canonical
from evalsuite.records import (
    Backend,
    Case,
    Drawn,
    InputError,
    Judgement,
    NoImage,
    Pixels,
    Request,
    Scorer,
    Stopped,
    Value,
)
from evalsuite.runs import judgement_rows

REASON_LENGTH = 300
"""Longer messages of exceptions are cut: a row is no place for a traceback."""


Ended = Pixels | NoImage | Drawn
"""A checked answer: the picture of a `Drawn` is checked, too."""

Answers = Callable[[], list[Ended]]


class Unread(Exception):
    """A batch that was begun and never came back: what is to be asked for again."""


def start(
    backend: Backend, batch: Sequence[Request], max_retries: int, tally: Counter[str]
) -> Answers:
    """Ask for a batch; what is returned waits for its answers, and may do so in another thread.

    A back-end without a `start(requests)` has answered by then. What waits raises `Unread` where
    the batch is to be asked for again, with `render` and one retry less.
    """
    begin = getattr(backend, "start", None)
    if begin is None:
        answers = render(backend, batch, max_retries, tally)
        return lambda: answers
    tally["calls"] += 1
    try:
        wait = begin(_padded(backend, batch))
    except InputError:
        raise
    except Exception as error:  # a plug-in may raise anything
        answers = again(backend, batch, max_retries, tally, explain(error))
        return lambda: answers

    def answered() -> list[Ended]:
        try:
            return _checked_images(wait(), backend.batch_size)[: len(batch)]
        except InputError:
            raise
        except Exception as error:  # likewise
            raise Unread(explain(error)) from error

    return answered


def again(
    backend: Backend, batch: Sequence[Request], max_retries: int, tally: Counter[str], reason: str
) -> list[Ended]:
    """What `render` gives for a batch that was asked for once, and failed for the `reason`."""
    tally["retried"] += max_retries > 0
    return render(backend, batch, max_retries - 1, tally, reason)


def render(
    backend: Backend,
    batch: Sequence[Request],
    max_retries: int,
    tally: Counter[str],
    reason: str = "",
) -> list[Ended]:
    """One answer per request, from a backend that always gets a full batch.

    A batch that raises is repeated `max_retries` times, then each request is asked for alone.
    `InputError` and `Stopped` pass through. Counts "calls" and "retried" in `tally`.
    """
    for attempt in range(max_retries + 1):
        tally["calls"] += 1
        tally["retried"] += attempt > 0
        try:
            answers = backend.render(_padded(backend, batch))
            return _checked_images(answers, backend.batch_size)[: len(batch)]
        except (InputError, Stopped):
            raise
        except Exception as error:  # a plug-in may raise anything; its row says what
            reason = explain(error)
    if len(batch) == 1:
        return [NoImage("failed", reason)]
    tally["retried"] += len(batch)
    return [render(backend, [request], 0, tally)[0] for request in batch]


def _padded(backend: Backend, batch: Sequence[Request]) -> list[Request]:
    return [*batch, *[batch[-1]] * (backend.batch_size - len(batch))]


def judge(scorer: Scorer, cases: Sequence[Case], tally: Counter[str]) -> list[Judgement]:
    """One judgement per case; a scorer that raises is asked for each case alone, then it failed."""
    tally["calls"] += 1
    try:
        answers = scorer.judge(cases)
        if len(answers) != len(cases):
            raise ValueError(f"{len(answers)} judgements of {len(cases)} cases")
        return [
            _checked_judgement(scorer.name, case, answer)
            for case, answer in zip(cases, answers, strict=True)
        ]
    except Exception as error:  # a plug-in may raise anything; its judgement says what
        if len(cases) == 1:
            return [Judgement(scorer.name, cases[0].key, failure=explain(error))]
    tally["retried"] += len(cases)
    return [judge(scorer, [case], tally)[0] for case in cases]


def explain(error: BaseException) -> str:
    """An exception's type and message, in one line; running out of memory comes with the mend."""
    kind = type(error).__name__
    # Before it is cut: half a key is known by nobody, and still half of it.
    message = writable(" ".join(conceal(str(error)).split()))
    text = f"{kind}: {message}" if message else kind
    if len(text) > REASON_LENGTH:
        text = f"{text[: REASON_LENGTH - 3]}..."
    memory = isinstance(error, MemoryError) or "OutOfMemory" in kind
    if memory or "out of memory" in message.lower():
        text += "; try a smaller --batch-size"
    return text


def writable(text: str) -> str:
    """The text with lone surrogates, which no file in UTF-8 can hold, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _checked_images(answers: Sequence[object], asked: int) -> list[Ended]:
    if len(answers) != asked:
        raise ValueError(f"{len(answers)} answers to {asked} requests")
    return [_checked_answer(answer) for answer in answers]


def _checked_answer(answer: object) -> Ended:
    if not isinstance(answer, Drawn):
        return _checked_image(answer)
    canonical(dict(answer.facts))  # raises for what no row can hold
    return Drawn(_checked_image(answer.image), answer.facts)


def _checked_image(answer: object) -> Pixels | NoImage:
    if isinstance(answer, NoImage):
        if answer.status == "ok":
            return NoImage("invalid", "said ok without an image")
        return NoImage(answer.status, writable(str(answer.reason)))
    try:
        # A copy, for the backend may draw its next batch into the same array.
        return pixels_of(answer)
    except ValueError as error:
        return NoImage("invalid", str(error))


def _checked_judgement(scorer: str, case: Case, answer: Judgement) -> Judgement:
    if (answer.scorer, answer.key) != (scorer, case.key):
        raise ValueError(f"judged {answer.scorer} {answer.key}, asked {scorer} {case.key}")
    checked = replace(answer, values=_checked_values(answer.values))
    # What no segment, or no report in UTF-8, can hold is the scorer's failure.
    row = judgement_rows.to_row(checked)
    canonical(row)
    judgement_rows.check(row)
    json.dumps(row, ensure_ascii=False).encode("utf-8")
    return checked


def _checked_values(values: Mapping[str, object]) -> dict[str, Value]:
    checked: dict[str, Value] = {}
    for name, value in values.items():
        if isinstance(value, Real | np.bool_):
            value = float(value)
            if not isfinite(value):
                raise ValueError(f"{name} is {value}")
        if not isinstance(value, float | str | None):
            raise ValueError(f"{name} is of type {type(value).__name__}")
        checked[name] = value
    return checked
