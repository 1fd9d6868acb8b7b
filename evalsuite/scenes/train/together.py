"""All parts after one another and beside one another: `python -m evalsuite.scenes.train all`.

The autoencoder comes first, while the other cores draw the captions; then the pipeline, the CLIP
and the detector share the device, each in a process of its own.
"""

import subprocess
import sys
import time
from pathlib import Path

import torch

from evalsuite.scenes.train import pool
from evalsuite.scenes.train.loop import Machine

AUTOENCODER = 0.28
"""The autoencoder's share of the time that is left when it starts."""
SHARES = {"ldm": 1.0, "owl": 0.9, "clip": 0.4}
"""The others' shares of what is left then."""
RESERVE = 10.0
"""Seconds kept back for saving."""


def run(machine: Machine, steps: int) -> Path:
    """Train all four, within the machine's time if it has any, else for the default steps."""
    pool.draw(machine.work)
    autoencoder = _Part("vae", machine, AUTOENCODER, steps)
    pool.tokens(machine.work, torch.device("cpu"))
    _wait([autoencoder])
    _wait([_Part(name, machine, share, steps) for name, share in SHARES.items()])
    return machine.work


class _Part:
    """One part's process."""

    def __init__(self, name: str, machine: Machine, share: float, steps: int) -> None:
        self.name, self._machine, self._steps = name, machine, steps
        self._until = machine.share(share, RESERVE).until
        self._start(eager=machine.eager)

    def _start(self, *, eager: bool) -> None:
        machine, self._eager = self._machine, eager
        command = [sys.executable, "-m", "evalsuite.scenes.train", self.name]
        command += ["--work", str(machine.work), "--device", str(machine.device)]
        if self._steps:
            command += ["--steps", str(self._steps)]
        if self._until is not None:
            command += ["--seconds", str(max(1.0, self._until - time.monotonic()))]
        print(f"{self.name}: starts", flush=True)
        self._process = subprocess.Popen([*command, "--eager"] if eager else command)

    def is_done(self) -> bool:
        """Whether it has ended; what failed is started again without recorded steps, once."""
        code = self._process.poll()
        if code and not self._eager:
            print(f"{self.name}: failed, starts again with --eager", flush=True)
            self._start(eager=True)
            return False
        if code:
            print(f"{self.name}: ended with exit code {code}; see its traceback", flush=True)
        return code is not None


def _wait(parts: list[_Part]) -> None:
    while parts:
        time.sleep(0.2)
        parts = [part for part in parts if not part.is_done()]
