import hashlib
import json
import math
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from evalsuite.backends import _embeddings, _tokens, diffusers
from evalsuite.files import checkpoints
from evalsuite.records import InputError, Key, NoImage, Prompt, Request


def asked(*texts, seed=7):
    return [
        Request(Key("set", f"p{i}", 0), Prompt(f"p{i}", text, "counting"), seed + i)
        for i, text in enumerate(texts)
    ]


def load(folder, **options):
    return diffusers.load(**{"model": str(folder), "device": "cpu", "steps": 2, **options})


def copied(folder, to):
    shutil.copytree(folder, to)
    return to


def edit_json(path, **changes):
    fields = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in fields.items() if v is not None}))


def refused(folder, **options):
    with pytest.raises(InputError) as error:
        load(folder, **options)
    assert "\n" not in str(error.value)
    assert "/tmp" not in str(error.value)
    return str(error.value)


# What is drawn


def test_each_kind_of_pipeline_draws_every_prompt_whatever_its_slot(tiny_pipeline):
    backend = load(tiny_pipeline, batch_size=3, size=(32, 32))
    batch = asked("a red circle", "a dog and a cat with no square", "two dogs")
    forwards = backend.render(batch)
    backwards = backend.render(batch[::-1])
    for picture, again in zip(forwards, backwards[::-1], strict=True):
        assert picture.shape == (32, 32, 3)
        assert picture.tobytes() == again.tobytes()
    assert len({picture.tobytes() for picture in forwards}) == 3
    # Rendered in two orders, and still each text once: what is kept is used.
    assert backend.embeddings.encoded == 3


def test_the_bytes_are_those_of_diffusers_own_pil_images(tiny_sd):
    import torch

    backend = load(tiny_sd, batch_size=2)
    batch = asked("a red circle", "a dog")
    ours = backend.render(batch)
    generators = [torch.Generator("cpu").manual_seed(r.seed) for r in batch]
    theirs = backend.pipeline(
        [r.prompt.text for r in batch], num_inference_steps=2, generator=generators
    ).images
    for picture, image in zip(ours, theirs, strict=True):
        assert picture.tobytes() == np.asarray(image).tobytes()


def test_embeddings_encoded_alone_are_those_that_the_pipeline_makes_together(tiny_pipeline):
    import torch

    backend = load(tiny_pipeline)
    texts = ["a red circle", "a dog and a cat"]
    arguments = _embeddings._probe_arguments(backend.embeddings.encode_prompt, torch.device("cpu"))
    arguments = {**arguments, "prompt": texts}
    with torch.no_grad():
        ours = backend.embeddings(**arguments)
        theirs = backend.embeddings.encode_prompt(**arguments)
    for mine, its in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, its)


def test_options_change_what_is_drawn(tiny_sd):
    batch = asked("a red circle")
    options = [
        {},
        {"steps": 3},
        {"guidance_scale": 2.0},
        {"negative_prompt": "a dog"},
        {"scheduler": "EulerDiscreteScheduler"},
        {"dtype": "bf16"},
    ]
    drawn = [load(tiny_sd, batch_size=1, **option).render(batch)[0] for option in options]
    assert len({picture.tobytes() for picture in drawn}) == len(options)
    assert load(tiny_sd, batch_size=1, size=(40, 24)).render(batch)[0].shape == (24, 40, 3)


def test_embeddings_are_dropped_when_they_grow_over_the_budget():
    import torch

    def encode_prompt(prompt, device=None):
        return torch.full((len(prompt), 4), float(len(prompt[0])))

    kept = _embeddings.Embeddings(encode_prompt, budget=40)
    for text in ["a", "bb", "ccc", "a"]:
        kept(prompt=[text])
    assert kept.encoded == 4  # 16 bytes each: "a" went when "ccc" came
    assert kept.bytes == 32
    assert kept(prompt=["a", "ccc"]).tolist() == [[1.0] * 4, [3.0] * 4]
    assert kept.encoded == 4


