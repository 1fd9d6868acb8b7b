"""The manifest of a run: what it was made with, and from what."""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from evalsuite.files.redact import redact
from evalsuite.files.values import differing
from evalsuite.records import InputError, Json, PromptSet
from evalsuite.runs.folder import check_same, create, is_begun, write_manifest
from evalsuite.runs.identity import BINDING_PACKAGES, scorer_identity
from evalsuite.runs.installed import installed
from evalsuite.runs.rows import RunRows, read_run, with_manifest

PACKAGES = (
    *("evalsuite", "torch", "diffusers", "transformers", "open_clip_torch", "accelerate"),
    *("huggingface_hub", "numpy", "pandas", "pillow", "pyarrow", "safetensors", "scikit-learn"),
    *("scipy", "statsmodels", "tokenizers", "torchvision"),
)
"""Distributions whose version can change a number."""

HONOURED = ("HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN", "CUDA_VISIBLE_DEVICES", "NO_COLOR")


def packages() -> dict[str, str]:
    """The installed version of each of `PACKAGES` that is installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            if name == "evalsuite":
                found[name] = version()
    return found


def version() -> str:
    """The version of evalsuite; "0+source" where it is used without being installed."""
    try:
        return metadata.version("evalsuite")
    except metadata.PackageNotFoundError:
        return "0+source"


def git_commit() -> str | None:
    """The commit of the checkout that this code runs from, read without running git; else None."""
    git = Path(__file__).parents[2] / ".git"
    try:
        if git.is_file():  # a worktree or submodule: the file says where its real folder is
            git = git.parent / git.read_text().removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        branch = head.removeprefix("ref: ")
        common = git / "commondir"
        home = (git / common.read_text().strip()) if common.is_file() else git
        if (home / branch).is_file():
            return (home / branch).read_text().strip()
        packed = (home / "packed-refs").read_text().splitlines()
        return next((line.split()[0] for line in packed if line.endswith(f" {branch}")), None)
    except (OSError, UnicodeDecodeError):
        return None


def machine() -> dict[str, Json]:
    """The operating system and processor, without any name of the host."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }


def accelerators() -> list[str]:
    """The names of the devices that torch can use beside the CPU; imports torch."""
    import torch

    found = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return found + (["mps"] if torch.backends.mps.is_available() else [])


def describe(
    backend: Mapping[str, Json],
    scorers: Mapping[str, Json],
    prompt_sets: Sequence[PromptSet],
    configuration: Mapping[str, Json],
) -> dict[str, Json]:
    """A run's manifest.

    `backend` is what it says of itself, `scorers` are entries by name; `prompt_sets` hold the
    selected prompts; `configuration` is the recorded settings.
    """
    commit = git_commit()
    return {
        "format": 1,
        "asked": asked(scorers, configuration),
        "backend": dict(backend),
        "scorers": dict(scorers),
        "prompt_sets": {found.name: _prompt_set(found) for found in prompt_sets},
        "seed": configuration["seed"],
        "num_images": configuration["num_images"],
        "configuration": dict(configuration),
        "packages": packages(),
        "git": commit,
        "installed": installed(is_checkout=commit is not None),
        "python": sys.version.split()[0],
        "platform": {**machine(), "accelerators": accelerators() if "torch" in sys.modules else []},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def asked(names: Iterable[str], configuration: Mapping[str, Json]) -> dict[str, Json]:
    """Which scorers a command asked for: their names, and the settings that name them."""
    return {
        "names": list(names),
        **{name: configuration[name] for name in ("scorers", "scorer_arg")},
    }


def scorer_entry(description: Mapping[str, Json]) -> dict[str, Json]:
    """What the manifest keeps of a scorer: what it says of itself, and the packages it ran on."""
    return {
        **description,
        "packages": binding_packages(),
    }


def binding_packages() -> dict[str, str]:
    """The installed versions of the packages that what a scorer says can depend on."""
    return {k: v for k, v in packages().items() if k in BINDING_PACKAGES}


def record(folder: Path, manifest: Mapping[str, Json], *, anew: bool = False) -> RunRows:
    """Write the manifest into a new run's folder, or check that the folder holds the same run.

    Scorers that the folder does not know yet are added to its manifest. Returns what the folder
    says. Raises `InputError` if it holds another run, and as `add_scorers` does.
    """
    if not is_begun(folder):
        return read_run(folder, create(folder, manifest))
    rows = read_run(folder)
    known = rows.manifest.get("scorers", {})
    check_same(folder, rows.manifest, {**manifest, "scorers": known})
    return add_scorers(rows, manifest["scorers"], manifest["asked"], anew=anew)


def add_scorers(
    rows: RunRows, scorers: Mapping[str, Json], asked: Json, *, anew: bool = False
) -> RunRows:
    """Name `scorers` in a run's manifest, and that they are the ones asked for now.

    Returns the rows as they count then. Where another scorer of the same name has judged, its
    judgements count no longer if `anew`, and else `InputError` is raised; one that only ever broke
    down may have been mended since.
    """
    if not scorers:
        return rows
    known = rows.manifest.get("scorers", {})
    new = json.loads(json.dumps(redact(scorers)))
    for name in new:
        before, after = (scorer_identity(entries.get(name, {})) for entries in (known, new))
        if before != after and not anew and _has_judged(rows, name):
            keys = ", ".join(differing(before, after))
            raise InputError(
                f"{rows.folder}: was judged by another {name} ({keys} differ); to judge all anew "
                "by this one, add --retry-failed; or choose another --output-dir"
            )
    merged = {**rows.manifest, "scorers": {**known, **new}, "asked": redact(asked)}
    if merged == rows.manifest:
        return rows
    return with_manifest(rows, write_manifest(rows.folder, merged))


def _has_judged(rows: RunRows, scorer: str) -> bool:
    return any(
        name == scorer and judged.judgement.failure is None
        for (name, _), judged in rows.judged.items()
    )


def _prompt_set(prompt_set: PromptSet) -> dict[str, Json]:
    ids = "\n".join(prompt.id for prompt in prompt_set.prompts)
    return {
        "version": prompt_set.version,
        "digest": prompt_set.digest,
        "dialect": prompt_set.dialect,
        "licence": prompt_set.card.get("licence"),
        "prompts": len(prompt_set.prompts),
        "selected": hashlib.sha256(ids.encode()).hexdigest()[:16],
    }
