"""How well the `text` scorer reads words whose truth is known, and what else was tried.

    python benchmarks/ocr.py [--seed 0] [--output reports/benchmarks/ocr.md]

Every phrase is drawn in every font, at three sizes: dark on a plain light background of random
colour, at a random place of a 512x512 picture. Then misspelt phrases, which a reader that knows the
words might mend; and the phrases again, turned by up to 12 degrees over a coarse texture. The ten
fonts travel with matplotlib; Liberation, where the machine has it, gives four more. If a
`tesseract` is on the path, it reads the same pictures.
"""

import argparse
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from evalsuite.encoders import ocr
from evalsuite.records import Picture, Pixels
from evalsuite.scorers._edit_distance import compare

SIDE = 512
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSansMono"),
    *("STIXGeneral", "STIXGeneralBol", "cmr10", "cmss10", "cmtt10"),
)
LIBERATION = tuple(f"Liberation{name}-Regular" for name in ("Sans", "SansNarrow", "Serif", "Mono"))
PHRASES = (
    *("OPEN", "EXIT", "LIBRARY", "Bakery", "coffee", "hello", "garden"),
    *("rhythm", "vermilion", "zephyr", "glimp", "brastle", "Norvik"),
    *("24 hours", "Platform 9", "No entry", "Happy birthday", "Wet paint"),
    *("Fresh bread daily", "Keep off the grass"),
)


MISSPELT = (
    *("OPNE", "Bakrey", "cofee", "libary", "hellow", "Hapy birthday", "Wet piant", "No enrty"),
    *("gardn", "Thnak you"),
)


class Condition(NamedTuple):
    """A way of drawing: pixels per em, what is written, and whether turned over a texture."""

    size: int
    phrases: tuple[str, ...] = PHRASES
    turned: bool = False


CONDITIONS = {
    "20 px": Condition(20),
    "32 px": Condition(32),
    "64 px": Condition(64),
    "misspelt, 32 px": Condition(32, MISSPELT),
    "turned, over texture, 32 px": Condition(32, turned=True),
}


class Reading(NamedTuple):
    """One picture read by one engine."""

    font: str
    condition: str
    text: str
    reading: str


def font_files() -> dict[str, Path]:
    """Every font of the benchmark that is there, matplotlib's ten first."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = {name: folder / f"{name}.ttf" for name in FONTS}
    system = Path("/usr/share/fonts/truetype/liberation")
    return files | {n: p for n in LIBERATION if (p := system / f"{n}.ttf").is_file()}


def draw(text: str, font: Path, way: Condition, rng: np.random.Generator) -> Pixels | None:
    """The phrase somewhere in a picture, dark on light; None if it is too wide for one."""
    light, dark = (tuple(int(v) for v in rng.integers(*span, 3)) for span in ((190, 256), (0, 90)))
    picture, ink = Image.new("RGB", (SIDE, SIDE), light), Image.new("L", (SIDE, SIDE))
    if way.turned:
        noise = rng.integers(150, 256, (32, 32, 3)).astype(np.uint8)
        picture = Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pen, face = ImageDraw.Draw(ink), ImageFont.truetype(font, way.size)
    left, top, right, bottom = pen.textbbox((0, 0), text, font=face)
    margin = 80 if way.turned else 8
    spare = SIDE - int(right - left) - 2 * margin, SIDE - int(bottom - top) - 2 * margin
    if min(spare) < 1:
        return None
    x, y = (margin + int(rng.integers(free)) for free in spare)
    pen.text((x - left, y - top), text, font=face, fill=255)
    if way.turned:
        ink = ink.rotate(float(rng.uniform(-12, 12)), Image.Resampling.BICUBIC)
    picture.paste(dark, mask=ink)
    return np.array(picture)


def pictures(seed: int) -> Iterator[tuple[str, str, str, Pixels]]:
    """Every phrase in every font and condition, but for those too wide for their size."""
    rng = np.random.default_rng(seed)
    for name, file in font_files().items():
        for condition, way in CONDITIONS.items():
            for phrase in way.phrases:
                if (pixels := draw(phrase, file, way, rng)) is not None:
                    yield name, condition, phrase, pixels


def with_rapidocr() -> Callable[[Pixels], str]:
    reader = ocr.load()
    return lambda pixels: " ".join(
        line.text for line in reader.lines(Picture("drawn", lambda: pixels))
    )


def with_tesseract(pixels: Pixels) -> str:
    """Tesseract's reading as sparse text (page segmentation 11), its best mode for signs."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    command = ["tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng"]
    done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, check=True)
    return done.stdout.decode()


def table(readings: list[Reading]) -> Iterator[str]:
    """Exact matches in percent, one row per font."""
    yield "| font | " + " | ".join(CONDITIONS) + " |"
    yield "|---" * (len(CONDITIONS) + 1) + "|"
    for name in [*font_files(), "the ten fonts"]:
        fonts = FONTS if name == "the ten fonts" else (name,)
        cells = []
        for condition in CONDITIONS:
            exact = [
                compare(r.text, r.reading).exact
                for r in readings
                if r.font in fonts and r.condition == condition
            ]
            cells.append(f"{100 * np.mean(exact):.1f} ({int(sum(exact))} of {len(exact)})")
        yield f"| {name} | " + " | ".join(cells) + " |"


def cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    return sum(os.times()[:4])


def summary(name: str, readings: list[Reading], seconds: float) -> str:
    close = [compare(r.text, r.reading) for r in readings]
    exact, similar, words = (100 * np.mean([c[k] for c in close]) for k in range(3))
    return f"| {name} | {exact:.2f} | {words:.2f} | {similar:.2f} | {seconds / len(readings):.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    engines: dict[str, Callable[[Pixels], str]] = {
        f"rapidocr {version('rapidocr')} (chosen)": with_rapidocr()
    }
    if shutil.which("tesseract"):
        version_text = subprocess.run(["tesseract", "--version"], capture_output=True, check=True)
        engines[version_text.stdout.decode().splitlines()[0]] = with_tesseract
    lines, rows = [], []
    for engine, read in engines.items():
        start = cpu_seconds()
        readings = [Reading(*labels, read(pixels)) for *labels, pixels in pictures(options.seed)]
        rows.append(summary(engine, readings, cpu_seconds() - start))
        lines += ["", f"## {engine}: exact matches, %", "", *table(readings)]
        wrong = [r for r in readings if not compare(r.text, r.reading).exact]
        worst = "; ".join(f"{r.text!r} as {' '.join(r.reading.split())!r}" for r in wrong[:8])
        lines += [
            "",
            f"{len(wrong)} of {len(readings)} not exact" + (f": {worst}." if wrong else "."),
        ]
    head = [
        "# Reading rendered words",
        "",
        f"Written by `benchmarks/ocr.py --seed {options.seed}`: "
        f"{len(PHRASES)} phrases and {len(MISSPELT)} misspelt ones in "
        f"{len(font_files())} fonts, {len(readings)} pictures of {SIDE}x{SIDE}, "
        "as `evalsuite.scorers._edit_distance.compare` compares them with the truth.",
        "",
        "| engine | exact, % | words, % | similarity, % "
        "| CPU seconds per picture, drawn and read |",
        "|---|---|---|---|---|",
        *rows,
    ]
    text = "\n".join([*head, *lines]) + "\n"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
