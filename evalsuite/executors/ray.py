"""A command's workers as actors of Ray, which places them, watches them and starts them anew.

The queue stays the run's folder. An actor takes batches by claims and appends to its own segments,
as a process of `processes.py` does; so what is done outlives Ray, no image passes through its
object store, and nothing waits in line but the one batch that an actor is at, and one more that it
has drawn and writes, or opens ahead to judge it next. Ray Data is not used: its blocks are cut and
kept by Ray, ours are cut from the plan.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalsuite.executors.actor import Actor, Place, Told
from evalsuite.executors.ending import DEATHS, HelperBroke, fault
from evalsuite.records import InputError, Json, Progress
from evalsuite.runs.claims import abandon_of

LOG = logging.getLogger("evalsuite")

LOOK = 0.5
"""Seconds between two looks at how far the workers are."""
GRACE = 5.0
"""Seconds that the others have to end once one has found that nothing is left to do."""
PLACED = 60.0
"""Seconds after which a worker that Ray has not placed is spoken of."""


@dataclass(eq=False)
class Worker:
    """An actor, what it asks of a node, and what it last said of itself.

    `owed` is the stage that it was at when it was lost, to be asked for again.
    """

    handle: Any
    options: Mapping[str, Json]
    look: Any = None
    owner: str = ""
    progress: tuple[str, int, int] | None = None
    owed: tuple[str, Json] | None = None
    is_gone: bool = False
    hired: float = field(default_factory=time.monotonic)


class Crew:
    """The actors of a command on the run in `folder`, asked for one stage after another."""

    def __init__(self, ray: Any, folder: Path, place: Place, maker: str) -> None:
        self._ray, self._folder, self._place, self._maker = ray, folder, place, maker
        self._kind = ray.remote(concurrency_groups={"aside": 1})(Actor)
        self._calls: dict[Any, tuple[Worker, str, Json]] = {}
        self._workers: list[Worker] = []
        self._until: float | None = None
        self._is_drawn = self._is_told = False

    def hire(self, count: int, options: Mapping[str, Json], task: Json) -> list[Worker]:
        """So many more workers, each on a node that has what `options` ask for, in Ray's words.

        Raises `InputError` for options that Ray does not know.
        """
        try:
            kind = self._kind.options(max_restarts=DEATHS, **options)
            handles = [kind.remote(self._place, self._maker, task) for _ in range(count)]
        except (TypeError, ValueError) as error:
            raise InputError(f"--ray-arg: {' '.join(str(error).split())}") from None
        workers = [Worker(handle, options) for handle in handles]
        for worker in workers:
            self._look_at(worker)
        self._workers += workers
        return workers

    def ask(self, worker: Worker, stage: str, order: Json) -> None:
        """Have a worker do a stage; `answers` tells when it is done."""
        stage = "judge" if stage == "stream" and self._is_drawn else stage
        self._calls[worker.handle.act.remote(stage, order)] = worker, stage, order

    def drawn(self) -> None:
        """Tell all that the last image is drawn."""
        self._is_drawn = True
        for worker in self._workers:
            worker.handle.drawn.options(concurrency_group="aside", max_task_retries=-1).remote()

    def finish(self) -> None:
        """Say that nothing is left to do: `answers` waits only a little for those still at it."""
        self._until = self._until or time.monotonic() + GRACE

    def answers(self, progress: Progress | None) -> Iterator[tuple[Worker, str]]:
        """Each worker that has done what it was asked for, with the stage, until none is at work.

        A worker that is lost is asked again once Ray has started it anew. Raises `InputError` or
        `HelperBroke` for what a worker could not go on for.
        """
        errors = self._ray.exceptions
        while self._calls or any(worker.owed for worker in self._workers):
            if self._until is not None and time.monotonic() > self._until:
                return
            if self._calls:
                ready, _ = self._ray.wait([*self._calls], timeout=LOOK)
            else:
                ready = []
                time.sleep(LOOK)
            self._look(progress)
            for call in ready:
                worker, stage, order = self._calls.pop(call)
                try:
                    how, text = self._ray.get(call)
                except errors.RayActorError as error:
                    self._lose(worker, error, (stage, order))
                    continue
                except errors.RayError as error:
                    raise HelperBroke(str(error)) from None
                if (broken := fault(how, text)) is not None:
                    raise broken
                yield worker, stage

    def dismiss(self) -> None:
        """Have all end now; what they had claimed is given back."""
        for worker in self._workers:
            self._ray.kill(worker.handle, no_restart=True)
        for worker in self._workers:
            self._give_back(worker)

    def _lose(self, worker: Worker, error: Any, owed: tuple[str, Json] | None) -> None:
        """A call was lost, for now or with its worker; it is owed if the worker comes back."""
        worker.owed = owed or worker.owed
        if worker.is_gone:
            worker.owed = None
        elif isinstance(error, self._ray.exceptions.ActorDiedError):
            if error.actor_init_failed:
                raise InputError(
                    f"--executor ray: a worker could not start on its node ({_why(error)}); every "
                    "node needs the same evalsuite, with its extra `ray`, as is installed here"
                ) from None
            worker.is_gone, worker.owed = True, None
            self._give_back(worker)
            LOG.warning(
                "a worker ended %d times, and is not started any more; its batch is done by "
                "another, if there is one",
                DEATHS + 1,
            )

    def _look(self, progress: Progress | None) -> None:
        """Take in what the workers say of themselves."""
        looks = {worker.look: worker for worker in self._workers if not worker.is_gone}
        if not looks:
            return
        ready, _ = self._ray.wait([*looks], num_returns=len(looks), timeout=0)
        for look in ready:
            worker = looks[look]
            try:
                told: Told = self._ray.get(look)
            except self._ray.exceptions.RayActorError as error:
                self._lose(worker, error, None)
            else:
                self._hear(worker, told)
            self._look_at(worker)
        self._tell(progress)
        self._tell_waiting()

    def _hear(self, worker: Worker, told: Told) -> None:
        if worker.owner not in ("", told.owner):
            self._give_back(worker)
            LOG.warning("a worker ended; its batch is done by another, and Ray started it anew")
        worker.owner, worker.progress = told.owner, told.progress or worker.progress
        for note in told.notes:
            LOG.warning("%s", note)
        if worker.owed is not None:
            owed, worker.owed = worker.owed, None
            self.ask(worker, *owed)

    def _look_at(self, worker: Worker) -> None:
        worker.look = worker.handle.told.options(concurrency_group="aside").remote()

    def _give_back(self, worker: Worker) -> None:
        if worker.owner:
            abandon_of(self._folder, worker.owner)

    def _tell(self, progress: Progress | None) -> None:
        """Each knows what all have done; the one who looked last knows most."""
        told = [worker.progress for worker in self._workers if worker.progress is not None]
        if told and progress is not None:
            stage = max(stage for stage, _, _ in told)  # "judge" comes after "generate"
            progress(*max(each for each in told if each[0] == stage))

    def _tell_waiting(self) -> None:
        now = time.monotonic()
        waiting = [w for w in self._workers if not w.owner and now - w.hired > PLACED]
        if waiting and not self._is_told:
            self._is_told = True
            LOG.warning(
                "%d of %d workers wait for a node with room for %s; --ray-arg says what one takes",
                len(waiting),
                len(self._workers),
                dict(waiting[0].options),
            )


def _why(error: Exception) -> str:
    """The last line of an error with tracebacks in it, which says what was raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
