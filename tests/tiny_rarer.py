"""Tiny pipelines of classes that few use, made of the parts of `tiny_families.py`.

`add(families)` puts their builders into its `BUILD`.
"""

from typing import Any


def add(families: Any) -> None:
    """Add a builder per class, named as the class is without "Pipeline"."""
    for name, build in BUILD.items():
        families.BUILD[name] = lambda tiny, build=build: build(families, tiny)


def qwen_image_21(families: Any, tiny: Any) -> Any:
    """The autoencoder shrinks sides sixteen times, as the pipeline takes for granted."""
    from diffusers import AutoencoderKLQwenImage21, QwenImage21Transformer2DModel

    return families.pipe(
        "QwenImage21",
        transformer=QwenImage21Transformer2DModel(
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            context_in_dim=16,
            axes_dims_rope=(8, 4, 4),
        ),
        vae=AutoencoderKLQwenImage21(
            base_dim=4,
            decoder_base_dim=4,
            z_dim=4,
            dim_mult=[1, 1, 1, 1, 1],
            num_res_blocks=1,
            latents_mean=[0.0] * 4,
            latents_std=[1.0] * 4,
        ).eval(),
        scheduler=families.flow(use_dynamic_shifting=True),
        text_encoder=families.qwen_vl("Qwen3VL"),
        processor=families.qwen_processor("Qwen3VL"),
    )


def z_image_omni(families: Any, tiny: Any) -> Any:
    import torch
    from diffusers import ZImageTransformer2DModel
    from transformers import Siglip2ImageProcessor, Siglip2VisionConfig, Siglip2VisionModel

    network = ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=4,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=16,
        siglip_feat_dim=16,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 32, 32],
    )
    with torch.no_grad():  # made empty, that is, of whatever was in memory
        for token in (network.x_pad_token, network.cap_pad_token, network.siglip_pad_token):
            token.fill_(1.0)
    eyes = Siglip2VisionConfig(
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        patch_size=8,
        num_patches=16,
    )
    return families.pipe(
        "ZImageOmni",
        transformer=network,
        vae=tiny.vae(),
        scheduler=families.flow(),
        tokenizer=families.tokens(),
        text_encoder=families.language("Qwen3Model", "Qwen3Config"),
        siglip=Siglip2VisionModel(eyes).eval(),
        siglip_processor=Siglip2ImageProcessor(patch_size=8, max_num_patches=16),
    )


def ideogram_4(families: Any, tiny: Any) -> Any:
    """The encoder has the 36 layers that the pipeline taps, of a width of 16."""
    from diffusers import AutoencoderKLFlux2, Ideogram4Transformer2DModel

    def network() -> Any:
        return Ideogram4Transformer2DModel(
            in_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            intermediate_size=16,
            adaln_dim=8,
            llm_features_dim=13 * 16,
            mrope_section=(4, 2, 2),
        )

    return families.pipe(
        "Ideogram4",
        transformer=network(),
        unconditional_transformer=network(),
        vae=AutoencoderKLFlux2(
            block_out_channels=(4,),
            down_block_types=("DownEncoderBlock2D",),
            up_block_types=("UpDecoderBlock2D",),
            layers_per_block=1,
            latent_channels=1,
            norm_num_groups=1,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        scheduler=families.flow(),
        tokenizer=families.tokens(),
        text_encoder=families.qwen_vl("Qwen3VL", "Model", layers=36),
    )


def vq_diffusion(families: Any, tiny: Any) -> Any:
    from diffusers import Transformer2DModel, VQDiffusionScheduler, VQModel
    from diffusers.pipelines.deprecated.vq_diffusion.pipeline_vq_diffusion import (
        LearnedClassifierFreeSamplingEmbeddings,
    )

    tokenizer = tiny.clip_tokenizer()
    codes = 12
    return families.pipe(
        "VQDiffusion",
        vqvae=VQModel(
            block_out_channels=(4, 4),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=3,
            vq_embed_dim=3,
            num_vq_embeddings=codes,
            norm_num_groups=2,
        ).eval(),
        text_encoder=tiny.clip_text(tokenizer),
        tokenizer=tokenizer,
        transformer=Transformer2DModel(
            num_attention_heads=1,
            attention_head_dim=12,
            cross_attention_dim=8,
            num_vector_embeds=codes + 1,
            sample_size=16,
            num_embeds_ada_norm=12,
            norm_type="ada_norm",
            activation_fn="geglu-approximate",
            attention_bias=True,
        ),
        scheduler=VQDiffusionScheduler(num_vec_classes=codes + 1, num_train_timesteps=12),
        learned_classifier_free_sampling_embeddings=LearnedClassifierFreeSamplingEmbeddings(
            learnable=True, hidden_size=8, length=tokenizer.model_max_length
        ),
    )


def versatile_diffusion(families: Any, tiny: Any) -> Any:
    """As its authors have it saved: the text's blocks moved into the network for pictures."""
    from diffusers.pipelines.deprecated.versatile_diffusion.modeling_text_unet import (
        UNetFlatConditionModel,
    )

    parts = families.sd_parts(tiny)
    flat = UNetFlatConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlockFlat", "CrossAttnDownBlockFlat"),
        up_block_types=("CrossAttnUpBlockFlat", "UpBlockFlat"),
        mid_block_type="UNetMidBlockFlatCrossAttn",
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
    )
    tokenizer = parts["tokenizer"]
    pipeline = families.pipe(
        "VersatileDiffusionTextToImage",
        tokenizer=tokenizer,
        text_encoder=tiny.clip_text(tokenizer, projection=8),
        image_unet=parts["unet"],
        text_unet=flat,
        vae=parts["vae"],
        scheduler=parts["scheduler"],
    )
    pipeline.remove_unused_weights()
    return pipeline


