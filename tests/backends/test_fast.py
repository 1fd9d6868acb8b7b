"""What keeps a GPU busy, as far as a CPU can show it: the same pictures, and when it is done."""

import numpy as np
import pytest

from evalsuite.backends import _decoded, _fast, diffusers
from evalsuite.pipeline import drawing, stages
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.stages import begin
from evalsuite.pipeline.work import begin_work
from evalsuite.records import InputError, Key, NoImage, Prompt, Request


def asked(*texts, seed=7):
    return [
        Request(Key("set", f"p{i}", 0), Prompt(f"p{i}", text, "counting"), seed + i)
        for i, text in enumerate(texts)
    ]


def load(folder, **options):
    options = {"device": "cpu", "steps": 4, "batch_size": 2, **options}
    return diffusers.load(model=str(folder), **options)


BATCH = asked("a red circle", "two dogs")


@pytest.fixture
def eager_compiler(monkeypatch):
    """torch.compile's own back-end that traces and generates no code: the rest is as on a GPU."""
    monkeypatch.setattr(_fast, "BACKEND", "eager")


def test_the_batch_is_a_power_of_two_by_the_images_size():
    sides = (64, 512, 724, 1024, 2048, 8192)
    assert [_fast.batch_for(side * side) for side in sides] == [16, 16, 8, 4, 1, 1]
    assert _fast.batch_for(0) == 16  # a size that is not known: the trial decides


def test_a_batch_in_which_a_slot_matters_is_seen():
    a, b, c = (np.full((2, 2, 3), level, np.uint8) for level in (1, 2, 3))
    nothing = NoImage("invalid", "NaN")
    assert _fast.alike_in_every_slot([a, b, nothing], [nothing, b, a])
    assert not _fast.alike_in_every_slot([a, b], [b, c])
    assert not _fast.alike_in_every_slot([a, b], [b, nothing])


def test_bytes_made_on_the_device_are_numpys():
    import torch

    levels = torch.tensor([0.0, 0.5, 1.5, 2.5, 254.5, 255.0, 100.2, 7.49]) / 255
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        images = levels.to(dtype).reshape(2, 1, 2, 2).repeat(1, 3, 1, 1)
        images[1, 0, 0, 0] = torch.nan
        ours = _decoded.pictures(_decoded.rounded(images), "m")
        with np.errstate(invalid="ignore"):
            theirs = _decoded.pictures(images.permute(0, 2, 3, 1).float().numpy(), "m")
        for (picture, finite), (other, is_finite) in zip(ours, theirs, strict=True):
            assert picture.tobytes() == other.tobytes()
            assert finite == is_finite
        assert [finite for _, finite in ours] == [True, False]
    with pytest.raises(InputError, match="from -1 to 0"):
        _decoded.pictures(_decoded.rounded(torch.tensor([-1.0, 0, 0]).reshape(1, 3, 1, 1)), "m")


@pytest.mark.parametrize("scheduler", ["PNDMScheduler", "DDIMScheduler", "EulerDiscreteScheduler"])
def test_a_scheduler_told_its_steps_by_the_cpu_draws_the_same(tiny_sd, scheduler):
    plain, told = (load(tiny_sd, scheduler=scheduler) for _ in range(2))
    _fast.step_without_waiting(told.pipeline.scheduler)
    assert (scheduler == "EulerDiscreteScheduler") != ("step" in vars(told.pipeline.scheduler))
    for _ in range(2):
        before, after = plain.render(BATCH), told.render(BATCH)
        assert [p.tobytes() for p in before] == [p.tobytes() for p in after]


def test_compiled_networks_draw_the_same_and_are_on_record(tiny_sd, eager_compiler):
    eager, backend = load(tiny_sd), load(tiny_sd, compile=True)
    before = eager.render(BATCH)
    backend.prepare()
    assert backend.describe()["compile"] == {
        "networks": ["Decoder", "UNet2DConditionModel"],
        "channels_last": True,
        "fused_qkv": True,
        "inductor": {"deterministic": True},
    }
    assert backend.describe()["attention"]["unet"].startswith("FusedAttnProcessor2_0")
    after, back = backend.render(BATCH), backend.render(BATCH[::-1])[::-1]
    for picture, again, other in zip(after, back, before, strict=True):
        assert picture.tobytes() == again.tobytes()
        assert np.abs(picture.astype(int) - other.astype(int)).max() <= 2
    backend.compiled.undo()
    assert [p.tobytes() for p in backend.render(BATCH)] == [p.tobytes() for p in before]


