"""Which files of a pipeline's repository are read: its index, and each component's weights.

The same rule as `files.weight_files` has for folders: safetensors of the usual names, those of the
variant where a component has them. Pickles, code and weights of other formats are left alone.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evalsuite.files import hub
from evalsuite.files.checkpoints import INDEX, components
from evalsuite.files.unsafe import PICKLES
from evalsuite.files.weight_files import STEMS
from evalsuite.records import InputError

CARD = "README.md"
READ = (".json", ".txt", ".model", ".jinja", ".tiktoken", ".spm", ".bpe")
"""What configurations, tokenizers and chat templates are saved as."""
_STEM, _SHARD = f"(?:{'|'.join(STEMS)})", r"(?:-\d+-of-\d+)?"
WEIGHTS = re.compile(rf"{_STEM}(?:\.(\w+){_SHARD}|{_SHARD}(?:\.(\w+))?)\.safetensors")
WEIGHT_INDEX = re.compile(rf"{_STEM}(?:\.(\w+))?\.safetensors\.index(?:\.(\w+))?\.json")


def repository(model: str, revision: str | None, variant: str | None) -> hub.Repository:
    """What is read of the pipeline that a hub id names; asks the hub for its index.

    Raises `InputError` for what is no pipeline, and for components with pickled weights only.
    """
    asked = hub.Repository("model", model, (INDEX, CARD), revision=revision)
    folder = hub.fetch(asked, bars=False)
    names = hub.names(folder, model)
    if names is None:  # a cache of an older client: what it has is read as it is
        return asked._replace(revision=folder.name)
    if INDEX not in names:
        raise InputError(f"{asked.called}: has no {INDEX}, so it is no pipeline of diffusers")
    try:
        index = json.loads((folder / INDEX).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{asked.called}: its {INDEX} cannot be read; fetch it anew") from error
    if not isinstance(index, dict):
        raise InputError(f"{asked.called}: its {INDEX} is not a JSON object")
    wanted = pipeline_files(names, index, variant, asked.called)
    return asked._replace(allow=tuple(wanted), revision=folder.name)


def pipeline_files(
    names: Iterable[str], index: Mapping[str, Any], variant: str | None, called: str
) -> list[str]:
    """The names of the files that are read, of all those of a repository, sorted.

    Raises `InputError`, which calls the model `called`, for a component with pickled weights only,
    or with those of another variant only.
    """
    known = set(names)
    found = {INDEX, CARD} & known
    for component in components(dict(index)):
        own = sorted(n for n in known if n.rpartition("/")[0] == component)
        found |= _weights(own, component, variant, called)
        found |= {n for n in own if Path(n).suffix in READ and not _weight_index(n)}
    return sorted(found)


def _weights(own: list[str], component: str, variant: str | None, called: str) -> set[str]:
    kinds: dict[str | None, set[str]] = {}
    for name in own:
        plain = name.rpartition("/")[2]
        if match := WEIGHTS.fullmatch(plain) or WEIGHT_INDEX.fullmatch(plain):
            kinds.setdefault(match[1] or match[2], set()).add(name)
    for kind in (variant, None):
        if kind in kinds:
            return kinds[kind]
    if others := sorted(filter(None, kinds)):
        raise InputError(
            f"{called}: its {component} has weights of the variant {', '.join(others)} only; give "
            f"--variant {others[0]}"
        )
    if any(Path(name).suffix in PICKLES for name in own):
        raise InputError(
            f"{called}: its {component} has pickled weights only, which are never loaded; choose a "
            "model with safetensors"
        )
    return set()


def _weight_index(name: str) -> bool:
    return "safetensors.index" in name or ".bin.index" in name
