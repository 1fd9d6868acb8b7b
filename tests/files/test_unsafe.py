import json
import struct

import pytest

from evalsuite.files.unsafe import refuse_unsafe
from evalsuite.files.weight_files import Size, files_read, size_of
from evalsuite.records import InputError


def tensors(path, *shapes):
    """A safetensors file of zeros."""
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for number, shape in enumerate(shapes):
        size = 4
        for side in shape:
            size *= side
        entry = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
        header[f"w{number}"], end = entry, end + size
    coded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(coded)) + coded + bytes(end))


def index(path, *names):
    held = {f"w{number}": name for number, name in enumerate(names)}
    path.write_text(json.dumps({"metadata": {}, "weight_map": held}))


def refused(folder, **options):
    with pytest.raises(InputError) as caught:
        refuse_unsafe(folder, "m/unet", **options)
    return str(caught.value)


def test_the_files_read_are_those_of_the_fixed_names_or_of_an_index(tmp_path):
    names = ["model.safetensors", "model.fp16.safetensors", "a.safetensors", "b.fp16.safetensors"]
    for name in [*names, "diffusion_pytorch_model.safetensors", "junk.safetensors"]:
        tensors(tmp_path / name, (2,))

    def read(variant=None):
        return [path.name for path in files_read(tmp_path, variant, "m")]

    assert read() == ["diffusion_pytorch_model.safetensors"]
    index(tmp_path / "diffusion_pytorch_model.safetensors.index.json", "a.safetensors")
    assert read() == ["a.safetensors"], "diffusers reads an index before a single file"
    assert read("fp16") == ["model.fp16.safetensors"]
    index(tmp_path / "diffusion_pytorch_model.safetensors.index.fp16.json", "b.fp16.safetensors")
    assert read("fp16") == ["b.fp16.safetensors"]
    assert read("ema") == ["a.safetensors"]
    for path in tmp_path.glob("diffusion*"):
        path.unlink()
    index(tmp_path / "model.safetensors.index.json", "a.safetensors")
    assert read() == ["model.safetensors"], "transformers reads a single file before an index"
    (tmp_path / "model.safetensors").unlink()
    assert read() == ["a.safetensors"]


@pytest.mark.parametrize(
    "name",
    [
        "../out.safetensors",
        "../../../out.safetensors",
        "/etc/out.safetensors",
        "sub/x.safetensors",
        "sub\\x.safetensors",
        "weights.bin",
        "weights.safetensors.bin",
        "..",
        "",
        ".safetensors/../x.safetensors",
    ],
)
@pytest.mark.parametrize("file", ["model.safetensors.index.json", "x.safetensors.index.fp16.json"])
def test_an_index_names_safetensors_files_beside_it_only(tmp_path, name, file):
    tensors(tmp_path / "junk.safetensors", (1,))
    index(tmp_path / file, "junk.safetensors", name)
    assert f"m/unet/{file}: names {name!a}, and only .safetensors" in refused(tmp_path)


@pytest.mark.parametrize("held", [[], {}, {"weight_map": []}, {"weight_map": {"a": 1}}])
def test_an_index_without_names_is_refused(tmp_path, held):
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(held))
    assert "has no weight_map of names" in refused(tmp_path)


def test_a_shard_that_is_missing_is_named(tmp_path):
    tensors(tmp_path / "a.safetensors", (1,))
    index(tmp_path / "model.safetensors.index.json", "a.safetensors", "b.safetensors")
    said = "m/unet/model.safetensors.index.json: names b.safetensors, which is missing; download"
    assert said in refused(tmp_path)
    with pytest.raises(InputError, match=r"b\.safetensors, which is missing"):
        files_read(tmp_path, None, "m")


def test_pickles_are_never_what_is_left(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    tensors(tmp_path / "junk.safetensors", (1,))
    assert "m/unet/pytorch_model.bin: pickled weights can run code" in refused(tmp_path)
    tensors(tmp_path / "model.safetensors", (1,))
    refuse_unsafe(tmp_path, "m/unet")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"_attn_implementation": "org/kernel"}, "_attn_implementation asks for a kernel"),
        ({"a": [{"attn_implementation": {"": "sdpa", "b": "o/k@v1:f"}}]}, "asks for a kernel"),
        ({"x_attn_implementation_internal": "o/k"}, "asks for a kernel"),
        ({"_attn_implementation_internal": "sdpa"}, "_internal asks for code, which is never run"),
        ({"custom_pipeline": "o/p"}, "custom_pipeline asks for code"),
        ({"base_model_name_or_path": "o/m"}, "base_model_name_or_path names other weights"),
        ({"text_config": {"auto_map": {"AutoModel": "x.Y"}}}, "auto_map asks for code"),
        ({"transformers_weights": "other.safetensors"}, "names other weights"),
    ],
)
def test_code_and_weights_from_elsewhere_are_refused_at_any_depth(tmp_path, config, said):
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert refused(tmp_path).startswith("m/unet/config.json: ")
    assert said in refused(tmp_path)


def test_plain_attention_is_none_of_that(tmp_path):
    plain = {"_attn_implementation": "sdpa", "vision": {"_attn_implementation": "eager"}}
    (tmp_path / "config.json").write_text(json.dumps(plain))
    refuse_unsafe(tmp_path, "m/unet")