def test_embeddings_of_changing_length_are_seen_and_force_a_batch_of_one(tiny_sd):
    import torch

    backend = load(tiny_sd)

    class Uneven:
        device = torch.device("cpu")

        def encode_prompt(self, prompt, device=None):
            return torch.zeros(len(prompt), max(len(text) for text in prompt), 2)

    assert not _embeddings.has_fixed_shape(Uneven())
    assert not _embeddings.has_fixed_shape(object())
    assert _embeddings.has_fixed_shape(backend.pipeline)
    assert (
        diffusers.Pipeline(backend.pipeline, tiny_sd, backend.origin, backend.call, None).batch_size
        == 8
    )


# What gives no image


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_nan_and_infinite_pixels_are_invalid(tiny_sd, tiny_models, tmp_path, value):
    broken = tiny_models.break_vae(tiny_sd, tmp_path / "broken", value)
    backend = load(broken, batch_size=2)
    answer = NoImage("invalid", "the decoder gave NaN or infinite pixels")
    assert backend.render(asked("a red circle", "a dog")) == [answer, answer]


def test_one_bad_image_leaves_its_neighbours_alone(tiny_sd):
    backend = load(tiny_sd, batch_size=3)
    batch = asked("a red circle", "a dog", "a cat")
    good = backend.render(batch)
    decode = backend.pipeline.vae.decode

    def spoiled(*args, **kwargs):
        output = decode(*args, **kwargs)
        output[0][1, 0, 3, 3] = math.nan
        return output

    backend.pipeline.vae.decode = spoiled  # the NaN comes after the decoder was watched
    answers = backend.render(batch)
    assert isinstance(answers[1], NoImage)
    assert answers[0].tobytes() == good[0].tobytes()
    assert answers[2].tobytes() == good[2].tobytes()


@pytest.mark.parametrize("blocks", [True, False])
def test_a_real_safety_checker_is_honoured(tiny_models, tmp_path, blocks):
    backend = load(tiny_models.stable_diffusion(tmp_path / "m", checker=blocks), batch_size=2)
    answers = backend.render(asked("a red circle", "a dog"))
    reason = "the safety checker (StableDiffusionSafetyChecker) blanked it"
    if blocks:
        assert answers == [NoImage("blocked", reason)] * 2
    else:
        assert all(isinstance(answer, np.ndarray) for answer in answers)
    assert backend.describe()["safety_checker"] == "StableDiffusionSafetyChecker"


def test_nan_behind_a_safety_checker_is_invalid_and_not_blocked(tiny_models, tmp_path):
    folder = tiny_models.stable_diffusion(tmp_path / "m", checker=True)
    backend = load(tiny_models.break_vae(folder, tmp_path / "broken", math.nan), batch_size=1)
    assert backend.render(asked("a dog"))[0].status == "invalid"


