"""How often a Monk tone is read as which, by light: rendered faces of known tone.

Each face is an oval of one of the ten published colours in front of hair of another, shaded from a
side at random, with eyes, a mouth, freckles and a camera's noise, in one of six lights. People
differ from the swatch nearest to them: brightness and each channel vary by `OWN`, our own choice.
Exposure is a factor on linear light; warm and cool are CIE's illuminants D50 and D75 (CIE 15:2004)
in pictures whose white stays that of D65, as where nobody corrects it. The reader is the scorer's
own (`evalsuite.people.skin`), given the face's true box: what a detector misses is in no figure.

The matrices are shipped in evalsuite/people/monk_light.json, for `evalsuite.people.lighting`.

python benchmarks/swatches.py            prints the tables
python benchmarks/swatches.py --write    also writes the file and reports/benchmarks/swatches.md
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite.people import lighting
from evalsuite.people.skin import FAR, read_skin
from evalsuite.vocabulary import monk

SEED, FACES, SIDE = 11, 200, 96
LEAST_A_SECOND = 1000
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "swatches.md"

D65, D50, D75 = (0.31272, 0.32903), (0.34567, 0.35850), (0.29902, 0.31485)
"""Chromaticities x, y of CIE's daylights, 2 degree observer."""

OWN = (0.07, 0.02)
"""Standard deviations of the logarithm of brightness, and of that of each channel, in linear light:
about 2 of Delta E."""

FACE = (20.0, 14.0, 76.0, 86.0)
"""The face's box: an oval 56 wide and 72 high."""


def white(at: tuple[float, float]) -> NDArray[np.float64]:
    """What a white surface sends in that light, in linear sRGB, as bright as in D65."""
    to_rgb = np.linalg.inv(monk.TO_XYZ)
    xyz = [np.array([x / y, 1, (1 - x - y) / y]) for x, y in (at, D65)]
    lit, usual = (to_rgb @ each for each in xyz)
    return np.asarray(lit / usual)


LIGHTS: dict[str, NDArray[np.float64]] = {
    "neutral": np.ones(3),
    "one stop less": np.full(3, 0.5),
    "half a stop less": np.full(3, 0.5**0.5),
    "half a stop more": np.full(3, 2**0.5),
    "warm (D50)": white(D50),
    "cool (D75)": white(D75),
}
"""By name: the factors on red, green and blue in linear light."""


def face(rng: np.random.Generator, tone: int, light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """One picture of a face, (96, 96, 3) sRGB bytes."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    left, top, right, bottom = FACE
    x, y = 2 * (columns - left) / (right - left) - 1, 2 * (rows - top) / (bottom - top) - 1
    is_face = x**2 + y**2 <= 1
    hair = monk.linear(rng.integers(10, 90, 3))
    picture = np.where((rows < 60)[..., None], hair, monk.linear((170, 170, 180)))
    depth = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
    angle, slant = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.5)
    # Lambert's law on an ellipsoid, brought to the swatch's own light in the middle.
    facing = depth * np.cos(slant) + (x * np.cos(angle) + y * np.sin(angle)) * np.sin(slant)
    ambient = rng.uniform(0.5, 0.8)
    shade = ambient + (1 - ambient) * np.clip(facing, 0, 1) / np.cos(slant)
    own = np.exp(rng.normal(0, OWN[0]) + rng.normal(0, OWN[1], 3))
    skin = monk.linear(monk.rgb(tone)) * own * shade[..., None]
    picture = np.where(is_face[..., None], skin, picture)
    for middle in (-0.4, 0.4):
        picture[(np.hypot(x - middle, 1.6 * (y + 0.2)) < 0.16)] = monk.linear((70, 60, 60))
    lips = (np.hypot(x, 3 * (y - 0.5)) < 0.35) & is_face
    picture[lips] = picture[lips] * (1.0, 0.6, 0.6)
    spots = rng.random((SIDE, SIDE)) < 0.03
    picture[spots] *= 0.7
    seen = monk.srgb(picture * light) + rng.normal(0, 3, picture.shape)
    return np.asarray(seen.round().clip(0, 255).astype(np.uint8))


def main() -> None:
    """Render, read, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="ship the matrices")
    parser.add_argument("--faces", type=int, default=FACES, help="per tone and light")
    options = parser.parse_args()
    counts = {name: matrix(name, options.faces) for name in LIGHTS}
    text = "\n".join([*swatch_table(), *tables(counts), *speed()])
    print(text)
    if options.write:
        note = f"benchmarks/swatches.py, {options.faces} rendered faces of each tone in each light"
        content = {"source": note, "far": FAR, "counts": {n: c.tolist() for n, c in counts.items()}}
        written = json.dumps(content, sort_keys=True).replace("], [", "],\n  [") + "\n"
        lighting.FILE.write_text(written, encoding="utf-8", newline="\n")
        heading = f"# Skin tones by light\n\n{__doc__}\n"
        REPORT.write_text(heading + text + "\n", encoding="utf-8", newline="\n")


