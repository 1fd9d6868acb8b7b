"""Tiny pipelines of classes that write as well as they draw: codes for a picture, or its caption.

`add(families)` puts their builders into the `BUILD` of `tiny_families.py`.
"""

from typing import Any


def add(families: Any) -> None:
    """Add a builder per class, named as the class is without "Pipeline"."""
    for name, build in {"GlmImage": glm_image, "UniDiffuser": unidiffuser}.items():
        families.BUILD[name] = lambda tiny, build=build: build(families, tiny)


def unidiffuser(families: Any, tiny: Any) -> Any:
    """The decoder of texts is used to draw as well: it narrows the prompt's embeddings."""
    import torch
    from diffusers.pipelines.deprecated.unidiffuser import UniDiffuserModel, UniDiffuserTextDecoder
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        CLIPVisionModelWithProjection,
        GPT2Tokenizer,
    )

    parts = families.sd_parts(tiny)
    tokenizer = parts["tokenizer"]
    decoder = UniDiffuserTextDecoder(
        prefix_length=77,
        prefix_inner_dim=8,
        prefix_hidden_dim=4,
        vocab_size=8,
        n_positions=128,
        n_embd=8,
        n_layer=1,
        n_head=2,
    ).eval()
    # Tied to the embeddings, it is not saved; it draws nothing.
    head = decoder.transformer.lm_head
    head.weight = torch.nn.Parameter(head.weight.detach().clone())
    eyes = CLIPVisionConfig(
        hidden_size=8,
        intermediate_size=16,
        projection_dim=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=16,
        patch_size=8,
    )
    return families.pipe(
        "UniDiffuser",
        vae=parts["vae"],
        text_encoder=parts["text_encoder"],
        image_encoder=CLIPVisionModelWithProjection(eyes).eval(),
        clip_image_processor=CLIPImageProcessor(size={"shortest_edge": 16}),
        clip_tokenizer=tokenizer,
        text_decoder=decoder,
        text_tokenizer=GPT2Tokenizer(vocab={"<|endoftext|>": 0, "a": 1}, merges=[]),
        unet=UniDiffuserModel(
            text_dim=4,
            clip_img_dim=8,
            num_attention_heads=2,
            attention_head_dim=8,
            in_channels=4,
            out_channels=4,
            num_layers=2,
            sample_size=16,
            patch_size=4,
            norm_type="layer_norm",
        ).eval(),
        scheduler=parts["scheduler"],
    )


def glm_image(families: Any, tiny: Any) -> Any:
    """Its prior writes codes for a picture and, always, for a preview of sixteen by sixteen.

    The mark that ends a text is none of the codes, so that all are written.
    """
    from diffusers import AutoencoderKL, GlmImageTransformer2DModel
    from transformers import (
        ByT5Tokenizer,
        GlmImageConfig,
        GlmImageForConditionalGeneration,
        GlmImageImageProcessor,
        GlmImageProcessor,
        T5Config,
        T5EncoderModel,
    )

    tokenizer = families.tokens(
        2048,
        bos_token="<|vision_start|>",
        model_specific_special_tokens={
            "image_token": "<|image_pad|>",
            "grid_bos_token": "<|sop|>",
            "grid_eos_token": "<|eop|>",
        },
    )
    number = tokenizer.convert_tokens_to_ids
    codes = 32
    prior = GlmImageConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "vision_vocab_size": codes,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [2, 1, 1],
            },
            "pad_token_id": number("<|endoftext|>"),
            "eos_token_id": number("<|im_end|>"),
        },
        vision_config={
            "depth": 1,
            "num_heads": 2,
            "hidden_size": 16,
            "intermediate_size": 16,
            "patch_size": 8,
            "image_size": 32,
        },
        vq_config={"embed_dim": 8, "num_embeddings": codes, "latent_channels": 16},
        image_token_id=number("<|image_pad|>"),
        image_start_token_id=number("<|vision_start|>"),
        image_end_token_id=number("<|vision_end|>"),
    )
    letters = ByT5Tokenizer(extra_ids=0)
    glyphs = T5Config(
        vocab_size=len(letters), d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2
    )
    vae = AutoencoderKL(
        block_out_channels=(4,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=32,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    return families.pipe(
        "GlmImage",
        tokenizer=letters,
        processor=GlmImageProcessor(
            image_processor=GlmImageImageProcessor(patch_size=8, merge_size=1),
            tokenizer=tokenizer,
            chat_template=families.CHAT,
        ),
        text_encoder=T5EncoderModel(glyphs).eval(),
        vision_language_encoder=GlmImageForConditionalGeneration(prior).eval(),
        vae=vae.eval(),
        transformer=GlmImageTransformer2DModel(
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=2,
            text_embed_dim=16,
            time_embed_dim=8,
            condition_dim=4,
            prior_vq_quantizer_codebook_size=codes,
        ),
        scheduler=families.flow(use_dynamic_shifting=True, base_shift=0.25, max_shift=0.75),
    )
