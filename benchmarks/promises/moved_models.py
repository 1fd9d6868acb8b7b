"""Promise 14: a model that changed under its name is noticed, and no run holds two models' images.

A hub that is a folder: its `main` moves between two commands. And models in folders, whose
weights, configurations and tokenizer change by a byte or are another model's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.promises._ended import ended
from benchmarks.promises.proof import Proof
from benchmarks.promises.repositories import load
from evalsuite.cli import app
from evalsuite.commands.exit import DONE, USAGE
from evalsuite.files.checkpoints import BUNDLED

NUMBER = 14
PROMISE = "A run whose model or scorer changed under the same name stops, and says what changed."

ROOT = Path(__file__).parents[2]
NAME = "somebody/circles"
FIRST, SECOND = "a" * 40, "b" * 40
WHOLE, OTHER = BUNDLED / "scenes-ldm", BUNDLED / "scenes-ldm-early"
UNET = "unet/diffusion_pytorch_model.safetensors"
COMMAND = (
    *("generate", "--prompts", "scenes-counts", "--steps", "2", "--device", "cpu"),
    *("--num-images", "1", "--output-dir", "run", "--no-progress"),
)
Change = Callable[[Path], None]


def prove(quick: bool) -> Proof:
    """Draw two images, change the model, and go on; `quick` makes the first changes alone."""
    with tempfile.TemporaryDirectory() as place:
        given = {"HF_HOME": f"{place}/hf", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        answer = subprocess.run(
            # In a process of its own, for where the hub's cache is is read when it is imported.
            [sys.executable, "-m", "benchmarks.promises.moved_models", place, str(int(quick))],
            env={**os.environ, **given, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        counts, broken = json.loads(answer.stdout)
    return Proof(counts=counts, broken=broken)


def main() -> None:
    """Make the changes in a folder, and print what was done and what broke, as JSON."""
    place, quick = Path(sys.argv[1]), sys.argv[2] == "1"
    broken: list[str] = []
    load(WHOLE)  # once, so that the forks have the libraries
    hub = moved_main(place / "hub", broken)
    chosen = list(FOLDERS)[:2] if quick else list(FOLDERS)
    for number, what in enumerate(chosen):
        broken += changed_folder(place / str(number), what, *FOLDERS[what])
    swapped_scorer(place / "scorer", broken)
    counts = {"moves of main": hub, "changes of a model's folder": len(chosen), "of a scorer's": 1}
    print(json.dumps([counts, broken]))


def run(home: Path, *words: str) -> tuple[int, str]:
    """A command in a fork, in a folder: its exit code and what it said."""

    def command() -> object:
        os.chdir(home)
        return app(list(words), standalone_mode=False)

    end = ended(command, home, 120)
    return end.code, end.said.strip()


# The hub


def publish(home: Path, revision: str, model: Path) -> None:
    """Have the hub's `main` be a model, under a revision."""
    folder = home.parent / "hf" / "hub" / f"models--{NAME.replace('/', '--')}"
    shutil.copytree(model, folder / "snapshots" / revision)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(revision)


def moved_main(home: Path, broken: list[str]) -> int:
    """How often `main` was moved: to another model, and to the same one under a new revision."""
    home.mkdir()
    publish(home, FIRST, WHOLE)
    words = [*COMMAND, "--model", NAME]
    expect(run(home, *words, "--limit", "2"), DONE, "", "the first images", broken)
    manifest = json.loads((home / "run" / "manifest.json").read_text())
    if manifest["backend"]["revision"] != FIRST:
        broken.append(f"hub: the manifest has revision {manifest['backend']['revision']}")
    for revision, model in ((SECOND, OTHER), ("c" * 40, WHOLE)):
        publish(home, revision, model)
        said = f"backend.revision ({json.dumps(FIRST)} there, {json.dumps(revision)} here)"
        expect(run(home, *words, "--limit", "2"), USAGE, said, f"main at {revision[:4]}", broken)
    pinned = run(home, *words, "--limit", "2", "--revision", FIRST)
    expect(pinned, DONE, "", "the first revision, named", broken)
    return 2


