"""Every part trains, goes on where it was stopped, and is saved as the package loads it."""

from hashlib import sha256
from pathlib import Path

import pytest
import torch

from evalsuite.scenes.train import clip, drawing, gan, ldm, loop, owl, pool, vae
from evalsuite.scenes.train.loop import Machine, Plan, finished, steps_of, train


def _line(machine: Machine, steps: int, **options: object) -> tuple[torch.nn.Linear, Path]:
    torch.manual_seed(0)
    model = torch.nn.Linear(2, 1)

    def loss() -> torch.Tensor:
        inputs = torch.randn(8, 2)
        return (model(inputs) - inputs.sum(1, keepdim=True)).square().mean()

    train(Plan("line", steps, 0.05, **options), model, lambda: loss, machine)  # type: ignore[arg-type]
    return model, finished(machine.work, "line")


def test_training_that_was_stopped_ends_as_if_it_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, path = _line(Machine(tmp_path / "whole", torch.device("cpu")), 60)
    assert steps_of(path) == 60
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0)
    taken = loop._Stepper.take

    def stop_at_45(self: loop._Stepper, step: int, progress: float) -> None:
        if step == 45:
            raise KeyboardInterrupt
        taken(self, step, progress)

    stopped = Machine(tmp_path / "stopped", torch.device("cpu"))
    with monkeypatch.context() as context:
        context.setattr(loop._Stepper, "take", stop_at_45)
        with pytest.raises(KeyboardInterrupt):
            _line(stopped, 60)
    assert not finished(stopped.work, "line").exists()
    again, _ = _line(stopped, 60)
    assert again.weight.tolist() == whole.weight.tolist()
    # And what is finished is only loaded.
    assert _line(stopped, 9999)[0].weight.tolist() == whole.weight.tolist()


def test_a_budget_of_time_takes_the_place_of_steps(tmp_path: Path) -> None:
    machine = Machine(tmp_path, torch.device("cpu"), until=loop.monotonic() + 0.5)
    model, path = _line(machine, 1, keep_at=(3,))
    assert steps_of(path) > 3 and steps_of(finished(tmp_path, "line", 3)) == 3
    # How near it comes says how busy the machine was.
    torch.manual_seed(0)
    begun = torch.nn.Linear(2, 1).weight
    assert (model.weight - 1).abs().sum() < (begun - 1).abs().sum()


@pytest.mark.slow
def test_every_part_is_saved_as_the_package_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalsuite.encoders.clip import load as load_clip
    from evalsuite.encoders.detector import load as load_detector
    from evalsuite.plugins.find import load_backend

    monkeypatch.setattr(pool, "SHARES", 1)
    monkeypatch.setattr(drawing, "SHARE", 16)
    monkeypatch.setattr(pool, "_processes", _Inline)
    monkeypatch.setattr(ldm, "EARLY", 2)
    machine = Machine(tmp_path, torch.device("cpu"))
    for part in (vae, ldm, clip, owl):
        monkeypatch.setattr(part, "BATCH", 4)
        part.run(machine, 3)
    assert steps_of(finished(tmp_path, "ldm")) == 3
    assert load_clip(str(tmp_path / "scenes-clip")).max_tokens == 32
    assert load_detector(str(tmp_path / "scenes-owl")).threshold == 0.1
    for name in ("scenes-ldm", "scenes-ldm-early"):
        load_backend(str(tmp_path / name), {})


@pytest.mark.slow
def test_a_gan_that_was_stopped_ends_as_if_it_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalsuite.plugins.find import load_backend

    monkeypatch.setattr(gan, "SHARES", 1)
    monkeypatch.setattr(gan, "BATCH", 4)
    monkeypatch.setattr(drawing, "SHARE", 16)
    monkeypatch.setattr(pool, "_processes", _Inline)
    whole, stopped = (Machine(tmp_path / name, torch.device("cpu")) for name in ("a", "b"))
    at_once = gan.run(whole, 6)
    gan.run(stopped, 3)
    resumed = gan.run(stopped, 6)
    files = [(folder / "generator.safetensors").read_bytes() for folder in (at_once, resumed)]
    assert files[0] == files[1]
    backend = load_backend(str(resumed), {"device": "cpu"})
    assert backend.describe()["weights"] == {"generator.safetensors": sha256(files[1]).hexdigest()}


class _Inline:
    """Draws in this process, where the pool's size was changed."""

    def __enter__(self) -> "_Inline":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    map = staticmethod(map)
