"""A run's rows, read once: which image each planned one became, and how it was judged.

Rows are those of `segments.py`: torn and damaged ones are dropped. Which row counts: segments are
read in the order of their names and lines. Of several sample rows of one key, an `ok` row whose
image file is there and whole beats a row without an image, that beats a failed one, and that an
`ok` row whose image is lost; among equals the last counts. A judgement counts only for the image
that its row names and the scorer that the manifest names, and a failed one only where there is no
other.
"""

import fnmatch
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, get_args

from evalsuite.files.atomic import naming
from evalsuite.files.redact import redact
from evalsuite.files.segments import Segment, read_rows
from evalsuite.records import InputError, Json, Judgement, Key, Request, Sample, Status
from evalsuite.runs import judgement_rows
from evalsuite.runs.folder import read_manifest
from evalsuite.runs.identity import fingerprint
from evalsuite.runs.images import SHA256, Images

_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}
"""Each status once, for all the rows that have it."""


class JudgementRow(NamedTuple):
    """A judgement and the SHA-256 of the image judged: None where it could not be read.

    `by` is the fingerprint of the scorer as the manifest had it then; "" if it is not on record.
    """

    judgement: Judgement
    image: str | None
    by: str = ""


class SegmentRows(NamedTuple):
    """A segment as it was read: its size in bytes, its rows, and the number of damaged lines."""

    size: int
    rows: Sequence[Any]
    damaged: int


@dataclass(frozen=True)
class RunRows:
    """The rows and the manifest of a run's folder, read once and handed on.

    `samples` and `judged` hold the row that counts for each key, and for each scorer and key.
    `damaged` counts lines that are torn or damaged, and so count for nothing. `segments` are
    by name, so that `refreshed` reads only those that have grown.
    """

    folder: Path
    manifest: Mapping[str, Json]
    samples: Mapping[Key, Sample]
    judged: Mapping[tuple[str, Key], JudgementRow]
    damaged: int
    images: Images
    segments: Mapping[str, SegmentRows]

    @cached_property
    def judgements(self) -> dict[tuple[str, Key], Judgement]:
        """The judgement that counts for each scorer and key."""
        return {name: judged.judgement for name, judged in self.judged.items()}

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of each scorer that the manifest names."""
        return fingerprints(self.manifest)

    @property
    def asked(self) -> list[str]:
        """The names of the scorers that were last asked for; no other can lack anything."""
        known = list(self.manifest["scorers"])
        asked = self.manifest.get("asked") or {"names": known}
        return [name for name in known if name in asked["names"]]


class Missing(NamedTuple):
    """How many planned images, and judgements of planned images, have no row that counts."""

    images: int
    judgements: int


def read_run(folder: Path, manifest: Mapping[str, Json] | None = None) -> RunRows:
    """All that the folder of a run says; `manifest` is its own where that is known already.

    Raises `InputError` where the folder is no run.
    """
    folder = Path(folder)
    known = read_manifest(folder) if manifest is None else manifest
    return _counted(folder, known, Images(folder), _segments(folder, {}))


def refreshed(rows: RunRows) -> RunRows:
    """The rows with what was appended since, by this process or another: grown segments only."""
    segments = _segments(rows.folder, rows.segments)
    if segments == rows.segments:
        return rows
    return _counted(rows.folder, rows.manifest, rows.images, segments)


def with_manifest(rows: RunRows, manifest: Mapping[str, Json]) -> RunRows:
    """The rows as they count under another manifest: judgements of scorers that it names."""
    return _counted(rows.folder, manifest, rows.images, rows.segments)


def planned_rows(rows: RunRows, requests: Sequence[Request]) -> RunRows:
    """The rows of planned images alone: samples in planning order, judgements sorted."""
    wanted = {request.key for request in requests}
    return replace(
        rows,
        samples={r.key: rows.samples[r.key] for r in requests if r.key in rows.samples},
        judged={name: rows.judged[name] for name in sorted(rows.judged) if name[1] in wanted},
    )


def undrawn(rows: RunRows, requests: Sequence[Request], *, failed: bool = False) -> list[Request]:
    """The requests that have no row, or whose image has vanished or is damaged.

    With `failed` also those whose row says that they failed. Raises `InputError` where a row is
    from another seed than its request.
    """
    found = []
    for request in requests:
        sample = rows.samples.get(request.key)
        if sample is not None and sample.seed != request.seed:
            raise InputError(
                f"{rows.folder}: holds {request.key} from seed {sample.seed}, but the plan says "
                f"{request.seed}; choose another --output-dir, or start over with --no-resume"
            )
        is_lost = sample is None or (sample.image and not rows.images.is_whole(sample.image))
        if is_lost or (failed and sample is not None and sample.status == "failed"):
            found.append(request)
    return found


def missing(rows: RunRows, requests: Sequence[Request], scorers: Sequence[str] = ()) -> Missing:
    """What a run still lacks; `scorers` are names. An image that vanished or broke is missing."""
    undone = {request.key for request in undrawn(rows, requests)}
    lacking = sum(
        key in undone or (rows.samples[key].status == "ok" and (scorer, key) not in rows.judged)
        for key in (request.key for request in requests)
        for scorer in scorers
    )
    return Missing(len(undone), lacking)


def write_sample(segment: Segment, *samples: Sample) -> None:
    """Appends samples to a segment with one fsync; reasons are redacted."""
    segment.append_all(
        {
            **sample.key._asdict(),
            "seed": sample.seed,
            "status": sample.status,
            "image": sample.image,
            "reason": redact(sample.reason),
        }
        for sample in samples
    )


def write_judgement(segment: Segment, *judged: JudgementRow) -> None:
    """Appends judgements, each with the SHA-256 of the image judged, with one fsync.

    The image is None where it could not be read: such a failure stands only until the image is
    there again and has been judged.
    """
    segment.append_all(judgement_rows.to_row(*each) for each in judged)


def _segments(folder: Path, known: Mapping[str, SegmentRows]) -> dict[str, SegmentRows]:
    """The segments by name, in the order in which they count; of the `known` only the grown."""
    segments: dict[str, SegmentRows] = {}
    with naming(folder):
        # Not Path.glob, which sees nothing in a folder that it may not read.
        there = sorted(os.listdir(folder)) if os.path.lexists(folder) else []
    for kind, parse in (("samples-", _parse_sample), ("judgements-", _parse_judgement)):
        for name in fnmatch.filter(there, f"{kind}*.jsonl"):
            # Before the rows: what is appended meanwhile is read again, never missed.
            with naming(folder / name):
                size = (folder / name).stat().st_size
            if name in known and known[name].size == size:
                segments[name] = known[name]
            else:
                segments[name] = SegmentRows(size, *read_rows(folder, name, parse))
    return segments


def _counted(
    folder: Path, manifest: Mapping[str, Json], images: Images, segments: Mapping[str, SegmentRows]
) -> RunRows:
    rows = {
        kind: [row for name, s in segments.items() if name.startswith(kind) for row in s.rows]
        for kind in ("samples-", "judgements-")
    }
    samples = _samples(rows["samples-"], images)
    return RunRows(
        folder=folder,
        manifest=manifest,
        samples=samples,
        judged=_judged(rows["judgements-"], samples, fingerprints(manifest)),
        damaged=sum(segment.damaged for segment in segments.values()),
        images=images,
        segments=segments,
    )


def _samples(rows: Iterable[Sample], images: Images) -> dict[Key, Sample]:
    """The sample that counts for each key; see the module's text for which one that is."""
    found: dict[Key, list[Sample]] = {}
    for sample in rows:
        found.setdefault(sample.key, []).append(sample)

    def rank(sample: Sample) -> int:
        if sample.image is None:
            return 1 if sample.status == "failed" else 2
        return 3 if images.is_whole(sample.image) else 0

    # Only contested keys cost a look at their images.
    return {
        key: same[0] if len(same) == 1 else max(reversed(same), key=rank)
        for key, same in found.items()
    }


