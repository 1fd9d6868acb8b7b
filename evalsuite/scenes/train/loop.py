"""The loop that all parts share: seeded by the step, checkpointed, resumable, on CPU or GPU.

The models are so small that a GPU would wait for Python most of the time. On CUDA a whole step is
therefore recorded once as a graph and replayed; everything random in it follows the seed that is
set before each replay.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from time import monotonic
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

WARMUP_STEPS = 200
CHECKPOINT_SECONDS = 60
REPORT_SECONDS = 10
EAGER_STEPS = 5
"""Steps before a graph is recorded: they choose kernels and fill the optimizer's state."""
LOOK_EVERY = 20
"""The loss is looked at, which waits for the device, every so many steps."""

Loss = Callable[[], Tensor]


@dataclass(frozen=True)
class Plan:
    """How one part is trained. `keep_at` are steps whose averaged weights are kept apart."""

    name: str
    steps: int
    learning_rate: float
    seed: int = 0
    average: float = 0.999
    weight_decay: float = 0.01
    keep_at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Machine:
    """Where, and for how long. `until` (a `time.monotonic()`) takes the place of a plan's steps.

    `eager` launches every kernel from Python instead of replaying a recorded step.
    """

    work: Path
    device: torch.device
    until: float | None = None
    eager: bool = False

    def share(self, part: float, reserve: float = 0) -> "Machine":
        """The same machine, for this part of the time that is left, less a reserve of seconds."""
        if self.until is None:
            return self
        now = monotonic()
        until = now + part * (self.until - reserve - now)
        return Machine(self.work, self.device, until, self.eager)


def train(plan: Plan, model: nn.Module, prepare: Callable[[], Loss], machine: Machine) -> None:
    """Train `model` in place and leave its averaged weights in it, as half precision keeps them.

    `prepare` is called where there are steps to do. Its loss draws its own batch, on the device,
    from torch's generator: every step seeds it by (seed, step), so that a run that was stopped and
    one that was not see the same data. Progress lies in `work/<name>.pt` and the result in
    `work/<name>.safetensors`, whose metadata says how many steps it took; calling again goes on
    from there.
    """
    done = finished(machine.work, plan.name)
    model.to(machine.device)
    if not done.exists():
        model.to(memory_format=torch.channels_last).train().requires_grad_(True)
        _train(plan, model, prepare(), machine)
    restore(model, done)


def finished(work: Path, name: str, step: int | None = None) -> Path:
    """Where a part's averaged weights lie, at the end or kept apart after `step`."""
    return work / (f"{name}.safetensors" if step is None else f"{name}-at-{step}.safetensors")


def steps_of(path: Path) -> int:
    """How many steps the weights in a file that `train` wrote have taken."""
    with safe_open(path, "pt") as file:
        return int(file.metadata()["steps"])


def restore(model: nn.Module, path: Path) -> None:
    """Load the weights that `train` wrote, for use."""
    state = {key: value.float() for key, value in load_file(path).items()}
    model.load_state_dict({**model.state_dict(), **state})
    model.eval().requires_grad_(False)


def _train(plan: Plan, model: nn.Module, loss: Loss, machine: Machine) -> None:
    machine.work.mkdir(parents=True, exist_ok=True)
    checkpoint = machine.work / f"{plan.name}.pt"
    stepper = _Stepper(plan, model, loss, machine)
    step, progress = stepper.resume(checkpoint)
    at_first, begun = progress, monotonic()
    reported = saved = (begun, step)
    while progress < 1:
        stepper.take(step, progress)
        step += 1
        if step in plan.keep_at:
            stepper.write(finished(machine.work, plan.name, step), step)
        now = monotonic()
        if machine.until is None:
            progress = step / plan.steps
        else:
            left = max(machine.until - begun, 1e-9)
            progress = min(1.0, at_first + (1 - at_first) * (now - begun) / left)
        if step % LOOK_EVERY == 0 or progress >= 1:
            value = float(stepper.value)
            now = monotonic()
            if now - reported[0] > REPORT_SECONDS or progress >= 1:
                pace = (step - reported[1]) / max(now - reported[0], 1e-9)
                line = f"{plan.name}: step {step}, {progress:.0%}, loss {value:.4f}"
                print(f"{line}, {pace:.1f} steps/s", flush=True)
                reported = (now, step)
            if now - saved[0] > CHECKPOINT_SECONDS:
                stepper.save(checkpoint, step, progress)
                saved = (now, step)
    stepper.write(finished(machine.work, plan.name), step)
    checkpoint.unlink(missing_ok=True)


