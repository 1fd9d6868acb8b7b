"""Pipelines on disk in the hub's layout: find them, refuse what could run code, hash the weights.

The layout is a `model_index.json` that names each component's library and class, and one
directory a component. Weights are read from safetensors only; pickled weights and Python files
can run code when they are loaded, so that a directory that needs them is refused.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

from evalsuite.files.nearest import did_you_mean
from evalsuite.files.unsafe import refuse_unsafe
from evalsuite.files.weight_files import files_read, read_json, variants_of
from evalsuite.records import InputError

INDEX = "model_index.json"
DRAWN_BY = {INDEX: "diffusers", "generator.json": "gan"}
"""The file that a model's folder is known by, and the back-end that draws with such a model."""
BUNDLED = Path(__file__).parents[1] / "scenes" / "models"
CONFIGS = (".json", ".txt", ".model")
"""What configurations and tokenizers are saved as."""
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}\Z")


def resolve(model: str) -> Path | str:
    """What `model` names: a bundled model's or another directory, or a hub id (`owner/name`).

    Raises `InputError` if it is none of these, with the nearest bundled name.
    """
    folder = Path(model).expanduser()
    if model.strip() and folder.is_dir():
        return folder
    if re.fullmatch(r"[\w-]+", model) and (BUNDLED / model / INDEX).is_file():
        return BUNDLED / model
    if folder.is_file():
        raise InputError(
            f"model {model!r} is a file; name a directory with a {INDEX}, as save_pretrained writes"
        )
    if HUB_ID.match(model) and ".." not in model:
        return model
    bundled = sorted(path.parent.name for path in BUNDLED.glob(f"*/{INDEX}"))
    raise InputError(
        f"model {model!r} is no directory here, no hub id (owner/name) and no bundled model"
        f"{did_you_mean(model, bundled)}"
    )


def drawn_by(folder: Path) -> str | None:
    """The back-end that draws with the model in a folder; None where there is no model in it."""
    return next((name for file, name in DRAWN_BY.items() if (folder / file).is_file()), None)


def read_index(folder: Path, variant: str | None = None) -> dict[str, Any]:
    """The `model_index.json` of a pipeline's directory, after refusing whatever is unsafe.

    Raises `InputError` if the directory is no pipeline, brings code of its own, or has a
    component that `refuse_unsafe` refuses.
    """
    name = folder.resolve().name
    path = folder / INDEX
    if not path.is_file():
        raise InputError(
            f"{name}: has no {INDEX}, so it is no pipeline; convert single files with diffusers' "
            "from_single_file and save_pretrained"
        )
    index = read_json(path, f"{name}/{INDEX}")
    if not isinstance(index, dict):
        raise InputError(f"{name}/{INDEX}: is not a JSON object")
    if not isinstance(index.get("_class_name"), str):
        raise InputError(f"{name}/{INDEX}: names pipeline code of its own, which is never run")
    for file in sorted(folder.rglob("*.py")):
        raise InputError(
            f"{name}/{file.relative_to(folder).as_posix()}: is Python code, which is never run; "
            "remove it if the model works without, or choose another model"
        )
    for component in components(index):
        where = f"{name}/{component}"
        refuse_unsafe(folder / component, where, variant)
        if not files_read(folder / component, variant, where):
            _refuse_other_variants(folder / component, where)
    return index


def _refuse_other_variants(folder: Path, where: str) -> None:
    if variants := variants_of(folder):
        raise InputError(
            f"{where}: has weights of the variant {', '.join(variants)} only; give "
            f"--variant {variants[0]}"
        )


def components(index: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The components that an index says are there: name, library and class."""
    return {
        name: (value[0], value[1])
        for name, value in index.items()
        if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
    }


def config_hashes(folder: Path, index: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of each configuration and tokenizer file, by its path in the pipeline's directory."""
    places = [folder, *(folder / component for component in sorted(components(index)))]
    files = [file for place in places for file in sorted(place.glob("*")) if file.is_file()]
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.suffix in CONFIGS
    }


def weight_files(folder: Path, index: dict[str, Any], variant: str | None) -> list[Path]:
    """The weight files of a pipeline's directory that are loaded.

    A component with files of the variant is read from those, as diffusers does, and else from
    the files without a variant.
    """
    return [
        file
        for component in sorted(components(index))
        for file in files_read(folder / component, variant, component)
    ]


def weight_hashes(folder: Path, index: dict[str, Any], variant: str | None) -> dict[str, str]:
    """SHA-256 of each weight file that is loaded, by its path in the pipeline's directory.

    Reads every byte: about a second a gigabyte.
    """
    hashes = {}
    for file in weight_files(folder, index, variant):
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        hashes[file.relative_to(folder).as_posix()] = digest
    return hashes
