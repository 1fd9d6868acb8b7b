"""Load a diffusers pipeline from disk or the hub, with every failure as one line."""

import importlib.util
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from evalsuite.backends._families import dtype_of
from evalsuite.encoders.quiet import quiet
from evalsuite.files import hub
from evalsuite.files.bounds import bounded
from evalsuite.files.checkpoints import components, read_index, weight_files
from evalsuite.records import InputError

LOADERS = ("diffusers.models", "transformers")
"""The packages whose `modeling_utils` reads weights and logs which were missing."""


DTYPES = {
    "fp32": "float32",
    "float32": "float32",
    "fp16": "float16",
    "float16": "float16",
    "half": "float16",
    "bf16": "bfloat16",
    "bfloat16": "bfloat16",
}


def dtype_named(dtype: str) -> str | None:
    """Torch's name of a number type; None for "auto". Raises `InputError` for what is none."""
    if dtype != "auto" and dtype not in DTYPES:
        raise InputError(f"dtype {dtype!r} is unknown; use auto, fp32, fp16 or bf16")
    return DTYPES.get(dtype)


def find_device(device: str) -> torch.device:
    """The torch device of that name; "auto" is the first CUDA card, or the CPU without one."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        place = torch.device(device)
    except RuntimeError as error:
        raise InputError(f"device {device!r} is unknown; use auto, cpu, cuda or cuda:N") from error
    if place.type == "cuda" and (place.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise InputError(f"device {device!r}: this machine has {count} CUDA devices; use cpu")
    return place


def auto_dtype(folder: Path, variant: str | None, device: torch.device) -> str:
    """The number type where nobody asks for one: fp32 on the CPU, half of it on a GPU.

    Transformers that denoise were trained in bf16 and give NaN in fp16, unless their authors
    publish an fp16 variant; Stable Cascade's stages, which have other names, likewise.
    """
    if device.type != "cuda":
        return "float32"
    if (folder / "model_index.json").is_file():
        needed = dtype_of(read_index(folder, variant)["_class_name"])
        if needed is not None:
            return needed
    names = [path.name for path in (folder / "transformer").glob("*.safetensors")]
    has_fp16 = variant == "fp16" or any(".fp16" in name for name in names)
    return "float16" if has_fp16 or not names else "bfloat16"


def deterministic_cuda() -> None:
    """Have cuDNN choose the same exact algorithms every time, without TF32, in this process."""
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
    torch.backends.cuda.matmul.fp32_precision = "ieee"


def download(model: str, revision: str | None, variant: str | None) -> Path:
    """The snapshot of a hub model with its card; the directory's name is the 40-hex revision."""
    from evalsuite.backends import _parts

    return hub.fetch(_parts.repository(model, revision, variant))


def load_folder(
    folder: Path, name: str, variant: str | None, dtype: torch.dtype, device: torch.device
) -> Any:
    """The pipeline in `folder`, of the class that its index names, on `device`, without bars."""
    import diffusers

    index = read_index(folder, variant)
    kind = getattr(diffusers, index["_class_name"], None)
    if not (isinstance(kind, type) and issubclass(kind, diffusers.DiffusionPipeline)):
        raise InputError(f"{name}: diffusers has no pipeline {index['_class_name']!r}; update it")
    _find_moved(library for library, _ in components(index).values())
    for component, (library, class_name) in components(index).items():
        kind = getattr(diffusers, class_name, None) if library == "diffusers" else None
        if isinstance(kind, type) and _is_pipeline(kind):
            raise InputError(
                f"{name}: its {component} is a pipeline ({class_name}), and only plain components "
                "are loaded"
            )
        if library not in ("diffusers", "transformers") and not hasattr(
            diffusers.pipelines, library
        ):
            raise InputError(
                f"{name}: its {component} is {library}.{class_name}, and only classes of diffusers "
                "and transformers are loaded"
            )
    if "IFSafetyChecker" in (class_name for _, class_name in components(index).values()):
        _mend_checker()
    what, weights = f"model {name!r}", weight_files(folder, index, variant)
    with errors_in_one_line(what, hide=folder):
        bars_off = quiet("diffusers", "transformers")
        with _no_random_weights(), bars_off, bounded(what, weights):
            pipeline = diffusers.DiffusionPipeline.from_pretrained(
                folder, dtype=dtype, variant=variant, use_safetensors=True, local_files_only=True
            )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline.to(device)


