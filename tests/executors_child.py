"""What helpers of tests/executors do."""

import os
import signal
import time
from pathlib import Path

from evalsuite.records import InputError


def twice(path, is_drawn):
    with open(path, "a") as file:
        file.write("2" if os.path.getsize(path) else "1")
    if Path(path).read_text() == "1":
        os.kill(os.getpid(), signal.SIGKILL)


def refused(path, is_drawn):
    raise InputError("no such thing")


def breaks(path, is_drawn):
    return 1 / 0


def forever(path, is_drawn):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(600)
