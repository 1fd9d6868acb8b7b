"""Tiny CLIP models with random weights in both layouts: open_clip's, and that of transformers.

One set of weights in two libraries is what scores are held against.
"""

import json
from pathlib import Path
from typing import Any

OPENAI = {
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}
L14: dict[str, Any] = {
    "embed_dim": 16,
    "quick_gelu": True,
    "vision_cfg": {
        "image_size": 224,
        "layers": 1,
        "width": 16,
        "head_width": 8,
        "patch_size": 14,
    },
    "text_cfg": {
        "context_length": 77,
        "vocab_size": 49408,
        "width": 8,
        "heads": 2,
        "layers": 1,
    },
}
"""The geometry of ViT-L-14 as OpenAI trained it, with few layers and narrow ones."""


def open_clip_folder(folder: Path, model_cfg: dict[str, Any] | None = None) -> Path:
    """A model in open_clip's layout, as its own push to the hub writes it."""
    import torch
    from open_clip.model import CLIP
    from safetensors.torch import save_file

    config = model_cfg or L14
    torch.manual_seed(0)
    model = CLIP(**config)
    # A fresh model's texts hardly differ; spread them out.
    torch.nn.init.normal_(model.text_projection, std=1.0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": OPENAI})
    )
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    return folder


def transformers_folder(source: Path, folder: Path) -> Path:
    """The same weights, configuration, tokenizer and preprocessing in transformers' layout."""
    import torch
    from safetensors.torch import load_file
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    described = json.loads((source / "open_clip_config.json").read_text())
    model_cfg, pictures = described["model_cfg"], described["preprocess_cfg"]
    vision, text = model_cfg["vision_cfg"], model_cfg["text_cfg"]
    activation = "quick_gelu" if model_cfg.get("quick_gelu") else "gelu"
    side, words = vision["image_size"], tokenizer(source, text)
    config = CLIPConfig(
        projection_dim=model_cfg["embed_dim"],
        vision_config={
            "hidden_size": vision["width"],
            "intermediate_size": 4 * vision["width"],
            "num_hidden_layers": vision["layers"],
            "num_attention_heads": vision["width"] // vision["head_width"],
            "image_size": side,
            "patch_size": vision["patch_size"],
            "hidden_act": activation,
        },
        text_config={
            "hidden_size": text["width"],
            "intermediate_size": 4 * text["width"],
            "num_hidden_layers": text["layers"],
            "num_attention_heads": text["heads"],
            "vocab_size": text["vocab_size"],
            "max_position_embeddings": text["context_length"],
            "hidden_act": activation,
            "bos_token_id": words.bos_token_id,
            "eos_token_id": words.eos_token_id,
            "pad_token_id": words.pad_token_id,
        },
    )
    model = CLIPModel(config).eval()
    weights = load_file(source / "open_clip_model.safetensors")
    renamed = {name: value.float() for name, value in _renamed(weights).items()}
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    assert not unexpected and all(name.endswith("position_ids") for name in missing), missing
    assert torch.isfinite(model.logit_scale)
    processor = CLIPImageProcessor(
        size={"shortest_edge": side},
        crop_size={"height": side, "width": side},
        image_mean=pictures["mean"],
        image_std=pictures["std"],
    )
    model.save_pretrained(folder)
    CLIPProcessor(processor, words).save_pretrained(folder)
    return folder


def tokenizer(source: Path, text: dict[str, Any]) -> Any:
    """The folder's own tokenizer, or OpenAI's, whose merges travel with open_clip."""
    from open_clip.tokenizer import SimpleTokenizer
    from transformers import AutoTokenizer, CLIPTokenizer

    if "hf_tokenizer_name" in text:
        return AutoTokenizer.from_pretrained(source)
    simple = SimpleTokenizer()
    names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    vocab = {names.get(token, token): number for token, number in simple.encoder.items()}
    ranks = sorted(simple.bpe_ranks, key=simple.bpe_ranks.__getitem__)
    return CLIPTokenizer(vocab=vocab, merges=ranks, model_max_length=text["context_length"])


def _renamed(weights: dict[str, Any]) -> dict[str, Any]:
    found = {
        "logit_scale": weights["logit_scale"],
        "text_projection.weight": weights["text_projection"].T.contiguous(),
        "visual_projection.weight": weights["visual.proj"].T.contiguous(),
        "text_model.embeddings.token_embedding.weight": weights["token_embedding.weight"],
        "text_model.embeddings.position_embedding.weight": weights["positional_embedding"],
        "vision_model.embeddings.class_embedding": weights["visual.class_embedding"],
        "vision_model.embeddings.patch_embedding.weight": weights["visual.conv1.weight"],
        "vision_model.embeddings.position_embedding.weight": weights["visual.positional_embedding"],
    }
    norms = {
        "ln_final": "text_model.final_layer_norm",
        "visual.ln_pre": "vision_model.pre_layrnorm",
        "visual.ln_post": "vision_model.post_layernorm",
    }
    parts = {
        "ln_1": "layer_norm1",
        "ln_2": "layer_norm2",
        "attn.out_proj": "self_attn.out_proj",
        "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    }
    for name, value in weights.items():
        head, _, leaf = name.rpartition(".")
        if head in norms:
            found[f"{norms[head]}.{leaf}"] = value
        tower = "vision_model" if name.startswith("visual.") else "text_model"
        _, blocks, rest = name.partition("transformer.resblocks.")
        if not blocks:
            continue
        number, _, part = rest.partition(".")
        layer = f"{tower}.encoder.layers.{number}"
        if part.startswith("attn.in_proj_"):
            kind = part.removeprefix("attn.in_proj_")
            for letter, third in zip("qkv", value.chunk(3), strict=True):
                found[f"{layer}.self_attn.{letter}_proj.{kind}"] = third.contiguous()
        else:
            inner, _, leaf = part.rpartition(".")
            found[f"{layer}.{parts[inner]}.{leaf}"] = value
    return found
