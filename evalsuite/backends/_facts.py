"""What a loaded diffusers pipeline is, as JSON for the manifest: no paths, no host, no secrets."""

import inspect
import math
import os
from collections.abc import Callable, Mapping
from typing import Any

import torch

from evalsuite.backends._families import family_of
from evalsuite.records import Json


def facts(pipeline: Any, call: Mapping[str, Any]) -> dict[str, Json]:
    """The pipeline's classes, numbers and settings; `call` holds what its call is given."""
    defaults = inspect.signature(pipeline.__call__).parameters
    scheduler = getattr(pipeline, "scheduler", None)
    checker = getattr(pipeline, "safety_checker", None)
    modules = {
        name: part
        for name, part in sorted(pipeline.components.items())
        if isinstance(part, torch.nn.Module)
    }
    vae = modules.get("vae")

    def used(name: str) -> Json:
        value = call.get(name)
        default = defaults[name].default if name in defaults else None
        return plain(default if value is None else value)

    return {
        "pipeline": type(pipeline).__name__,
        "scheduler": type(scheduler).__name__ if scheduler is not None else None,
        "scheduler_config": plain(_public(getattr(scheduler, "config", {}))),
        "dtype": {name: _dtypes(module) for name, module in modules.items()},
        "vae_upcast": bool(getattr(getattr(vae, "config", None), "force_upcast", False)),
        "attention": {name: kinds for name, m in modules.items() if (kinds := _attention(m))},
        "device": _device(pipeline.device),
        "steps": used(family_of(pipeline).steps),
        "guidance_scale": _guidance(pipeline, used),
        **({"true_cfg_scale": used("true_cfg_scale")} if "true_cfg_scale" in defaults else {}),
        "size": [call["width"], call["height"]] if "width" in call else None,
        "negative_prompt": call.get("negative_prompt"),
        "arguments": _arguments(defaults, call),
        **_around(pipeline, defaults, call),
        "safety_checker": type(checker).__name__ if checker is not None else None,
    }


def _guidance(pipeline: Any, used: Callable[[str], Json]) -> Json:
    """The guidance that acts: of Qwen-Image the classifier-free one, of cascades one stage's."""
    guider = getattr(pipeline, "guider", None)
    if guider is not None:
        return plain(getattr(guider, "guidance_scale", None))
    own = used("guidance_scale")
    return used(family_of(pipeline).guidance or "guidance_scale") if own is None else own


def _arguments(defaults: Mapping[str, inspect.Parameter], call: Mapping[str, Any]) -> Json:
    """Every plain value that the call is given, by us or by its own default."""
    given = {name: p.default for name, p in defaults.items() if p.default is not p.empty}
    given |= call
    left = {"return_dict", "output_type", "prompt"}
    return {
        name: plain(value)
        for name, value in sorted(given.items())
        if isinstance(value, bool | int | float | str) and name not in left
    }


def _around(
    pipeline: Any, defaults: Mapping[str, inspect.Parameter], call: Mapping[str, Any]
) -> dict[str, Json]:
    """Texts that the pipeline puts around each prompt, and what it does to its letters."""
    found: dict[str, Json] = {}
    for name in family_of(pipeline).around:
        value = call.get(name)
        if value is None and name in defaults:
            value = defaults[name].default
        found[name] = plain(getattr(pipeline, name, None) if value is None else value)
    said: dict[str, Json] = {"texts_around": found} if found else {}
    clean = getattr(pipeline, "_text_preprocessing", None)
    if clean is not None and list(clean(["A a"], clean_caption=False)) == ["a a"]:
        said["texts_drawn"] = "in lower case, by the pipeline"
    return said


def plain(value: Any) -> Json:
    """`value` as JSON: infinities (DPM-Solver's `lambda_min_clipped`) and objects become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return f"<{type(value).__name__}>"


def _public(config: Mapping[str, Any]) -> dict[str, Any]:
    """Without the entries that say where a config was loaded from, or by which version."""
    return {key: value for key, value in config.items() if not key.startswith("_")}


def _dtypes(module: torch.nn.Module) -> str:
    """More than one where a module keeps some weights in fp32, as T5 does in fp16."""
    names = {str(weight.dtype).removeprefix("torch.") for weight in module.parameters()}
    return " and ".join(sorted(names))


def _attention(module: torch.nn.Module) -> str | None:
    """The attention processors of a diffusers model, or the implementation of a transformers one.

    `AttnProcessor2_0` and "sdpa" are PyTorch's scaled_dot_product_attention; newer processors
    ask a dispatcher, whose backend ("native" is the same function) is named after a colon.
    """
    processors = getattr(module, "attn_processors", None)
    if processors:
        from diffusers.utils.constants import DIFFUSERS_ATTN_BACKEND

        kinds = sorted({type(processor).__name__ for processor in processors.values()})
        return f"{' and '.join(kinds)}: {DIFFUSERS_ATTN_BACKEND}"
    return getattr(getattr(module, "config", None), "_attn_implementation", None)


def _device(device: torch.device) -> dict[str, str]:
    if device.type != "cuda":
        return {"kind": device.type}
    return {
        "kind": "cuda",
        "name": torch.cuda.get_device_name(device),
        "cublas_workspace": os.environ.get("CUBLAS_WORKSPACE_CONFIG", ""),
    }
