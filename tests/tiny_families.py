"""A tiny random pipeline of each text-to-image class of diffusers, in as few lines as it takes.

`BUILD` has a builder per class, named as the class is without "Pipeline". A builder is handed the
module `tiny_models`, whose text encoders and autoencoder are shared, and gives the pipeline itself.
Sizes are the smallest that the architectures take.
"""

from collections.abc import Callable
from typing import Any

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% if m['content'] is string %}"
    "{{ m['content'] }}{% else %}{% for part in m['content'] %}{{ part['text'] }}{% endfor %}"
    "{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% endif %}"
)
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"]
MARKS += ["<|image_pad|>", "<|video_pad|>"]
BUILD: dict[str, Callable[[Any], Any]] = {}
SIZE = {"PRXPixel": 16, "Kandinsky3": 64, "StableCascadeCombined": 40, "WuerstchenCombined": 40}
"""Sides in pixels where 32 would not do."""


SMALLER: dict[str, dict[str, Any]] = {
    "GlmImage": {"processor._get_target_shape": lambda height, width: (1, 1, 2, 2)},
    "HiDreamImage": {"default_sample_size": 16},
    "Kandinsky5T2I": {"resolutions": [(32, 32)]},
}
"""What pipelines fix for themselves, and are told otherwise in tests.

A megapixel; for GLM-Image, that a preview of 256 codes is written before each picture.
"""

NOT_BUILT = {
    "BriaFibo": "takes prompts in JSON alone",
    "BriaFibo2": "takes prompts in JSON alone",
    "Cosmos2TextToImage": "will not be made without the package cosmos_guardrail",
    "Kolors": "not in diffusers without the package sentencepiece",
    "PRX": "transformers 5 does not load a T5Gemma encoder that it saved",
}
"""Text-to-image classes that are in diffusers and not here, and why."""


def builds(*names: str) -> Callable[[Any], Any]:
    def keep(build: Any) -> Any:
        import functools

        for name in names:
            # One builder for several classes is told which one.
            BUILD[name] = build if len(names) == 1 else functools.partial(build, name=name)
        return build

    return keep


def stirred(pipeline: Any) -> Any:
    """With random weights also where an architecture begins with zeros, which hide its inputs."""
    import torch

    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            for weights in part.parameters():
                if not weights.detach().any():
                    torch.nn.init.normal_(weights, std=0.2)
    return pipeline


def pipe(name: str, **parts: Any) -> Any:
    """The pipeline of these parts; those that are not named are None, where they need to be."""
    import inspect

    import diffusers

    kind = getattr(diffusers, f"{name}Pipeline")
    takes = inspect.signature(kind.__init__).parameters
    needed = [p.name for p in [*takes.values()][1:] if p.default is p.empty]
    return kind(**{**dict.fromkeys(needed), **parts})


def flow(**more: Any) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(**more)


# Text encoders


def tokens(length: int = 512, opened: bool = False, **more: Any) -> Any:
    """A byte-level tokenizer with a chat template, in place of Qwen's, Gemma's, Llama's, GLM's.

    `opened`, it begins every text with a mark, as all but Qwen's do.
    """
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.processors import TemplateProcessing
    from transformers import Qwen2Tokenizer

    vocab = {letter: number for number, letter in enumerate(sorted(ByteLevel.alphabet()))}
    tokenizer = Qwen2Tokenizer(
        vocab=vocab,
        merges=[],
        additional_special_tokens=MARKS[1:],
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        model_max_length=length,
        **more,
    )
    tokenizer.chat_template = CHAT
    if opened:
        tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
            single="<|endoftext|> $A",
            special_tokens=[("<|endoftext|>", tokenizer.convert_tokens_to_ids("<|endoftext|>"))],
        )
    return tokenizer


def language(kind: str, config: str, **more: Any) -> Any:
    """A language model of transformers with two layers of width 16."""
    import transformers

    sizes = {
        "vocab_size": len(tokens()),
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 4096,
        "pad_token_id": 256,
        "bos_token_id": 257,
        "eos_token_id": 258,
    }
    settings = getattr(transformers, config)(**{**sizes, **more})
    return getattr(transformers, kind)(settings).eval()


def qwen_vl(generation: str, kind: str = "ForConditionalGeneration", layers: int = 2) -> Any:
    import transformers

    tokenizer = tokens()
    number = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": layers,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 4096,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [2, 1, 1],
        },
        "pad_token_id": number("<|endoftext|>"),
    }
    vision: dict[str, Any] = {"depth": 1, "num_heads": 2, "patch_size": 8, "hidden_size": 16}
    vision |= {"out_hidden_size": 16, "intermediate_size": 16}
    if generation == "Qwen3VL":
        vision |= {"deepstack_visual_indexes": [0], "num_position_embeddings": 64}
    config = getattr(transformers, f"{generation}Config")(
        text_config=text,
        vision_config=vision,
        image_token_id=number("<|image_pad|>"),
        video_token_id=number("<|video_pad|>"),
        vision_start_token_id=number("<|vision_start|>"),
        vision_end_token_id=number("<|vision_end|>"),
    )
    return getattr(transformers, f"{generation}{kind}")(config).eval()


