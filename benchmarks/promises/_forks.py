"""Forked processes for the proofs: a clean one, or as many as tasks can use."""

import json
import logging
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

ONE_EACH = "EVALSUITE_PROMISES_ONE_EACH"
"""Set where proofs run side by side, so that each takes one processor."""


def fork() -> int:
    """`os.fork`, without Python's warning of threads: those of the libraries are idle."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _forget_closed_streams()
        _renew_threads()
    return child


def _renew_threads() -> None:
    """Have torch make its pool of threads anew, now that one thread alone is here.

    After a fork whichever thread asks first does it, and of several at once one may get none
    ("Invalid thread pool"): diffusers loads its parts in several.
    """
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(torch.get_num_threads())


def _forget_closed_streams() -> None:
    """Drop what libraries log to and somebody closed, such as a test's standard error."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.Logger.manager.loggerDict)]
    for logger in loggers:
        for handler in list(logger.handlers):
            if getattr(getattr(handler, "stream", None), "closed", False):
                logger.removeHandler(handler)


def processors() -> int:
    """How many processes a proof may use at once."""
    return 1 if os.environ.get(ONE_EACH) else os.cpu_count() or 1


def spread(tasks: Sequence[Any], work: Callable[[Any], Any]) -> list[Any]:
    """What `work` gives for each task, by as many forked processes as there are processors."""
    processes = min(processors(), len(tasks))
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(processes)]
        children = []
        for number, file in enumerate(files):
            if (child := fork()) == 0:
                code = 1
                try:
                    found = [work(task) for task in tasks[number::processes]]
                    file.write(json.dumps(found).encode())
                    file.flush()
                    code = 0
                except Exception:
                    traceback.print_exc()
                finally:
                    os._exit(code)
            children.append(child)
        if any([os.waitpid(child, 0)[1] for child in children]):
            raise RuntimeError("a process of the proof broke down; its traceback is above")
        results: list[Any] = [None] * len(tasks)
        for number, file in enumerate(files):
            file.seek(0)
            results[number::processes] = json.loads(file.read())
    return results
