"""Where a setting comes from, and what a bad one is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.pipeline.parsing import pairs, scorer_pairs, size, span
from evalsuite.pipeline.settings import FIELDS, Settings, flag, recorded, resolve, variable
from evalsuite.records import InputError


def test_flag_over_environment_over_file_over_default(tmp_path):
    config = tmp_path / "run.yaml"
    config.write_text("steps: 1\nseed: 1\nnum-images: 1\n")
    environ = {"EVALSUITE_STEPS": "2", "EVALSUITE_SEED": "2"}

    settings = resolve({"steps": "3", "seed": None}, environ, config)

    assert (settings.steps, settings.seed, settings.num_images) == (3, 2, 1)
    assert settings.model == "scenes-ldm"
    assert settings.max_retries is None


def test_recorded_settings_come_below_everything():
    settings = resolve({}, {"EVALSUITE_SEED": "5"}, recorded={"seed": 4, "steps": 9, "size": None})

    assert (settings.seed, settings.steps, settings.size) == (5, 9, None)


def test_every_setting_has_a_flag_and_a_variable():
    assert flag("num_images") == "--num-images"
    assert variable("num_images") == "EVALSUITE_NUM_IMAGES"
    assert all(item.metadata["help"].endswith(".") for item in FIELDS.values())


def test_values_are_read_alike_from_a_file(tmp_path):
    config = tmp_path / "run.yaml"
    config.write_text(
        "prompts: [counts, spatial]\nsize: 64x32\nlimit: 3\nresume: no\n"
        "model_arg: {knob: 0.5, lit: true}\nscorer_arg: {clip: {model: x}}\n"
    )

    settings = resolve({}, {}, config)

    assert settings.prompts == ("counts", "spatial")
    assert settings.size == (64, 32)
    assert settings.limit == "3"
    assert settings.resume is False
    assert settings.model_arg == {"knob": 0.5, "lit": True}
    assert settings.scorer_arg == {"clip": {"model": "x"}}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("steps", "abc", "--steps: 'abc' is not a whole number from 1 on"),
        ("steps", "0", "--steps: '0' is not a whole number from 1 on"),
        ("seed", "4294967296", "--seed: '4294967296' is not a whole number from 0 to 4294967295"),
        ("guidance_scale", "nan", "--guidance-scale: 'nan' is not a number"),
        ("executor", "dask", "--executor: 'dask' is neither inline, processes nor ray"),
        (
            *(
                "ray_arg",
                "num_gpus=1",
                "--ray-arg: 'num_gpus=1' is neither draw.K=V nor judge.K=V, ",
            ),
        ),
        ("ray_arg", "draw.gpus=1", "--ray-arg: 'draw.gpus=1' is neither draw.K=V nor judge.K=V, "),
        ("ray_arg", ["draw.num_cpus=two"], "gives draw.num_cpus something that is not a number fr"),
        ("ray_arg", ["judge.num_gpus=-1"], "gives judge.num_gpus something that is not a number "),
        ("ray_arg", ["draw.memory=true"], "gives draw.memory something that is not a number of by"),
        ("ray_arg", {"draw": {"num_cpus": None}}, "gives draw.num_cpus something that is not a "),
        ("ray_arg", ["draw.num_cpus=.inf"], "gives draw.num_cpus something that is not a number"),
        ("ray_arg", ["draw.accelerator_type=4"], "accelerator_type something that is not a name"),
        ("ray_arg", ["draw.resources={a: b}"], "draw.resources something that is not a map of am"),
        ("ray_arg", {"draw": 1}, "is neither draw.K=V nor judge.K=V, "),
        ("output_dir", "s3://a/b", "--output-dir: 's3://a/b' is an address, and a run's folder "),
        ("size", "512", "--size: '512' is not a size; write width and height in pixels: 512x512"),
        ("limit", "9-3", "--limit: '9-3' is no range of prompts; write N for the first N"),
        ("prompts", "a,,b", "--prompts: 'a,,b' is not a list of names"),
        ("prompts", "a,a", "--prompts: 'a,a' names something twice"),
        ("model_arg", ["knob"], "--model-arg: 'knob' is no option; write name=value"),
        ("scorer_arg", ["k=v"], "write scorer.name=value"),
        ("model", "", "--model: '' is not a text"),
    ],
)
def test_a_bad_flag_is_named_with_the_mend(name, value, said):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        resolve({name: value})

    assert said in str(error.value)


def test_a_bad_variable_is_named():
    with pytest.raises(InputError, match=r"^EVALSUITE_STEPS: 'x' is not a whole number"):
        resolve({}, {"EVALSUITE_STEPS": "x"})


def test_a_misspelt_variable_is_not_ignored():
    with pytest.raises(InputError, match=r"^EVALSUITE_STEPPS: .* did you mean 'steps'\?"):
        resolve({}, {"EVALSUITE_STEPPS": "3", "EVALSUITE_JSON": "1", "EVALSUITE_SEED": ""})


@pytest.mark.parametrize("name", ["STEPPS", "NUMIMAGES", "GUIDANCE", "MODELS", "IMAGE", "JSN"])
def test_near_misses_of_a_setting_or_flag_are_refused(name):
    with pytest.raises(InputError, match=rf"^EVALSUITE_{name}: no such setting; did you mean '"):
        resolve({}, {f"EVALSUITE_{name}": "3"})


@pytest.mark.parametrize("name", ["FORMAT", "VERSION", "HOME", "CACHE_URL", "TOKEN", "", "X"])
def test_variables_of_somebody_else_are_left_alone(name):
    assert resolve({}, {f"EVALSUITE_{name}": "3"}) == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: x", ":1: steps: 'x' is not a whole number"),
        ("seed: 1\nstepps: 3", ":2: stepps: no such setting; did you mean 'steps'?"),
        ("- a", ":1: is not a mapping"),
        ("a: [", ":1: is not YAML"),
        ("seed: true", ":1: seed: 'true' is not a whole number"),
        ("seed: 1\nsteps: 2\nseed: 3", ":3: key 'seed' is there twice; keep one"),
        ("num_images: 1\nnum-images: 2", ":2: num_images stands in line 1 too; keep one"),
        ("model_arg: {k: 1, k: 2}", ":1: key 'k' is there twice"),
        ("model: &a x\nvariant: *a", ":2: aliases are not read"),
        ("steps: 0x10", ":1: steps: '0x10' is not a whole number"),
        ("size: 1:30", ":1: size: '1:30' is not a size"),
        ('model: "\\ud800"', ":1: control, bidi or broken character U+D800"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path, text, said):
    config = tmp_path / "run.yaml"
    config.write_text(text)

    with pytest.raises(InputError) as error:
        resolve({}, {}, config)

    assert f"--config {config}{said}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_says_what_is_written_in_it(tmp_path):
    """Under YAML 1.1 these were 8, 42798, False and ["a", False]."""
    config = tmp_path / "run.yaml"
    config.write_text(
        "seed: 010\nrevision: 0123456\nnegative_prompt: no\nprompts: [a, no]\nresume: off\n"
        "variant: 1.10\nlimit: 1-5\nmodel: 123e456\nsize: [64, 32]\nsteps: null\n"
        "guidance_scale: 1e-2\nmodel_arg: {k: 1e-3, on: no, yes: true, commit: 0123}\n"
        "scorer_arg: {clip: {model: null, size: 7}}\nscorers: 'a, b'\n"
    )

    assert resolve({}, {}, config) == Settings(
        seed=10,
        revision="0123456",
        negative_prompt="no",
        prompts=("a", "no"),
        resume=False,
        variant="1.10",
        limit="1-5",
        model="123e456",
        size=(64, 32),
        guidance_scale=0.01,
        model_arg={"k": 0.001, "on": "no", "yes": True, "commit": "0123"},
        scorer_arg={"clip": {"model": None, "size": 7}},
        scorers=("a", "b"),
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.yaml: No such file"):
        resolve({}, {}, tmp_path / "nowhere.yaml")


def test_options_are_yaml_scalars():
    assert pairs(["a=1", "b=x=y", "c=true", "d=[1, 2]", "e=", "f=1e-3"]) == {
        "a": 1,
        "b": "x=y",
        "c": True,
        "d": [1, 2],
        "e": None,
        "f": 0.001,
    }
    assert scorer_pairs(["clip.model=a", "my.mod.k=2"]) == {
        "clip": {"model": "a"},
        "my.mod": {"k": 2},
    }


def test_a_batch_size_of_auto_is_none():
    assert resolve({"batch_size": "auto"}).batch_size is None
    assert resolve({"batch_size": "16"}).batch_size == 16
    with pytest.raises(InputError, match="--batch-size: 'all' is not a whole number from 1 on"):
        resolve({"batch_size": "all"})


def test_sizes_and_ranges():
    assert size("512X256") == (512, 256)
    assert span("7") == "7"
    assert span("2-5") == "2-5"


def test_recorded_settings_leave_local_ones_out():
    kept = recorded(Settings(output_dir="x", size=(8, 4), prompts=("a",)))

    assert not {"output_dir", "resume", "max_retries"} & set(kept)
    assert (kept["size"], kept["prompts"]) == ("8x4", ["a"])


@given(
    seed=st.integers(0, 2**32 - 1),
    guidance=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    size=st.none() | st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
    limit=st.none() | st.integers(1, 999).map(str),
    negative=st.none() | st.text(),
)
def test_recorded_settings_resolve_to_the_same(seed, guidance, size, limit, negative):
    settings = Settings(
        seed=seed, guidance_scale=guidance, size=size, limit=limit, negative_prompt=negative
    )

    assert resolve({}, recorded=recorded(settings)) == settings


@given(st.text(), st.sampled_from(sorted(FIELDS)))
def test_any_text_is_read_or_refused(text, name):
    try:
        resolve({name: text})
    except InputError as error:
        assert flag(name) in str(error)


def test_what_a_worker_of_ray_asks_for_is_read_from_flags_and_from_a_map():
    typed = ["draw.num_gpus=0.5", "draw.resources={a: 1}", "judge.accelerator_type=T4"]
    asked = {"draw": {"num_gpus": 0.5, "resources": {"a": 1}}, "judge": {"accelerator_type": "T4"}}
    for said in (typed, asked):
        assert resolve({"ray_arg": said}, environ={}).ray_arg == asked
