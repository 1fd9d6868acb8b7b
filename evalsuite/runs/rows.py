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
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum
from pathlib import Path
from typing import NamedTuple

from evalsuite.files.atomic import naming
from evalsuite.files.segments import Segment, Taken, take_after
from evalsuite.records import InputError, Json, Judgement, Key, Keys, Names, Places, Request, Sample
from evalsuite.records.keys import joined
from evalsuite.runs import judgement_rows, sample_rows
from evalsuite.runs.folder import read_manifest
from evalsuite.runs.identity import fingerprint
from evalsuite.runs.images import Images
from evalsuite.runs.judgement_rows import Judged, JudgementRows
from evalsuite.runs.judgement_rows import JudgementRow as JudgementRow
from evalsuite.runs.packed import Joined
from evalsuite.runs.sample_rows import SampleRows, Samples
from evalsuite.runs.seeds import keys_of


class SegmentRows(NamedTuple):
    """A segment as it was read: its size in bytes before, its rows, and how far it was read."""

    size: int
    rows: SampleRows | JudgementRows
    taken: Taken


@dataclass(frozen=True)
class RunRows:
    """The rows and the manifest of a run's folder, read once and handed on.

    `samples` and `judged` hold the row that counts for each key, and for each scorer and key.
    `damaged` counts lines that are torn or damaged, and so count for nothing. `segments` are
    by name, so that `refreshed` reads only those that have grown. `names` number the prompts.
    """

    folder: Path
    manifest: Mapping[str, Json]
    samples: Samples
    judged: Judged[JudgementRow]
    damaged: int
    images: Images
    segments: Mapping[str, SegmentRows]
    names: Names

    @property
    def judgements(self) -> Mapping[tuple[str, Key], Judgement]:
        """The judgement that counts for each scorer and key."""
        return self.judged.taking(JudgementRows.judgement)

    @property
    def answers(self) -> Mapping[tuple[str, Key], Judgement]:
        """The `judgements` without evidence, boxes and summaries, which take longer to read."""
        return self.judged.taking(JudgementRows.answer)

    @property
    def cost(self) -> float | None:
        """What the images cost, in dollars, with those drawn again since; None if none says it."""
        parts = [segment.rows for segment in self.segments.values()]
        costs = [part.cost for part in parts if isinstance(part, SampleRows)]
        known = [cost for cost in costs if cost is not None]
        return round(fsum(known), 6) if known else None

    @property
    def sizes(self) -> dict[str, int]:
        """How many bytes of each segment these rows are of, by the name of its file."""
        return {name: segment.size for name, segment in self.segments.items()}

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


class _Candidates(NamedTuple):
    """A scorer's judgements that may count: their keys, their places, and how good each is."""

    keys: Keys
    places: "array[int]"
    ranks: bytearray


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
    names = Names()
    return _counted(folder, known, Images(folder), _segments(folder, {}, names), names)


def refreshed(rows: RunRows) -> RunRows:
    """The rows with what was appended since, by this process or another; no row is read twice."""
    segments = _segments(rows.folder, rows.segments, rows.names)
    if segments == rows.segments:
        return rows
    return _counted(rows.folder, rows.manifest, rows.images, segments, rows.names)


def with_manifest(rows: RunRows, manifest: Mapping[str, Json]) -> RunRows:
    """The rows as they count under another manifest: judgements of scorers that it names."""
    return _counted(rows.folder, manifest, rows.images, rows.segments, rows.names)


def planned_rows(rows: RunRows, requests: Sequence[Request]) -> RunRows:
    """The rows of planned images alone: samples in planning order, judgements sorted."""
    keys = keys_of(requests, rows.names)
    return replace(rows, samples=rows.samples.of(keys), judged=rows.judged.of(keys))


def undrawn(rows: RunRows, requests: Sequence[Request], *, failed: bool = False) -> list[Request]:
    """The requests that have no row, or whose image has vanished or is damaged.

    With `failed` also those whose row says that they failed. Raises `InputError` where a row is
    from another seed than its request.
    """
    return [
        request
        for request, sample in _with_samples(rows, requests)
        if _lacks(sample, rows.images.is_whole)
        or (failed and sample is not None and sample.status == "failed")
    ]


def missing(rows: RunRows, requests: Sequence[Request], scorers: Sequence[str] = ()) -> Missing:
    """What a run still lacks; `scorers` are names. An image whose file has vanished is missing.

    No picture is read for it: what is damaged is found by who reads it, and by `undrawn`. Raises
    `InputError` as that does.
    """
    images = judgements = 0
    for request, sample in _with_samples(rows, requests):
        if is_missing := _lacks(sample, rows.images.is_there):
            images += 1
        if is_missing or (sample is not None and sample.status == "ok"):
            judgements += sum(is_missing or (n, request.key) not in rows.judged for n in scorers)
    return Missing(images, judgements)


