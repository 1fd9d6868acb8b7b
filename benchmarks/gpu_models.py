"""Models of the published sizes with random weights, saved in the hub's layout.

Weights are made on the device that draws, so that 860 million take seconds. Random weights cost
what trained ones cost; what they draw is noise.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch


class Size(NamedTuple):
    """What distinguishes a published size from a tiny one of the same architecture."""

    widths: tuple[int, ...]
    layers: int
    context: int
    text_width: int
    text_layers: int
    vae_widths: tuple[int, ...]
    side: int
    groups: int = 32


SD15 = Size((320, 640, 1280, 1280), 2, 768, 768, 12, (128, 256, 512, 512), 512)
SDXL = Size((320, 640, 1280), 2, 2048, 768, 12, (128, 256, 512, 512), 1024)
TINY = Size((4, 8), 1, 8, 8, 2, (4, 8, 8, 8), 64, 2)
TINY_XL = Size((4, 8, 8), 1, 16, 8, 2, (4, 8, 8, 8), 64, 2)


def stable_diffusion(folder: Path, size: Size, device: str, dtype: torch.dtype) -> Path:
    """A StableDiffusionPipeline with PNDM, as runwayml/stable-diffusion-v1-5's index has it."""
    from diffusers import PNDMScheduler, StableDiffusionPipeline

    tokenizer = _tokenizer()
    pipeline = StableDiffusionPipeline(
        vae=_vae(size, 0.18215, False, device, dtype),
        text_encoder=made(lambda: _text(len(tokenizer), size.text_width, size), device, dtype),
        tokenizer=tokenizer,
        unet=unet(size, device, dtype),
        scheduler=PNDMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            skip_prk_steps=True,
            steps_offset=1,
            set_alpha_to_one=False,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, folder)


def unet(size: Size, device: str, dtype: torch.dtype) -> Any:
    """Stable Diffusion 1's UNet, on the device and not saved."""
    from diffusers import UNet2DConditionModel

    levels = len(size.widths)
    return made(
        lambda: UNet2DConditionModel(
            sample_size=size.side // 8,
            down_block_types=(*("CrossAttnDownBlock2D",) * (levels - 1), "DownBlock2D"),
            up_block_types=("UpBlock2D", *("CrossAttnUpBlock2D",) * (levels - 1)),
            block_out_channels=size.widths,
            layers_per_block=size.layers,
            cross_attention_dim=size.context,
            attention_head_dim=8 if size.groups == 32 else 2,
            norm_num_groups=size.groups,
        ),
        device,
        dtype,
    )


def stable_diffusion_xl(folder: Path, size: Size, device: str, dtype: torch.dtype) -> Path:
    """A StableDiffusionXLPipeline with Euler, as stabilityai/stable-diffusion-xl-base-1.0's."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    is_tiny = size.groups != 32
    tokenizer = _tokenizer()
    second = size.context - size.text_width
    down = ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D")
    up = ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D")
    unet = made(
        lambda: UNet2DConditionModel(
            sample_size=size.side // 8,
            block_out_channels=size.widths,
            layers_per_block=size.layers,
            down_block_types=down,
            up_block_types=up,
            transformer_layers_per_block=1 if is_tiny else (1, 2, 10),
            cross_attention_dim=size.context,
            attention_head_dim=2 if is_tiny else (5, 10, 20),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8 if is_tiny else 256,
            projection_class_embeddings_input_dim=second + 6 * (8 if is_tiny else 256),
            norm_num_groups=size.groups,
        ),
        device,
        dtype,
    )
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(size, 0.13025, True, device, dtype),
        text_encoder=made(lambda: _text(len(tokenizer), size.text_width, size), device, dtype),
        text_encoder_2=made(
            lambda: _text(len(tokenizer), second, size, projected=True), device, dtype
        ),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=unet,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            timestep_spacing="leading",
            steps_offset=1,
        ),
        add_watermarker=False,
    )
    return _saved(pipeline, folder)


def flux_transformer(device: str, dtype: torch.dtype, *, tiny: bool) -> Any:
    """FLUX.1's transformer, 12 billion parameters (its defaults), on the device and not saved."""
    from diffusers import FluxTransformer2DModel

    small = dict(num_layers=1, num_single_layers=1, num_attention_heads=2, attention_head_dim=16)
    small |= dict(joint_attention_dim=16, pooled_projection_dim=8, axes_dims_rope=(4, 4, 8))
    return made(
        lambda: FluxTransformer2DModel(guidance_embeds=True, **(small if tiny else {})),
        device,
        dtype,
    )


def judges(*, tiny: bool) -> dict[str, Callable[[], Any]]:
    """Vision towers of the judges' published sizes: what reads a picture, without its texts."""
    from transformers import (
        BlipVisionConfig,
        BlipVisionModel,
        CLIPVisionConfig,
        CLIPVisionModel,
        Owlv2VisionConfig,
        Owlv2VisionModel,
    )

    small = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2)
    small |= dict(image_size=32, patch_size=8)
    large = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24)
    large |= dict(num_attention_heads=16, image_size=224, patch_size=14)
    base = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12)
    owl = base | dict(num_attention_heads=12, image_size=960, patch_size=16)
    blip = base | dict(num_attention_heads=12, image_size=384, patch_size=16)
    if tiny:
        large = owl = blip = small
    return {
        "CLIP ViT-L/14, 224": lambda: CLIPVisionModel(CLIPVisionConfig(**large)),
        "OWLv2 base/16, 960": lambda: Owlv2VisionModel(Owlv2VisionConfig(**owl)),
        "BLIP base/16, 384": lambda: BlipVisionModel(BlipVisionConfig(**blip)),
    }


def made(build: Callable[[], Any], device: str, dtype: torch.dtype) -> Any:
    """A module with its weights drawn on the device, in evaluation mode."""
    before = torch.get_default_dtype()
    torch.manual_seed(0)
    try:
        torch.set_default_dtype(dtype)
        with torch.device(device):
            return build().eval()
    finally:
        torch.set_default_dtype(before)


def _vae(size: Size, scaling: float, upcast: bool, device: str, dtype: torch.dtype) -> Any:
    from diffusers import AutoencoderKL

    return made(
        lambda: AutoencoderKL(
            block_out_channels=size.vae_widths,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=size.layers,
            latent_channels=4,
            norm_num_groups=size.groups,
            sample_size=size.side,
            scaling_factor=scaling,
            force_upcast=upcast,
        ),
        device,
        dtype,
    )


def _text(words: int, width: int, size: Size, *, projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    is_tiny = size.groups != 32
    config = CLIPTextConfig(
        vocab_size=words if is_tiny else 49408,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=32 if projected and not is_tiny else size.text_layers,
        num_attention_heads=2 if is_tiny else width // 64,
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        projection_dim=width,
    )
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def _tokenizer() -> Any:
    """A CLIP tokenizer of bytes: what is read does not matter to what drawing costs."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    vocab = {"<|startoftext|>": 0, "<|endoftext|>": 1}
    for letter in sorted(ByteLevel.alphabet()):
        vocab[letter] = len(vocab)
        vocab[letter + "</w>"] = len(vocab)
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=77)


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder
