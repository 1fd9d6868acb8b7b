"""Load what others made within bounds on time and memory, whatever their configurations say.

A library builds a model as its configuration asks and reads the weights afterwards. Configurations
are looked at beforehand (`unsafe.py`), but what a size costs is the library's own affair: so it is
measured while it builds, and stopped.
"""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from os import cpu_count
from pathlib import Path
from types import FrameType

from evalsuite.records import InputError

SECONDS, SECONDS_EACH = 30.0, 60.0
"""CPU seconds that building may take, and so many more for each gigabyte of weights."""

MEMORY, TIMES = 1 << 30, 5
"""Bytes that building may take, and how often the weights' own: mapped, and as four times as wide
numbers, as from 8 bits to 32."""

STACK = 16 << 20
"""Bytes for each processor, as libraries start a thread on every one."""

STATUS = Path("/proc/self/status")


class _Late(BaseException):
    """The time is up; no `except Exception` of a library keeps it."""


@contextmanager
def bounded(what: str, files: Sequence[Path]) -> Iterator[None]:
    """Raise `InputError` where the body takes more time or memory than such weights can need.

    `what` names the model, `files` are its weights. Time is the process's CPU time, and bounded in
    the main thread alone, as Python has it; memory is what the process adds to its data, and
    bounded on Linux. Both bounds are lifted afterwards.
    """
    size = sum(file.stat().st_size for file in files)
    seconds = SECONDS + SECONDS_EACH * size / 1e9
    memory = MEMORY + TIMES * size + STACK * (cpu_count() or 1)
    try:
        with ExitStack() as stack:
            stack.enter_context(_memory(memory))
            stack.enter_context(_time(seconds))
            yield
    except _Late:
        raise InputError(
            f"{what}: takes more than {seconds:.0f} s to build, which weights of "
            f"{size / 1e6:,.0f} MB do not need; choose another model"
        ) from None
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise InputError(
            f"{what}: takes more than {memory / 1e6:,.0f} MB to build, which weights of "
            f"{size / 1e6:,.0f} MB do not need, or more than the machine has; choose another model"
        ) from error


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(signum: int, frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGVTALRM, late)
    # Again every second: where Python cannot raise, as in a finalizer, the first is lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _memory(more: int) -> Iterator[None]:
    if not STATUS.is_file():
        yield
        return
    import resource

    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _data() + more
    for other in (before, most):
        limit = limit if other == resource.RLIM_INFINITY else min(limit, other)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _data() -> int:
    """The bytes of data that the process has mapped."""
    lines = STATUS.read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))


def _is_out_of_memory(error: BaseException | None) -> bool:
    while error is not None:
        # The CPU's allocator raises a plain RuntimeError.
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
