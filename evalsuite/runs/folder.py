"""The run folder: its manifest, and what it takes to begin one and to start over.

A worker appends only to its own segments, and what is done is what the rows say: no locks, no
database. `rows.py` reads and writes the rows, `images.py` pictures and cached features.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from evalsuite.files.atomic import make_folder, naming, write_new, write_text
from evalsuite.files.redact import redact
from evalsuite.files.segments import canonical
from evalsuite.records import InputError, Json
from evalsuite.runs.identity import differences
from evalsuite.runs.leftovers import leftovers

MANIFEST = "manifest.json"
ROWS = re.compile(r"(samples|judgements)-.*\.jsonl")
"""The names of segments with rows."""


def is_begun(folder: Path) -> bool:
    """Whether the folder holds a run's manifest."""
    with naming(folder):
        return (folder / MANIFEST).is_file()


def create(folder: Path, manifest: Mapping[str, Json]) -> dict[str, Json]:
    """Makes a run folder, or checks that the one there holds the same run; its manifest.

    The manifest is redacted and written before anything else. `identity.py` says what
    identifies a run. Raises `InputError` that names each differing key, or says why the folder
    cannot be used.
    """
    folder = Path(folder)
    make_folder(folder)
    # Rows are looked for first: where another process begins the run just now, they come last.
    with naming(folder):
        there = os.listdir(folder)  # Path.glob sees nothing in a folder that it may not read
    has_rows = any(map(ROWS.fullmatch, there))
    if is_begun(folder):
        known = read_manifest(folder)
        check_same(folder, known, manifest)
        return known
    if has_rows:
        raise InputError(
            f"{folder / MANIFEST}: is missing though the run has rows, so nobody can tell "
            "what they are of; put it back, or choose another --output-dir"
        )
    written = _signed(manifest)
    # Of two runs that begin at once on one folder, one writes the manifest, and the other one
    # finds it there.
    if not write_new(folder / MANIFEST, _text(written)):
        return create(folder, manifest)
    del written["checksum"]
    return written


def check_same(folder: Path, known: Mapping[str, Json], manifest: Mapping[str, Json]) -> None:
    """Raises `InputError` where `manifest` is of another run than the `known` one of the folder."""
    differing = differences(known, json.loads(canonical(redact(manifest))))
    if differing:
        raise InputError(
            f"{folder}: holds another run, for these differ: {differing}; choose another "
            "--output-dir, or go back to what it began with"
        )


def write_manifest(folder: Path, manifest: Mapping[str, Json]) -> dict[str, Json]:
    """Puts a manifest, redacted and with a checksum over all of it, into a run's folder.

    Returns what was written, without the checksum.
    """
    written = _signed(manifest)
    write_text(folder / MANIFEST, _text(written))
    del written["checksum"]
    return written


def _signed(manifest: Mapping[str, Json]) -> dict[str, Json]:
    written: dict[str, Json] = json.loads(canonical(redact(manifest)))
    return {**written, "checksum": _checksum(written)}


def _text(signed: Mapping[str, Json]) -> str:
    return json.dumps(signed, sort_keys=True, indent=2) + "\n"


def read_manifest(folder: Path) -> dict[str, Json]:
    """The manifest of a run, without its checksum.

    Raises `InputError` where the folder is no run, or the manifest is damaged, was changed, or is
    of another format: what the rows are of would then be anybody's guess.
    """
    path = Path(folder) / MANIFEST
    with naming(path):
        if not path.is_file():
            raise InputError(f"{path}: is missing, so this is not a run folder; name another")
        data = path.read_bytes()
    try:
        manifest = json.loads(data)
        if not isinstance(manifest, dict):
            raise ValueError("not an object")
        is_whole = manifest.pop("checksum", None) == _checksum(manifest)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is damaged ({error}); put back a copy, or start anew") from error
    if not is_whole:
        raise InputError(
            f"{path}: was changed since it was written (its checksum is wrong); put back a copy, "
            "or start anew in another folder"
        )
    from evalsuite.runs import shape  # with pydantic, which takes long to import

    shape.check(path, manifest)
    return manifest


def _checksum(manifest: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(manifest).encode("ascii")).hexdigest()


def discard(folder: Path) -> None:
    """Removes a run's own files (for --no-resume) and nothing else; the manifest goes last."""
    folder = Path(folder)
    rows = ("samples", "judgements", "timings")
    own = [path for kind in rows for path in sorted(folder.glob(f"{kind}-*.jsonl"))]
    # Rows before images: killed half-way, no row is left that names an image that is gone.
    names = (
        *(
            "estimates.json",
            "estimates.json.sha256",
            "bias.json",
            "best-of.json",
            "judgements.parquet",
        ),
        "sequential.json",
        *("report", "features", "images", "claims"),
    )
    own += leftovers(folder)
    for path in [*own, *(folder / name for name in (*names, MANIFEST))]:
        with naming(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
