"""What a pipeline is called with: guidance where it acts, and no rewriting of prompts."""

import pytest

from evalsuite.backends import _call, _pretrained
from evalsuite.records import InputError


def arguments(pipeline, **options):
    return _call.arguments(pipeline, "m", options, (64, 64))


def qwen_image(guidance_embeds=False):
    """A Qwen-Image without its encoders and decoder, which a call's arguments do not depend on."""
    from diffusers import (
        FlowMatchEulerDiscreteScheduler,
        QwenImagePipeline,
        QwenImageTransformer2DModel,
    )

    transformer = QwenImageTransformer2DModel(
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
        guidance_embeds=guidance_embeds,
    )
    scheduler = FlowMatchEulerDiscreteScheduler()
    return QwenImagePipeline(scheduler, None, None, None, transformer)


def test_guidance_of_qwen_image_is_its_true_one():
    pipeline = qwen_image()
    call = arguments(pipeline, guidance_scale=3.0, negative_prompt=" ")
    assert call["true_cfg_scale"] == 3.0 and "guidance_scale" not in call
    # As its authors draw: against a prompt of one space, without which nothing would be guided.
    assert arguments(pipeline, guidance_scale=3.0)["negative_prompt"] == " "
    assert arguments(pipeline)["negative_prompt"] == " "
    with pytest.raises(InputError, match="a negative prompt does nothing"):
        arguments(pipeline, guidance_scale=0.5, negative_prompt=" ")
    assert "true_cfg_scale" not in arguments(pipeline, negative_prompt="a dog")
    off = arguments(pipeline, guidance_scale=1.0)
    assert off["true_cfg_scale"] == 1.0 and "negative_prompt" not in off
    with pytest.raises(InputError, match="--guidance-scale is true_cfg_scale here"):
        arguments(pipeline, guidance_scale=3.0, true_cfg_scale=2.0)
    distilled = qwen_image(guidance_embeds=True)
    assert arguments(distilled, guidance_scale=3.0)["guidance_scale"] == 3.0


@pytest.mark.parametrize("name", ["ZImagePipeline", "Krea2Pipeline"])
def test_guidance_acts_from_where_the_pipeline_says(name):
    import diffusers

    kind = getattr(diffusers, name)
    pipeline = kind(diffusers.FlowMatchEulerDiscreteScheduler(), None, None, None, None)
    assert arguments(pipeline, guidance_scale=0.5, negative_prompt="a dog")["guidance_scale"] == 0.5
    with pytest.raises(InputError, match="a negative prompt does nothing"):
        arguments(pipeline, guidance_scale=0.0, negative_prompt="a dog")


@pytest.mark.parametrize(
    ("name", "option"),
    [("ErnieImagePipeline", "use_pe"), ("LongCatImagePipeline", "enable_prompt_rewrite")],
)
def test_no_pipeline_rewrites_its_prompt(name, option):
    import inspect

    import diffusers

    kind = getattr(diffusers, name)
    parts = dict.fromkeys([*inspect.signature(kind.__init__).parameters][1:])
    pipeline = kind(**{**parts, "scheduler": diffusers.FlowMatchEulerDiscreteScheduler()})
    assert arguments(pipeline)[option] is False


@pytest.mark.parametrize(
    ("file", "variant", "device", "dtype"),
    [
        ("transformer/diffusion_pytorch_model.safetensors", None, "cpu", "float32"),
        ("transformer/diffusion_pytorch_model.safetensors", None, "cuda", "bfloat16"),
        ("transformer/diffusion_pytorch_model.safetensors", "fp16", "cuda", "float16"),
        ("transformer/diffusion_pytorch_model.fp16.safetensors", None, "cuda", "float16"),
        ("unet/diffusion_pytorch_model.safetensors", None, "cuda", "float16"),
    ],
)
def test_transformers_are_not_forced_into_fp16(tmp_path, file, variant, device, dtype):
    import torch

    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_bytes(b"")
    assert _pretrained.auto_dtype(tmp_path, variant, torch.device(device)) == dtype


def bare(name, transformer=None, **more):
    """A pipeline of that class without parts, or with a transformer's settings alone."""
    import inspect

    import diffusers

    kind = getattr(diffusers, name)
    parts = dict.fromkeys([*inspect.signature(kind.__init__).parameters][1:])
    pipeline = kind(**{**parts, "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(), **more})
    if transformer is not None:
        pipeline.transformer = transformer
    return pipeline


def test_ideograms_guidance_is_one_value_or_its_own_schedule():
    pipeline = bare("Ideogram4Pipeline")
    call = arguments(pipeline, guidance_scale=3.0, num_inference_steps=20)
    assert call["guidance_schedule"] is None and call["guidance_scale"] == 3.0
    assert call["prompt_upsampling"] is False
    assert "guidance_schedule" not in arguments(pipeline, num_inference_steps=48)
    with pytest.raises(InputError, match="a value for each of 48 steps"):
        arguments(pipeline, num_inference_steps=20)


def test_a_distilled_klein_has_no_guidance():
    pipeline = bare("Flux2KleinPipeline", is_distilled=True)
    with pytest.raises(InputError, match="is distilled and ignores --guidance-scale"):
        arguments(pipeline, guidance_scale=3.0)


def test_every_way_of_rewriting_a_text_is_off():
    assert arguments(bare("Flux2Pipeline"))["caption_upsample_temperature"] is None
    for name in ("PixArtSigmaPipeline", "SanaPipeline", "IFPipeline", "LuminaPipeline"):
        more = {"requires_safety_checker": False} if name == "IFPipeline" else {}
        assert arguments(bare(name, **more))["clean_caption"] is False


def test_kontext_draws_at_the_size_that_is_asked():
    assert arguments(bare("FluxKontextPipeline"))["max_area"] == 64 * 64


def test_a_size_that_is_replaced_by_another_is_refused():
    with pytest.raises(InputError, match="draws only 1024x1024, 640x1408"):
        arguments(bare("Kandinsky5T2IPipeline"))
    with pytest.raises(InputError, match="draws 256x128 where 64x64 was asked for"):
        _call.refuse_other_size((128, 256, 3), (64, 64), "m")
