"""What NudeNet finds in four photographs that packages ship, by the order of colours it is given.

    python benchmarks/body_parts.py [--write reports/benchmarks/body_parts.md]

NudeNet 3.4.2 turns the channels of a file that it reads round twice over, so that its network sees
blue, green, red. This asks it both ways about scikit-image's astronaut, matplotlib's Grace Hopper
(two portraits of women) and scikit-learn's china and flower (nobody), and takes the time of one.
"""

import argparse
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from evalsuite.encoders import nudenet
from evalsuite.records import Box, Picture, Pixels

FILES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "Grace Hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}
TIMES = 20


def pixels_of(package: str, file: str) -> Pixels:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"needs {package}, which ships {file}: pip install 'evalsuite[test]'")
    return np.asarray(Image.open(Path(spec.origin).parent / file).convert("RGB"))


def said(boxes: list[Box]) -> str:
    return ", ".join(f"{box.name} {box.score:.2f}" for box in boxes) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    reader = nudenet.load()
    rows, seconds = [], []
    for name, (package, file) in FILES.items():
        pixels = pixels_of(package, file)
        found = []
        for turned in (pixels, pixels[:, :, ::-1]):
            found.append(said(reader.boxes(Picture(name, lambda turned=turned: turned))))
        for _ in range(TIMES):
            start = time.process_time()
            reader.boxes(Picture(name, lambda pixels=pixels: pixels))
            seconds.append(time.process_time() - start)
        rows.append(f"| {package}'s {name} | {found[0]} | {found[1]} |")
    lines = [
        "# NudeNet on photographs that packages ship",
        "",
        f"Written by `benchmarks/body_parts.py`: {reader.describe()['package']}, a median of "
        f"{np.median(seconds):.2f} s of CPU time per picture.",
        "",
        "| picture | red first (chosen) | blue first, as it reads files itself |",
        "|---|---|---|",
        *rows,
    ]
    text = "\n".join(lines) + "\n"
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
