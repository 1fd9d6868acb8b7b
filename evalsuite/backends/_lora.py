"""Low-rank additions (LoRA) to a pipeline's networks, fused into their weights before drawing.

W + scale · (alpha / rank) · B·A for each layer that the file names (Hu et al. 2021, §4.1), with
alpha the rank where the file has none. diffusers reads the file, which turns kohya's names into its
own; that every tensor of it is used is checked here, and that nothing but safetensors is read.
"""

import hashlib
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from evalsuite.backends._pretrained import errors_in_one_line
from evalsuite.files import hub
from evalsuite.files.checkpoints import HUB_ID
from evalsuite.records import InputError, Json

PARTS = ("unet", "transformer", "text_encoder", "text_encoder_2")
HALF = re.compile(
    rf"(?P<part>{'|'.join(PARTS)})\.(?P<layer>.+?)\.(?:lora_linear_layer\.|lora\.|lora_)"
    r"(?P<half>down|up|A|B)\.weight"
)
ALPHA = re.compile(
    rf"(?P<part>{'|'.join(PARTS)})\.(?P<layer>.+?)(?:\.lora(?:\.(?:down|up)\.weight)?)?\.alpha"
)
PROCESSOR = re.compile(r"\.processor\.(to_q|to_k|to_v|to_out)_lora\.")
"""Where diffusers keeps the attention layers of kohya's files."""
MAX_BYTES = 8 << 30


def fuse_asked(
    pipeline: Any, lora: str | None, scale: float | None, name: str
) -> dict[str, Json] | None:
    """As `fuse`, at a scale of 1 where none is given; None where no LoRA is."""
    if lora is not None:
        return fuse(pipeline, lora, 1.0 if scale is None else scale, name)
    if scale is not None:
        raise InputError(f"{name}: without a lora a lora_scale does nothing; leave it out")
    return None


def fuse(pipeline: Any, lora: str, scale: float, name: str) -> dict[str, Json]:
    """Add the LoRA that `lora` names (a file, a folder with one, a hub id) to the pipeline.

    Returns what the manifest keeps: the file's name and SHA-256, the scale, and how many layers of
    each part it changed, with their ranks. Raises `InputError`, which calls the model `name`, for
    other files than safetensors, tensors of no known kind, and layers that the model does not have.
    """
    file = _file(lora)
    at = f"lora {lora!r}"
    with errors_in_one_line(at, hide=file.parent):
        halves, alphas = _read(pipeline, file, at, name)
        layers = {key: _layer(pipeline, *key, at, name) for key in halves}
        for key, layer in layers.items():
            _add(layer, halves[key], alphas.get(key), scale, f"{at}: {'.'.join(key)}")
    ranks = sorted({int(pair["down"].shape[0]) for pair in halves.values()})
    parts = [part for part, _ in halves]
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "file": file.name,
        "sha256": digest,
        "scale": scale,
        "layers": {part: parts.count(part) for part in sorted(set(parts))},
        "ranks": list(ranks),
    }


def needs(lora: str) -> list[hub.Repository]:
    """The hub's repository that a LoRA is in; none for a file or a folder."""
    if Path(lora).expanduser().exists() or not HUB_ID.match(lora):
        return []
    return [hub.Repository("lora", lora, ("*.safetensors",), hub.ROOT_ALONE)]


def _file(lora: str) -> Path:
    path = Path(lora).expanduser()
    for repository in needs(lora):
        path = hub.fetch(repository)
    if path.is_dir():
        files = sorted(path.glob("*.safetensors"))
        if len(files) != 1:
            raise InputError(f"lora {lora!r}: has {len(files)} safetensors files; name the one")
        path = files[0]
    if not path.is_file() or path.suffix != ".safetensors":
        raise InputError(f"lora {lora!r}: is no .safetensors file; nothing else is loaded")
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"lora {lora!r}: longer than {MAX_BYTES} bytes, which no LoRA is")
    return path


_Key = tuple[str, str]


def _read(
    pipeline: Any, file: Path, at: str, name: str
) -> tuple[dict[_Key, dict[str, torch.Tensor]], Mapping[_Key, float]]:
    """The two halves of each layer's addition, and the alphas, by part and layer."""
    reader = getattr(type(pipeline), "lora_state_dict", None)
    if reader is None:
        raise InputError(f"{at}: {type(pipeline).__name__} takes none; leave lora out")
    more: dict[str, Any] = {}
    if "return_alphas" in inspect.signature(reader).parameters:
        more["return_alphas"] = True
    read = reader(
        str(file.parent),
        weight_name=file.name,
        use_safetensors=True,
        local_files_only=True,
        unet_config=getattr(getattr(pipeline, "unet", None), "config", None),
        **more,
    )
    state, noted = read if isinstance(read, tuple) else (read, None)
    halves: dict[_Key, dict[str, torch.Tensor]] = {}
    alphas: dict[_Key, float] = {}
    for written, value in {**state, **(noted or {})}.items():
        key = PROCESSOR.sub(r".\1.lora.", written).replace(".to_out.lora.", ".to_out.0.lora.")
        if found := ALPHA.fullmatch(key):
            alphas[found["part"], found["layer"]] = float(value)
        elif found := HALF.fullmatch(key):
            half = {"A": "down", "B": "up"}.get(found["half"], found["half"])
            halves.setdefault((found["part"], found["layer"]), {})[half] = value
        else:
            raise InputError(f"{at}: {written!r} is no part of a plain LoRA; choose another file")
    if not halves:
        raise InputError(f"{at}: changes nothing of {name}; choose another file")
    return halves, alphas


def _layer(pipeline: Any, part: str, layer: str, at: str, name: str) -> Any:
    network = getattr(pipeline, part, None)
    try:
        found = network.get_submodule(layer) if network is not None else None
    except AttributeError:
        found = None
    if not isinstance(found, torch.nn.Linear | torch.nn.Conv2d):
        raise InputError(f"{at}: {name} has no layer {part}.{layer}; it is for another model")
    return found


def _add(
    layer: Any,
    pair: Mapping[str, torch.Tensor],
    alpha: float | None,
    scale: float,
    at: str,
) -> None:
    weight = layer.weight
    if set(pair) != {"down", "up"}:
        raise InputError(f"{at} has one half of its addition only; choose another file")
    down, up = (pair[half].float() for half in ("down", "up"))
    rank = down.shape[0]
    product = up.flatten(1) @ down.flatten(1) if up.shape[1] == rank else None
    if product is None or product.numel() != weight.numel():
        raise InputError(f"{at} is of another shape; it is for another model")
    factor = scale * (1.0 if alpha is None else alpha / rank)
    with torch.no_grad():
        more = factor * product.reshape(weight.shape).to(weight.device)
        weight.copy_((weight.float() + more).to(weight.dtype))
