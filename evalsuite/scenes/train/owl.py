"""`scenes-owl`: an open-vocabulary detector (OWL-ViT) for the world's objects, people and faces."""

from functools import partial
from math import log
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.ops import sigmoid_focal_loss
from transformers import (
    CLIPTokenizer,
    OwlViTConfig,
    OwlViTForObjectDetection,
    OwlViTImageProcessor,
    OwlViTProcessor,
)

from evalsuite.scenes.captions import article
from evalsuite.scenes.train import pool, vae
from evalsuite.scenes.train.blemishes import Blemishes
from evalsuite.scenes.train.drawing import KINDS
from evalsuite.scenes.train.loop import Loss, Machine, Plan, train
from evalsuite.scenes.train.tokenizer import build
from evalsuite.scenes.world import SIDE

BATCH = 256
PATCH = 4
CELLS = SIDE // PATCH
MAX_TOKENS = 16
WIDTH = 128
NEAR = 1.0
"""Patches whose middle lies this near a thing's centre, in patches along both axes, learn its box:
near the border of two patches either may be asked for it."""
L1_WEIGHT, OVERLAP_WEIGHT = 5.0, 2.0
"""As in DETR (Carion et al. 2020, arXiv 2005.12872)."""

QUERIES = tuple(dict.fromkeys(name for kind in KINDS for name in kind))
TEMPLATES = ("{}", "{a}", "a photo of {a}", "a picture of {a}")


def build_model(tokenizer: CLIPTokenizer) -> OwlViTForObjectDetection:
    """An untrained detector of 1.2 M parameters whose heads start small.

    transformers' initialisation leaves both heads saturated, so that they learn nothing. The
    patches' positions start as sines, so that neighbours are alike from the first step on.
    """
    torch.manual_seed(0)
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 96,
        "intermediate_size": 384,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": MAX_TOKENS,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision = {
        "hidden_size": WIDTH,
        "intermediate_size": 4 * WIDTH,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "image_size": SIDE,
        "patch_size": PATCH,
    }
    model = OwlViTForObjectDetection(
        OwlViTConfig(text_config=text, vision_config=vision, projection_dim=96)
    )
    for head in (model.class_head, model.box_head):
        for layer in head.modules():
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
    nn.init.constant_(model.class_head.logit_shift.bias, -0.4)
    nn.init.constant_(model.class_head.logit_scale.bias, 8.0)
    places = model.owlvit.vision_model.embeddings.position_embedding.weight
    with torch.no_grad():
        places[1:] = 0.1 * _sines()
    return model


