"""What open_clip may be handed: folders and names that say all, and fetch or run nothing else."""

import re
from pathlib import Path

from evalsuite.files.unsafe import refuse_unsafe
from evalsuite.files.weight_files import read_json
from evalsuite.records import InputError, Json

CONFIG = "open_clip_config.json"
WEIGHTS = "open_clip_model.safetensors"
TOKENIZER = ("clean", "strip_sep_token")
"""What open_clip's own models tell their tokenizers."""


def check_folder(folder: Path, name: str) -> None:
    """Refuse a folder that is no CLIP model, or not safe to load; `name` is for the message."""
    try:
        _check_config(folder / CONFIG, name)
    except FileNotFoundError as error:
        raise InputError(f"{name}: no {CONFIG}; not a CLIP folder") from error
    if not (folder / WEIGHTS).is_file():
        # Without this file open_clip would take a pickle, or quietly start from random weights.
        raise InputError(f"{name}: {WEIGHTS} is missing; save it there")
    refuse_unsafe(folder, name, files=[folder / WEIGHTS])
    _check_towers(folder / CONFIG, f"{name}/{CONFIG}")


def _check_towers(path: Path, where: str) -> None:
    """Refuse what open_clip would fetch from a repository of its own, or hand to a tokenizer."""
    parts = read_json(path, where)["model_cfg"]
    text, vision = parts.get("text_cfg"), parts["vision_cfg"]
    if not isinstance(text, dict) or not isinstance(vision, dict):
        raise InputError(f"{where}: has no text_cfg and vision_cfg; download it again")
    text_tower, tower = text.get("hf_model_name"), vision.get("timm_model_name")
    is_own = tower is None or re.fullmatch(r"\w[\w.]*", str(tower))
    if text_tower not in (None, *_text_towers()) or not is_own:
        named = str(tower if text_tower is None else text_tower)
        raise InputError(
            f"{where}: names the tower {named[:80]!a}, which none of open_clip's own models has, "
            "and no other repository is read; choose another model"
        )
    told = text.get("tokenizer_kwargs") or {}
    if not isinstance(told, dict) or not set(told) <= set(TOKENIZER):
        raise InputError(
            f"{where}: tokenizer_kwargs is {str(told)[:80]!a}, and only {' and '.join(TOKENIZER)} "
            "are handed on; take the rest out"
        )


def _text_towers() -> set[str]:
    import open_clip

    known = (open_clip.get_model_config(name) or {} for name in open_clip.list_models())
    named = (config.get("text_cfg", {}).get("hf_model_name") for config in known)
    return {name for name in named if name}


def _check_config(path: Path, name: str) -> None:
    """Refuse a configuration that leaves preprocessing to open_clip's defaults, or contradicts it.

    open_clip takes OpenAI's mean and deviation where a file states none, and the model's own
    input size where it states another.
    """
    where = f"{name}/{CONFIG}"
    config = read_json(path, where)
    try:
        side = config["model_cfg"]["vision_cfg"].get("image_size", 224)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: no `model_cfg` in it") from error
    stated = config.get("preprocess_cfg")
    stated = stated if isinstance(stated, dict) else {}
    for key in ("mean", "std"):
        if not isinstance(stated.get(key), list) or len(stated[key]) != 3:
            raise InputError(
                f"{where}: preprocess_cfg states no `{key}`, three numbers; write those that the "
                "model was trained with"
            )
    if "size" in stated and _square(stated["size"]) != _square(side):
        raise InputError(
            f"{where}: preprocess_cfg says size {stated['size']} and the model reads {side}; "
            "write the size that it was trained with"
        )


def _square(side: Json) -> Json:
    return side if isinstance(side, list) else [side, side]


def check_tag(model: str, pretrained: str | None) -> None:
    """Refuse weights that open_clip does not list for the model, or with the other activation."""
    import open_clip

    tags = open_clip.list_pretrained_tags_by_model(model)
    listed = ", ".join(tags) if tags else "none; see open_clip.list_models()"
    if pretrained is None:
        raise InputError(f"CLIP model {model!r} needs a pretrained tag: {listed}")
    if pretrained not in tags:
        raise InputError(f"CLIP model {model!r} has no pretrained tag {pretrained!r}: {listed}")
    of_weights = bool(open_clip.get_pretrained_cfg(model, pretrained).get("quick_gelu", False))
    of_model = bool((open_clip.get_model_config(model) or {}).get("quick_gelu", False))
    if of_weights and not of_model:
        raise InputError(
            f"CLIP model {model!r}: the weights {pretrained!r} were trained with QuickGELU, and "
            f"this model has another activation; write {model}-quickgelu"
        )
    if of_model and not of_weights:
        raise InputError(
            f"CLIP model {model!r} has QuickGELU, and the weights {pretrained!r} were trained "
            f"without; write {model.removesuffix('-quickgelu')}"
        )
