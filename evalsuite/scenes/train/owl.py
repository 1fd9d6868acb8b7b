"""`scenes-owl`: an open-vocabulary detector (OWL-ViT) for the world's objects, people and faces."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss
from transformers import (
    OwlViTConfig,
    OwlViTForObjectDetection,
    OwlViTImageProcessor,
    OwlViTProcessor,
)

from evalsuite.scenes.captions import article
from evalsuite.scenes.train import data
from evalsuite.scenes.train.loop import Plan, train
from evalsuite.scenes.train.tokenizer import build
from evalsuite.scenes.world import COLORS, OCCUPATIONS, PRESENTATIONS, SHAPES, SIDE, Scene

BATCH = 64
PATCH = 8
CELLS = SIDE // PATCH
MAX_TOKENS = 16

SHAPE_QUERIES = (*SHAPES, *(f"{color} {shape}" for color in COLORS for shape in SHAPES))
PEOPLE_QUERIES = (*OCCUPATIONS, *PRESENTATIONS, "person", "face")
QUERIES = (*SHAPE_QUERIES, *PEOPLE_QUERIES)
TEMPLATES = ("{}", "{a}", "a photo of {a}", "a picture of {a}")

Box = tuple[float, float, float, float]


def build_model() -> OwlViTForObjectDetection:
    """An untrained detector of 1.2 M parameters whose heads start small.

    transformers' initialisation leaves both heads saturated, so that they learn nothing.
    """
    torch.manual_seed(0)
    tokenizer = build(MAX_TOKENS)
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
        "hidden_size": 128,
        "intermediate_size": 512,
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
    return model


def truths(scene: Scene) -> list[tuple[Box, tuple[str, ...]]]:
    """Every box in pixels with all the queries that it answers."""
    boxes: list[tuple[Box, tuple[str, ...]]] = [
        (item.box, (item.shape, f"{item.color} {item.shape}")) for item in scene.items
    ]
    for person in scene.people:
        boxes.append((person.box, (person.occupation, person.presentation, "person")))
        boxes.append((person.face, ("face",)))
    return boxes


def targets(batch: list[Scene]) -> tuple[Tensor, Tensor]:
    """What each patch should say: the patch under a thing's centre answers for it.

    Returns classes (batch, patches, queries), 0 or 1, and boxes (batch, patches, 4) as centre and
    size in [0, 1], NaN where there is none. A face lies in another patch than its person's centre.
    """
    classes = torch.zeros(len(batch), CELLS * CELLS, len(QUERIES))
    boxes = torch.full((len(batch), CELLS * CELLS, 4), torch.nan)
    for row, scene in enumerate(batch):
        for (left, top, right, bottom), names in truths(scene):
            x, y = (left + right) / 2, (top + bottom) / 2
            cell = min(int(y // PATCH), CELLS - 1) * CELLS + min(int(x // PATCH), CELLS - 1)
            boxes[row, cell] = torch.tensor([x, y, right - left, bottom - top]) / SIDE
            for name in names:
                classes[row, cell, QUERIES.index(name)] = 1
    return classes, boxes


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Train it and save it with its processor under `work/scenes-owl`, in the hub layout."""
    tokenizer, model = build(MAX_TOKENS), build_model()

    def loss(rng: np.random.Generator, on: torch.device) -> Tensor:
        batch = data.scenes(rng, BATCH)
        images = data.blemished(rng, data.pixels(batch)).to(on)
        template = str(rng.choice(TEMPLATES))
        texts = [template.format(query, a=article(query)) for query in QUERIES]
        tokens = tokenizer(texts, padding="max_length", return_tensors="pt").to(on)
        words = model.owlvit.get_text_features(**tokens).pooler_output
        features = model.image_embedder(images)[0]
        flat = features.flatten(1, 2)
        logits = model.class_predictor(flat, words.expand(len(batch), -1, -1))[0].float()
        predicted = model.box_predictor(flat, features).float()
        classes, boxes = (part.to(on) for part in targets(batch))
        focal = sigmoid_focal_loss(logits, classes, alpha=0.5, gamma=2, reduction="sum")
        labelled = ~boxes.isnan().any(-1)
        total: Tensor = (
            focal / classes.sum()
            + 5 * functional.l1_loss(predicted[labelled], boxes[labelled])
            + generalized_box_iou_loss(
                _corners(predicted[labelled]), _corners(boxes[labelled]), "mean"
            )
        )
        return total

    train(Plan("owl", steps, 1e-3, weight_decay=0.02), model, loss, work, device)
    target = work / "scenes-owl"
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


def _corners(boxes: Tensor) -> Tensor:
    middle, size = boxes[:, :2], boxes[:, 2:]
    return torch.cat([middle - size / 2, middle + size / 2], dim=1)
