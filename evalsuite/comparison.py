"""Runs side by side: the public stage `compare`.

What is written depends on the runs' rows, prompts and names alone: no time, no absolute path.
"""

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evalsuite import measures, prepare, run, sides, stats
from evalsuite.files import write_bytes
from evalsuite.measures import Side, Unlike
from evalsuite.records import Difference, InputError, Json, Key
from evalsuite.report import comparison as page
from evalsuite.segments import canonical

MEND = "compare runs of the same prompts and scorers, or compare these --anyway"


@dataclass(frozen=True, slots=True)
class Against:
    """A candidate against the baseline.

    `differences` are all, and `q_values` (None where a difference has no p-value) theirs, adjusted
    over every difference of the comparison. `flips` are images, worst first.
    """

    name: str
    differences: Sequence[Difference]
    q_values: Sequence[float | None]
    flips: Sequence[page.Flipped]
    unlike: Sequence[Unlike]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result: the baseline's name, every candidate, and where it was written.

    `incomplete` names the runs of which a planned image or judgement is missing.
    """

    baseline: str
    candidates: Sequence[Against]
    tested: int
    incomplete: Sequence[str]
    folder: Path
    report: Path


@dataclass(frozen=True, slots=True)
class _Read:
    """A run's folder, read."""

    folder: Path
    manifest: Mapping[str, Json]
    side: Side


def compare(
    folders: Sequence[Path],
    *,
    prompts: Sequence[str] = (),
    anyway: bool = False,
    output_dir: Path | None = None,
    level: float = 0.95,
) -> Comparison:
    """Compare runs with the first of `folders`, the baseline; write page, Markdown and JSON.

    `prompts` names prompt sets whose files are not on record. Raises `InputError` with every
    reason, a line each, where the runs' prompts, scorers or scorers' weights differ, unless
    `anyway`; and where a folder is no run.
    """
    if len(folders) < 2:
        raise InputError("compare: needs at least two runs; name the baseline first")
    names = _names(folders)
    runs = [_read(folder, name, prompts) for folder, name in zip(folders, names, strict=True)]
    baseline, *others = runs
    unlike = [_unlike(baseline, other) for other in others]
    if any(unlike) and not anyway:
        reasons = dict.fromkeys(one.reason for found in unlike for one in found)
        raise InputError("\n  ".join(["these runs are not alike:", *reasons, MEND]))
    found = [
        measures.differences(
            baseline.side, one.side, level=level, seed=_seed(baseline.side, one.side)
        )
        for one in others
    ]
    adjusted = _adjusted(found)
    candidates = [
        Against(one.side.name, rows, q_values, _flips(baseline.side, one.side), reasons)
        for one, rows, q_values, reasons in zip(others, found, adjusted, unlike, strict=True)
    ]
    folder = output_dir or Path("runs") / f"compare-{'-'.join(names)}"[:200]
    tested = sum(q is not None for line in adjusted for q in line)
    command = ["evalsuite", "compare", *(f"runs/{name}" for name in names)]
    command += ["--anyway"] if anyway else []
    write_bytes(folder / "differences.json", _to_json(baseline.side.name, candidates).encode())
    written = page.write(
        folder,
        page.Comparison(
            baseline=_compared(baseline),
            candidates=[
                _against(one, against) for one, against in zip(others, candidates, strict=True)
            ],
            prompt_sets=list(dict.fromkeys(name for one in runs for name in one.side.prompt_sets)),
            texts={one.name: one for one in measures.MEASURES},
            tested=tested,
            command=shlex.join(command),
        ),
    )
    incomplete = [one.side.name for one in runs if not one.side.complete]
    return Comparison(baseline.side.name, candidates, tested, incomplete, folder, written)


def _names(folders: Sequence[Path]) -> list[str]:
    """The folders' own names; a name that comes again is numbered."""
    names: list[str] = []
    for folder in folders:
        name = plain = folder.resolve().name or "run"
        number = 2
        while name in names:
            name, number = f"{plain} ({number})", number + 1
        names.append(name)
    return names


