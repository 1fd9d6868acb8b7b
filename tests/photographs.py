"""Real photographs that installed packages ship: two portraits, and two without people."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from evalsuite.records import Picture

PLACES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "grace_hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}


def photograph(name: str) -> Picture:
    package, file = PLACES[name]
    found = find_spec(package)
    assert found is not None and found.origin is not None
    pixels = np.asarray(Image.open(Path(found.origin).parent / file).convert("RGB"))
    return Picture(name, lambda: pixels)
