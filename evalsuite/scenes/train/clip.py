"""`scenes-clip`: an open_clip model trained on spoilt renders and captions.

The only hard negatives are those of number: the same words with every other number. Relations get
none.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import torch
from open_clip.model import CLIP
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTokenizer

from evalsuite.scenes.captions import SETTINGS, counted
from evalsuite.scenes.train import pool, vae
from evalsuite.scenes.train.blemishes import Blemishes
from evalsuite.scenes.train.loop import Loss, Machine, Plan, train
from evalsuite.scenes.train.tokenizer import MAX_TOKENS, build
from evalsuite.scenes.world import COLORS, NUMBERS, SHAPES

BATCH = 512
NUMBER_WEIGHT = 0.5
"""How much the choice of the number weighs beside the choice of the caption."""
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


def run(machine: Machine, steps: int) -> Path:
    """Train it; save it as open_clip's `local-dir:` reads."""
    torch.manual_seed(0)
    tokenizer = build(work=machine.work)
    text = {**MODEL["text_cfg"], "vocab_size": len(tokenizer), "hf_tokenizer_name": "scenes-clip"}
    config = {**MODEL, "text_cfg": text}
    model = CLIP(config["embed_dim"], config["vision_cfg"], text)
    plan = Plan("clip", steps, 1e-3, weight_decay=0.05)
    train(plan, model, partial(_loss, tokenizer, model, machine), machine)
    target = machine.work / "scenes-clip"
    target.mkdir(exist_ok=True)
    described = {"model_cfg": config, "preprocess_cfg": PREPROCESS}
    (target / "open_clip_config.json").write_text(json.dumps(described, indent=2), "utf-8")
    weights = {key: value.half().contiguous().cpu() for key, value in model.state_dict().items()}
    save_file(weights, target / "open_clip_model.safetensors", metadata={"format": "pt"})
    tokenizer.save_pretrained(target)
    return target


def _loss(tokenizer: CLIPTokenizer, model: CLIP, machine: Machine) -> Loss:
    """The contrastive loss, and the cross-entropy of the number where there is one kind."""
    device = machine.device
    scenes, tokens = pool.pictures(machine.work, device), pool.tokens(machine.work, device)
    spoil, numbered = Blemishes(vae.load(machine.work), device), _numbered(tokenizer).to(device)
    kinds, counts = scenes.kinds[:, 0], (scenes.kinds >= 0).sum(1)
    alike = (scenes.kinds == kinds[:, None]) | (scenes.kinds < 0)
    of_one_kind = (alike.all(1) & (kinds < numbered.shape[1])).float()

    def loss() -> Tensor:
        chosen = scenes.numbers(BATCH)
        words = tokens[chosen, torch.randint(tokens.shape[1], (BATCH,), device=device)]
        phrasing = torch.randint(len(numbered), (1,), device=device)
        others = numbered[phrasing][0].flatten(0, 1)
        image = model.encode_image(spoil(scenes.images(chosen)), normalize=True).float()
        text = model.encode_text(torch.cat([words, others]), normalize=True).float()
        scale = model.logit_scale.exp().clamp(max=100)
        logits = scale * image @ text.T
        # Captions recur in a batch; an equal caption is as right as one's own.
        same = (words[:, None] == words[None]).all(-1).float()
        target = same / same.sum(1, keepdim=True)
        paired = logits[:, :BATCH]
        contrast = functional.cross_entropy(paired, target) + functional.cross_entropy(
            paired.T, target
        )
        by_kind = logits[:, BATCH:].unflatten(1, (-1, len(NUMBERS) - 1))
        row = torch.arange(BATCH, device=device)
        kind = kinds[chosen].clamp(max=by_kind.shape[1] - 1)
        wrong = functional.cross_entropy(
            by_kind[row, kind], counts[chosen].clamp(max=len(NUMBERS) - 1) - 1, reduction="none"
        )
        single = of_one_kind[chosen]
        return contrast / 2 + NUMBER_WEIGHT * (single * wrong).sum() / single.sum().clamp(min=1)

    return loss


def _numbered(tokenizer: CLIPTokenizer) -> Tensor:
    """Tokens of every kind in every number, shape (phrasings, kinds, numbers, 32).

    Kinds are numbered as in `drawing.KINDS`. A phrasing is a setting with words or digits.
    """
    kinds = [(shape, color) for shape in SHAPES for color in COLORS]
    phrasings = [(setting, digits) for setting in SETTINGS[1:] for digits in (False, True)]
    texts = [
        setting.format(counted(kind, number, digits=digits))
        for setting, digits in phrasings
        for kind in kinds
        for number in range(1, len(NUMBERS))
    ]
    found: Tensor = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids
    return found.reshape(len(phrasings), len(kinds), len(NUMBERS) - 1, MAX_TOKENS)