def _find_moved(libraries: Iterable[str]) -> None:
    """Let diffusers find parts of pipelines that it moved to `deprecated`, as the hub names them.

    Karlo's `["unclip", "UnCLIPTextProjModel"]` and Stable Cascade's `["wuerstchen",
    "PaellaVQModel"]` are looked for in `diffusers.pipelines`, and are not there since 0.42.
    """
    import diffusers

    for library in libraries:
        moved = diffusers.pipelines.deprecated.__name__ + f".{library}"
        if not re.fullmatch("[a-z_]+", library) or hasattr(diffusers.pipelines, library):
            continue
        if importlib.util.find_spec(moved) is not None:
            setattr(diffusers.pipelines, library, importlib.import_module(moved))


def _mend_checker() -> None:
    """Let transformers 5 load DeepFloyd's safety checker, which diffusers 0.42 leaves half made.

    It does not call `post_init`, which would say that none of its weights are tied.
    """
    from diffusers.pipelines.deepfloyd_if import IFSafetyChecker

    if not hasattr(IFSafetyChecker, "all_tied_weights_keys"):
        IFSafetyChecker.all_tied_weights_keys = {}


def _is_pipeline(kind: type) -> bool:
    import diffusers

    return issubclass(kind, diffusers.DiffusionPipeline) or "Pipeline" in kind.__name__


@contextmanager
def errors_in_one_line(what: str, hide: Path | None = None) -> Iterator[None]:
    """Turn whatever a library raises while it loads into one line of `InputError`."""
    try:
        yield
    except InputError:
        raise
    except ImportError as error:
        raise InputError(f"{what}: {needs_package(error)}") from error
    except Exception as error:
        # Loading runs third-party code over files from anywhere: it may raise anything.
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        first = first.replace(str(hide), hide.name) if hide else first
        raise InputError(f"{what}: cannot be loaded: {type(error).__name__}: {first}") from error


def needs_package(error: ImportError) -> str:
    """What a library says is not installed, and the command that installs it."""
    text = " ".join(str(error).split())
    found = re.search(r"pip install (?:-[\w-]+ )*['\"]?([A-Za-z0-9][\w.-]*)", text)
    package = found[1] if found else error.name
    if package is None:
        return f"a package is missing: {text[:200]}"
    return f"needs the package {package}, which is missing; pip install {package}"


@contextmanager
def mending_memory(batch_size: int) -> Iterator[None]:
    """Turn an exhausted memory into an `InputError` that says how to mend it."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        # The CPU's allocator raises a plain RuntimeError; torch.OutOfMemoryError is one as well.
        short = isinstance(error, (torch.OutOfMemoryError, MemoryError))
        if not short and "can't allocate memory" not in str(error):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        mend = f"try --batch-size {batch_size // 2}" if batch_size > 1 else "try a smaller --size"
        raise InputError(f"out of memory at a batch of {batch_size}; {mend}") from error


class _Reports(logging.Handler):
    """Collects the libraries' log messages about weights that a checkpoint lacks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if "newly initialized" in message or ("LOAD REPORT" in message and "MISSING" in message):
            self.messages.append(message)


@contextmanager
def _no_random_weights() -> Iterator[None]:
    """Raise `ValueError` where a library fills weights that are missing with random numbers.

    diffusers and transformers only log that, and the pipeline loader hands no report out.
    """
    reports = _Reports()
    loggers = [logging.getLogger(f"{name}.modeling_utils") for name in LOADERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(reports)
        if not logger.isEnabledFor(logging.WARNING):
            # Just below: at the level itself transformers adds a list of its own.
            logger.setLevel(logging.WARNING - 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(reports)
            logger.setLevel(level)
    if reports.messages:
        words = " ".join(re.sub(r"\x1b\[[0-9]*m", "", reports.messages[0]).split())
        kind = re.search(r"(?:weights of )?(\w+) (?:LOAD REPORT|were not)", words)
        part = kind[1] if kind else "a component"
        raise ValueError(f"weights of {part} are missing; download or save the model again")