def expect(ended: tuple[int, str], code: int, said: str, what: str, broken: list[str]) -> None:
    """Note where a command did not end so, or did not say so in one line."""
    if ended[0] != code or said not in ended[1] or (code == USAGE and "\n" in ended[1]):
        broken.append(f"{what}: exit code {ended[0]}, not {code}: {ended[1][-400:]}")


# Folders


def flip(file: str, back: int) -> Change:
    """Turn a bit of a file's last bytes: of a number among its weights."""

    def change(folder: Path) -> None:
        data = bytearray((folder / file).read_bytes())
        data[-back] ^= 1
        (folder / file).write_bytes(bytes(data))

    return change


def edit(file: str, key: str, value: object) -> Change:
    """Another value under a key of a configuration."""

    def change(folder: Path) -> None:
        held = json.loads((folder / file).read_text())
        assert held[key] != value
        (folder / file).write_text(json.dumps(held | {key: value}))

    return change


def exchange_words(folder: Path) -> None:
    """Two words have each other's token."""
    path = folder / "tokenizer" / "tokenizer.json"
    held = json.loads(path.read_text())
    words = held["model"]["vocab"]
    one, other = list(words)[-1], list(words)[-2]
    words[one], words[other] = words[other], words[one]
    path.write_text(json.dumps(held))


def swap(folder: Path) -> None:
    """Another model's weights under the same names."""
    shutil.copy(OTHER / UNET, folder / UNET)


FOLDERS: dict[str, tuple[Change, str]] = {
    "another model's weights": (swap, f"backend.weights.{UNET}"),
    "words exchanged": (exchange_words, "backend.configs.tokenizer/tokenizer.json"),
    "a bit of the denoiser": (flip(UNET, 2), f"backend.weights.{UNET}"),
    "a bit of the decoder": (flip("vae/diffusion_pytorch_model.safetensors", 2), "backend.weights"),
    "a bit of the text encoder": (flip("text_encoder/model.safetensors", 2), "backend.weights"),
    "another activation": (edit("unet/config.json", "act_fn", "gelu"), "backend.configs.unet"),
    "another schedule": (
        edit("scheduler/scheduler_config.json", "beta_schedule", "linear"),
        "backend.configs.scheduler",
    ),
}


def changed_folder(home: Path, what: str, change: Change, said: str) -> list[str]:
    """What breaks where a model's folder changes between two commands."""
    home.mkdir()
    shutil.copytree(WHOLE, home / "model")
    broken: list[str] = []
    words = [*COMMAND, "--model", "./model"]
    expect(run(home, *words, "--limit", "2"), DONE, "", what, broken)
    change(home / "model")
    expect(run(home, *words, "--limit", "2"), USAGE, said, what, broken)
    return broken


def swapped_scorer(home: Path, broken: list[str]) -> int:
    """A scorer's weights are others: what it has judged is not mixed with what it would say now."""
    home.mkdir()
    model = home / "clip"
    shutil.copytree(BUNDLED / "scenes-clip", model)
    (model / "golden.json").unlink()  # a stranger's model has none, and would be loaded
    judge: Sequence[str] = ("--scorers", "clip", "--scorer-arg", "clip.model=./clip")
    words = ["--model", "scenes", "--prompts", "scenes-counts", "--limit", "2", *judge]
    words += ["--num-images", "1", "--output-dir", "run", "--no-progress"]
    expect(run(home, "run", *words), DONE, "", "the first judgements", broken)
    flip("open_clip_model.safetensors", 2)(model)
    ended = run(home, "judge", "run", *judge)
    expect(ended, USAGE, "weights_sha256", "a scorer's weights", broken)
    return 1


if __name__ == "__main__":
    main()
