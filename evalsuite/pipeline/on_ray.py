"""A run done by actors of Ray: this process loads no model, and needs no GPU.

The first worker begins the run, so that its manifest tells of a machine that draws.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from evalsuite.executors import ray_cluster
from evalsuite.executors.actor import Place
from evalsuite.executors.ray import Crew, Worker
from evalsuite.pipeline.dry_run import look_ahead
from evalsuite.pipeline.helping import told
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.threads import THREADS
from evalsuite.pipeline.work import Work, remake_work
from evalsuite.records import InputError, Json, Progress
from evalsuite.runs.folder import is_begun, read_manifest
from evalsuite.runs.rows import RunRows, read_run

MAKER = "evalsuite.pipeline.helper:Helper"
VARIABLES = ("OMP_NUM_THREADS",)
"""Ray sets it for its workers by what they ask of a node; bytes would depend on that."""

POOLS = ("draw", "judge")


def draw(
    settings: Settings,
    progress: Progress | None,
    begun: Callable[[Work, RunRows], None],
    *,
    is_judged: bool,
) -> Work:
    """Draw, and judge if the images are to be judged; the work that it was.

    `begun` is told of the work, and of the rows that there are, before the first image.
    """
    folder = look_ahead(settings, judged=is_judged).work.folder.absolute()
    judges = settings.judge_workers if is_judged else 0
    _refuse_unused(settings, {"draw", *(["judge"] if judges else [])})
    task = {"settings": told(settings, folder), "folder": str(folder)}
    with ray_cluster.connected(settings.ray_address, _cores(settings, judges)) as ray:
        count, options = _shares(settings, ray_cluster.room(ray), judges)
        crew = Crew(ray, folder, _place(), MAKER)
        try:
            drawing = crew.hire(count, options["draw"], task)
            order: dict[str, Json] = {"resume": settings.resume, "is_judged": is_judged}
            _begin(crew, drawing[0], order)
            rows = _begun(folder)
            work = remake_work(rows, settings)
            begun(work, rows)
            order = {"created": rows.manifest["created"]}
            for worker in drawing:
                crew.ask(worker, "draw", order)
            for worker in crew.hire(judges, options["judge"], task):
                crew.ask(worker, "stream", order)
            _see_through(crew, order, progress, is_judged=is_judged)
        finally:
            crew.dismiss()
    return work


def judge(work: Work, rows: RunRows, progress: Progress | None) -> None:
    """Judge what the rows of a run lack."""
    settings = work.settings
    _refuse_unused(settings, {"judge"})
    folder = work.folder.absolute()
    task = {"settings": told(settings, folder), "folder": str(folder)}
    with ray_cluster.connected(settings.ray_address, _cores(settings, 0)) as ray:
        count, options = _shares(settings, ray_cluster.room(ray), 0, "judge")
        crew = Crew(ray, folder, _place(), MAKER)
        try:
            for worker in crew.hire(count, options["judge"], task):
                crew.ask(worker, "judge", {"created": rows.manifest["created"]})
            _see_through(crew, {}, progress, is_judged=True)
        finally:
            crew.dismiss()


def _begin(crew: Crew, first: Worker, order: Json) -> None:
    crew.ask(first, "begin", order)
    if not list(crew.answers(None)):
        raise InputError(
            "--executor ray: the worker that loads the model was killed each time; see how much "
            "memory its node has, and what --ray-arg draw.memory asks for"
        )


def _see_through(crew: Crew, order: Json, progress: Progress | None, *, is_judged: bool) -> None:
    """Have the workers do all there is; a stage is over once one of them finds nothing left."""
    is_drawn = False
    for worker, stage in crew.answers(progress):
        if stage != "draw" or not is_judged:
            crew.finish()
            continue
        if not is_drawn:
            is_drawn = True
            crew.drawn()
        crew.ask(worker, "judge", order)


def _begun(folder: Path) -> RunRows:
    if not is_begun(folder):
        raise InputError(
            f"{folder}: what a worker wrote there is not seen here; choose an --output-dir on a "
            "path that all machines share"
        )
    return read_run(folder, read_manifest(folder))


def _shares(
    settings: Settings, room: ray_cluster.Room, judges: int, pool: str = "draw"
) -> tuple[int, dict[str, dict[str, Json]]]:
    """How many workers the pool has beside so many judges, and what one of each asks of a node."""
    has_gpus = room.gpus > 0 and settings.device in (None, "cuda")
    usual: dict[str, Json] = (
        {"num_gpus": 1, "num_cpus": 1}
        if has_gpus
        else {"num_gpus": 0, "num_cpus": max(1, min(THREADS, room.most_cores))}
    )
    options = {pool: {**usual, **settings.ray_arg.get(pool, {})} for pool in POOLS}
    if settings.workers is not None:
        return settings.workers, options
    what, there = ("num_gpus", room.gpus) if has_gpus else ("num_cpus", room.cores)
    left = there - judges * options["judge"][what]
    return max(1, int(left / (options[pool][what] or 1))), options


def _cores(settings: Settings, judges: int) -> int:
    """The cores that so many workers ask for, for a Ray of this machine alone."""
    return THREADS * ((settings.workers or 0) + judges)


def _refuse_unused(settings: Settings, used: set[str]) -> None:
    if unused := settings.ray_arg.keys() - used:
        raise InputError(
            f"--ray-arg {min(unused)}: this command has no such workers; leave it out"
            + (", or add --judge-workers N" if "judge" in unused else "")
        )


def _place() -> Place:
    paths = [os.path.abspath(path) for path in sys.path if path]
    return Place(os.getcwd(), paths, {name: os.environ.get(name) for name in VARIABLES})
