"""Tiny pipelines with random weights, saved in the hub's layout and loaded by the real code.

Each builder takes a folder to write to and returns it. Seeds are fixed; sizes are the smallest
that the architectures take, so that a build takes about a second on one core.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = ["a", "photo", "of", "the", "red", "blue", "circle", "square", "dog", "cat", "two"]
WORDS += ["three", "no", "with", "left", "right", "and", "on"]


def clip_tokenizer(max_length: int = 77, whole: Sequence[str] = WORDS) -> Any:
    """A CLIP tokenizer of bytes and a few whole words: a known word is one token."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    vocab = {"<|startoftext|>": 0, "<|endoftext|>": 1}
    for letter in sorted(ByteLevel.alphabet()):
        vocab[letter] = len(vocab)
        vocab[letter + "</w>"] = len(vocab)
    merges = []
    for word in whole:
        for end in range(2, len(word) + 1):
            last = "</w>" if end == len(word) else ""
            piece = word[:end] + last
            if piece not in vocab:
                vocab[piece] = len(vocab)
                merges.append((word[: end - 1], word[end - 1] + last))
    return CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=max_length)


def t5_tokenizer(max_length: int = 512) -> Any:
    """A T5 tokenizer of letters and a few whole words: a known word is one token."""
    from transformers import T5Tokenizer

    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -9.0)]
    vocab += [(chr(code), -9.0) for code in range(33, 127)]
    vocab += [("▁" + word, -1.0) for word in WORDS]
    return T5Tokenizer(vocab=vocab, extra_ids=0, model_max_length=max_length)


def clip_text(tokenizer: Any, width: int = 8, projection: int | None = None) -> Any:
    """A one-layer CLIP text encoder; with a projection, the class that has one."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        projection_dim=projection or width,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def t5_encoder(tokenizer: Any, width: int = 8) -> Any:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=width,
        d_kv=4,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        feed_forward_proj="gated-gelu",
    )
    return T5EncoderModel(config).eval()


def vae(latents: int = 4, quant: bool = False) -> Any:
    """An autoencoder that halves the sides once: 32x32 pixels from 16x16 latents.

    With `quant` it has the two convolutions that SD's and SDXL's own have.
    """
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(4, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=latents,
        layers_per_block=1,
        norm_num_groups=2,
        sample_size=32,
        shift_factor=0.0,
        use_quant_conv=quant,
        use_post_quant_conv=quant,
    )


def safety_checker(blocks: bool) -> Any:
    """A real safety checker: its thresholds are set so that it blocks everything, or nothing."""
    import torch
    from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
    from transformers import CLIPConfig

    tiny = dict(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2)
    config = CLIPConfig(
        text_config=dict(tiny, vocab_size=8),
        vision_config=dict(tiny, image_size=16, patch_size=8),
        projection_dim=8,
    )
    checker = StableDiffusionSafetyChecker(config)
    torch.nn.init.constant_(checker.concept_embeds_weights, -2.0 if blocks else 2.0)
    torch.nn.init.constant_(checker.special_care_embeds_weights, 2.0)
    return checker.eval()


def stable_diffusion(folder: Path, *, checker: bool | None = None) -> Path:
    """A StableDiffusionPipeline; `checker` adds a safety checker that blocks all, or nothing."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPImageProcessor

    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
    )
    scheduler = DDIMScheduler(clip_sample=False, steps_offset=1, set_alpha_to_one=False)
    pictures = CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    pipeline = StableDiffusionPipeline(
        vae=vae(),
        text_encoder=clip_text(tokenizer),
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None if checker is None else safety_checker(checker),
        feature_extractor=None if checker is None else pictures,
        requires_safety_checker=False,
    )
    return _save(pipeline, folder)


def stable_diffusion_xl(folder: Path) -> Path:
    import torch
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=2,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=8 + 6 * 4,
    )
    pipeline = StableDiffusionXLPipeline(
        vae=vae(quant=True),
        text_encoder=clip_text(tokenizer),
        text_encoder_2=clip_text(tokenizer, projection=8),
        tokenizer=tokenizer,
        tokenizer_2=clip_tokenizer(),
        unet=unet,
        scheduler=EulerDiscreteScheduler(),
        add_watermarker=False,
    )
    return _save(pipeline, folder)


