"""Load pipelines, each by itself or as the stages of a cascade, and say which may follow which."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from evalsuite.files.checkpoints import resolve
from evalsuite.records import InputError

ENLARGING = ("IFSuperResolutionPipeline", "StableDiffusionUpscalePipeline")
REFINING = ("StableDiffusionXLImg2ImgPipeline",)
"""The classes that may come after a first stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One loaded pipeline, its folder and the hub's revision, if it is from there."""

    name: str
    pipeline: Any
    folder: Path
    revision: str | None
    variant: str | None

    @property
    def kind(self) -> str:
        """The class of the pipeline."""
        return type(self.pipeline).__name__


def load_stage(
    model: str, variant: str | None, dtype: str, device: str, revision: str | None = None
) -> Stage:
    """The pipeline that `model` names, loaded; raises `InputError` where it cannot be."""
    # Read when diffusers is first imported; trust_remote_code is never set either.
    os.environ["DIFFUSERS_DISABLE_REMOTE_CODE"] = "1"
    # The larger of the two settings that repeat bytes: the other slows large products down.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    import torch

    from evalsuite.backends import _pretrained

    number = _pretrained.dtype_named(dtype)
    source = resolve(model)
    if isinstance(source, Path) and revision is not None:
        raise InputError(f"revision {revision!r}: the model is a directory; leave revision out")
    place = _pretrained.find_device(device)
    if place.type == "cuda":
        _pretrained.deterministic_cuda()
    on_hub = isinstance(source, str)
    folder = source if isinstance(source, Path) else _pretrained.download(source, revision, variant)
    number = number or _pretrained.auto_dtype(folder, variant, place)
    name = model if on_hub else folder.resolve().name
    return Stage(
        name=name,
        pipeline=_pretrained.load_folder(folder, name, variant, getattr(torch, number), place),
        folder=folder,
        revision=folder.name if on_hub else None,
        variant=variant,
    )


def refuse_unchained(stages: Sequence[Stage]) -> None:
    """Raise `InputError` for a stage that cannot follow the one before it."""
    for stage in stages[1:]:
        if stage.kind not in (*ENLARGING, *REFINING):
            raise InputError(
                f"{stage.name}: {stage.kind} is no later stage of a cascade; there are "
                f"{', '.join((*ENLARGING, *REFINING))}"
            )
    for before, stage in pairwise(stages):
        if stage.kind in REFINING and before.kind != "StableDiffusionXLPipeline":
            raise InputError(f"{stage.name}: refines SDXL's latents, and {before.name} has none")