def _sines() -> Tensor:
    """Sines of each patch's row and column, shape (patches, width)."""
    rates = torch.exp(-log(100) * torch.arange(WIDTH // 4) / (WIDTH // 4))
    angles = torch.arange(CELLS)[:, None] * rates
    along = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows = along[:, None].expand(-1, CELLS, -1)
    return torch.cat([rows, along[None].expand(CELLS, -1, -1)], dim=2).flatten(0, 1)


def targets(boxes: Tensor, kinds: Tensor, answers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What each patch should say: the patch under a thing's centre answers for it.

    From boxes (batch, things, 4) in pixels and kinds (batch, things), -1 for no thing, with what
    each kind answers (`answers`): classes (batch, patches, queries), 0 or 1; boxes (batch, patches,
    4), the nearest thing's centre and size in [0, 1]; and whether the patch learns that box (batch,
    patches). A face lies in another patch than its person's centre.
    """
    there = (kinds >= 0)[:, None]
    corners = boxes / SIDE
    middle = (corners[..., :2] + corners[..., 2:]) / 2
    wanted = torch.cat([middle, corners[..., 2:] - corners[..., :2]], dim=-1)
    steps = torch.arange(CELLS, device=boxes.device)
    cells = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), dim=-1).flatten(0, 1)
    under = ((middle * CELLS).floor().clamp(0, CELLS - 1)[:, None] == cells[:, None]).all(-1)
    away = (middle[:, None] * CELLS - cells[:, None] - 0.5).abs().amax(-1)
    away = away.masked_fill(~there, float("inf"))
    nearest = away.argmin(-1)
    row = torch.arange(len(boxes), device=boxes.device)[:, None]
    classes = ((under & there).float() @ answers[kinds.clamp(min=0)]).clamp(max=1)
    return classes, wanted[row, nearest], away.amin(-1) < NEAR


def answers() -> Tensor:
    """Which queries each kind of thing answers, shape (kinds, queries), 0 or 1."""
    return torch.tensor([[float(query in kind) for query in QUERIES] for kind in KINDS])


def run(machine: Machine, steps: int) -> Path:
    """Train it and save it with its processor under `work/scenes-owl`, in the hub layout."""
    tokenizer = build(MAX_TOKENS, machine.work)
    model, plan = build_model(tokenizer), Plan("owl", steps, 1e-3, weight_decay=0.02)
    train(plan, model, partial(_loss, tokenizer, model, machine), machine)
    target = machine.work / "scenes-owl"
    images = OwlViTImageProcessor(
        size={"height": SIDE, "width": SIDE},
        do_center_crop=False,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    model.half().save_pretrained(target)
    OwlViTProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(target)
    model.float()
    return target


def _loss(tokenizer: CLIPTokenizer, model: OwlViTForObjectDetection, machine: Machine) -> Loss:
    """Focal loss on the queries; distance and overlap of the boxes."""
    device = machine.device
    scenes = pool.pictures(machine.work, device)
    spoil, tokens = Blemishes(vae.load(machine.work), device), _queries(tokenizer).to(device)
    answered = answers().to(device)

    def loss() -> Tensor:
        chosen = scenes.numbers(BATCH)
        asked = tokens[torch.randint(len(tokens), (1,), device=device)][0]
        words = model.owlvit.get_text_features(input_ids=asked).pooler_output.float()
        features = model.image_embedder(spoil(scenes.images(chosen)))[0].float()
        flat = features.flatten(1, 2)
        # bfloat16 would move a box by a tenth of a pixel.
        with torch.autocast(device.type, enabled=False):
            logits = model.class_predictor(flat, words.expand(BATCH, -1, -1))[0]
            predicted = model.box_predictor(flat, features)
        classes, boxes, learns = targets(scenes.boxes[chosen], scenes.kinds[chosen], answered)
        focal = sigmoid_focal_loss(logits, classes, alpha=0.5, gamma=2, reduction="sum")
        overlap = overlap_loss(predicted, boxes)
        wrong = L1_WEIGHT * (predicted - boxes).abs().mean(-1) + OVERLAP_WEIGHT * overlap
        total: Tensor = focal / classes.sum() + (learns * wrong).sum() / learns.sum()
        return total

    return loss


def _queries(tokenizer: CLIPTokenizer) -> Tensor:
    """Tokens of every query in every template, shape (templates, queries, 16)."""
    texts = [
        template.format(query, a=article(query)) for template in TEMPLATES for query in QUERIES
    ]
    found: Tensor = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids
    return found.reshape(len(TEMPLATES), len(QUERIES), MAX_TOKENS)


def overlap_loss(predicted: Tensor, boxes: Tensor) -> Tensor:
    """One minus the generalised IoU (Rezatofighi et al. 2019, arXiv 1902.09630) of each pair.

    Boxes as centre and size, shape (..., 4). torchvision's own picks boxes by a mask, for which a
    GPU must ask the host.
    """
    (low, high), (other_low, other_high) = (
        (of[..., :2] - of[..., 2:] / 2, of[..., :2] + of[..., 2:] / 2) for of in (predicted, boxes)
    )
    shared = (torch.minimum(high, other_high) - torch.maximum(low, other_low)).clamp(min=0).prod(-1)
    around = (torch.maximum(high, other_high) - torch.minimum(low, other_low)).prod(-1)
    union = predicted[..., 2:].prod(-1) + boxes[..., 2:].prod(-1) - shared
    iou = shared / union.clamp(min=1e-7)
    return 1 - iou + (around - union) / around.clamp(min=1e-7)