class _Stepper:
    """One model with its optimizer and its running average; `take` trains it by one step."""

    def __init__(self, plan: Plan, model: nn.Module, loss: Loss, machine: Machine) -> None:
        self._plan, self._model, self._loss = plan, model, loss
        self._device, self._eager = machine.device, machine.eager or machine.device.type != "cuda"
        self._weights: list[Tensor] = [
            weight for weight in model.parameters() if weight.requires_grad
        ]
        self._averaged = [weight.detach().clone() for weight in self._weights]
        # Tensors, because a recorded step reads both anew at every replay.
        self._rate, self._share = (torch.zeros((), device=self._device) for _ in range(2))
        self._optimizer = torch.optim.AdamW(
            self._weights,
            lr=self._rate,
            weight_decay=plan.weight_decay,
            betas=(0.9, 0.98),
            fused=True,
            capturable=not self._eager,
        )
        self._graph: Any = None
        self._taken = 0
        self.value = torch.zeros(())

    def take(self, step: int, progress: float) -> None:
        """Train by one step; `progress` from 0 to 1 sets the learning rate."""
        torch.manual_seed(self._plan.seed * 1_000_003 + step)
        self._rate.fill_(self._plan.learning_rate * _schedule(step, progress))
        self._share.fill_(1 - min(self._plan.average, (1 + step) / (10 + step)))
        if self._eager:
            self.value = self._step()
        elif self._taken < EAGER_STEPS:
            # As torch's documentation asks, on a stream of its own.
            stream: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                self.value = self._step()
            torch.cuda.current_stream().wait_stream(stream)
        else:
            if self._graph is None:
                self._optimizer.zero_grad(set_to_none=True)
                torch.cuda.synchronize()
                self._graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(self._graph):
                    self.value = self._step()
            self._graph.replay()
        self._taken += 1

    def _step(self) -> Tensor:
        self._optimizer.zero_grad(set_to_none=True)
        # A cache of cast weights would outlive the step in which it was recorded.
        with torch.autocast(self._device.type, torch.bfloat16, cache_enabled=False):
            value = self._loss()
        torch.autograd.backward(value)
        nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimizer.step()
        with torch.no_grad():
            change = torch._foreach_sub(self._weights, self._averaged)
            torch._foreach_mul_(change, self._share)
            torch._foreach_add_(self._averaged, change)
        return value.detach()

    def resume(self, path: Path) -> tuple[int, float]:
        """Go on from a checkpoint, if there is one; returns the step and the progress."""
        if not path.exists():
            return 0, 0.0
        state: dict[str, Any] = torch.load(path, map_location=self._device, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        for group in self._optimizer.param_groups:
            group["lr"], group["capturable"] = self._rate, not self._eager
        self._averaged = state["averaged"]
        return state["step"], state["progress"]

    def save(self, path: Path, step: int, progress: float) -> None:
        """Write a checkpoint beside, then rename it, so that a kill leaves the old one whole."""
        beside = path.with_suffix(".tmp")
        torch.save(
            {
                "model": self._model.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "averaged": self._averaged,
                "step": step,
                "progress": progress,
            },
            beside,
        )
        os.replace(beside, path)

    def write(self, path: Path, step: int) -> None:
        """Write the averaged weights, in half precision."""
        names = [name for name, weight in self._model.named_parameters() if weight.requires_grad]
        state = {
            name: value.half().cpu().contiguous()
            for name, value in zip(names, self._averaged, strict=True)
        }
        beside = path.with_suffix(".tmp")
        save_file(state, beside, metadata={"steps": str(step)})
        os.replace(beside, path)


def _schedule(step: int, progress: float) -> float:
    """Linear warm-up, then a cosine down to a fiftieth."""
    return min(1.0, (step + 1) / WARMUP_STEPS) * (0.02 + 0.49 * (1 + cos(pi * progress)))