def test_networks_are_compiled_when_asked_for_or_on_record_and_never_else(tiny_sd, eager_compiler):
    for option, recorded, is_compiled in [
        (None, None, False),
        (None, {"compile": {"fused_qkv": True}}, True),
        (None, {"batch_size": 2}, False),
        (False, {"compile": {"fused_qkv": True}}, False),
        (True, None, True),
    ]:
        backend = load(tiny_sd, compile=option)
        backend.prepare(recorded)
        assert ("compile" in backend.describe()) == is_compiled


def test_a_compiled_network_in_which_a_slot_matters_is_warned_of(
    tiny_sd, eager_compiler, caplog, monkeypatch
):
    load(tiny_sd, compile=True).prepare()
    assert not caplog.messages
    backend = load(tiny_sd, compile=True)
    decode = backend.pipeline.vae.decode

    def by_slot(*args, **kwargs):
        output = decode(*args, **kwargs)
        output[0][0] += 0.1
        return output

    backend.pipeline.vae.decode = by_slot
    backend.prepare()
    assert "bytes depend on its place in the batch" in caplog.messages[-1]


def test_a_compiler_that_fails_or_draws_something_else_is_refused(tiny_sd, monkeypatch):
    before = [p.tobytes() for p in load(tiny_sd).render(BATCH)]
    backend = load(tiny_sd, compile=True)
    monkeypatch.setattr(_fast, "BACKEND", "no_such_compiler")
    with pytest.raises(InputError, match=r"^--compile: it failed: .*--no-compile$"):
        backend.prepare()
    assert [p.tobytes() for p in backend.render(BATCH)] == before
    monkeypatch.setattr(_fast, "BACKEND", "eager")
    monkeypatch.setattr(_fast, "LIKE", -1.0)
    with pytest.raises(InputError, match=r"differ from eager ones by 0\.\d levels of 255"):
        backend.prepare()
    assert [p.tobytes() for p in backend.render(BATCH)] == before


def test_a_picture_that_only_one_of_both_has_is_a_difference():
    grey, black = np.full((4, 4, 3), 10, np.uint8), np.zeros((4, 4, 3), np.uint8)
    nothing = NoImage("invalid", "NaN")
    assert _fast.unlike([grey, nothing], [grey, nothing]) == ""
    assert _fast.unlike([grey], [nothing]) == "an image is invalid in one of the two"
    assert "10.0 levels" in _fast.unlike([grey], [black])


def test_a_run_goes_on_as_it_was_begun(tiny_sd, tmp_path, eager_compiler):
    """What is on record decides over what a shorter or longer run would choose."""
    prompts = tmp_path / "two.jsonl"
    prompts.write_text(
        '{"id": "p0", "tag": "t", "prompt": "a dog"}\n{"id": "p1", "tag": "t", "prompt": "a cat"}\n'
    )
    card = "---\nname: two\nversion: 1\nlicence: CC0-1.0\nsource: here\ndialect: everyday\n"
    prompts.with_suffix(".md").write_text(f"{card}topic: two\nnot_measured: all\n---\nTwo.\n")
    flags = {"model": str(tiny_sd), "prompts": str(prompts), "device": "cpu", "steps": "4"}
    flags |= {"num_images": "1", "batch_size": "1", "output_dir": str(tmp_path / "run")}
    work, backend = begin_work(resolve({**flags, "compile": "1"}))
    rows = begin(work, backend, [], None)
    drawing.generate(rows, backend, work.requests[:1])
    outcome = stages.generate(resolve(flags))
    assert outcome.statuses == {"ok": 2}
    assert outcome.run.rows.manifest["backend"]["compile"]["fused_qkv"]
    with pytest.raises(InputError, match=r"backend\.compile"):
        stages.generate(resolve({**flags, "compile": "0"}))