def _with_samples(
    rows: RunRows, requests: Sequence[Request]
) -> Iterator[tuple[Request, Sample | None]]:
    for request in requests:
        sample = rows.samples.get(request.key)
        if sample is not None and sample.seed != request.seed:
            raise InputError(
                f"{rows.folder}: holds {request.key} from seed {sample.seed}, but the plan says "
                f"{request.seed}; choose another --output-dir"
            )
        yield request, sample


def _lacks(sample: Sample | None, is_held: Callable[[str], bool]) -> bool:
    return sample is None or (sample.image is not None and not is_held(sample.image))


def write_sample(segment: Segment, *samples: Sample) -> None:
    """Appends samples to a segment with one fsync; reasons are redacted."""
    segment.append_all(map(sample_rows.to_row, samples))


def write_judgement(segment: Segment, *judged: JudgementRow) -> None:
    """Appends judgements, each with the SHA-256 of the image judged, with one fsync.

    The image is None where it could not be read: such a failure stands only until the image is
    there again and has been judged.
    """
    segment.append_all(judgement_rows.to_row(*each) for each in judged)


def _segments(
    folder: Path, known: Mapping[str, SegmentRows], names: Names
) -> dict[str, SegmentRows]:
    """The segments by name, in the order in which they count; of the `known` only what is new."""
    segments: dict[str, SegmentRows] = {}
    with naming(folder):
        # Not Path.glob, which sees nothing in a folder that it may not read.
        there = sorted(os.listdir(folder)) if os.path.lexists(folder) else []
    for kind, make in (("samples-", SampleRows), ("judgements-", JudgementRows)):
        for name in fnmatch.filter(there, f"{kind}*.jsonl"):
            # Before the rows: what is appended meanwhile is read again, never missed.
            with naming(folder / name):
                size = (folder / name).stat().st_size
            was = known.get(name)
            if was is not None and was.size == size:
                segments[name] = was
                continue
            if was is not None and was.size > size:  # somebody has cut it
                was = None
            start, damaged, _ = was.taken if was is not None else (0, 0, False)
            rows = was.rows.copy() if was is not None else make(names)
            taken = take_after(folder / name, start, rows.add)
            taken = taken._replace(damaged=damaged + taken.damaged)
            segments[name] = SegmentRows(size, rows, taken)
    return segments


def _counted(
    folder: Path,
    manifest: Mapping[str, Json],
    images: Images,
    segments: Mapping[str, SegmentRows],
    names: Names,
) -> RunRows:
    every = [segment.rows for segment in segments.values()]
    drawn = [rows for rows in every if isinstance(rows, SampleRows)]
    samples = _samples(Joined(drawn), images, names)
    judged = Joined([rows for rows in every if isinstance(rows, JudgementRows)])
    return RunRows(
        folder=folder,
        manifest=manifest,
        samples=samples,
        judged=_judged(judged, samples, fingerprints(manifest), names),
        damaged=sum(s.taken.damaged + s.taken.is_torn for s in segments.values()),
        images=images,
        segments=segments,
        names=names,
    )


def _samples(rows: Joined[SampleRows], images: Images, names: Names) -> Samples:
    """The sample that counts for each key; see the module's text for which one that is."""

    def rank(place: int) -> int:
        part, within = rows.at(place)
        sample = part.sample(within, part.keys[within])
        if sample.image is None:
            return 1 if sample.status == "failed" else 2
        return 3 if images.is_whole(sample.image) else 0

    keys = joined([part.keys for part in rows.parts], names)
    ranks = bytearray(len(keys))
    # Only contested keys cost a look at their images.
    for place in keys.again():
        ranks[place] = rank(place)
    return Samples(rows, Places.last(keys, range(len(keys)), ranks))


def _judged(
    rows: Joined[JudgementRows], samples: Samples, known: Mapping[str, str], names: Names
) -> Judged[JudgementRow]:
    """The judgement that counts for each scorer and key; see the module's text.

    Left out is one of another image than the sample's, and one by another scorer than the `known`
    one of its name, given by fingerprint. One whose image could not be read (None) counts only
    where there is no other.
    """
    found: dict[str, _Candidates] = {}
    for place, part, within in rows:
        scorer, by = part.scorers[within], part.by[within]
        drawn, image = samples.image(part.keys[within]), part.images[within]
        if drawn is None or image not in (drawn, None) or (by and by != known.get(scorer, by)):
            continue
        own = found.get(scorer) or found.setdefault(
            scorer, _Candidates(Keys(names), array("I"), bytearray())
        )
        own.keys.numbers.append(part.keys.numbers[within])
        own.places.append(place)
        own.ranks.append(0 if image is None else 1 if part.failed[within] else 2)
    places = {scorer: Places.last(*own) for scorer, own in found.items()}
    return Judged(rows, places, JudgementRows.row)


def fingerprints(manifest: Mapping[str, Json]) -> dict[str, str]:
    """The fingerprint of each scorer of a manifest, by name."""
    return {name: fingerprint(entry) for name, entry in manifest.get("scorers", {}).items()}
