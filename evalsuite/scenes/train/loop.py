"""The loop that all parts share: seeded by the step, checkpointed, resumable, on CPU or GPU."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

WARMUP_STEPS = 100
CHECKPOINT_EVERY = 100

Loss = Callable[[np.random.Generator, torch.device], Tensor]


@dataclass(frozen=True)
class Plan:
    """How one part is trained. `keep_at` is a step whose averaged weights are kept apart."""

    name: str
    steps: int
    learning_rate: float
    seed: int = 0
    average: float = 0.998
    weight_decay: float = 0.01
    keep_at: int | None = None


def train(
    plan: Plan, model: nn.Module, loss: Loss, work: Path, device: torch.device
) -> Path | None:
    """Train `model` in place and leave its averaged weights in it.

    Every step draws its data from a generator seeded by (seed, step), so that a run that was
    stopped and one that was not see the same data. Progress lies in `work/<name>.pt`; calling
    again goes on from there. Returns the file of the weights kept at `keep_at`, if asked for.
    """
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / f"{plan.name}.pt"
    apart = work / f"{plan.name}-at-{plan.keep_at}.pt" if plan.keep_at else None
    model.to(device).to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay, betas=(0.9, 0.98)
    )
    averaged = {key: value.detach().clone().float() for key, value in model.state_dict().items()}
    start = 0
    if checkpoint.exists():
        state: dict[str, Any] = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        averaged, start = state["averaged"], state["step"]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        bar = progress.add_task(plan.name, total=plan.steps, completed=start)
        for step in range(start, plan.steps):
            for group in optimizer.param_groups:
                group["lr"] = plan.learning_rate * _schedule(step, plan.steps)
            torch.manual_seed(plan.seed * 1_000_003 + step)
            with torch.autocast(device.type, torch.bfloat16):
                value = loss(np.random.default_rng([plan.seed, step]), device)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(value)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            _update(averaged, model, min(plan.average, (1 + step) / (10 + step)))
            progress.update(bar, advance=1, description=f"{plan.name} loss {value.item():.4f}")
            if apart is not None and step + 1 == plan.keep_at:
                _save(averaged, apart)
            if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == plan.steps:
                if (step + 1) % (5 * CHECKPOINT_EVERY) == 0:
                    progress.console.print(f"{plan.name} step {step + 1} loss {value.item():.4f}")
                _save(
                    {
                        "model": model.state_dict(),
                        "optimizer": optimizer.state_dict(),
                        "averaged": averaged,
                        "step": step + 1,
                    },
                    checkpoint,
                )
    model.load_state_dict(averaged)
    model.eval()
    return apart


def _schedule(step: int, steps: int) -> float:
    """Linear warm-up, then a cosine down to a twentieth."""
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    return 0.05 + 0.475 * (1 + cos(pi * (step - WARMUP_STEPS) / max(1, steps - WARMUP_STEPS)))


@torch.no_grad()
def _update(averaged: dict[str, Tensor], model: nn.Module, decay: float) -> None:
    for key, value in model.state_dict().items():
        if value.is_floating_point():
            averaged[key].lerp_(value.float(), 1 - decay)
        else:
            averaged[key].copy_(value)


def _save(state: dict[str, Any], path: Path) -> None:
    """Write beside, then rename, so that a kill leaves the old checkpoint whole."""
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    os.replace(beside, path)
