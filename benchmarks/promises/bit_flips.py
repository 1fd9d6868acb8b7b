"""Promise 5: a bit that flips in any file of a run is found, or changes nothing."""

import copy
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._forks import spread
from benchmarks.promises._level import ENCODER
from benchmarks.promises._tiny import PROMPTS, attempt, content, differing, workplace
from benchmarks.promises.proof import Proof
from evalsuite.audits.stored import read as read_audit
from evalsuite.commands.exit import DONE
from evalsuite.files.summed import read_summed
from evalsuite.gating.baseline import read_baseline_file
from evalsuite.gating.run import bless
from evalsuite.records import InputError
from evalsuite.runs.folder import read_manifest
from evalsuite.runs.images import has_image, load_features
from evalsuite.runs.rows import read_run

NUMBER = 5
PROMISE = (
    "A bit that flips in a manifest, row, image, cached feature, estimate, audit or baseline is "
    "found, and the file refused or the item done anew, or it changes nothing; what a report "
    "writes is written anew."
)
ESTIMATES = "estimates.json"
WRITTEN_ANEW = (
    ESTIMATES,
    f"{ESTIMATES}.sha256",
    "judgements.parquet",
    "report/index.html",
    "report/report.md",
)


AUDIT = PROMPTS.parent / "audit-2-summed.json"


class Flip(NamedTuple):
    """A bit of a file, by the file's name in the run; in a `pair`, the next bit of its byte too."""

    name: str
    bit: int
    is_pair: bool = False


def prove(quick: bool) -> Proof:
    """Flip every bit of every kind of file that is read again, and some of those written anew."""
    with workplace() as place:
        folder = place / "whole" / "run"
        attempt(folder)
        bless(folder, folder / "baseline.json", {"prompts": [str(PROMPTS)]})
        shutil.copy(AUDIT, folder / "audit.json")
        readers = {str(path.relative_to(folder)): reader for path, reader in _readers(folder)}
        flips = [
            Flip(name, bit) for name in readers for bit in range(8 * (folder / name).stat().st_size)
        ]
        # A checksum that only counted bits would miss two at once.
        flips += [Flip(*flip[:2], True) for flip in flips if flip.name.endswith(".jsonl")]
        flips = flips[:: len(flips) // 600] if quick else flips

        def work(chunk: list[Flip]) -> tuple[dict[str, int], list[str]]:
            return flip_all(folder, chunk, readers, place)

        found = spread([flips[n::8] for n in range(8)], work)
        for name in ("baseline.json", "audit.json"):
            (folder / name).unlink()
        anew, lines = written_anew(folder, 2 if quick else 30)
    kinds = sum((Counter(one[0]) for one in found), Counter[str]())
    return Proof(
        counts={"flips": len(flips) + anew, **kinds, "written anew": anew},
        broken=[line for one in found for line in one[1]] + lines,
    )


def _readers(folder: Path) -> list[tuple[Path, Callable[[Path], Any]]]:
    """Every file that a command reads again, and what it reads there from the run in a folder."""

    def image(name: str) -> Callable[[Path], Any]:
        return lambda home: has_image(home, name) or None

    def features(name: str) -> Callable[[Path], Any]:
        def load(home: Path) -> Any:
            array = load_features(home, ENCODER, name)
            return None if array is None else array.tolist()

        return load

    def rows(home: Path) -> Any:
        found = read_run(home)
        return found.samples, found.judged

    def estimates(home: Path) -> Any:
        return json.loads(read_summed(home / ESTIMATES, "mend it"))

    found: list[tuple[Path, Callable[[Path], Any]]] = [
        (folder / "manifest.json", read_manifest),
        (folder / ESTIMATES, estimates),
        (folder / f"{ESTIMATES}.sha256", estimates),
        (folder / "audit.json", lambda home: read_audit(home / "audit.json")),
        (folder / "baseline.json", lambda home: read_baseline_file(home / "baseline.json")),
        *((path, rows) for path in sorted(folder.glob("samples-*.jsonl"))),
        *((path, rows) for path in sorted(folder.glob("judgements-*.jsonl"))),
        *((path, image(path.stem)) for path in sorted(folder.glob("images/*.png"))),
        *((path, features(path.stem)) for path in sorted(folder.glob("features/*/*.npy"))),
    ]
    return found


def flip_all(
    folder: Path, flips: list[Flip], readers: dict[str, Callable[[Path], Any]], place: Path
) -> tuple[dict[str, int], list[str]]:
    """How each flip was met, counted, and those that were not: by a copy of the run."""
    home = Path(tempfile.mkdtemp(dir=place)) / "run"
    shutil.copytree(folder, home)
    held = {name: (home / name).read_bytes() for name in readers}
    right = {name: copy.deepcopy(reader(home)) for name, reader in readers.items()}
    counts: Counter[str] = Counter()
    broken = []
    for flip in flips:
        path, whole = home / flip.name, held[flip.name]
        data = bytearray(whole)
        data[flip.bit // 8] ^= ((3 if flip.is_pair else 1) << flip.bit % 8) & 255
        path.write_bytes(data)
        how = _met(readers[flip.name], home, right[flip.name])
        path.write_bytes(whole)
        counts[how] += 1
        if how == "not found":
            broken.append(f"{flip}: is not found")
    return dict(counts), broken


def _met(reader: Callable[[Path], Any], home: Path, right: Any) -> str:
    """How a reader meets a damaged file: by refusing it, by doing it anew, or with no harm."""
    try:
        found = reader(home)
    except InputError:
        return "refused"
    if found == right:
        return "harmless"
    if found is None:
        return "done anew"
    # Rows that are not whole are no rows, and what has no row is done anew.
    if isinstance(found, tuple) and all(
        part.items() <= whole.items() for part, whole in zip(found, right, strict=True)
    ):
        return "done anew"
    return "not found"


def written_anew(folder: Path, each: int) -> tuple[int, list[str]]:
    """Flip bits of what a report writes, and of the run's rows and images, and run again."""
    expected, broken, tried = content(folder), [], 0
    names = [*WRITTEN_ANEW, *(f"images/{path.name}" for path in folder.glob("images/*.png"))]
    names += ["samples-w0.jsonl", "judgements-level-w0.jsonl"]
    for name in names:
        path = folder / name
        for number in range(each):
            data = bytearray(path.read_bytes())
            bit = (2 * number + 1) * 8 * len(data) // (2 * each)
            data[bit // 8] ^= 1 << bit % 8
            path.write_bytes(data)
            ended = attempt(folder)
            tried += 1
            if ended.code != DONE:
                broken.append(f"{name}, bit {bit}: exit code {ended.code}: {ended.said.strip()}")
            elif named := differing(content(folder), expected):
                broken.append(f"{name}, bit {bit}: then differ {named}")
    return tried, broken
