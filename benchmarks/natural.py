"""Pictures that compress as natural ones do: photographs, and smooth noise with some grain."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from evalsuite.records import Pixels

PHOTOGRAPHS = {
    "skimage": "data/astronaut.png",
    "matplotlib": "mpl-data/sample_data/grace_hopper.jpg",
    "sklearn": "datasets/images/china.jpg",
}
"""By installed package that ships one."""


def photographs(side: int) -> list[Pixels]:
    """Those that are installed here, their middle square, so many pixels a side."""
    from PIL import Image, ImageOps

    found = []
    for package, file in PHOTOGRAPHS.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            with Image.open(Path(spec.origin).parent / file) as image:
                found.append(np.asarray(ImageOps.fit(image.convert("RGB"), (side, side))))
    return found


def smooth(draws: np.random.Generator, side: int) -> Pixels:
    """Smooth noise with some grain: about 400 kB as a PNG of 512x512, as of a photograph."""
    from PIL import Image

    coarse = draws.integers(0, 256, (side // 16, side // 16, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image) + draws.normal(0, 3, (side, side, 1)), 0, 255).astype(np.uint8)