def matrix(name: str, faces: int) -> NDArray[np.int64]:
    """How often each tone (rows) was read as each tone, or as none (the last column)."""
    rng = np.random.default_rng([SEED, list(LIGHTS).index(name)])
    found = np.zeros((10, 11), dtype=np.int64)
    for tone in range(1, 11):
        for _ in range(faces):
            read = read_skin(face(rng, tone, LIGHTS[name]), FACE).tone
            found[tone - 1, 10 if read is None else read - 1] += 1
    return found


def swatch_table() -> list[str]:
    """The bare swatches, in every light: what is read, and in neutral light how far off."""
    lines = ["## Bare swatches", "", "| tone | Delta E | " + " | ".join(LIGHTS) + " |"]
    lines.append("|---|---|" + "---|" * len(LIGHTS))
    for tone in range(1, 11):
        read = []
        for light in LIGHTS.values():
            color = monk.srgb(monk.linear(monk.rgb(tone)) * light).round().astype(np.uint8)
            read.append(read_skin(np.full((32, 32, 3), color), (0, 0, 32, 32)))
        numbers = " | ".join(str(each.tone or "none") for each in read)
        lines.append(f"| {tone} | {read[0].distance} | {numbers} |")
    return lines


def tables(counts: dict[str, NDArray[np.int64]]) -> list[str]:
    """Acceptance by tone and light, bands, and one matrix for each light."""
    lines = ["", "## Share of faces that got a tone", ""]
    lines.append("| tone | " + " | ".join(counts) + " |")
    lines.append("|---|" + "---|" * len(counts))
    for tone in range(10):
        shares = (1 - c[tone, 10] / c[tone].sum() for c in counts.values())
        lines.append(f"| {tone + 1} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    lines += ["", "## Right where read", "", "| light | band | tone | within one tone |"]
    lines.append("|---|---|---|---|")
    for name, found in counts.items():
        read = found[:, :10]
        true, said = np.indices(read.shape)
        near = read[np.abs(true - said) <= 1].sum() / read.sum()
        same = sum(read[a, b] for a in range(10) for b in range(10) if _band(a) == _band(b))
        tone = np.trace(read) / read.sum()
        lines.append(f"| {name} | {same / read.sum():.0%} | {tone:.0%} | {near:.0%} |")
    for name, found in counts.items():
        lines += ["", f"## {name}: read (columns) where true (rows), in hundredths", ""]
        lines.append("| tone | " + " | ".join(map(str, range(1, 11))) + " | none |")
        lines.append("|---|" + "---|" * 11)
        for tone, row in enumerate(found, 1):
            cells = (str(round(100 * n / row.sum())) if n else "·" for n in row)
            lines.append(f"| {tone} | " + " | ".join(cells) + " |")
    return lines


def _band(place: int) -> str:
    return next(band for band, inside in monk.BANDS.items() if str(place + 1) in inside)


def speed() -> list[str]:
    """Faces of 224 pixels a side, read one after another on one core."""
    rng = np.random.default_rng(SEED)
    pixels = rng.integers(90, 200, (256, 256, 3), dtype=np.uint8)
    began, times = time.process_time(), 3000
    for _ in range(times):
        read_skin(pixels, (16.0, 16.0, 240.0, 240.0))
    rate = times / (time.process_time() - began)
    if rate < LEAST_A_SECOND:
        raise SystemExit(f"{rate:.0f} faces a second: fewer than {LEAST_A_SECOND}")
    return ["", f"{rate:,.0f} faces of 224 pixels a side were read a second, on one core."]


if __name__ == "__main__":
    main()