def alt_diffusion(families: Any, tiny: Any) -> Any:
    from diffusers.pipelines.deprecated.alt_diffusion.modeling_roberta_series import (
        RobertaSeriesConfig,
        RobertaSeriesModelWithTransformation,
    )
    from transformers import XLMRobertaTokenizer

    letters = [chr(n) for n in range(32, 127)]
    vocab = [(mark, 0.0) for mark in ("<s>", "<pad>", "</s>", "<unk>")]
    vocab += [(letter, -1.0) for letter in ["\u2581", *letters[1:]]]
    tokenizer = XLMRobertaTokenizer(vocab=vocab, model_max_length=77)
    config = RobertaSeriesConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=100,
        project_dim=8,
    )
    encoder = RobertaSeriesModelWithTransformation(config).eval()
    parts = families.sd_parts(tiny)
    return families.pipe(
        "AltDiffusion", **{**parts, "text_encoder": encoder, "tokenizer": tokenizer}
    )


def dreamlite(name: str) -> Any:
    def build(families: Any, tiny: Any) -> Any:
        from diffusers import AutoencoderTiny, DreamLiteUNetModel

        network = DreamLiteUNetModel(
            sample_size=16,
            in_channels=4,
            out_channels=4,
            down_block_types=(
                "DreamLiteCrossAttnNoSelfAttnDownBlock2D",
                "DreamLiteCrossAttnDownBlock2D",
            ),
            up_block_types=(
                "DreamLiteCrossAttnUpBlock2D",
                "DreamLiteCrossAttnNoSelfAttnUpBlock2D",
            ),
            block_out_channels=(8, 16),
            layers_per_block=1,
            cross_attention_dim=16,
            attention_head_dim=8,
            norm_num_groups=2,
            ff_mult=2,
            addition_embed_type="time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=8,
        )
        return families.pipe(
            name,
            text_encoder=families.qwen_vl("Qwen3VL"),
            tokenizer=families.tokens(1024),
            processor=families.qwen_processor("Qwen3VL"),
            vae=AutoencoderTiny(
                encoder_block_out_channels=(4, 4),
                decoder_block_out_channels=(4, 4),
                num_encoder_blocks=(1, 1),
                num_decoder_blocks=(1, 1),
                latent_channels=4,
            ).eval(),
            unet=network,
            scheduler=families.flow(),
        )

    return build


BUILD = {
    "AltDiffusion": alt_diffusion,
    "DreamLite": dreamlite("DreamLite"),
    "DreamLiteMobile": dreamlite("DreamLiteMobile"),
    "Ideogram4": ideogram_4,
    "QwenImage21": qwen_image_21,
    "VQDiffusion": vq_diffusion,
    "VersatileDiffusionTextToImage": versatile_diffusion,
    "ZImageOmni": z_image_omni,
}
