"""The two resumable loops: draw what the rows lack, judge what the rows lack.

What is done is what the rows say. Running the same command again finishes what is missing, with
any number of workers, and re-does nothing. Every planned cell ends as a value, an abstention or a
failure; nothing that is missing becomes a score.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from evalsuite.files.images import decode_image
from evalsuite.files.redact import redact
from evalsuite.files.segments import Segment
from evalsuite.pipeline.in_flight import concurrency, draw_each
from evalsuite.pipeline.keeping import keep_drawn
from evalsuite.plugins import call
from evalsuite.records import (
    Backend,
    Case,
    InputError,
    Judgement,
    Key,
    Picture,
    Pixels,
    Prompt,
    PromptSet,
    Request,
    Sample,
    Scorer,
)
from evalsuite.runs.images import Images, encoders, load_features, save_features
from evalsuite.runs.rows import JudgementRow, RunRows, undrawn, write_judgement
from evalsuite.runs.seeds import twins

Progress = Callable[[str, int, int], None]
"""Told the stage ("generate" or "judge"), how many cells are done, and of how many."""

WRITERS = min(4, os.cpu_count() or 1)
"""Threads that compress images: each takes about 20 ms for 512x512 pixels."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Counts:
    """What one call did, for benchmarks and tests.

    `planned` cells, of which `reused` were done before and `ended` ended now (`failed` of them as
    a failure); `calls` of `render` or a scorer's `judge`, of which `retried` were repetitions;
    images `decoded`; features `loaded` from the run folder and `encoded` anew. `stopped` says why
    drawing ended before its time, "" where it did not.
    """

    planned: int = 0
    reused: int = 0
    ended: int = 0
    failed: int = 0
    calls: int = 0
    retried: int = 0
    decoded: int = 0
    loaded: int = 0
    encoded: int = 0
    stopped: str = ""


def _counts(tally: Mapping[str, int]) -> Counts:
    return Counts(**dict[str, Any](tally))


# Drawing


