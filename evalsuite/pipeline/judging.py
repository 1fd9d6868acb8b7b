"""The loop that judges what a run's rows lack.

What is done is what the rows say, as in `drawing`. Every drawn image and scorer ends as a value, an
abstention or a failure; nothing that is missing becomes a score.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from evalsuite.executors.queue import Queue
from evalsuite.files.segments import Segment
from evalsuite.pipeline.ahead import opened
from evalsuite.pipeline.cells import Cell, drawn_cells, is_decoded, judge_cells
from evalsuite.pipeline.counts import Counts, counts, tell
from evalsuite.records import InputError, Key, Progress, PromptSet, Request, Scorer
from evalsuite.runs.appended import Appended
from evalsuite.runs.claims import Claims
from evalsuite.runs.identity import digest
from evalsuite.runs.judgement_rows import parse_key
from evalsuite.runs.rows import RunRows, write_judgement


def judge(
    rows: RunRows,
    scorers: Sequence[Scorer],
    prompt_sets: Sequence[PromptSet],
    *,
    requests: Sequence[Request] = (),
    claims: Claims | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Judges every "ok" sample of the prompt sets whose present image has no judgement in `rows`.

    Images pass in planned order, in batches as large as the largest a scorer takes; all scorers
    see one batch before the next, so that an image is decoded at most once and what one scorer's
    encoder found is there for the next. Where a core is free, the next batch is opened meanwhile.
    New features go to the run folder. Batches are cut from the planned `requests`, from the drawn
    samples where none are given, and shared with other workers as those of `generate` are.

    A scorer that raises on its cases is asked for each alone, and where it raises again (or gives
    NaN, or judges another case than asked) the judgement is a failure with the reason, and final
    unless `retry_failed` says to judge those again. An image that is missing or damaged gives a
    failure that stands until the image is back.
    """
    names = [scorer.name for scorer in scorers]
    if len(set(names)) < len(names):
        raise InputError(f"scorers {', '.join(names)}: one is named twice; name it once")
    cells = {cell.key: cell for cell in drawn_cells(rows.samples, prompt_sets)}

    def is_final(name: str, key: Key) -> bool:
        judged = rows.judged.get((name, key))
        if judged is None or judged.image is None:
            return False
        return not retry_failed or judged.judgement.failure is None

    todo = {name: {key for key in cells if not is_final(name, key)} for name in names}
    total = len(cells) * len(scorers)
    tally = Counter(planned=total, reused=total - sum(map(len, todo.values())))
    tell(progress, "judge", tally)
    if any(todo.values()):
        plan = [request.key for request in requests] or list(cells)
        prints = {name: rows.fingerprints.get(name, "") for name in names}
        _judge_left(rows, scorers, _Left(cells, todo, prints, tally), plan, claims, progress)
    return counts(tally)


@dataclass(frozen=True)
class _Left:
    """The cells that nobody has judged yet, `todo` by scorer; counted in `tally`.

    One thread judges and says what has `ended`, another takes batches and says what is `shared`.
    """

    cells: Mapping[Key, Cell]
    todo: Mapping[str, set[Key]]
    prints: Mapping[str, str]
    tally: Counter[str]
    counting: Lock = field(default_factory=Lock)

    def of(self, keys: Sequence[Key]) -> list[Key]:
        """Those of the keys that some scorer has not judged."""
        return [key for key in keys if any(key in todo for todo in self.todo.values())]

    def due(self, name: str, keys: Sequence[Key]) -> list[Cell]:
        """The cells of those that this scorer has not judged."""
        return [self.cells[key] for key in keys if key in self.todo[name]]

    def shared(self, rows: Iterable[Any]) -> None:
        """Take off what other workers' rows have judged."""
        with self.counting:
            for row in rows:
                name, key = row["scorer"], parse_key(row)
                is_ours = key in self.todo.get(name, ()) and row.get("by", "") == self.prints[name]
                if is_ours and row["image"] in (self.cells[key].image, None):
                    self.todo[name].remove(key)
                    self.tally["shared"] += 1

    def ended(self, name: str, due: Sequence[Cell]) -> None:
        """Take off what was judged here."""
        with self.counting:
            mine = self.todo[name].intersection(cell.key for cell in due)
            self.todo[name].difference_update(mine)
            self.tally.update(ended=len(due), shared=len(mine) - len(due))


def _judge_left(
    rows: RunRows,
    scorers: Sequence[Scorer],
    left: _Left,
    plan: Sequence[Key],
    claims: Claims | None,
    progress: Progress | None,
) -> None:
    """Judge, batch by batch, what is `left` of the `plan`."""
    held, tally = rows.judged, left.tally
    with ExitStack() as stack:
        own = claims or stack.enter_context(Claims(rows.folder))
        appended = Appended(rows.folder, "judgements", rows.sizes, own.worker)
        segments = {
            name: stack.enter_context(Segment(rows.folder, f"judgements-{name}-{own.worker}"))
            for name in left.todo
        }
        queue = Queue(
            claims=own,
            name=f"judge-{digest(dict(left.prints))[:12]}",
            plan=plan,
            size=max((scorer.batch_size for scorer in scorers), default=1),
            ids=tuple,
            left=left.of,
            look=lambda: left.shared(appended.news()),
            idle=lambda: tell(progress, "judge", tally),
        )
        # Closed on the way out, so that no thread goes on where a scorer is interrupted.
        opening = opened(queue, rows.images, scorers, left.due, tally)
        for batch, pictures in stack.enter_context(closing(opening)):
            for scorer in scorers:
                due = left.due(scorer.name, batch.items)
                found = judge_cells(rows.folder, scorer, due, pictures, tally)
                judged = [each._replace(by=left.prints[scorer.name]) for each in found]
                # An image still lost is not written down again at every resume.
                news = [j for j in judged if held.get((scorer.name, j.judgement.key)) != j]
                write_judgement(segments[scorer.name], *news)
                left.ended(scorer.name, due)
            tally["decoded"] += sum(map(is_decoded, pictures.values()))
            queue.done(batch)
            tell(progress, "judge", tally)
