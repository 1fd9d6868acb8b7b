"""`scenes-ldm` and `scenes-ldm-early`: a text encoder and a UNet on the autoencoder's latents."""

from functools import partial
from pathlib import Path

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
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from evalsuite.scenes.train import pool, vae
from evalsuite.scenes.train.loop import Loss, Machine, Plan, finished, restore, train
from evalsuite.scenes.train.tokenizer import MAX_TOKENS, build

BATCH = 512
CAPTION_DROPOUT = 0.1
EARLY = 600
"""`scenes-ldm-early` holds the weights after so many steps."""
KEPT = (EARLY, 1000)
TEXT_WIDTH = 160


class Denoiser(nn.Module):
    """Text encoder and UNet, trained together from scratch."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        torch.manual_seed(0)
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


def run(machine: Machine, steps: int) -> Path:
    """Train on `work/vae`; save both pipelines under `work`."""
    autoencoder, tokenizer = vae.load(machine.work), build(work=machine.work)
    model, plan = Denoiser(tokenizer), Plan("ldm", steps, 1e-3, keep_at=KEPT)
    train(plan, model, partial(_loss, autoencoder, tokenizer, model, machine), machine)
    final = _save(model, tokenizer, autoencoder, machine.work / "scenes-ldm")
    if (early := finished(machine.work, "ldm", EARLY)).exists():
        restore(model, early)
        _save(model, tokenizer, autoencoder, machine.work / "scenes-ldm-early")
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


def _loss(
    autoencoder: AutoencoderKL, tokenizer: CLIPTokenizer, model: Denoiser, machine: Machine
) -> Loss:
    """The squared error of the predicted velocity."""
    device = machine.device
    scenes, tokens = pool.pictures(machine.work, device), pool.tokens(machine.work, device)
    means, deviations = _latents(autoencoder.to(device), scenes)
    kept = noise_schedule().alphas_cumprod.to(device)[:, None, None, None]
    empty = tokenizer("", padding="max_length", return_tensors="pt").input_ids[0].to(device)

    def loss() -> Tensor:
        chosen = scenes.numbers(BATCH)
        words = tokens[chosen, torch.randint(tokens.shape[1], (BATCH,), device=device)]
        dropped = torch.rand(BATCH, 1, device=device) < CAPTION_DROPOUT
        hidden = model.text(torch.where(dropped, empty, words)).last_hidden_state
        mean = means[chosen]
        clean = mean + deviations[chosen] * torch.randn_like(mean)
        noise, times = torch.randn_like(clean), torch.randint(1000, (BATCH,), device=device)
        signal, spread = kept[times].sqrt(), (1 - kept[times]).sqrt()
        predicted = model.unet(signal * clean + spread * noise, times, hidden).sample.float()
        return functional.mse_loss(predicted, signal * noise - spread * clean)

    return loss


@torch.no_grad()
def _latents(autoencoder: AutoencoderKL, scenes: pool.Pool) -> tuple[Tensor, Tensor]:
    """Scaled means and deviations of every render's latent, each of shape (renders, 4, 8, 8)."""
    parts = []
    for numbers in torch.split(torch.arange(len(scenes), device=scenes.pixels.device), 1024):
        with torch.autocast(scenes.pixels.device.type, torch.bfloat16):
            posterior = autoencoder.encode(scenes.images(numbers)).latent_dist
        parts.append(torch.stack([posterior.mean.float(), posterior.std.float()]))
    means, deviations = torch.cat(parts, dim=1) * autoencoder.config.scaling_factor
    return means, deviations


def _save(
    model: Denoiser, tokenizer: CLIPTokenizer, autoencoder: AutoencoderKL, target: Path
) -> Path:
    pipeline = StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=model.text,
        tokenizer=tokenizer,
        unet=model.unet,
        scheduler=DPMSolverMultistepScheduler.from_config(noise_schedule().config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(dtype=torch.float16).save_pretrained(target)
    model.float()
    autoencoder.float()
    return target
