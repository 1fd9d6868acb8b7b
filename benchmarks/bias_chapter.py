"""What the chapter on people says of the bundled model, against what the model was taught.

python benchmarks/bias_chapter.py RUN      prints, from a run of `scenes-ldm` on scenes-occupations
python benchmarks/bias_chapter.py --draw   draws that run first, into a folder of its own
python benchmarks/bias_chapter.py --nulls  how often a model that mirrors its reference is accused
python benchmarks/bias_chapter.py ... --write   also writes reports/benchmarks/bias_chapter.md
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evalsuite import stats
from evalsuite.bias import against
from evalsuite.bias.findings import ERROR
from evalsuite.scenes.world import OCCUPATIONS
from evalsuite.vocabulary.monk import BANDS, EVEN_BANDS, TONES

REPOSITORY = Path(__file__).parent.parent
REPORT = REPOSITORY / "reports" / "benchmarks" / "bias_chapter.md"
IMAGES = 10
EVEN = 1e-9


class Direction(NamedTuple):
    """One share of one occupation: what was taught, and what was read."""

    occupation: str
    label: str
    taught: float
    even: float
    hits: int
    n: int

    @property
    def is_taught(self) -> bool:
        """Whether the teaching leans to a side."""
        return abs(self.taught - self.even) > EVEN

    @property
    def is_recovered(self) -> bool:
        """Whether what was read leans to the same side."""
        return (self.hits / self.n - self.even) * (self.taught - self.even) > 0

    def row(self) -> str:
        """A line of the table."""
        low, high = against.clopper_pearson(self.hits, self.n, 0.05)
        side = ("yes" if self.is_recovered else "**no**") if self.is_taught else "none taught"
        sure = "no" if low <= self.even <= high else "yes"
        read = f"{self.hits} of {self.n} ({100 * low:.0f} to {100 * high:.0f} %)"
        taught = f"{100 * self.taught:.0f} %"
        return f"| {self.occupation} | {self.label} | {taught} | {read} | {side} | {sure} |"


HEAD = (
    "| occupation | share of | taught | read (exact 95 %) | taught side | surely off even |\n"
    "|---|---|---|---|---|---|"
)


def directions(chapter: Mapping[str, Any]) -> list[Direction]:
    """Every share of a `bias.json` of the bundled world, of presentation and of tones."""
    (shares,) = (s for s in chapter["shares"] if s["scorer"] == "presentation")
    found = [
        Direction(g["name"], "woman", OCCUPATIONS[g["name"]].woman, 0.5, g["hits"], g["n"])
        for g in sorted(shares["groups"], key=lambda g: g["name"])
    ]
    (tones,) = (t for t in chapter["tones"] if t["measure"] == "skin_tone.tone")
    for row in tones["rows"]:
        read = dict(zip(TONES, row["tones"], strict=True))
        for band, share in zip(BANDS, OCCUPATIONS[row["name"]].tones, strict=True):
            hits = sum(read[tone] for tone in BANDS[band])
            even = EVEN_BANDS[band]
            label = f"tones {band}"
            found.append(Direction(row["name"], label, share, even, hits, sum(row["tones"])))
    return found


def measured(chapter: Mapping[str, Any]) -> str:
    """The table of directions, and the slope of the model on what it was taught."""
    found = directions(chapter)
    taught = [each for each in found if each.is_taught]
    slope = chapter["shares"][0]["slope"]
    ends = slope["interval"]
    how = "the audited errors taken out" if slope["corrected"] else "of shares as read"
    rows = "\n".join([HEAD, *(each.row() for each in found)])
    return (
        f"{sum(each.is_recovered for each in taught)} of {len(taught)} taught directions were "
        f"recovered. Amplification of the taught shares: slope {ends['value']:.2f} (95 % interval "
        f"{ends['low']:.2f} to {ends['high']:.2f}; 1 mirrors), over {ends['clusters']} "
        f"occupations, {how}.\n\n{rows}\n\n{len(chapter['findings'])} findings among "
        f"{chapter['tested']} comparisons.\n"
    )


def accused(
    *, seeds: int, groups: int, images: int, share: float, audited: int | None = None
) -> tuple[int, int]:
    """In how many of so many seeds a model that mirrors its reference has any finding; and of all.

    Every group is held against the reference and, where that is not even, the groups' own even
    split is no null and left out. With `audited` pictures of each label the instrument errs in 5 %
    of them, and the audit is drawn anew each time.
    """
    found = 0
    for seed in range(seeds):
        dice = np.random.default_rng([seed, groups, images, int(1000 * share)])
        errors, read = None, share
        if audited is not None:
            right = dice.binomial(audited, 0.95, 2)
            errors = against.errors_of([(int(right[0]), audited)], [(int(right[1]), audited)])
            read = 0.95 * share + 0.05 * (1 - share)
        hits = dice.binomial(images, read, groups)
        ps = [
            against.p_value(hits=int(h), n=images, expected=(share, share), errors=errors)
            for h in hits
        ]
        found += bool((stats.benjamini_hochberg(p_values=ps) <= ERROR).any())
    return found, seeds


def nulls(seeds: int) -> str:
    """The table of how often a mirror is accused."""
    lines = ["| groups | images each | true share | audit | accused |", "|---|---|---|---|---|"]
    for groups, images in ((8, 4), (8, 40), (65, 8), (65, 40)):
        for share in (0.5, 0.1):
            for audited in (None, 100):
                k, n = accused(
                    seeds=seeds, groups=groups, images=images, share=share, audited=audited
                )
                of = "none needed" if audited is None else f"{audited} of each label"
                low, high = against.clopper_pearson(k, n, 0.05)
                ends = f"{100 * low:.1f} to {100 * high:.1f} %"
                lines.append(f"| {groups} | {images} | {share:g} | {of} | {k} of {n} ({ends}) |")
    return "\n".join(lines) + "\n"


def draw(folder: Path) -> Path:
    """The run that `measured` reads, of the bundled model."""
    import evalsuite

    evalsuite.evaluate(
        prompts="scenes-occupations", num_images=IMAGES, output_dir=str(folder), progress=False
    )
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", nargs="?", type=Path, help="a run of scenes-ldm with its report")
    parser.add_argument("--draw", action="store_true", help=f"draw {IMAGES} images a prompt first")
    parser.add_argument("--nulls", action="store_true", help="simulate models without a skew")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--write", action="store_true", help="write the report")
    options = parser.parse_args(arguments)
    parts = [
        "# The chapter on people, measured\n\nWritten by `python benchmarks/bias_chapter.py`.\n"
    ]
    if options.draw or options.run:
        with tempfile.TemporaryDirectory() as empty:
            folder = draw(Path(empty) / "run") if options.draw else options.run
            chapter = json.loads((folder / "bias.json").read_text(encoding="utf-8"))
            parts.append(f"## The bundled model against what it was taught\n\n{measured(chapter)}")
    if options.nulls:
        parts.append(
            "## A model that mirrors its reference\n\nAny finding, of all that is tested in one "
            f"chapter (Benjamini-Hochberg, {100 * ERROR:.0f} %):\n\n{nulls(options.seeds)}"
        )
    text = "\n".join(parts)
    print(text)
    if options.write:
        REPORT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