def generate(
    rows: RunRows,
    backend: Backend,
    requests: Sequence[Request],
    *,
    worker: str = "w0",
    max_retries: int = 2,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Draws the images that have none of the run's `rows`, or whose file is lost or damaged.

    The backend always gets exactly `backend.batch_size` requests: a short batch repeats its last
    one, and what that gives is dropped. A batch that raises is asked for again `max_retries`
    times, then each of its requests alone once, and those that still raise become "failed", so
    that no image's fate hangs on its neighbours. What is no picture becomes "invalid". A row is
    final, but with `retry_failed` those that failed are drawn again.

    `InputError` from the backend, and KeyboardInterrupt, pass through; rows already acknowledged
    stay. While one batch is drawn, the one before is read back, compressed and written. `rows`
    stay as they are: `runs.rows.refreshed` reads what was appended.

    A backend with a `concurrency` is asked for one request at a time, by so many threads at once,
    and never for padding; it may raise `Stopped`, and no row is written then.
    """
    todo = undrawn(rows, requests, failed=retry_failed)
    tally = Counter(planned=len(requests), reused=len(requests) - len(todo))

    def acknowledge(pending: Future[int], batch: Sequence[Request]) -> None:
        try:
            failed = pending.result()
        except call.Unread as error:
            answers = call.again(backend, batch, max_retries, tally, str(error))
            failed = keep(batch, lambda: answers)
        tally["failed"] += failed
        tally["ended"] += len(batch)
        _tell(progress, "generate", tally)

    _tell(progress, "generate", tally)
    with (
        Segment(rows.folder, f"samples-{worker}") as segment,
        ThreadPoolExecutor(WRITERS) as writers,
        ThreadPoolExecutor(1) as reader,
    ):
        keep = partial(keep_drawn, rows.images, segment, writers, Lock())
        if concurrency(backend) is not None:
            return _generate_each(backend, todo, keep, tally, max_retries, progress)
        pending: tuple[Future[int], Sequence[Request]] | None = None
        for batch in _batches(todo, backend.batch_size):
            answers = call.start(backend, batch, max_retries, tally)
            if pending is not None:
                acknowledge(*pending)
            pending = (reader.submit(keep, batch, answers), batch)
        if pending is not None:
            acknowledge(*pending)
    return _counts(tally)


def _generate_each(
    backend: Backend,
    todo: Sequence[Request],
    keep: Callable[[Sequence[Request], call.Answers], int],
    tally: Counter[str],
    max_retries: int,
    progress: Progress | None,
) -> Counts:
    """`generate` for a backend that is asked for one request at a time."""

    def kept(request: Request, answer: call.Ended) -> bool:
        return keep([request], lambda: [answer]) > 0

    def count(own: Counter[str]) -> None:
        tally.update(own)
        _tell(progress, "generate", tally)

    stopped = draw_each(backend, todo, kept, count, max_retries)
    return replace(_counts(tally), stopped=stopped)


# Judging


class _Cell(NamedTuple):
    key: Key
    prompt: Prompt
    image: str
    twin: Prompt | None


def judge(
    rows: RunRows,
    scorers: Sequence[Scorer],
    prompt_sets: Sequence[PromptSet],
    *,
    worker: str = "w0",
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Judges every "ok" sample of the prompt sets whose present image has no judgement in `rows`.

    Images pass in planned order, in batches as large as the largest a scorer takes; all scorers
    see one batch before the next is opened, so that an image is decoded at most once and what one
    scorer's encoder found is there for the next. New features go to the run folder.

    A scorer that raises on its cases is asked for each alone, and where it raises again (or gives
    NaN, or judges another case than asked) the judgement is a failure with the reason, and final
    unless `retry_failed` says to judge those again. An image that is missing or damaged gives a
    failure that stands until the image is back.
    """
    names = [scorer.name for scorer in scorers]
    if len(set(names)) < len(names):
        raise InputError(f"scorers {', '.join(names)}: one is named twice; name it once")
    cells = _cells(rows.samples, prompt_sets)
    held = rows.judged

    def is_final(name: str, key: Key) -> bool:
        judged = held.get((name, key))
        if judged is None or judged.image is None:
            return False
        return not retry_failed or judged.judgement.failure is None

    todo = {name: {cell.key for cell in cells if not is_final(name, cell.key)} for name in names}
    wanted = [cell for cell in cells if any(cell.key in keys for keys in todo.values())]
    total = len(cells) * len(scorers)
    tally = Counter(planned=total, reused=total - sum(map(len, todo.values())))
    with ExitStack() as stack:
        segments = {
            name: stack.enter_context(Segment(rows.folder, f"judgements-{name}-{worker}"))
            for name in names
        }
        for batch in _batches(wanted, max((scorer.batch_size for scorer in scorers), default=1)):
            _tell(progress, "judge", tally)
            pictures = _open(rows.images, batch, tally)
            for scorer in scorers:
                due = [cell for cell in batch if cell.key in todo[scorer.name]]
                found = _judge_cells(rows.folder, scorer, due, pictures, tally)
                by = rows.fingerprints.get(scorer.name, "")
                judged = [each._replace(by=by) for each in found]
                # An image still lost is not written down again at every resume.
                news = [j for j in judged if held.get((scorer.name, j.judgement.key)) != j]
                write_judgement(segments[scorer.name], *news)
                tally["ended"] += len(due)
    _tell(progress, "judge", tally)
    return _counts(tally)


def _cells(samples: Mapping[Key, Sample], prompt_sets: Sequence[PromptSet]) -> list[_Cell]:
    drawn: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples.values():
        drawn[sample.key.prompt_set, sample.key.prompt_id].append(sample)
    halves = twins(prompt_sets)
    return [
        _Cell(sample.key, prompt, sample.image, halves.get((prompt_set.name, prompt.id)))
        for prompt_set in prompt_sets
        for prompt in prompt_set.prompts
        for sample in sorted(drawn[prompt_set.name, prompt.id], key=lambda sample: sample.key)
        if sample.status == "ok" and sample.image is not None
    ]


def _open(images: Images, batch: Sequence[_Cell], tally: Counter[str]) -> dict[str, Picture | str]:
    """Each image of a batch once: a picture with its known features, or why there is none."""
    pictures: dict[str, Picture | str] = {}
    known = encoders(images.folder)
    for sha256 in dict.fromkeys(cell.image for cell in batch):
        try:
            data = images.read(sha256)
        except InputError as error:
            pictures[sha256] = redact(str(error))
            continue

        def decode(data: bytes = data, name: str = f"images/{sha256}.png") -> Pixels:
            tally["decoded"] += 1
            return decode_image(data, name)

        loaded = {encoder: load_features(images.folder, encoder, sha256) for encoder in known}
        features = {encoder: array for encoder, array in loaded.items() if array is not None}
        tally["loaded"] += len(features)
        pictures[sha256] = Picture(sha256, decode, features)
    return pictures


def _judge_cells(
    folder: Path,
    scorer: Scorer,
    cells: Sequence[_Cell],
    pictures: Mapping[str, Picture | str],
    tally: Counter[str],
) -> list[JudgementRow]:
    judged: list[JudgementRow] = []
    cases: list[Case] = []
    for cell in cells:
        picture = pictures[cell.image]
        if isinstance(picture, str):
            judged.append(JudgementRow(Judgement(scorer.name, cell.key, failure=picture), None))
        else:
            cases.append(Case(cell.key, cell.prompt, picture, cell.twin))
    before = {case.picture.sha256: set(case.picture.features) for case in cases}
    for batch in _batches(cases, scorer.batch_size):
        answers = call.judge(scorer, batch, tally)
        shown = [case.picture.sha256 for case in batch]
        judged += map(JudgementRow, answers, shown)
    # Features before rows: killed in between, the next scorer still need not encode anew.
    for picture in {case.picture.sha256: case.picture for case in cases}.values():
        for encoder in picture.features.keys() - before[picture.sha256]:
            tally["encoded"] += 1
            save_features(folder, encoder, picture.sha256, picture.features[encoder])
    tally["failed"] += sum(each.judgement.failure is not None for each in judged)
    return judged


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _tell(progress: Progress | None, stage: str, tally: Counter[str]) -> None:
    if progress is not None:
        progress(stage, tally["reused"] + tally["ended"], tally["planned"])
