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


def floyd_checker(blocks: bool) -> dict[str, Any]:
    """DeepFloyd's own safety checker, set so that it blocks everything, or nothing."""
    import torch
    from diffusers.pipelines.deepfloyd_if import IFSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessor

    tiny = {**TINY, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={**tiny, "vocab_size": 8},
        vision_config={**tiny, "image_size": 16, "patch_size": 8, "projection_dim": 8},
        projection_dim=8,
    )
    checker = IFSafetyChecker(config)
    for head, high in ((checker.p_head, blocks), (checker.w_head, False)):
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.constant_(head.bias, 9.0 if high else -9.0)
    crop = {"height": 16, "width": 16}
    images = CLIPImageProcessor(size={"shortest_edge": 16}, crop_size=crop)
    return {"safety_checker": checker.eval(), "feature_extractor": images}


def deepfloyd(tiny: Any, folder: Path, blocks: bool | None = None) -> Path:
    """DeepFloyd IF's first stage, which denoises pixels, with its watermark.

    `blocks` adds its safety checker.
    """
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
        watermarker=IFWatermarker(),
        requires_safety_checker=False,
        **(
            {"safety_checker": None, "feature_extractor": None}
            if blocks is None
            else floyd_checker(blocks)
        ),
    )
    pipeline.save_pretrained(folder)
    return folder


def deepfloyd_second(tiny: Any, folder: Path) -> Path:
    """DeepFloyd IF's second stage: from 32 to 64 pixels here, without a text encoder."""
    import torch
    from diffusers import DDPMScheduler, IFSuperResolutionPipeline, UNet2DConditionModel

    torch.manual_seed(1)
    unet = UNet2DConditionModel(
        sample_size=64,
        layers_per_block=1,
        block_out_channels=(32, 64),
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        in_channels=6,
        out_channels=6,
        cross_attention_dim=32,
        encoder_hid_dim=16,
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=2,
        cross_attention_norm="group_norm",
        resnet_time_scale_shift="scale_shift",
        act_fn="gelu",
        class_embed_type="timestep",
        mid_block_scale_factor=1.414,
        time_embedding_act_fn="gelu",
        time_embedding_dim=32,
    )
    steps = {"beta_schedule": "squaredcos_cap_v2", "variance_type": "learned_range"}
    IFSuperResolutionPipeline(
        tokenizer=None,
        text_encoder=None,
        unet=unet,
        scheduler=DDPMScheduler(**steps),
        image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        safety_checker=None,
        feature_extractor=None,
        watermarker=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def upscaler(tiny: Any, folder: Path) -> Path:
    """Stable Diffusion's upscaler: here to twice the sides, as its decoder doubles them once."""
    import torch
    from diffusers import (
        DDIMScheduler,
        DDPMScheduler,
        StableDiffusionUpscalePipeline,
        UNet2DConditionModel,
    )

    torch.manual_seed(2)
    tokenizer = tiny.clip_tokenizer()
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=32,
        in_channels=7,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
        num_class_embeds=1000,
    )
    vae = tiny.vae(quant=True)
    vae.register_to_config(scaling_factor=0.08333)  # as the hub's own; diffusers asks for it
    StableDiffusionUpscalePipeline(
        vae=vae,
        text_encoder=tiny.clip_text(tokenizer),
        tokenizer=tokenizer,
        unet=unet,
        low_res_scheduler=DDPMScheduler(),
        scheduler=DDIMScheduler(prediction_type="v_prediction"),
        max_noise_level=350,
    ).save_pretrained(folder)
    return folder


def refiner(tiny: Any, folder: Path) -> Path:
    """SDXL's refiner: one text encoder, and a score for how good the picture is to look."""
    import torch
    from diffusers import (
        EulerDiscreteScheduler,
        StableDiffusionXLImg2ImgPipeline,
        UNet2DConditionModel,
    )

    torch.manual_seed(3)
    tokenizer = tiny.clip_tokenizer()
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=8 + 5 * 4,
    )
    StableDiffusionXLImg2ImgPipeline(
        vae=tiny.vae(quant=True),
        text_encoder=None,
        text_encoder_2=tiny.clip_text(tokenizer, projection=8),
        tokenizer=None,
        tokenizer_2=tokenizer,
        unet=unet,
        scheduler=EulerDiscreteScheduler(),
        requires_aesthetics_score=True,
        add_watermarker=False,
    ).save_pretrained(folder)
    return folder


def janus(folder: Path) -> Path:
    """A Janus of four picture tokens: 8 by 8 pixels."""
    import torch
    import transformers
    from tokenizers.pre_tokenizers import ByteLevel

    torch.manual_seed(4)
    named = {
        "image_token": "<image_placeholder>",
        "boi_token": "<begin_of_image>",
        "eoi_token": "<end_of_image>",
    }
    vocab = {letter: number for number, letter in enumerate(sorted(ByteLevel.alphabet()))}
    tokenizer = transformers.Qwen2Tokenizer(
        vocab=vocab,
        merges=[],
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        extra_special_tokens=named,
    )
    tokenizer.chat_template = (
        "{% for m in messages %}<bos>{% for part in m['content'] %}{{ part['text'] }}"
        "{% endfor %}{% endfor %}"
    )
    number = tokenizer.convert_tokens_to_ids
    text = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        **TINY,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        pad_token_id=number("<pad>"),
        bos_token_id=number("<bos>"),
        eos_token_id=number("<eos>"),
    )
    vision = transformers.JanusVisionConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=8,
        patch_size=4,
        projection_dim=16,
        num_image_tokens=4,
        depth=1,
    )
    pixels = transformers.JanusVQVAEConfig(
        embed_dim=4,
        num_embeddings=32,
        latent_channels=8,
        base_channels=32,
        channel_multiplier=[1, 1, 1],
        num_res_blocks=1,
        projection_dim=16,
        image_token_embed_dim=16,
        num_hidden_layers=1,
    )
    config = transformers.JanusConfig(
        text_config=text,
        vision_config=vision,
        vq_config=pixels,
        image_token_id=number("<image_placeholder>"),
    )
    network = transformers.JanusForConditionalGeneration(config)
    network.generation_config = transformers.GenerationConfig(
        bos_token_id=number("<bos>"),
        eos_token_id=number("<eos>"),
        pad_token_id=number("<pad>"),
        generation_kwargs={"boi_token_id": number("<begin_of_image>")},
        temperature=1.0,
    )
    network.save_pretrained(folder)
    transformers.JanusProcessor(
        image_processor=transformers.JanusImageProcessor(
            size={"height": 8, "width": 8}, image_mean=[0.5] * 3, image_std=[0.5] * 3
        ),
        tokenizer=tokenizer,
        chat_template=tokenizer.chat_template,
        num_image_tokens=4,
    ).save_pretrained(folder)
    return folder
