"""Where an encoder's weights come from, and which ones they are."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from evalsuite.encoders.quiet import quiet
from evalsuite.files.bounds import bounded
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.files.hub import ROOT_ALONE, Repository, fetch
from evalsuite.files.unsafe import refuse_unsafe
from evalsuite.files.weight_files import files_read
from evalsuite.records import InputError

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

CONFIGS = ("*.json", "*.txt", "*.model", "*.jinja")
"""What configurations, tokenizers and chat templates are saved as."""

WEIGHTS = ("model.safetensors", "model-*-of-*.safetensors")
"""What transformers calls weights, in one file or several."""


def local_folder(model: str) -> Path | None:
    """The folder that `model` names, bundled or given by path; None for a hub id or a built-in."""
    for folder in (BUNDLED / model, Path(model)):
        if folder.is_dir():
            return folder
    return None


class Source(NamedTuple):
    """Where a model's files are: its folder (None for a hub id), what loads it, and its name.

    `path` is a folder always: of a hub id the one in the cache.
    """

    folder: Path | None
    path: str
    name: str

    @property
    def weights(self) -> list[Path]:
        """The weight files that transformers reads from there."""
        return files_read(Path(self.path), None, self.name)


def needed(
    what: str, model: str, *, weights: Sequence[str] = WEIGHTS, revision: str | None = None
) -> list[Repository]:
    """The hub's repository that a model is read from; none for a bundled name or a folder.

    Of it are read configurations, tokenizers and weight files: no code, no pickles, no folders
    within. `what` ("detector") is for messages.
    """
    if local_folder(model) is not None:
        return []
    return [Repository(what, model, (*CONFIGS, *weights), ROOT_ALONE, revision)]


def source_of(
    what: str, model: str, *, weights: Sequence[str] = WEIGHTS, revision: str | None = None
) -> Source:
    """The source of a bundled name, a folder or a hub id; `what` ("detector") is for the message.

    Raises `InputError` for a model that is not safe to load, or not to be had.
    """
    folder = local_folder(model)
    if folder is not None and revision is not None:
        raise InputError(f"revision {revision!r}: the model is a directory; leave revision out")
    found = folder or fetch(*needed(what, model, weights=weights, revision=revision))
    name = model if folder is None else folder.name
    refuse_unsafe(found, name)
    return Source(folder, str(found), name)


def load_pair(what: str, model: str, network: Any, processor: Any) -> tuple[Any, Any]:
    """A network, on the CPU in float32 from safetensors, and its processor, by their classes.

    Raises `InputError`, which calls the model `what` ("detector"), where either cannot be loaded.
    """
    source = source_of(what, model)
    with loading(f"{what} {model!r}", source.weights):
        loaded = network.from_pretrained(source.path, use_safetensors=True, dtype="float32")
        return loaded, processor.from_pretrained(source.path)


@contextmanager
def loading(what: str, files: Sequence[Path] | None) -> Iterator[None]:
    """Load within bounds, without progress bars, and with every failure as one line.

    `files` are the weights, None where a library's own list names them and fetches them now;
    `what` names the model.
    """
    bounds = nullcontext() if files is None else bounded(what, files)
    try:
        with bounds, quiet("transformers"):
            yield
    except InputError:
        raise
    except Exception as error:  # a library over files from anywhere may raise anything
        raise unloadable(what, error) from error


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