def qwen_processor(generation: str) -> Any:
    import transformers

    video = "Qwen3VLVideoProcessor" if generation == "Qwen3VL" else "Qwen2VLVideoProcessor"
    return getattr(transformers, f"{generation}Processor")(
        image_processor=transformers.Qwen2VLImageProcessor(patch_size=8, merge_size=2),
        tokenizer=tokens(2048),
        video_processor=getattr(transformers, video)(patch_size=8, merge_size=2),
        chat_template=CHAT,
    )


def t5(tiny: Any, width: int = 16, length: int = 512) -> dict[str, Any]:
    tokenizer = tiny.t5_tokenizer(length)
    return {"tokenizer": tokenizer, "text_encoder": tiny.t5_encoder(tokenizer, width=width)}


# Autoencoders


def small_vae(latents: int = 4, **more: Any) -> Any:
    """One block, no halving: a latent a pixel."""
    from diffusers import AutoencoderKL

    settings = {"shift_factor": 0.0, "use_quant_conv": False, "use_post_quant_conv": False}
    return AutoencoderKL(
        block_out_channels=(4,),
        layers_per_block=1,
        latent_channels=latents,
        norm_num_groups=1,
        sample_size=32,
        **{**settings, **more},
    ).eval()


def vae8(latents: int = 4) -> Any:
    """Halves the sides three times, for pipelines that take that for granted."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(4,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=latents,
        norm_num_groups=2,
        shift_factor=0.0,
        sample_size=32,
    ).eval()


def qwen_vae() -> Any:
    from diffusers import AutoencoderKLQwenImage

    return AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 2, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    ).eval()


# Stable Diffusion and what is made of it


def sd_parts(tiny: Any, **unet: Any) -> dict[str, Any]:
    from diffusers import DDIMScheduler, UNet2DConditionModel

    tokenizer = tiny.clip_tokenizer()
    network = UNet2DConditionModel(
        block_out_channels=(4, 8),
        layers_per_block=1,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        attention_head_dim=2,
        norm_num_groups=2,
        **unet,
    )
    return {
        "vae": tiny.vae(),
        "text_encoder": tiny.clip_text(tokenizer),
        "tokenizer": tokenizer,
        "unet": network,
        "scheduler": DDIMScheduler(clip_sample=False, steps_offset=1, set_alpha_to_one=False),
        "requires_safety_checker": False,
    }


@builds("StableDiffusion", "StableDiffusionSAG", "StableDiffusionPAG", "StableDiffusionPanorama")
def stable_diffusion(tiny: Any, name: str) -> Any:
    return pipe(name, **sd_parts(tiny))


@builds("SemanticStableDiffusion")
def semantic(tiny: Any) -> Any:
    return pipe("SemanticStableDiffusion", **sd_parts(tiny))


@builds("LatentConsistencyModel")
def latent_consistency(tiny: Any) -> Any:
    from diffusers import LCMScheduler

    parts = sd_parts(tiny, time_cond_proj_dim=8)
    return pipe("LatentConsistencyModel", **{**parts, "scheduler": LCMScheduler()})


@builds("LDMTextToImage")
def latent_diffusion(tiny: Any) -> Any:
    parts = sd_parts(tiny)
    return pipe(
        "LDMTextToImage",
        vqvae=vae8(),
        bert=parts["text_encoder"],
        **{name: parts[name] for name in ("tokenizer", "unet", "scheduler")},
    )


@builds("StableDiffusionXL", "StableDiffusionXLPAG")
def sdxl(tiny: Any, name: str) -> Any:
    from diffusers import EulerDiscreteScheduler, UNet2DConditionModel

    tokenizer = tiny.clip_tokenizer()
    network = UNet2DConditionModel(
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
    return pipe(
        name,
        vae=tiny.vae(quant=True),
        text_encoder=tiny.clip_text(tokenizer),
        text_encoder_2=tiny.clip_text(tokenizer, projection=8),
        tokenizer=tokenizer,
        tokenizer_2=tiny.clip_tokenizer(),
        unet=network,
        scheduler=EulerDiscreteScheduler(),
        add_watermarker=False,
    )


@builds("StableDiffusion3", "StableDiffusion3PAG")
def sd3(tiny: Any, name: str) -> Any:
    from diffusers import SD3Transformer2DModel

    tokenizer, sentences = tiny.clip_tokenizer(), t5(tiny)
    return pipe(
        name,
        vae=tiny.vae(),
        text_encoder=tiny.clip_text(tokenizer, projection=8),
        tokenizer=tokenizer,
        text_encoder_2=tiny.clip_text(tokenizer, projection=8),
        tokenizer_2=tiny.clip_tokenizer(),
        text_encoder_3=sentences["text_encoder"],
        tokenizer_3=sentences["tokenizer"],
        transformer=SD3Transformer2DModel(
            sample_size=16,
            patch_size=1,
            num_layers=2,
            in_channels=4,
            out_channels=4,
            attention_head_dim=4,
            num_attention_heads=2,
            joint_attention_dim=16,
            caption_projection_dim=8,
            pooled_projection_dim=16,
            pos_embed_max_size=32,
        ),
        scheduler=flow(),
    )


# Flux and its kin


@builds("Flux", "FluxKontext")
def flux(tiny: Any, name: str) -> Any:
    from diffusers import FluxTransformer2DModel

    tokenizer, sentences = tiny.clip_tokenizer(), t5(tiny)
    return pipe(
        name,
        vae=tiny.vae(),
        text_encoder=tiny.clip_text(tokenizer),
        tokenizer=tokenizer,
        text_encoder_2=sentences["text_encoder"],
        tokenizer_2=sentences["tokenizer"],
        transformer=FluxTransformer2DModel(
            patch_size=1,
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            pooled_projection_dim=8,
            axes_dims_rope=(4, 4, 8),
            guidance_embeds=True,
        ),
        scheduler=flow(),
    )


def flux2_parts(guidance: bool) -> dict[str, Any]:
    from diffusers import AutoencoderKLFlux2, Flux2Transformer2DModel

    return {
        "transformer": Flux2Transformer2DModel(
            patch_size=1,
            in_channels=4,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=48,
            axes_dims_rope=[4, 4, 4, 4],
            guidance_embeds=guidance,
        ),
        "vae": AutoencoderKLFlux2(
            block_out_channels=(4,),
            down_block_types=("DownEncoderBlock2D",),
            up_block_types=("UpDecoderBlock2D",),
            layers_per_block=1,
            latent_channels=1,
            norm_num_groups=1,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        "scheduler": flow(),
        "tokenizer": tokens(),
    }


@builds("Flux2")
def flux2(tiny: Any) -> Any:
    """The encoder has as many layers as the pipeline reads: thirty, of a width of 16."""
    from transformers import Mistral3Config, Mistral3ForConditionalGeneration

    small = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    config = Mistral3Config(
        text_config={
            "model_type": "mistral",
            "vocab_size": len(tokens()),
            "num_hidden_layers": 30,
            "num_key_value_heads": 2,
            "head_dim": 8,
            **small,
        },
        vision_config={
            "model_type": "pixtral",
            "num_hidden_layers": 1,
            "image_size": 16,
            "patch_size": 8,
            **small,
        },
        image_token_index=1,
    )
    encoder = Mistral3ForConditionalGeneration(config).eval()
    return pipe("Flux2", text_encoder=encoder, **flux2_parts(True))


@builds("Flux2Klein", "Flux2KleinKV")
def klein(tiny: Any, name: str) -> Any:
    encoder = language("Qwen3ForCausalLM", "Qwen3Config", num_hidden_layers=27)
    more = {"is_distilled": True} if name == "Flux2KleinKV" else {}
    return pipe(name, text_encoder=encoder, **flux2_parts(False), **more)


@builds("Chroma")
def chroma(tiny: Any) -> Any:
    from diffusers import ChromaTransformer2DModel

    network = ChromaTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=[4, 4, 8],
        approximator_hidden_dim=32,
        approximator_layers=1,
        approximator_num_channels=16,
    )
    return pipe("Chroma", transformer=network, vae=small_vae(1), scheduler=flow(), **t5(tiny))


@builds("Bria")
def bria(tiny: Any) -> Any:
    from diffusers import BriaTransformer2DModel

    network = BriaTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        joint_attention_dim=16,
        pooled_projection_dim=None,
        axes_dims_rope=[0, 4, 4],
    )
    return pipe("Bria", transformer=network, vae=tiny.vae(), scheduler=flow(), **t5(tiny))


@builds("OvisImage")
def ovis(tiny: Any) -> Any:
    from diffusers import OvisImageTransformer2DModel

    network = OvisImageTransformer2DModel(
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(4, 4, 8),
    )
    return pipe(
        "OvisImage",
        transformer=network,
        vae=small_vae(1),
        scheduler=flow(),
        tokenizer=tokens(),
        text_encoder=language("Qwen3Model", "Qwen3Config"),
    )


@builds("LongCatImage")
def longcat(tiny: Any) -> Any:
    from diffusers import LongCatImageTransformer2DModel

    network = LongCatImageTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(4, 4, 8),
    )
    return pipe(
        "LongCatImage",
        transformer=network,
        vae=tiny.vae(16),
        scheduler=flow(),
        tokenizer=tokens(),
        text_encoder=qwen_vl("Qwen2_5_VL"),
        text_processor=qwen_processor("Qwen2_5_VL"),
    )


@builds("QwenImage")
def qwen_image(tiny: Any) -> Any:
    from diffusers import QwenImageTransformer2DModel

    network = QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
    )
    return pipe(
        "QwenImage",
        transformer=network,
        vae=qwen_vae(),
        scheduler=flow(),
        tokenizer=tokens(1024),
        text_encoder=qwen_vl("Qwen2_5_VL"),
    )


@builds("Krea2")
def krea2(tiny: Any) -> Any:
    from diffusers import Krea2Transformer2DModel

    network = Krea2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=32,
        timestep_embed_dim=8,
        text_hidden_dim=16,
        num_text_layers=3,
        text_num_attention_heads=2,
        text_num_key_value_heads=1,
        text_intermediate_size=16,
        num_layerwise_text_blocks=1,
        num_refiner_text_blocks=1,
        axes_dims_rope=(4, 2, 2),
        rope_theta=1000.0,
    )
    return pipe(
        "Krea2",
        transformer=network,
        vae=qwen_vae(),
        scheduler=flow(use_dynamic_shifting=True, max_image_seq_len=6400),
        tokenizer=tokens(),
        text_encoder=qwen_vl("Qwen3VL", "Model"),
        text_encoder_select_layers=(0, 1, 2),
    )


@builds("ZImage")
def z_image(tiny: Any) -> Any:
    import torch
    from diffusers import ZImageTransformer2DModel

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
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 32, 32],
    )
    with torch.no_grad():  # made empty, that is, of whatever was in memory
        network.x_pad_token.fill_(1.0)
        network.cap_pad_token.fill_(1.0)
    return pipe(
        "ZImage",
        transformer=network,
        vae=tiny.vae(),
        scheduler=flow(),
        tokenizer=tokens(),
        text_encoder=language("Qwen3Model", "Qwen3Config"),
    )


@builds("ErnieImage")
def ernie(tiny: Any) -> Any:
    from diffusers import AutoencoderKLFlux2, ErnieImageTransformer2DModel

    network = ErnieImageTransformer2DModel(
        hidden_size=32,
        num_attention_heads=2,
        num_layers=1,
        ffn_hidden_size=32,
        in_channels=16,
        out_channels=16,
        patch_size=1,
        text_in_dim=16,
        rope_axes_dim=(4, 6, 6),
    )
    vae = AutoencoderKLFlux2(
        block_out_channels=(4, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
    )
    return pipe(
        "ErnieImage",
        transformer=network,
        vae=vae,
        scheduler=flow(),
        tokenizer=tokens(),
        text_encoder=language("Qwen3Model", "Qwen3Config"),
    )


# Other transformers


@builds("AuraFlow")
def aura_flow(tiny: Any) -> Any:
    from diffusers import AuraFlowTransformer2DModel

    network = AuraFlowTransformer2DModel(
        sample_size=16,
        num_mmdit_layers=1,
        num_single_dit_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        caption_projection_dim=16,
        joint_attention_dim=16,
        pos_embed_max_size=256,
    )
    return pipe("AuraFlow", transformer=network, vae=tiny.vae(), scheduler=flow(), **t5(tiny))


@builds("CogView3Plus")
def cogview3(tiny: Any) -> Any:
    from diffusers import CogVideoXDDIMScheduler, CogView3PlusTransformer2DModel

    network = CogView3PlusTransformer2DModel(
        in_channels=4,
        num_layers=1,
        attention_head_dim=4,
        num_attention_heads=2,
        out_channels=4,
        text_embed_dim=16,
        time_embed_dim=8,
        condition_dim=2,
        pos_embed_max_size=16,
        sample_size=16,
    )
    scheduler = CogVideoXDDIMScheduler()
    return pipe(
        "CogView3Plus", transformer=network, vae=tiny.vae(), scheduler=scheduler, **t5(tiny)
    )


@builds("CogView4")
def cogview4(tiny: Any) -> Any:
    from diffusers import CogView4Transformer2DModel

    network = CogView4Transformer2DModel(
        in_channels=4,
        num_layers=1,
        attention_head_dim=4,
        num_attention_heads=4,
        out_channels=4,
        text_embed_dim=16,
        time_embed_dim=8,
        condition_dim=4,
    )
    scheduler = flow(use_dynamic_shifting=True, base_shift=0.25, max_shift=0.75)
    return pipe(
        "CogView4",
        transformer=network,
        vae=tiny.vae(),
        scheduler=scheduler,
        tokenizer=tokens(opened=True),
        text_encoder=language("GlmModel", "GlmConfig"),
    )


@builds("HunyuanDiT", "HunyuanDiTPAG")
def hunyuan_dit(tiny: Any, name: str) -> Any:
    from diffusers import DDPMScheduler, HunyuanDiT2DModel
    from transformers import BertConfig, BertModel, BertTokenizer

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *tiny.WORDS]
    tokenizer = BertTokenizer(vocab={piece: n for n, piece in enumerate(pieces)})
    bert = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    sentences = t5(tiny, length=256)
    return pipe(
        name,
        transformer=HunyuanDiT2DModel(
            sample_size=16,
            num_layers=2,
            patch_size=2,
            attention_head_dim=8,
            num_attention_heads=2,
            in_channels=4,
            cross_attention_dim=16,
            cross_attention_dim_t5=16,
            pooled_projection_dim=16,
            hidden_size=16,
            activation_fn="gelu-approximate",
        ),
        vae=vae8(),
        scheduler=DDPMScheduler(),
        tokenizer=tokenizer,
        text_encoder=BertModel(bert).eval(),
        tokenizer_2=sentences["tokenizer"],
        text_encoder_2=sentences["text_encoder"],
        requires_safety_checker=False,
    )


@builds("HunyuanImage")
def hunyuan_image(tiny: Any) -> Any:
    from diffusers import (
        AdaptiveProjectedMixGuidance,
        AutoencoderKLHunyuanImage,
        HunyuanImageTransformer2DModel,
    )
    from transformers import ByT5Tokenizer

    glyphs = ByT5Tokenizer()
    return pipe(
        "HunyuanImage",
        transformer=HunyuanImageTransformer2DModel(
            in_channels=4,
            out_channels=4,
            num_attention_heads=2,
            attention_head_dim=8,
            num_layers=1,
            num_single_layers=1,
            num_refiner_layers=1,
            patch_size=(1, 1),
            text_embed_dim=16,
            text_embed_2_dim=16,
            rope_axes_dim=(4, 4),
            guidance_embeds=False,
        ),
        vae=AutoencoderKLHunyuanImage(
            in_channels=3,
            out_channels=3,
            latent_channels=4,
            block_out_channels=(32, 32),
            layers_per_block=1,
            scaling_factor=0.5,
            spatial_compression_ratio=2,
            sample_size=32,
        ),
        scheduler=flow(shift=7.0),
        tokenizer=tokens(2048),
        text_encoder=qwen_vl("Qwen2_5_VL"),
        tokenizer_2=glyphs,
        text_encoder_2=tiny.t5_encoder(glyphs, width=16),
        guider=AdaptiveProjectedMixGuidance(adaptive_projected_guidance_start_step=1),
        ocr_guider=AdaptiveProjectedMixGuidance(adaptive_projected_guidance_start_step=1),
    )


@builds("Kandinsky5T2I")
def kandinsky5(tiny: Any) -> Any:
    from diffusers import Kandinsky5Transformer3DModel

    tokenizer = tiny.clip_tokenizer()
    return pipe(
        "Kandinsky5T2I",
        transformer=Kandinsky5Transformer3DModel(
            in_visual_dim=4,
            in_text_dim=16,
            in_text_dim2=8,
            time_dim=16,
            out_visual_dim=4,
            patch_size=(1, 2, 2),
            model_dim=16,
            ff_dim=32,
            num_text_blocks=1,
            num_visual_blocks=1,
            axes_dims=(2, 2, 4),
            visual_cond=False,
            attention_type="regular",
        ),
        vae=small_vae(),
        scheduler=flow(shift=7.0),
        tokenizer=tokens(2048),
        text_encoder=qwen_vl("Qwen2_5_VL"),
        tokenizer_2=tokenizer,
        text_encoder_2=tiny.clip_text(tokenizer),
    )


@builds("Lumina")
def lumina(tiny: Any) -> Any:
    from diffusers import LuminaNextDiT2DModel

    network = LuminaNextDiT2DModel(
        sample_size=16,
        patch_size=2,
        in_channels=4,
        hidden_size=16,
        num_layers=1,
        num_attention_heads=2,
        num_kv_heads=2,
        multiple_of=16,
        learn_sigma=True,
        qk_norm=True,
        cross_attention_dim=16,
    )
    return pipe(
        "Lumina",
        transformer=network,
        vae=vae8(),
        scheduler=flow(),
        tokenizer=tokens(opened=True),
        text_encoder=language("GemmaModel", "GemmaConfig"),
    )


@builds("Lumina2")
def lumina2(tiny: Any) -> Any:
    from diffusers import Lumina2Transformer2DModel

    network = Lumina2Transformer2DModel(
        sample_size=16,
        in_channels=4,
        hidden_size=16,
        num_layers=1,
        num_refiner_layers=1,
        num_attention_heads=2,
        num_kv_heads=2,
        multiple_of=16,
        axes_dim_rope=[4, 2, 2],
        cap_feat_dim=16,
    )
    return pipe(
        "Lumina2",
        transformer=network,
        vae=vae8(),
        scheduler=flow(),
        tokenizer=tokens(opened=True),
        text_encoder=language("Gemma2Model", "Gemma2Config", sliding_window=16),
    )


@builds("NucleusMoEImage")
def nucleus(tiny: Any) -> Any:
    from diffusers import NucleusMoEImageTransformer2DModel

    return pipe(
        "NucleusMoEImage",
        transformer=NucleusMoEImageTransformer2DModel(
            patch_size=2,
            in_channels=16,
            out_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(8, 4, 4),
            moe_enabled=False,
            capacity_factors=[8.0],
        ),
        vae=qwen_vae(),
        scheduler=flow(),
        text_encoder=qwen_vl("Qwen3VL", layers=8),
        processor=qwen_processor("Qwen3VL"),
    )


def pixart_network() -> Any:
    from diffusers import PixArtTransformer2DModel

    return PixArtTransformer2DModel(
        sample_size=16,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=2,
        caption_channels=16,
        in_channels=4,
        cross_attention_dim=16,
        out_channels=8,
    ).eval()


@builds("PixArtAlpha", "PixArtSigma", "PixArtSigmaPAG")
def pixart(tiny: Any, name: str) -> Any:
    from diffusers import DDIMScheduler

    return pipe(
        name,
        transformer=pixart_network(),
        vae=tiny.vae(),
        scheduler=DDIMScheduler(),
        **t5(tiny),
    )


@builds("PRXPixel")
def prx_pixel(tiny: Any) -> Any:
    from diffusers import PRXTransformer2DModel

    network = PRXTransformer2DModel(
        patch_size=1,
        in_channels=3,
        context_in_dim=16,
        hidden_size=8,
        mlp_ratio=2.0,
        num_heads=2,
        depth=1,
        axes_dim=[2, 2],
        bottleneck_size=8,
        resolution_embeds=True,
    )
    return pipe(
        "PRXPixel",
        transformer=network,
        scheduler=flow(),
        tokenizer=tokens(64),
        text_encoder=language("Qwen3Model", "Qwen3Config"),
        prompt_max_tokens=64,
    )


def sana_vae() -> Any:
    from diffusers import AutoencoderDC

    kinds = ("ResBlock", "EfficientViTBlock")
    return AutoencoderDC(
        in_channels=3,
        latent_channels=4,
        attention_head_dim=2,
        encoder_block_types=kinds,
        decoder_block_types=kinds,
        encoder_block_out_channels=(8, 8),
        decoder_block_out_channels=(8, 8),
        encoder_qkv_multiscales=((), (5,)),
        decoder_qkv_multiscales=((), (5,)),
        encoder_layers_per_block=(1, 1),
        decoder_layers_per_block=[1, 1],
        downsample_block_type="conv",
        upsample_block_type="interpolate",
        decoder_norm_types="rms_norm",
        decoder_act_fns="silu",
        scaling_factor=0.41407,
    )


@builds("Sana", "SanaPAG", "SanaSprint")
def sana(tiny: Any, name: str) -> Any:
    from diffusers import SanaTransformer2DModel, SCMScheduler

    sprint = name == "SanaSprint"
    more = {"qk_norm": "rms_norm_across_heads", "guidance_embeds": True} if sprint else {}
    network = SanaTransformer2DModel(
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=2,
        num_attention_heads=2,
        attention_head_dim=4,
        num_cross_attention_heads=2,
        cross_attention_head_dim=4,
        cross_attention_dim=8,
        caption_channels=16,
        sample_size=32,
        **more,
    )
    return pipe(
        name,
        transformer=network,
        vae=sana_vae(),
        scheduler=SCMScheduler() if sprint else flow(shift=7.0),
        tokenizer=tokens(4096, opened=True),
        text_encoder=language("Gemma2Model", "Gemma2Config"),
    )


@builds("HiDreamImage")
def hidream(tiny: Any) -> Any:
    from diffusers import HiDreamImageTransformer2DModel
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    clip, sentences = tiny.clip_tokenizer(128), t5(tiny)
    sizes = {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2}
    config = CLIPTextConfig(
        vocab_size=len(clip),
        num_attention_heads=2,
        max_position_embeddings=128,
        projection_dim=8,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        **sizes,
    )
    llama = tokens(opened=True)
    return pipe(
        "HiDreamImage",
        transformer=HiDreamImageTransformer2DModel(
            patch_size=2,
            in_channels=4,
            out_channels=4,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            caption_channels=[16, 16],
            text_emb_dim=16,
            num_routed_experts=4,
            num_activated_experts=2,
            axes_dims_rope=(4, 2, 2),
            max_resolution=(32, 32),
            llama_layers=(0, 1),
        ).eval(),
        vae=tiny.vae(),
        scheduler=flow(),
        text_encoder=CLIPTextModelWithProjection(config).eval(),
        tokenizer=clip,
        text_encoder_2=CLIPTextModelWithProjection(config).eval(),
        tokenizer_2=tiny.clip_tokenizer(128),
        text_encoder_3=sentences["text_encoder"],
        tokenizer_3=sentences["tokenizer"],
        text_encoder_4=language("LlamaForCausalLM", "LlamaConfig"),
        tokenizer_4=llama,
    )


@builds("OmniGen")
def omnigen(tiny: Any) -> Any:
    from diffusers import OmniGenTransformer2DModel

    network = OmniGenTransformer2DModel(
        hidden_size=16,
        num_attention_heads=4,
        num_key_value_heads=4,
        intermediate_size=32,
        num_layers=1,
        in_channels=4,
        time_step_dim=4,
        vocab_size=len(tokens()),
        pad_token_id=256,
        rope_scaling={"long_factor": [1, 2], "short_factor": [1, 2]},
    )
    vae = vae8()
    scheduler = flow(invert_sigmas=True, num_train_timesteps=1)
    return pipe(
        "OmniGen", transformer=network, vae=vae, scheduler=scheduler, tokenizer=tokens(opened=True)
    )


# Pixels by other ways


@builds("Amused")
def amused(tiny: Any) -> Any:
    from diffusers import AmusedScheduler, UVit2DModel, VQModel

    tokenizer = tiny.clip_tokenizer()
    network = UVit2DModel(
        hidden_size=8,
        use_bias=False,
        hidden_dropout=0.0,
        cond_embed_dim=8,
        micro_cond_encode_dim=2,
        micro_cond_embed_dim=10,
        encoder_hidden_size=8,
        vocab_size=32,
        codebook_size=32,
        in_channels=8,
        block_out_channels=8,
        num_res_blocks=1,
        downsample=True,
        upsample=True,
        block_num_heads=1,
        num_hidden_layers=1,
        num_attention_heads=1,
        attention_dropout=0.0,
        intermediate_size=8,
        layer_norm_eps=1e-06,
        ln_elementwise_affine=True,
    )
    vq = VQModel(
        act_fn="silu",
        block_out_channels=[8],
        down_block_types=["DownEncoderBlock2D"],
        latent_channels=8,
        layers_per_block=1,
        norm_num_groups=8,
        num_vq_embeddings=32,
        sample_size=8,
        up_block_types=["UpDecoderBlock2D"],
        mid_block_add_attention=False,
        lookup_from_codebook=True,
    )
    return pipe(
        "Amused",
        transformer=network,
        vqvae=vq,
        scheduler=AmusedScheduler(mask_token_id=31),
        tokenizer=tokenizer,
        text_encoder=tiny.clip_text(tokenizer, projection=8),
    )


def movq() -> Any:
    from diffusers import VQModel

    return VQModel(
        block_out_channels=(32, 32, 32, 64),
        down_block_types=(*("DownEncoderBlock2D",) * 3, "AttnDownEncoderBlock2D"),
        up_block_types=("AttnUpDecoderBlock2D", *("UpDecoderBlock2D",) * 3),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        norm_type="spatial",
        num_vq_embeddings=12,
        vq_embed_dim=4,
    )


@builds("Kandinsky3")
def kandinsky3(tiny: Any) -> Any:
    from diffusers import DDPMScheduler, Kandinsky3UNet

    network = Kandinsky3UNet(
        in_channels=4,
        time_embedding_dim=4,
        groups=2,
        attention_head_dim=4,
        layers_per_block=3,
        block_out_channels=(32, 64),
        cross_attention_dim=4,
        encoder_hid_dim=16,
    )
    scheduler = DDPMScheduler(beta_schedule="squaredcos_cap_v2", clip_sample=True)
    return pipe(
        "Kandinsky3", unet=network, movq=movq(), scheduler=scheduler, **t5(tiny, length=128)
    )


@builds("UnCLIP")
def unclip(tiny: Any) -> Any:
    from diffusers import PriorTransformer, UnCLIPScheduler, UNet2DConditionModel, UNet2DModel
    from diffusers.pipelines.deprecated.unclip import UnCLIPTextProjModel

    tokenizer = tiny.clip_tokenizer()
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=8, embedding_dim=16, num_layers=1
    )
    decoder = UNet2DConditionModel(
        sample_size=16,
        in_channels=3,
        out_channels=6,
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        block_out_channels=(32, 64),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=4,
        resnet_time_scale_shift="scale_shift",
        class_embed_type="identity",
    )
    upscaler = {
        "sample_size": 32,
        "layers_per_block": 1,
        "down_block_types": ("ResnetDownsampleBlock2D",) * 2,
        "up_block_types": ("ResnetUpsampleBlock2D",) * 2,
        "block_out_channels": (32, 64),
        "in_channels": 6,
        "out_channels": 3,
    }
    learned = UnCLIPScheduler(variance_type="learned_range", prediction_type="epsilon")
    fixed = {"variance_type": "fixed_small_log", "num_train_timesteps": 100}
    return pipe(
        "UnCLIP",
        prior=prior,
        decoder=decoder,
        text_proj=UnCLIPTextProjModel(
            clip_embeddings_dim=16, time_embed_dim=128, cross_attention_dim=16
        ),
        text_encoder=tiny.clip_text(tokenizer, width=16, projection=16),
        tokenizer=tokenizer,
        super_res_first=UNet2DModel(**upscaler),
        super_res_last=UNet2DModel(**upscaler),
        prior_scheduler=UnCLIPScheduler(prediction_type="sample", clip_sample_range=5.0, **fixed),
        decoder_scheduler=learned,
        super_res_scheduler=UnCLIPScheduler(prediction_type="epsilon", **fixed),
    )


@builds("StableUnCLIP")
def stable_unclip(tiny: Any) -> Any:
    from diffusers import DDPMScheduler, PriorTransformer
    from diffusers.pipelines.stable_diffusion import StableUnCLIPImageNormalizer

    tokenizer = tiny.clip_tokenizer()
    parts = sd_parts(tiny, class_embed_type="projection", projection_class_embeddings_input_dim=16)
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=8, embedding_dim=8, num_layers=1
    )
    return pipe(
        "StableUnCLIP",
        prior_tokenizer=tokenizer,
        prior_text_encoder=tiny.clip_text(tokenizer, projection=8),
        prior=prior,
        prior_scheduler=DDPMScheduler(
            variance_type="fixed_small_log",
            prediction_type="sample",
            clip_sample_range=5.0,
            beta_schedule="squaredcos_cap_v2",
        ),
        image_normalizer=StableUnCLIPImageNormalizer(embedding_dim=8),
        image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        **{k: parts[k] for k in ("vae", "text_encoder", "tokenizer", "unet", "scheduler")},
    )


@builds("StableCascadeCombined")
def stable_cascade(tiny: Any) -> Any:
    from diffusers import DDPMWuerstchenScheduler, StableCascadeUNet
    from diffusers.pipelines.deprecated.wuerstchen import PaellaVQModel

    tokenizer = tiny.clip_tokenizer()
    shared = {
        "conditioning_dim": 16,
        "block_out_channels": (16, 16),
        "num_attention_heads": (2, 2),
        "down_num_layers_per_block": (1, 1),
        "up_num_layers_per_block": (1, 1),
    }
    prior = StableCascadeUNet(
        clip_image_in_channels=16,
        clip_text_in_channels=16,
        clip_text_pooled_in_channels=16,
        switch_level=(False,),
        timestep_ratio_embedding_dim=16,
        **{**shared, "kernel_size": 3},
    )
    decoder = StableCascadeUNet(
        in_channels=4,
        out_channels=4,
        clip_text_pooled_in_channels=16,
        effnet_in_channels=16,
        timestep_ratio_embedding_dim=16,
        patch_size=1,
        **shared,
    )
    clip = tiny.clip_text(tokenizer, width=16, projection=16)
    return pipe(
        "StableCascadeCombined",
        tokenizer=tokenizer,
        text_encoder=clip,
        decoder=decoder.eval(),
        scheduler=DDPMWuerstchenScheduler(),
        vqgan=PaellaVQModel(
            bottleneck_blocks=1, embed_dim=8, latent_channels=4, num_vq_embeddings=8
        ).eval(),
        prior_prior=prior.eval(),
        prior_text_encoder=clip,
        prior_tokenizer=tokenizer,
        prior_scheduler=DDPMWuerstchenScheduler(),
    )


@builds("WuerstchenCombined")
def wuerstchen(tiny: Any) -> Any:
    from diffusers import DDPMWuerstchenScheduler
    from diffusers.pipelines.deprecated.wuerstchen import (
        PaellaVQModel,
        WuerstchenDiffNeXt,
        WuerstchenPrior,
    )

    tokenizer = tiny.clip_tokenizer()
    return pipe(
        "WuerstchenCombined",
        tokenizer=tokenizer,
        text_encoder=tiny.clip_text(tokenizer, width=16),
        decoder=WuerstchenDiffNeXt(
            c_cond=16,
            c_hidden=[16],
            nhead=[-1],
            blocks=[1],
            level_config=["CT"],
            clip_embd=16,
            inject_effnet=[True],
            effnet_embd=16,
        ).eval(),
        scheduler=DDPMWuerstchenScheduler(),
        vqgan=PaellaVQModel(
            bottleneck_blocks=1, embed_dim=8, latent_channels=4, num_vq_embeddings=8
        ).eval(),
        prior_tokenizer=tokenizer,
        prior_text_encoder=tiny.clip_text(tokenizer, width=16),
        prior_prior=WuerstchenPrior(c_in=16, c=8, c_cond=16, c_r=8, depth=1, nhead=2).eval(),
        prior_scheduler=DDPMWuerstchenScheduler(),
    )