def test_running_out_of_memory_says_how_to_mend_it(tiny_sd):
    import torch

    backend = load(tiny_sd, batch_size=4)

    def exhausted(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    backend.pipeline.vae.decode = exhausted
    with pytest.raises(InputError, match="out of memory at a batch of 4; try --batch-size 2"):
        backend.render(asked("a dog"))


# What the model cannot be given


def words(count):
    return Prompt(f"w{count}", " ".join(["dog"] * count), "counting")


def test_77_tokens_are_read_and_78_are_a_problem(tiny_sd):
    backend = load(tiny_sd)
    assert backend.problems([words(75)]) == []
    assert backend.problems([words(76)]) == [
        "prompt w76: 78 tokens, specials included, but the tokenizer of tiny-sd passes on 77; "
        "shorten it by 1, or 'dog' is not read"
    ]
    full = [Request(Key("set", "w", 0), words(75), 1)]
    assert backend.render(full)[0].shape == (32, 32, 3)


@pytest.mark.parametrize(("model", "most"), [("sdxl", 75), ("sd3", 255), ("flux", 511)])
def test_the_limit_is_that_of_the_encoder_that_reads_most(request, model, most):
    backend = load(request.getfixturevalue(f"tiny_{model}"))
    assert backend.problems([words(most)]) == []
    (line,) = backend.problems([words(most + 1)])
    assert line.startswith(f"prompt w{most + 1}: ")


def test_the_second_tokenizer_of_sdxl_is_asked_too(tiny_sdxl, tiny_models, tmp_path):
    folder = copied(tiny_sdxl, tmp_path / "m")
    tiny_models.clip_tokenizer(whole=[]).save_pretrained(folder / "tokenizer_2")
    backend = load(folder)
    assert backend.problems([words(25)]) == []  # three letters each, and two specials
    (line,) = backend.problems([words(26)])
    assert "80 tokens, specials included, but the tokenizer_2 of m passes on 77" in line


def test_a_tokenizer_without_a_limit_takes_the_encoders(tiny_sd, tiny_models):
    pipeline = load(tiny_sd).pipeline
    pipeline.tokenizer.model_max_length = int(1e30)
    (reader,) = _tokens.find_readers(pipeline, None)
    assert reader.limit == 77


def test_a_negative_prompt_that_is_too_long_or_does_nothing_is_refused(tiny_sd, tiny_flux):
    assert "the negative prompt: 82 tokens" in refused(
        tiny_sd, negative_prompt=" ".join(["dog"] * 80)
    )
    assert "does nothing" in refused(tiny_sd, negative_prompt="dog", guidance_scale=1.0)
    assert "does nothing" in refused(tiny_flux, negative_prompt="dog")


# What is recorded


def test_the_description_repeats_the_images(tiny_sd):
    described = load(tiny_sd, batch_size=2, guidance_scale=3.0).describe()
    weights = tiny_sd / "unet" / "diffusion_pytorch_model.safetensors"
    assert described["weights"]["unet/diffusion_pytorch_model.safetensors"] == (
        hashlib.sha256(weights.read_bytes()).hexdigest()
    )
    assert set(described["weights"]) == {
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    }
    assert described["model"] == "tiny-sd"
    assert described["revision"] is None
    assert described["pipeline"] == "StableDiffusionPipeline"
    assert described["scheduler"] == "DDIMScheduler"
    assert described["scheduler_config"]["num_train_timesteps"] == 1000
    assert described["dtype"] == {"text_encoder": "float32", "unet": "float32", "vae": "float32"}
    assert described["attention"]["unet"] == "AttnProcessor2_0: native"
    assert described["attention"]["text_encoder"] == "sdpa"
    assert described["device"] == {"kind": "cpu"}
    assert described["size"] == [32, 32]
    assert (described["steps"], described["guidance_scale"]) == (2, 3.0)
    assert described["safety_checker"] is None


def test_infinities_of_a_scheduler_are_said_in_json(tiny_sd):
    described = load(tiny_sd, scheduler="DPMSolverMultistepScheduler").describe()
    assert described["scheduler_config"]["lambda_min_clipped"] == "-inf"
    json.dumps(described, allow_nan=False)


def test_the_variants_weights_are_read_and_hashed(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    described = load(folder, variant="fp16").describe()
    assert "unet/diffusion_pytorch_model.fp16.safetensors" in described["weights"]
    assert "vae/diffusion_pytorch_model.safetensors" in described["weights"]
    assert "variant=ema" in refused(tiny_sd, variant="ema")


@pytest.mark.parametrize(
    "name",
    [
        "diffusion_pytorch_model.fp16.safetensors",
        "diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
        "diffusion_pytorch_model-00001-of-00002.fp16.safetensors",
    ],
)
def test_where_only_a_variant_is_there_the_flag_is_named(tiny_sd, tmp_path, name):
    folder = copied(tiny_sd, tmp_path / "m")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_name(name))
    said = "m/unet: has weights of the variant fp16 only; give --variant fp16"
    assert refused(folder) == said
    assert refused(folder, variant="ema") == said


def test_the_dialect_is_the_cards(tiny_sd, tmp_path):
    assert load(tiny_sd).dialect == "everyday"
    folder = copied(tiny_sd, tmp_path / "m")
    (folder / "README.md").write_text("---\ndialect: scenes\n---\n")
    assert load(folder).dialect == "scenes"


def test_steps_and_guidance_are_the_cards_unless_asked_for(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    (folder / "README.md").write_text("---\nsteps: 3\nguidance_scale: 2.5\n---\n")
    recommended = diffusers.load(model=str(folder), device="cpu").describe()
    assert (recommended["steps"], recommended["guidance_scale"]) == (3, 2.5)
    own = diffusers.load(model=str(folder), device="cpu", steps=4, guidance_scale=7).describe()
    assert (own["steps"], own["guidance_scale"]) == (4, 7)
    (folder / "README.md").write_text("---\nsteps: many\n---\n")
    with pytest.raises(InputError, match=r"m/README.md: steps 'many' is no number"):
        diffusers.load(model=str(folder), device="cpu")


# What is refused


def test_unknown_models_are_refused_with_the_nearest_name(tmp_path, monkeypatch):
    bundled = tmp_path / "models" / "scenes-ldm"
    bundled.mkdir(parents=True)
    (bundled / "model_index.json").write_text("{}")
    monkeypatch.setattr(checkpoints, "BUNDLED", tmp_path / "models")
    assert checkpoints.resolve("scenes-ldm") == bundled
    assert checkpoints.resolve("owner/name") == "owner/name"
    for name in ["scene-ldm", "a/b/c", "../x", "", "x y/z"]:
        with pytest.raises(InputError, match="is no directory here, no hub id"):
            checkpoints.resolve(name)
    with pytest.raises(InputError, match=r"did you mean 'scenes-ldm'\? there are: scenes-ldm"):
        checkpoints.resolve("scene-ldm")
    with pytest.raises(InputError, match="is a file; name a directory"):
        checkpoints.resolve(str(bundled / "model_index.json"))


def test_a_hub_that_is_not_reached_is_said(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    said = refused("owner/there-is-no-such-model")
    assert "cannot be reached" in said
    assert "HF_HUB_OFFLINE" in said
    assert "HF_HOME" in said


def test_a_cached_hub_model_runs_offline_with_its_revision(tiny_sd, tmp_path, monkeypatch):
    revision = "0123456789abcdef0123456789abcdef01234567"
    repo = tmp_path / "models--owner--name"
    copied(tiny_sd, repo / "snapshots" / revision)
    (repo / "snapshots" / revision / "README.md").write_text("---\ndialect: scenes\n---\n")
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("diffusers.utils.constants.HF_HUB_OFFLINE", True, raising=False)
    backend = load("owner/name")
    assert (backend.describe()["model"], backend.describe()["revision"]) == ("owner/name", revision)
    assert backend.dialect == "scenes"


def test_pickled_weights_are_refused_and_never_opened(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    sentinel = tmp_path / "ran"
    pickle = f"cposix\nsystem\n(S'touch {sentinel}'\ntR.".encode()
    weights.with_suffix(".bin").write_bytes(pickle)
    weights.unlink()
    assert "pickled weights can run code" in refused(folder)
    assert not sentinel.exists()


def test_code_in_a_folder_is_refused_and_never_run(tiny_sd, tmp_path):
    sentinel = tmp_path / "ran"
    code = f"open({str(sentinel)!r}, 'w')"
    for number, name in enumerate(["pipeline.py", "None.py", "unet/mine.py"]):
        folder = copied(tiny_sd, tmp_path / f"m{number}")
        (folder / name).write_text(code)
        assert f"{name}: is Python code, which is never run" in refused(folder)
    assert not sentinel.exists()


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("model_index.json", {"_class_name": ["mine", "Mine"]}, "pipeline code of its own"),
        ("model_index.json", {"_class_name": "NoSuchPipeline"}, "no pipeline 'NoSuchPipeline'"),
        ("model_index.json", {"_class_name": "UNet2DModel"}, "no pipeline 'UNet2DModel'"),
        ("model_index.json", {"unet": ["os", "system"]}, "its unet is os.system"),
        ("unet/config.json", {"auto_map": {"AutoModel": "x.Y"}}, "auto_map asks for code"),
        ("model_index.json", {"_class_name": "DDPMPipeline"}, "takes no prompt"),
        (
            "model_index.json",
            {"_class_name": "StableDiffusionImg2ImgPipeline"},
            "StableDiffusionImg2ImgPipeline edits pictures",
        ),
    ],
)
def test_an_index_that_asks_for_something_else_is_refused(tiny_sd, tmp_path, file, changes, said):
    folder = copied(tiny_sd, tmp_path / "m")
    edit_json(folder / file, **changes)
    assert said in refused(folder)


def test_weights_outside_of_a_component_are_never_read(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    weights = folder / "text_encoder" / "model.safetensors"
    weights.rename(tmp_path / "out.safetensors")
    (folder / "text_encoder" / "junk.safetensors").write_bytes(b"")
    index = folder / "text_encoder" / "model.safetensors.index.json"
    index.write_text('{"metadata": {}, "weight_map": {"a": "../../out.safetensors"}}')
    assert "m/text_encoder/model.safetensors.index.json: names '../../out" in refused(folder)


def test_shards_are_hashed_and_nothing_beside_them(tiny_sd, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = copied(tiny_sd, tmp_path / "m")
    (single,) = (folder / "text_encoder").glob("*.safetensors")
    tensors = load_file(single)
    save_file(tensors, single.with_name("shard.safetensors"), metadata={"format": "pt"})
    single.write_bytes(single.with_name("shard.safetensors").read_bytes())
    single.rename(single.with_name("junk.safetensors"))
    weight_map = dict.fromkeys(tensors, "shard.safetensors")
    index = {"metadata": {}, "weight_map": weight_map}
    single.with_name("model.safetensors.index.json").write_text(json.dumps(index))
    backend, whole = load(folder, batch_size=1), load(tiny_sd, batch_size=1)
    of_text = {name for name in backend.describe()["weights"] if name.startswith("text_encoder")}
    assert of_text == {"text_encoder/shard.safetensors"}
    batch = asked("a red circle")
    assert backend.render(batch)[0].tobytes() == whole.render(batch)[0].tobytes()


def test_a_pipeline_inside_of_a_pipeline_is_refused(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    copied(tiny_sd, folder / "nested")
    edit_json(folder / "model_index.json", nested=["diffusers", "StableDiffusionPipeline"])
    assert "m/nested/model_index.json: is of a pipeline" in refused(folder)
    shutil.rmtree(folder / "nested")
    assert "its nested is a pipeline (StableDiffusionPipeline)" in refused(folder)
    edit_json(folder / "model_index.json", nested=["diffusers", "AutoPipelineForText2Image"])
    assert "its nested is a pipeline (AutoPipelineForText2Image)" in refused(folder)


@pytest.mark.parametrize(
    ("part", "changes", "said"),
    [
        ("text_encoder", {"_attn_implementation": "org/kernel"}, "asks for a kernel"),
        ("unet", {"_attn_implementation": "org/kernel"}, "asks for a kernel"),
        ("text_encoder", {"quantization_config": {"quant_method": "gptq", "bits": 4}}, "m"),
        ("unet", {"quantization_config": {"quant_method": "bitsandbytes"}}, "m"),
        ("text_encoder", {"num_hidden_layers": 10**8}, "num_hidden_layers is more than"),
        ("unet", {"layers_per_block": 10**8}, "layers_per_block is more than"),
        ("vae", {"latent_channels": 10**9}, "latent_channels is more than"),
    ],
)
def test_a_hostile_configuration_is_refused_in_one_line_and_at_once(
    tiny_sd, tmp_path, part, changes, said
):
    folder = copied(tiny_sd, tmp_path / "m")
    edit_json(folder / part / "config.json", **changes)
    began = time.monotonic()
    line = refused(folder)
    assert said in line
    assert time.monotonic() - began < 20


def test_damaged_folders_are_refused(tiny_sd, tmp_path):
    folder = copied(tiny_sd, tmp_path / "m")
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert "m'" in refused(folder)
    (folder / "model_index.json").write_text("{")
    assert "m/model_index.json: line 1, column 2" in refused(folder)
    (folder / "model_index.json").unlink()
    assert "m: has no model_index.json" in refused(folder)


def test_missing_weights_are_refused_and_never_made_up(tiny_sd, tmp_path):
    from safetensors.torch import load_file, save_file

    for number, part in enumerate(["unet/diffusion_pytorch_model", "text_encoder/model"]):
        folder = copied(tiny_sd, tmp_path / f"m{number}")
        path = folder / f"{part}.safetensors"
        tensors = load_file(path)
        tensors.pop(sorted(tensors)[0])
        save_file(tensors, path, metadata={"format": "pt"})
        said = refused(folder)
        assert f"m{number}" in said
        assert "missing" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dtype": "fp12"}, "dtype 'fp12' is unknown; use auto, fp32, fp16 or bf16"),
        ({"device": "abacus"}, "device 'abacus' is unknown"),
        ({"device": "cuda:99"}, "this machine has"),
        ({"size": (33, 32)}, "size 33x32: tiny-sd draws multiples of 8, like 64x64"),
        ({"steps": 0}, "steps 0"),
        ({"batch_size": 0}, "batch size 0"),
        ({"revision": "main"}, "is a directory; leave revision out"),
        ({"scheduler": "EulerDiscreteSchedular"}, "did you mean 'EulerDiscreteScheduler'?"),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(tiny_sd, options, said):
    assert said in refused(tiny_sd, **options)


def test_importing_the_back_end_loads_nothing_heavy():
    code = "import sys, evalsuite.backends.diffusers, evalsuite.backends.folder; "
    code += "print([m for m in ('torch', 'diffusers', 'PIL', 'yaml') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


# On a GPU


@pytest.mark.gpu
@pytest.mark.filterwarnings("ignore:.upcast_vae. is deprecated:FutureWarning")
def test_on_a_gpu_pipelines_run_in_half_precision_and_slots_do_not_matter(tiny_pipeline):
    backend = load(tiny_pipeline, device="auto", batch_size=4, size=(32, 32))
    described = backend.describe()
    assert described["device"]["kind"] == "cuda"
    assert all("float16" in dtype for dtype in described["dtype"].values())
    batch = asked("a red circle", "a dog and a cat", "two dogs", "no square")
    forwards = [picture.tobytes() for picture in backend.render(batch)]
    backwards = [picture.tobytes() for picture in backend.render(batch[::-1])][::-1]
    alone = [backend.render([request])[0].tobytes() for request in batch]
    assert forwards == backwards == alone


@pytest.mark.gpu
def test_on_a_gpu_bytes_come_back_late_and_are_those_of_diffusers_own_images(tiny_sd):
    import torch

    backend = load(tiny_sd, device="cuda", batch_size=2, scheduler="PNDMScheduler", steps=4)
    first, second = asked("a red circle", "a dog"), asked("two dogs", "no square", seed=9)
    waits = [backend.start(first), backend.start(second)]
    late = [picture.tobytes() for wait in reversed(waits) for picture in wait()]
    backend.pipeline.image_processor.__dict__.pop("postprocess")
    backend.pipeline.scheduler.__dict__.pop("step")
    own = []
    for batch in (second, first):
        generators = [torch.Generator("cpu").manual_seed(r.seed) for r in batch]
        texts = [r.prompt.text for r in batch]
        images = backend.pipeline(texts, num_inference_steps=4, generator=generators).images
        own += [np.asarray(image).tobytes() for image in images]
    assert late == own


@pytest.mark.gpu
def test_on_a_gpu_compiled_networks_draw_the_same_in_every_slot(tiny_sd):
    eager = load(tiny_sd, device="cuda", batch_size=4)
    backend = load(tiny_sd, device="cuda", batch_size=4, compile=True)
    backend.prepare()
    assert backend.describe()["compile"]["fused_qkv"]
    batch = asked("a red circle", "a dog and a cat", "two dogs", "no square")
    forwards = [picture.tobytes() for picture in backend.render(batch)]
    backwards = [picture.tobytes() for picture in backend.render(batch[::-1])][::-1]
    assert forwards == backwards
    for picture, other in zip(backend.render(batch), eager.render(batch), strict=True):
        assert np.abs(picture.astype(int) - other.astype(int)).mean() < 8


@pytest.mark.gpu
def test_on_a_gpu_the_batch_is_as_large_as_the_memory_allows(tiny_sd):
    backend = load(tiny_sd, device="cuda")
    backend.prepare()
    assert backend.batch_size == 16
    assert "compile" not in backend.describe()
    kept = load(tiny_sd, device="cuda")
    kept.prepare({"batch_size": 2})
    assert kept.batch_size == 2


@pytest.mark.parametrize("mark", ["<|endoftext|>", "<|STARTOFTEXT|>"])
def test_a_tokenizers_own_marks_in_a_prompt_are_refused(tiny_sd, mark):
    backend = load(tiny_sd)
    prompt = Prompt("p1", f"a red circle {mark} a blue square", "color")
    assert backend.problems([prompt]) == [
        f"prompt p1: the tokenizer of {tiny_sd.name} takes {mark.lower()!r} for a mark of its own; "
        "leave it out"
    ]
    assert backend.problems([Prompt("p2", "a <b> [c] ! | endoftext", "color")]) == []
    with pytest.raises(InputError, match=r"the negative prompt: the tokenizer of"):
        load(tiny_sd, negative_prompt=f"a {mark}")