@pytest.mark.parametrize("name", ["model_index.json", "adapter_config.json"])
def test_pipelines_and_adapters_inside_of_a_component_are_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    assert "is of a pipeline or an adapter" in refused(tmp_path)


def test_sizes_are_bounded_by_the_weights(tmp_path):
    tensors(tmp_path / "model.safetensors", (2, 3), (5,))
    assert size_of([tmp_path / "model.safetensors"], "m") == Size(2, 11)
    config = tmp_path / "config.json"
    for key in ("num_hidden_layers", "n_layer", "layers_per_block", "depth", "num_blocks"):
        config.write_text(json.dumps({"text_config": {key: 1001}}))
        assert f"{key} is more than the weights have (2 tensors)" in refused(tmp_path)
        config.write_text(json.dumps({key: [4, 10**8]}))
        assert "is more than the weights have" in refused(tmp_path)
    config.write_text(json.dumps({"hidden_size": 10**8}))
    assert "hidden_size is more than the weights have (11 numbers)" in refused(tmp_path)
    real = {"num_hidden_layers": 80, "rope_theta": 10_000_000, "block_out_channels": [320, 1280]}
    config.write_text(json.dumps({**real, "block_size": 4096, "layer_norm_eps": 1e-5}))
    refuse_unsafe(tmp_path, "m/unet")
    config.write_text('{"eos_token_id": ' + "9" * 5000 + "}")
    assert "m/unet/config.json: is not JSON" in refused(tmp_path)


@pytest.mark.parametrize("suffix", ["bin", "pt", "pth", "ckpt", "pkl", "msgpack", "h5"])
def test_every_kind_of_pickle_is_one(tmp_path, suffix):
    (tmp_path / f"weights.{suffix}").write_bytes(b"pickle")
    assert f"m/unet/weights.{suffix}: pickled weights can run code" in refused(tmp_path)


def test_a_scheduler_has_no_more_steps_than_real_ones(tmp_path):
    (tmp_path / "scheduler_config.json").write_text('{"num_train_timesteps": 1000000}')
    refuse_unsafe(tmp_path, "m/unet")
    (tmp_path / "scheduler_config.json").write_text('{"num_train_timesteps": 1000000000}')
    assert "num_train_timesteps is more than 1000000" in refused(tmp_path)


@pytest.mark.parametrize("data", [b"", b"pickle", struct.pack("<Q", 2**60), b"\2\0\0\0\0\0\0\0[]"])
def test_a_file_that_only_looks_like_safetensors_is_refused(tmp_path, data):
    (tmp_path / "model.safetensors").write_bytes(data)
    assert "model.safetensors: is no safetensors file" in refused(tmp_path)


@pytest.mark.parametrize("shape", [None, 7, "x", [-1], [1.5], [[]], [None], [True]])
def test_a_shape_that_is_none_is_refused(tmp_path, shape):
    header = json.dumps({"w": {"dtype": "F32", "shape": shape, "data_offsets": [0, 4]}}).encode()
    data = struct.pack("<Q", len(header)) + header + bytes(4)
    (tmp_path / "model.safetensors").write_bytes(data)
    assert "model.safetensors: is no safetensors file" in refused(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["layer", "layers", "block", "blocks", "depth", "depths", "stages", "experts", "resnets"],
)
@pytest.mark.parametrize("around", ["{}", "num_{}", "{}_down", "num_{}_down"])
def test_numbers_of_parts_are_bounded_by_the_tensors(tmp_path, name, around):
    tensors(tmp_path / "model.safetensors", (2, 3))
    key, config = around.format(name), tmp_path / "config.json"
    for number in (1001, -1001, [1, 1001]):
        config.write_text(json.dumps({key: number}))
        assert f"{key} is more than the weights have (1 tensors)" in refused(tmp_path)
    config.write_text(json.dumps({key: 1000, f"x{name}": 1001, f"{name}x": 1001}))
    refuse_unsafe(tmp_path, "m/unet")


@pytest.mark.parametrize(
    "name",
    [
        *("size", "sizes", "dim", "dims", "channels", "width", "resolution"),
        *("id", "ids", "idx", "index", "interval", "freq"),
    ],
)
def test_measures_of_parts_are_bounded_by_the_numbers(tmp_path, name):
    tensors(tmp_path / "model.safetensors", (2, 3))
    config = tmp_path / "config.json"
    for key in (f"block_{name}", f"{name}_of_layer", f"block_{name}_x"):
        config.write_text(json.dumps({key: 1 << 26}))
        refuse_unsafe(tmp_path, "m/unet")
        config.write_text(json.dumps({key: (1 << 26) + 1}))
        assert f"{key} is more than the weights have (6 numbers)" in refused(tmp_path)


@pytest.mark.parametrize(
    "name", ["index.json", "model.safetensors.json", "safetensors_metadata.json"]
)
def test_only_an_index_of_safetensors_is_read_as_one(tmp_path, name):
    (tmp_path / name).write_text("[]")
    refuse_unsafe(tmp_path, "m/unet")


def test_a_folder_without_weights_has_no_sizes_to_be_held_against(tmp_path):
    (tmp_path / "config.json").write_text('{"hidden_size": 100000000}')
    refuse_unsafe(tmp_path, "m")
    (tmp_path / "scheduler_config.json").write_text('{"note": 100000000, "num_timesteps": "many"}')
    refuse_unsafe(tmp_path, "m")
