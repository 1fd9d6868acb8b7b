"""Where an encoder's weights come from, and which ones they are."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError

if TYPE_CHECKING:
    import torch

T = TypeVar("T")


def local_folder(model: str) -> Path | None:
    """The folder that `model` names, bundled or given by path; None for a hub id or a built-in."""
    for folder in (BUNDLED / model, Path(model)):
        if folder.is_dir():
            return folder
    return None


def unloadable(what: str, error: BaseException) -> InputError:
    """What to raise where a library could not load `what` ("detector 'x'"), in one line."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return InputError(
        f"{what} cannot be loaded ({first[:160]}); download it while the hub can be reached, or "
        "name a folder"
    )


def digest(model: "torch.nn.Module") -> str:
    """SHA-256 over the names, types, shapes and bytes of all weights, as loaded."""
    import torch

    whole = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        whole.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        flat = value.detach().cpu().contiguous().reshape(-1)
        whole.update(flat.view(torch.uint8).numpy().tobytes())
    return whole.hexdigest()


def padded(items: Sequence[T], size: int) -> list[T]:
    """`items` followed by its last one until there are `size`.

    Every forward pass has the same shape, because a picture's features change in their last bits
    with the number of pictures beside it, and a resumed run must not differ from a whole one.
    """
    return [*items, *([items[-1]] * (size - len(items)))]


def device_of(device: str) -> str:
    """`auto` is the GPU where there is one; raises `InputError` for a device that is not there."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"--device {device}: no CUDA device is there; use --device cpu")
    return device
