"""Tiny pipelines whose pixels come by other ways than a VAE's, with random weights.

Builders as in `tiny_models.py`, whose parts are handed in as `tiny`.
"""

from pathlib import Path
from typing import Any

TINY = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}


def kandinsky(tiny: Any, folder: Path) -> Path:
    """Kandinsky 2.2 with its prior: `output_type="pt"` is -1..1 there."""
    import torch
    from diffusers import (
        DDIMScheduler,
        KandinskyV22CombinedPipeline,
        PriorTransformer,
        UnCLIPScheduler,
        UNet2DConditionModel,
        VQModel,
    )
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    tokenizer = tiny.clip_tokenizer()
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=8, embedding_dim=16, num_layers=1
    )
    prior.clip_std = torch.nn.Parameter(torch.ones_like(prior.clip_std))
    vision = CLIPVisionConfig(
        **TINY, image_size=28, patch_size=14, num_attention_heads=2, projection_dim=16
    )
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=8,
        addition_embed_type="image",
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        block_out_channels=(32, 64),
        layers_per_block=1,
        encoder_hid_dim=16,
        encoder_hid_dim_type="image_proj",
        cross_attention_dim=16,
        attention_head_dim=4,
        resnet_time_scale_shift="scale_shift",
    )
    movq = VQModel(
        block_out_channels=(32, 64),
        down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
        up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D"),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        norm_type="spatial",
        num_vq_embeddings=12,
        vq_embed_dim=4,
    )
    pipeline = KandinskyV22CombinedPipeline(
        unet=unet,
        scheduler=DDIMScheduler(clip_sample=False, steps_offset=1, set_alpha_to_one=False),
        movq=movq,
        prior_prior=prior,
        prior_image_encoder=CLIPVisionModelWithProjection(vision).eval(),
        prior_text_encoder=tiny.clip_text(tokenizer, width=16, projection=16),
        prior_tokenizer=tokenizer,
        prior_scheduler=UnCLIPScheduler(
            variance_type="fixed_small_log",
            prediction_type="sample",
            num_train_timesteps=100,
            clip_sample_range=10.0,
        ),
        prior_image_processor=CLIPImageProcessor(
            crop_size={"height": 28, "width": 28}, size={"shortest_edge": 28}
        ),
    )
    pipeline.save_pretrained(folder)
    return folder


def deepfloyd(tiny: Any, folder: Path) -> Path:
    """DeepFloyd IF's first stage, which denoises pixels, with its watermark."""
    import torch
    from diffusers import DDPMScheduler, IFPipeline, UNet2DConditionModel
    from diffusers.pipelines.deepfloyd_if import IFWatermarker

    torch.manual_seed(0)
    tokenizer = tiny.t5_tokenizer(77)
    unet = UNet2DConditionModel(
        sample_size=32,
        layers_per_block=1,
        block_out_channels=(32, 64),
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        in_channels=3,
        out_channels=6,
        cross_attention_dim=32,
        encoder_hid_dim=16,
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=2,
        cross_attention_norm="group_norm",
        resnet_time_scale_shift="scale_shift",
        act_fn="gelu",
    )
    scheduler = DDPMScheduler(
        beta_schedule="squaredcos_cap_v2",
        thresholding=True,
        dynamic_thresholding_ratio=0.95,
        sample_max_value=1.0,
        prediction_type="epsilon",
        variance_type="learned_range",
    )
    pipeline = IFPipeline(
        tokenizer=tokenizer,
        text_encoder=tiny.t5_encoder(tokenizer, width=16),
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        watermarker=IFWatermarker(),
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    return folder