def stable_diffusion_3(folder: Path) -> Path:
    import torch
    from diffusers import (
        FlowMatchEulerDiscreteScheduler,
        SD3Transformer2DModel,
        StableDiffusion3Pipeline,
    )

    torch.manual_seed(0)
    tokenizer, sentences = clip_tokenizer(), t5_tokenizer()
    transformer = SD3Transformer2DModel(
        sample_size=16,
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=4,
        num_attention_heads=2,
        joint_attention_dim=16,
        caption_projection_dim=8,
        pooled_projection_dim=16,
        pos_embed_max_size=32,
    )
    pipeline = StableDiffusion3Pipeline(
        vae=vae(),
        text_encoder=clip_text(tokenizer, projection=8),
        tokenizer=tokenizer,
        text_encoder_2=clip_text(tokenizer, projection=8),
        tokenizer_2=clip_tokenizer(),
        text_encoder_3=t5_encoder(sentences, width=16),
        tokenizer_3=sentences,
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    return _save(pipeline, folder)


def flux(folder: Path) -> Path:
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    torch.manual_seed(0)
    tokenizer, sentences = clip_tokenizer(), t5_tokenizer()
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        pooled_projection_dim=8,
        axes_dims_rope=(4, 4, 8),
    )
    pipeline = FluxPipeline(
        vae=vae(),
        text_encoder=clip_text(tokenizer),
        tokenizer=tokenizer,
        text_encoder_2=t5_encoder(sentences, width=16),
        tokenizer_2=sentences,
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    return _save(pipeline, folder)


def break_vae(source: Path, folder: Path, value: float) -> Path:
    """A copy of a pipeline whose decoder adds `value` (NaN, Inf) to every pixel."""
    import shutil

    import torch
    from safetensors.torch import load_file, save_file

    shutil.copytree(source, folder)
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    weights["decoder.conv_out.bias"] = torch.full((3,), value)
    save_file(weights, path, metadata={"format": "pt"})
    return folder


def _save(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def mask2former(folder: Path, classes: Sequence[str] = ("circle", "square", "person")) -> Path:
    """A Mask2Former on a Swin, as the default checkpoint of `geneval`, with its processor."""
    import torch
    from transformers import (
        Mask2FormerConfig,
        Mask2FormerForUniversalSegmentation,
        Mask2FormerImageProcessor,
        SwinConfig,
    )

    torch.manual_seed(0)
    labels = dict(enumerate(classes))
    config = Mask2FormerConfig(
        backbone_config=_swin(SwinConfig, out_features=[f"stage{n}" for n in range(1, 5)]),
        feature_size=32,
        mask_feature_size=32,
        hidden_dim=32,
        encoder_feedforward_dim=16,
        encoder_layers=1,
        decoder_layers=2,
        num_attention_heads=2,
        dim_feedforward=16,
        num_queries=12,
        id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )
    Mask2FormerForUniversalSegmentation(config).save_pretrained(folder)
    Mask2FormerImageProcessor(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder


def grounding_dino(folder: Path) -> Path:
    """A Grounding DINO on a Swin and a BERT, with its processor."""
    import torch
    from transformers import (
        BertConfig,
        BertTokenizer,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        SwinConfig,
    )

    torch.manual_seed(0)
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] . ? a cat dog teddy bear circle square star ##s nurse"
    vocabulary = {word: number for number, word in enumerate(words.split())}
    small = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = GroundingDinoConfig(
        backbone_config=_swin(SwinConfig, out_indices=[2, 3, 4]),
        text_config=BertConfig(vocab_size=len(vocabulary), intermediate_size=16, **small),
        d_model=32,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_queries=8,
        max_text_len=32,
    )
    GroundingDinoForObjectDetection(config).save_pretrained(folder)
    GroundingDinoProcessor(
        image_processor=GroundingDinoImageProcessor(
            size={"shortest_edge": 96, "longest_edge": 128}
        ),
        tokenizer=BertTokenizer(vocab=vocabulary),
    ).save_pretrained(folder)
    return folder


def _swin(config: Any, **more: Any) -> Any:
    return config(
        image_size=32,
        patch_size=4,
        embed_dim=8,
        depths=[1] * 4,
        num_heads=[1, 1, 2, 2],
        window_size=4,
        **more,
    )
