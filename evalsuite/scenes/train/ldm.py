"""`scenes-ldm` and `scenes-ldm-early`: a text encoder and a UNet on the autoencoder's latents."""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel

from evalsuite.scenes.captions import caption
from evalsuite.scenes.train import data
from evalsuite.scenes.train.loop import Plan, train
from evalsuite.scenes.train.tokenizer import MAX_TOKENS, build
from evalsuite.scenes.world import Scene

BATCH = 64
POOL = 60_000
"""Renders encoded once before training; captions are drawn afresh at every step."""
CAPTION_DROPOUT = 0.1
FIRST_CYCLE = 3 / 5
EARLY = 0.16
"""`scenes-ldm-early` holds the weights after this share of the first cycle's steps."""
TEXT_WIDTH = 160


class Denoiser(nn.Module):
    """Text encoder and UNet, trained together from scratch."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        tokenizer = build()
        self.text = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=TEXT_WIDTH,
                intermediate_size=4 * TEXT_WIDTH,
                num_hidden_layers=4,
                num_attention_heads=4,
                max_position_embeddings=MAX_TOKENS,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
        self.unet = UNet2DConditionModel(
            sample_size=8,
            in_channels=4,
            out_channels=4,
            block_out_channels=(96, 144),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D",) * 2,
            up_block_types=("CrossAttnUpBlock2D",) * 2,
            cross_attention_dim=TEXT_WIDTH,
            attention_head_dim=4,
            norm_num_groups=16,
        )


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Train on `work/vae`, in two cycles of the learning rate; save both pipelines under `work`.

    The pipelines get `work/vae-slim`, which shares its latents.
    """
    vae = AutoencoderKL.from_pretrained(work / "vae").to(device).eval()

    @cache  # drawn at the first step: where all steps are done there is only saving left
    def drawn() -> tuple[list[Scene], Tensor, Tensor]:
        pool = [data.scenes(np.random.default_rng([2, n]), 1)[0] for n in range(POOL)]
        return pool, *_latents(vae, pool, work / f"latents-{POOL}.pt", device)

    schedule, tokenizer, model = noise_schedule(), build(), Denoiser()

    def loss(rng: np.random.Generator, on: torch.device) -> Tensor:
        pool, means, deviations = drawn()
        chosen = rng.integers(POOL, size=BATCH)
        texts = [
            "" if rng.random() < CAPTION_DROPOUT else caption(rng, pool[number])
            for number in chosen
        ]
        tokens = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids.to(on)
        mean, deviation = means[chosen].to(on), deviations[chosen].to(on)
        clean = (mean + deviation * torch.randn_like(mean)) * vae.config.scaling_factor
        noise, times = torch.randn_like(clean), torch.randint(1000, (BATCH,), device=on)
        noisy = schedule.add_noise(clean, noise, times)
        hidden = model.text(tokens).last_hidden_state
        predicted = model.unet(noisy, times, hidden).sample
        return functional.mse_loss(predicted.float(), schedule.get_velocity(clean, noise, times))

    first = round(FIRST_CYCLE * steps)
    early = int(EARLY * first)
    early_weights = train(Plan("ldm", first, 8e-4, keep_at=early), model, loss, work, device)
    train(Plan("ldm-second", steps - first, 6e-4, seed=1), model, loss, work, device)
    vae = AutoencoderKL.from_pretrained(work / "vae-slim")
    final = _save(model, vae, work / "scenes-ldm")
    assert early_weights is not None
    model.load_state_dict(torch.load(early_weights, map_location=device, weights_only=True))
    _save(model, vae, work / "scenes-ldm-early")
    return final


def noise_schedule() -> DDPMScheduler:
    """Stable Diffusion's own schedule, predicting velocity (Salimans & Ho, arXiv 2202.00512)."""
    return DDPMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        clip_sample=False,
        steps_offset=1,
    )


@torch.no_grad()
def _latents(
    vae: AutoencoderKL, pool: list[Scene], cache: Path, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Means and deviations of every render's latent, each of shape (renders, 4, 8, 8)."""
    if not cache.exists():
        parts = []
        for start in range(0, len(pool), 250):
            images = data.pixels(pool[start : start + 250]).to(device)
            with torch.autocast(device.type, torch.bfloat16):
                posterior = vae.encode(images).latent_dist
            parts.append(torch.stack([posterior.mean.float(), posterior.std.float()]).cpu())
        torch.save(torch.cat(parts, dim=1), cache)
    means, deviations = torch.load(cache, weights_only=True)
    return means, deviations


def _save(model: Denoiser, vae: AutoencoderKL, target: Path) -> Path:
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=model.text,
        tokenizer=build(),
        unet=model.unet,
        scheduler=DPMSolverMultistepScheduler.from_config(noise_schedule().config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(dtype=torch.float16).save_pretrained(target)
    model.float()
    vae.float()
    return target
