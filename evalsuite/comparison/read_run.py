"""A run's folder read as one side of a comparison."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from evalsuite.comparison.snapshot import Side, side
from evalsuite.files.segments import canonical
from evalsuite.measures import declared_measures
from evalsuite.pipeline.work import Work, open_work
from evalsuite.records import Json
from evalsuite.runs.folder import MANIFEST
from evalsuite.runs.identity import scorer_identity
from evalsuite.runs.rows import RunRows, missing, planned_rows


def read_side(
    folder: Path, flags: Mapping[str, Json] | None = None, name: str = ""
) -> tuple[Side, RunRows]:
    """The run in `folder` as a side called `name`, and its rows, read once.

    `flags` are settings on top of the recorded ones, such as prompt sets whose files are not on
    record. Raises `InputError` where the folder is no run, or its prompt sets have changed.
    """
    work, rows = open_work(folder, flags or {})
    return side_of(work, rows, name), rows


def side_of(work: Work, rows: RunRows, name: str = "") -> Side:
    """The rows of a run as a side.

    It is complete where every planned image has its row and, if drawn, its file and a
    judgement by each of the scorers that were last asked for.
    """
    rows = planned_rows(rows, work.requests)
    scorers = {name: identity(said) for name, said in rows.manifest["scorers"].items()}
    return side(
        name=name or work.folder.name,
        dialect=str(rows.manifest["dialect"]),
        seed=int(rows.manifest["seed"]),
        prompt_sets=work.prompt_sets,
        requests=work.requests,
        samples=rows.samples,
        judgements=rows.answers,
        scorers=scorers,
        known=declared_measures(rows.manifest["scorers"], rows.folder / MANIFEST),
        complete=not any(missing(rows, work.requests, rows.asked)),
        keeps_seeds=keeps_seeds(rows.manifest),
    )


def keeps_seeds(manifest: Mapping[str, Json]) -> bool:
    """Whether a run's images were drawn from its seeds, as far as its back-end says."""
    said = manifest.get("backend")
    return not isinstance(said, Mapping) or said.get("seeds", "honoured") == "honoured"


def identity(said: Mapping[str, Json]) -> str:
    """SHA-256 of what a scorer said of itself: models, weights, thresholds.

    Package versions are left out: they are on record beside it, and a newer library is not
    another scorer.
    """
    own = {k: value for k, value in scorer_identity(said).items() if k != "packages"}
    return hashlib.sha256(canonical(own).encode("ascii")).hexdigest()
