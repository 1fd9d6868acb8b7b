"""The loop that judges what a run's rows lack.

What is done is what the rows say, as in `drawing`. Every drawn image and scorer ends as a value, an
abstention or a failure; nothing that is missing becomes a score.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from evalsuite.executors.queue import Queue
from evalsuite.files.segments import Segment
from evalsuite.pipeline.cells import Cell, drawn_cells, judge_cells, open_pictures
from evalsuite.pipeline.counts import Counts, Progress, counts, tell
from evalsuite.records import InputError, Key, PromptSet, Request, Scorer
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
    see one batch before the next is opened, so that an image is decoded at most once and what one
    scorer's encoder found is there for the next. New features go to the run folder. Batches are
    cut from the planned `requests`, from the drawn samples where none are given, and shared with
    other workers as those of `generate` are.

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
        _judge_left(rows, scorers, cells, plan, todo, tally, claims, progress)
    return counts(tally)


def _judge_left(
    rows: RunRows,
    scorers: Sequence[Scorer],
    cells: Mapping[Key, Cell],
    plan: Sequence[Key],
    todo: Mapping[str, set[Key]],
    tally: Counter[str],
    claims: Claims | None,
    progress: Progress | None,
) -> None:
    """`judge`'s cells that nobody has judged yet, `todo` by scorer; counted in `tally`."""
    names, held = [*todo], rows.judged
    prints = {name: rows.fingerprints.get(name, "") for name in names}

    def look() -> None:
        for row in appended.news():
            name, key = row["scorer"], parse_key(row)
            is_ours = key in todo.get(name, ()) and row.get("by", "") == prints[name]
            if is_ours and row["image"] in (cells[key].image, None):
                todo[name].remove(key)
                tally["shared"] += 1

    with ExitStack() as stack:
        own = claims or stack.enter_context(Claims(rows.folder))
        appended = Appended(rows.folder, "judgements", rows.sizes, own.worker)
        segments = {
            name: stack.enter_context(Segment(rows.folder, f"judgements-{name}-{own.worker}"))
            for name in names
        }
        queue = Queue(
            claims=own,
            name=f"judge-{digest(prints)[:12]}",
            plan=plan,
            size=max((scorer.batch_size for scorer in scorers), default=1),
            ids=tuple,
            left=lambda batch: [key for key in batch if any(key in todo[name] for name in names)],
            look=look,
            idle=lambda: tell(progress, "judge", tally),
        )
        for batch in queue.batches():
            pictures = open_pictures(rows.images, [cells[key] for key in batch.items], tally)
            for scorer in scorers:
                due = [cells[key] for key in batch.items if key in todo[scorer.name]]
                found = judge_cells(rows.folder, scorer, due, pictures, tally)
                judged = [each._replace(by=prints[scorer.name]) for each in found]
                # An image still lost is not written down again at every resume.
                news = [j for j in judged if held.get((scorer.name, j.judgement.key)) != j]
                write_judgement(segments[scorer.name], *news)
                todo[scorer.name].difference_update(cell.key for cell in due)
                tally["ended"] += len(due)
            queue.done(batch)
            tell(progress, "judge", tally)