def _read(folder: Path, name: str, prompts: Sequence[str]) -> _Read:
    known = run.read_manifest(folder).get("prompt_sets", {})
    # Files are named for all runs at once; each takes those of its own sets.
    own = [one for one in prompts if Path(one).stem in {Path(each).stem for each in known}]
    settings = prepare.recorded_settings(folder, {"prompts": own or list(prompts) or None})
    work = prepare.remake_work(folder, settings)
    manifest = run.read_manifest(folder)
    return _Read(folder, manifest, sides.read(folder, work.prompt_sets, work.requests, name))


def _unlike(baseline: _Read, other: _Read) -> list[Unlike]:
    """The reasons, with what differs in a scorer's description named."""
    found = []
    for one in measures.unlike(baseline.side, other.side):
        before, after = (each.manifest["scorers"].get(one.scorer) for each in (baseline, other))
        if before and after:
            keys = sorted(
                key for key in {*before, *after} - {"packages"} if before.get(key) != after.get(key)
            )
            one = Unlike(f"{one.reason} ({', '.join(keys)} differ)", one.prompt_set, one.scorer)
        found.append(one)
    return found


def _seed(*read: Side) -> int:
    """For sign patterns: from the digests and seeds, so the same runs give the same numbers."""
    words = canonical([[dict(sorted(side.prompt_sets.items())), side.seed] for side in read])
    return int.from_bytes(hashlib.sha256(words.encode("ascii")).digest()[:4], "big")


def _adjusted(found: Sequence[Sequence[Difference]]) -> list[list[float | None]]:
    """Benjamini and Hochberg over all candidates' differences that have a p-value."""
    tested = [one.p for rows in found for one in rows if one.p is not None]
    adjusted = iter(stats.benjamini_hochberg(p_values=tested).tolist())
    return [[None if one.p is None else float(next(adjusted)) for one in rows] for rows in found]


def _flips(baseline: Side, candidate: Side) -> list[page.Flipped]:
    """The flips of all measures by image: most verdicts lost first, then fewest gained."""
    lost: dict[Key, list[str]] = {}
    gained: dict[Key, list[str]] = {}
    for measure in dict.fromkeys([*baseline.measures, *candidate.measures]):
        for flip in measures.flips(baseline, candidate, measure):
            (lost if flip.lost else gained).setdefault(flip.key, []).append(measure)
    found = [
        page.Flipped(
            key,
            baseline.prompts[key[:2]].text,
            tuple(lost.get(key, ())),
            tuple(gained.get(key, ())),
        )
        for key in baseline.planned
        if key in lost or key in gained
    ]
    return sorted(found, key=lambda one: (-len(one.lost), len(one.gained)))


def _compared(read: _Read) -> page.Compared:
    return page.Compared(
        name=read.side.name,
        model=str(read.manifest["configuration"]["model"]),
        seed=read.side.seed,
        planned=len(read.side.planned),
        drawn=len(read.side.images),
        complete=read.side.complete,
        images=read.side.images,
        judgements=run.read_judgements(read.folder),
        load_image=lambda sha256: run.load_image(read.folder, sha256),
    )


def _against(read: _Read, against: Against) -> page.Against:
    return page.Against(
        run=_compared(read),
        rows=[
            page.Contrasted(one, q)
            for one, q in zip(against.differences, against.q_values, strict=True)
        ],
        flips=against.flips,
        unalike=[page.Unalike(one.reason, one.prompt_set, one.scorer) for one in against.unlike],
    )


def _to_json(baseline: str, candidates: Sequence[Against]) -> str:
    """`differences.json`: keys sorted, numbers to six significant digits."""
    said = {
        "format": 1,
        "baseline": baseline,
        "candidates": [
            {
                "name": one.name,
                "unlike": [asdict(each) for each in one.unlike],
                "differences": [
                    {**asdict(row), "q": q}
                    for row, q in zip(one.differences, one.q_values, strict=True)
                ],
                "flips": [
                    {**each.key._asdict(), "prompt": each.prompt, "lost": list(each.lost),
                     "gained": list(each.gained)}
                    for each in one.flips
                ],
            }
            for one in candidates
        ],
    }  # fmt: skip
    text = json.dumps(_rounded(said), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def _rounded(value: Json) -> Json:
    if isinstance(value, float):
        return float(f"{value:.6g}") + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(held) for held in value]
    return value
