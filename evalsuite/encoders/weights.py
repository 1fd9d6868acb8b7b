"""Where an encoder's weights come from, and which ones they are."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from evalsuite.files.checkpoints import BUNDLED
from evalsuite.files.unsafe import refuse_unsafe
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


class Source(NamedTuple):
    """Where a model's files are: its folder (None for a hub id), what loads it, and its name."""

    folder: Path | None
    path: str
    name: str


def source_of(model: str) -> Source:
    """The source of a bundled name, a folder or a hub id.

    Raises `InputError` for a folder that is not safe to load from.
    """
    folder = local_folder(model)
    if folder is None:
        return Source(None, model, model)
    refuse_unsafe(folder, folder.name)
    return Source(folder, str(folder), folder.name)


def load_pair(what: str, model: str, network: Any, processor: Any) -> tuple[Any, Any]:
    """A network, on the CPU in float32 from safetensors, and its processor, by their classes.

    Raises `InputError`, which calls the model `what` ("detector"), where either cannot be loaded.
    """
    from safetensors import SafetensorError

    path = source_of(model).path
    try:
        loaded = network.from_pretrained(path, use_safetensors=True, dtype="float32")
        return loaded, processor.from_pretrained(path)
    except (ImportError, OSError, ValueError, SafetensorError) as error:
        raise unloadable(f"{what} {model!r}", error) from error


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

    sha256 = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        sha256.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        flat = value.detach().cpu().contiguous().reshape(-1)
        sha256.update(flat.view(torch.uint8).numpy().tobytes())
    return sha256.hexdigest()


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
