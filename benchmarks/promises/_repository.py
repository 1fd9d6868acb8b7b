"""A whole tiny model repository, of which hostile ones are made, and how its files are changed."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evalsuite.files.checkpoints import BUNDLED

WHOLE = BUNDLED / "scenes-ldm"
PARTS = ("scheduler", "text_encoder", "tokenizer", "unet", "vae")
NETWORKS = {
    "text_encoder": "model.safetensors",
    "unet": "diffusion_pytorch_model.safetensors",
    "vae": "diffusion_pytorch_model.safetensors",
}
CONFIGS = {
    **dict.fromkeys(NETWORKS, "config.json"),
    "scheduler": "scheduler_config.json",
    "tokenizer": "tokenizer_config.json",
}
REFUSED, EITHER = "refused", "either"
"""What has to become of a repository: it is refused, or it may load, as nothing in it is heeded."""


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change what a file of JSON holds."""
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))


def put(path: Path, key: str, value: Any, dice: random.Random) -> None:
    """A key into a configuration, at some depth."""

    def change(held: Any) -> None:
        for _ in range(dice.randrange(4)):
            name = dice.choice(("text_config", "vision_config", "a", "_b", "layers"))
            inner: dict[str, Any] = {}
            held[name] = [inner] if dice.random() < 0.3 else inner
            held = inner
        held[key] = value

    edit(path, change)


def config_of(place: Path, dice: random.Random) -> Path:
    """The configuration of some component."""
    part = dice.choice(list(CONFIGS))
    return place / part / CONFIGS[part]
