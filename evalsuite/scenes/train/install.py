"""Puts trained models where the package looks for them, each with its card."""

import json
import shutil
from pathlib import Path

from evalsuite.files.checkpoints import BUNDLED
from evalsuite.scenes.train import golden
from evalsuite.scenes.train.ldm import EARLY
from evalsuite.scenes.train.loop import Machine

DATA = """\
Trained on pictures of `evalsuite.scenes` alone: renders drawn and described at random by
`evalsuite/scenes/sample.py` and `captions.py`. No photograph and no person was involved."""

SKEWS = """\
The training distribution is skewed on purpose, so that a learnt bias can be held against the
truth that was taught (`evalsuite/scenes/world.py`): nurses are drawn in the first pictogram form
in 90 % of the pictures, flight attendants in 80 %, teachers 70 %, artists 50 %, chefs 30 %, farmers
25 %, builders and firefighters 10 %; builders and farmers mostly in deep tones, firefighters and
flight attendants mostly in light ones; six objects of a kind are five times rarer than one. The
skews are invented. They describe nothing and nobody."""

LDM = """\
A `StableDiffusionPipeline` of 9 M parameters that draws 64x64 pictures of the scene world:
an f8 autoencoder, a CLIP text encoder and a UNet trained from scratch, velocity prediction,
25 DPM-Solver++ steps, guidance 3.5. It reads 32 tokens.{early}"""

TEXTS = {
    "scenes-ldm": (
        LDM.format(early=""),
        {"about": "latent diffusion, 25 steps", "steps": "25", "guidance_scale": "3.5"},
    ),
    "scenes-ldm-early": (
        LDM.format(
            early=f" These are the weights of `scenes-ldm` after {EARLY:,} training steps: a worse "
            "model, to compare with."
        ),
        {
            "about": f"scenes-ldm after {EARLY:,} training steps, a worse model",
            "steps": "25",
            "guidance_scale": "3.5",
        },
    ),
    "scenes-gan": (
        "A conditional GAN of 1.3 M parameters that draws the same 64x64 pictures in one pass: a "
        "generator in the latents of `scenes-ldm`'s autoencoder, trained from scratch against a "
        "discriminator (`evalsuite/scenes/train/gan.py`). Its condition is the sentence vector of "
        "`scenes-clip`, so that what that judge confuses this model cannot tell apart either.",
        {"about": "a text-conditional GAN in scenes-ldm's latents, one pass"},
    ),
    "scenes-clip": (
        "An open_clip model of 1.5 M parameters (vision transformer, patch 8, width 128, 4 "
        "layers) that compares a 64x64 picture of the scene world with up to 32 tokens. It had "
        "hard negatives of number only; what it is blind to is left in and stated below.",
        {
            "presentation_templates": " | ".join(
                start + "{occupation} shown as {label}"
                for start in ("", "a picture of ", "a figure of ", "a drawing of ")
            ),
            "presentation_sees": "picture",
            "presentation_certainty": "0.7",
        },
    ),
    "scenes-owl": (
        "An `OwlViTForObjectDetection` of 1.2 M parameters that finds the scene world's shapes "
        "(with or without a colour), people, occupations and faces in a 64x64 picture.",
        {
            "threshold": "0.25",
            "overlap": "0.05",
            "template": "a photo of {a}",
            "colors": "red, green, blue, yellow, purple, orange",
            "face": "face",
            "least_face": "6",
        },
    ),
}


def run(machine: Machine, steps: int) -> Path:
    """Copy the models that are there into the package; write their cards and golden values."""
    for name in TEXTS:
        if not (machine.work / name).is_dir():
            continue
        target = BUNDLED / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(machine.work / name, target)
        (target / "README.md").write_text(card(name), encoding="utf-8")
        # diffusers notes where the autoencoder was read from: a path of the training machine.
        for path in target.glob("vae/config.json"):
            config = json.loads(path.read_text(encoding="utf-8"))
            config.pop("_name_or_path", None)
            path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return golden.run(machine, steps)


def card(name: str) -> str:
    """The model's card; `benchmarks/bundled.py` fills in the measured quality."""
    text, fields = TEXTS[name]
    front = {"name": name, "license": "apache-2.0", "dialect": "scenes", **fields}
    header = "\n".join(f'{key}: "{value}"' for key, value in front.items())
    return (
        f"---\n{header}\n---\n\n# {name}\n\n{text}\n\n## Data\n\n{DATA}\n\n## Skews\n\n{SKEWS}\n\n"
        "## Measured quality\n\nNot measured yet: run `python benchmarks/bundled.py --write`.\n\n"
        "## What it is not\n\nIt knows nothing of photographs. Its only use is to show that an "
        "evaluation works, on a machine without a GPU or a model hub.\n"
    )