def _judged(
    rows: Iterable[JudgementRow], samples: Mapping[Key, Sample], known: Mapping[str, str]
) -> dict[tuple[str, Key], JudgementRow]:
    """The judgement that counts for each scorer and key; see the module's text.

    Left out is one of another image than the sample's, and one by another scorer than the `known`
    one of its name, given by fingerprint. One whose image could not be read (None) counts only
    where there is no other.
    """

    def rank(row: JudgementRow) -> int:
        return 0 if row.image is None else 1 if row.judgement.failure is not None else 2

    found: dict[tuple[str, Key], JudgementRow] = {}
    for row in rows:
        name = (row.judgement.scorer, row.judgement.key)
        sample = samples.get(row.judgement.key)
        if sample is None or sample.image is None or row.image not in (sample.image, None):
            continue
        if row.by and row.by != known.get(row.judgement.scorer, row.by):
            continue
        if name not in found or rank(row) >= rank(found[name]):
            found[name] = row
    return found


def _parse_sample(row: Any) -> Sample:
    status, image = row["status"], row["image"]
    # Whoever wrote the row: only a hash may become a file's name.
    named = image is not None and SHA256.fullmatch(image) is not None
    if status not in get_args(Status) or named != (status == "ok") or (image and not named):
        raise ValueError("not a sample")
    return Sample(
        key=judgement_rows.parse_key(row),
        seed=int(row["seed"]),
        status=_STATUSES[status],
        image=image and intern(image),
        reason=row["reason"],
    )


def _parse_judgement(row: Any) -> JudgementRow:
    return JudgementRow(*judgement_rows.parse(row), intern(str(row.get("by", ""))))


def fingerprints(manifest: Mapping[str, Json]) -> dict[str, str]:
    """The fingerprint of each scorer of a manifest, by name."""
    return {name: fingerprint(entry) for name, entry in manifest.get("scorers", {}).items()}
