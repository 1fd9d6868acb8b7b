"""`scenes-clip`: an open_clip model trained on renders and captions, with no hard negatives."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from open_clip.model import CLIP
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from evalsuite.scenes.train import data
from evalsuite.scenes.train.loop import Plan, train
from evalsuite.scenes.train.tokenizer import MAX_TOKENS, build

BATCH = 128
MODEL: dict[str, Any] = {
    "embed_dim": 128,
    "vision_cfg": {"image_size": 64, "layers": 4, "width": 128, "head_width": 32, "patch_size": 8},
    "text_cfg": {"context_length": MAX_TOKENS, "width": 128, "heads": 4, "layers": 3},
}
PREPROCESS = {
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Train it in two cycles of the learning rate; save it as open_clip's `local-dir:` reads."""
    torch.manual_seed(0)
    tokenizer = build()
    text = {**MODEL["text_cfg"], "vocab_size": len(tokenizer), "hf_tokenizer_name": "scenes-clip"}
    config = {**MODEL, "text_cfg": text}
    model = CLIP(config["embed_dim"], config["vision_cfg"], text)

    def loss(rng: np.random.Generator, on: torch.device) -> Tensor:
        batch = data.scenes(rng, BATCH)
        images = data.blemished(rng, data.pixels(batch)).to(on)
        texts = data.captions(rng, batch)
        tokens = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids.to(on)
        image, words, scale = model(images, tokens)
        logits = scale.clamp(max=100).float() * image.float() @ words.float().T
        # Captions recur in a batch; an equal caption is as right as one's own.
        numbers = np.unique(np.array(texts), return_inverse=True)[1]
        same = torch.from_numpy(numbers[:, None] == numbers[None, :]).to(on)
        target = same / same.sum(1, keepdim=True)
        return (
            functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)
        ) / 2

    first = 2 * steps // 5
    train(Plan("clip", first, 1e-3, weight_decay=0.05), model, loss, work, device)
    second = Plan("clip-second", steps - first, 1e-3, seed=1, weight_decay=0.05)
    train(second, model, loss, work, device)
    target = work / "scenes-clip"
    target.mkdir(exist_ok=True)
    described = {"model_cfg": config, "preprocess_cfg": PREPROCESS}
    (target / "open_clip_config.json").write_text(json.dumps(described, indent=2), "utf-8")
    weights = {key: value.half().contiguous().cpu() for key, value in model.state_dict().items()}
    save_file(weights, target / "open_clip_model.safetensors", metadata={"format": "pt"})
    tokenizer.save_pretrained(target)
    return target
