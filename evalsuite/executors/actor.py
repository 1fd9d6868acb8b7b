"""A helper's life in an actor of Ray; this module is imported where the actor runs.

Ray places it, starts it anew and carries its calls. What it does is what a process of
`processes.py` does: it takes batches by claims in the run's folder and appends to its own segments.
"""

import contextlib
import importlib
import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evalsuite.executors.ending import ended
from evalsuite.files.credentials import conceal
from evalsuite.records import Json
from evalsuite.runs.claims import owner

LOG = logging.getLogger("evalsuite")


class Place(NamedTuple):
    """Where the command stands: its folder, its module path, and variables as it has them."""

    folder: str
    paths: Sequence[str]
    variables: Mapping[str, str | None]


class Told(NamedTuple):
    """What an actor says between two looks: its claims' owner, how far it is, and its log."""

    owner: str
    progress: tuple[str, int, int] | None
    notes: Sequence[str]


class Actor:
    """Makes `maker`, "module:name", of its task when first asked, and has it act stage by stage.

    `act` runs until the stage is done; `told` and `drawn` are called meanwhile.
    """

    def __init__(self, place: Place, maker: str, task: Json) -> None:
        with contextlib.suppress(OSError):  # else there are no paths below it to be found
            os.chdir(place.folder)
        sys.path += [path for path in place.paths if path not in sys.path and Path(path).exists()]
        for name, value in place.variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._maker, self._task = maker, task
        self._made: Any = None
        self._is_drawn = threading.Event()
        self._progress: tuple[str, int, int] | None = None
        self._notes = _Notes()
        LOG.addHandler(self._notes)

    def act(self, stage: str, order: Json) -> tuple[str, str]:
        """Do a stage to its end as the order says; how it ended (`ending.ended`)."""

        def whole() -> None:
            if self._made is None:
                module, _, name = self._maker.partition(":")
                self._made = getattr(importlib.import_module(module), name)(self._task)
            self._made.act(stage, order, self._is_drawn, self._tell)

        return ended(whole)

    def drawn(self) -> None:
        """Hear that the last image is drawn."""
        self._is_drawn.set()

    def told(self) -> Told:
        """Say how it is, and what was logged since the last time."""
        return Told(owner(), self._progress, self._notes.taken())

    def _tell(self, stage: str, done: int, total: int) -> None:
        self._progress = (stage, done, total)


class _Notes(logging.Handler):
    """What the package logs here, for the command to say."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(conceal(record.getMessage()))

    def taken(self) -> list[str]:
        taken, self._lines = self._lines, []
        return taken
