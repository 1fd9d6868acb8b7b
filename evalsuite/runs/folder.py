"""The run folder: the only code that reads or writes one.

A worker appends only to its own segments, and what is done is what the rows say: no locks, no
database. Rows are those of `segments.py`: torn and damaged ones are dropped.

Which row counts: segments are read in the order of their names and lines. Of several sample rows
of one key, an `ok` row whose image file is there and whole beats a row without an image, which
beats an `ok` row whose image is lost; among equals the last counts. A judgement counts only for
the image that its row names.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote, unquote

from numpy.typing import NDArray

from evalsuite.files.atomic import make_folder, naming, write_bytes
from evalsuite.files.images import decode_image, encode_png, pack_array, unpack_array
from evalsuite.files.redact import redact
from evalsuite.files.segments import Segment, canonical, read_rows
from evalsuite.records import InputError, Json, Judgement, Key, Pixels, Sample, Status
from evalsuite.runs import judgement_rows
from evalsuite.runs.identity import differences
from evalsuite.runs.judgement_rows import SHA256, parse_key

__all__ = ["Segment", "redact"]


def write_text(path: Path, text: str) -> None:
    """Writes a text file atomically (temporary file, fsync, rename), in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


# The manifest


def create(folder: Path, manifest: Mapping[str, Json]) -> None:
    """Makes a run folder, or checks that the one there holds the same run.

    The manifest is redacted and written before anything else. What identifies a run is said in
    `manifest.py`. Raises `InputError` that names each differing key, or says why the folder
    cannot be used.
    """
    folder = Path(folder)
    new = json.loads(canonical(redact(manifest)))
    with naming(folder):
        begun = (folder / "manifest.json").is_file()
    if begun:
        differing = differences(read_manifest(folder), new)
        if differing:
            raise InputError(
                f"{folder}: holds another run, for these differ: {differing}; choose another "
                "--output-dir, go back to what it began with, or start over with --no-resume"
            )
        return
    make_folder(folder)
    if any(folder.glob("samples-*.jsonl")) or any(folder.glob("judgements-*.jsonl")):
        raise InputError(
            f"{folder / 'manifest.json'}: is missing though the run has rows, so nobody can tell "
            "what they are of; put it back, or choose another --output-dir"
        )
    write_text(folder / "manifest.json", json.dumps(new, sort_keys=True, indent=2) + "\n")


def read_manifest(folder: Path) -> dict[str, Json]:
    """The manifest of a run; raises `InputError` where the folder is no run, or it is damaged."""
    path = Path(folder) / "manifest.json"
    with naming(path):
        if not path.is_file():
            raise InputError(f"{path}: is missing, so this is not a run folder; name another")
        data = path.read_bytes()
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is damaged ({error}); put back a copy, or start anew") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: is damaged (not an object); put back a copy, or start anew")
    return manifest


def discard(folder: Path) -> None:
    """Removes a run's own files (for --no-resume) and nothing else; the manifest goes last."""
    folder = Path(folder)
    rows = ("samples", "judgements", "timings")
    own = [path for kind in rows for path in sorted(folder.glob(f"{kind}-*.jsonl"))]
    # Rows before images: killed half-way, no row is left that names an image that is gone.
    names = ("estimates.json", "best-of.json", "judgements.parquet", "report", "features", "images")
    for path in [*own, *(folder / name for name in (*names, "manifest.json"))]:
        with naming(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


# Samples and judgements


def damaged_rows(folder: Path) -> int:
    """How many lines of all segments are torn or damaged, and so count for nothing."""
    samples = read_rows(folder, "samples-*.jsonl", _parse_sample)[1]
    return samples + read_rows(folder, "judgements-*.jsonl", judgement_rows.parse)[1]


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


def read_samples(folder: Path) -> dict[Key, Sample]:
    """The sample that counts for each key; see the module's text for which one that is."""
    found: dict[Key, list[Sample]] = {}
    for sample in read_rows(folder, "samples-*.jsonl", _parse_sample)[0]:
        found.setdefault(sample.key, []).append(sample)

    def rank(sample: Sample) -> int:
        if sample.image is None:
            return 1
        return 2 if has_image(folder, sample.image) else 0

    # Only contested keys cost a look at their images.
    return {
        key: rows[0] if len(rows) == 1 else max(reversed(rows), key=rank)
        for key, rows in found.items()
    }


def write_judgement(segment: Segment, *judged: tuple[Judgement, str | None]) -> None:
    """Appends judgements, each with the SHA-256 of the image judged, with one fsync.

    The image is None where it could not be read: such a failure stands only until the image is
    there again and has been judged.
    """
    segment.append_all(judgement_rows.to_row(judgement, image) for judgement, image in judged)


def read_judged(
    folder: Path, scorer: str | None = None
) -> dict[tuple[str, Key], tuple[Judgement, str | None]]:
    """The judgement that counts for each scorer and key, and the SHA-256 of the image judged.

    A judgement of another image than the sample's is left out; one whose image could not be read
    (None) counts only where there is no other.
    """
    samples = read_samples(folder)
    pattern = f"judgements-{scorer or ''}*.jsonl"
    found: dict[tuple[str, Key], tuple[Judgement, str | None]] = {}
    for judgement, image in read_rows(folder, pattern, judgement_rows.parse)[0]:
        name = (judgement.scorer, judgement.key)
        sample = samples.get(judgement.key)
        if sample is None or sample.image is None or image not in (sample.image, None):
            continue
        judged_before = name in found and found[name][1] is not None
        if scorer not in (judgement.scorer, None) or (image is None and judged_before):
            continue
        found[name] = (judgement, image)
    return found


def read_judgements(folder: Path, scorer: str | None = None) -> dict[tuple[str, Key], Judgement]:
    """The judgement that counts for each scorer and key, of one scorer or of all."""
    return {name: judgement for name, (judgement, _) in read_judged(folder, scorer).items()}


def _parse_sample(row: Any) -> Sample:
    status, image = row["status"], row["image"]
    # Whoever wrote the row: only a hash may become a file's name.
    named = image is not None and SHA256.fullmatch(image) is not None
    if status not in get_args(Status) or named != (status == "ok") or (image and not named):
        raise ValueError("not a sample")
    return Sample(parse_key(row), int(row["seed"]), status, image, row["reason"])


# Images and cached features


def save_image(folder: Path, pixels: Pixels) -> str:
    """Stores a picture as a PNG and returns the SHA-256 of the file's bytes, which names it.

    The file is on disk before this returns. A good one that is there already is left alone; a
    damaged one is replaced. Raises `ValueError` for what is no picture (`images.check_pixels`),
    `InputError` where the disk is full or the folder cannot be written.
    """
    data = encode_png(pixels)
    sha256 = hashlib.sha256(data).hexdigest()
    if not has_image(folder, sha256):
        write_bytes(_image_path(folder, sha256), data)
    return sha256


def read_image(folder: Path, sha256: str) -> bytes:
    """The verified bytes of an image file; raises `InputError` where it is missing or damaged."""
    path = _image_path(folder, sha256)
    mend = "`evalsuite generate` on the same run renders it anew"
    with naming(path):
        if not path.is_file():
            raise InputError(f"{path}: the image is missing; {mend}")
        data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(f"{path}: the image is damaged, its bytes do not match its name; {mend}")
    return data


def load_image(folder: Path, sha256: str) -> Pixels:
    """A picture of a run, shape (height, width, 3); raises `InputError` as `read_image` does."""
    return decode_image(read_image(folder, sha256), str(_image_path(folder, sha256)))


def has_image(folder: Path, sha256: str) -> bool:
    """Whether an image's file is there and its bytes match its name."""
    path = _image_path(folder, sha256)
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def encoders(folder: Path) -> list[str]:
    """The ids of the encoders of which features are cached."""
    folders = (path for path in Path(folder).glob("features/*") if path.is_dir())
    return sorted(unquote(path.name) for path in folders)


def save_features(folder: Path, encoder: str, sha256: str, array: NDArray[Any]) -> None:
    """Caches an encoder's features of one image.

    Only a cache: it is renamed into place but not synced, for a torn one fails its checksum.
    """
    write_bytes(_features_path(folder, encoder, sha256), pack_array(array), durable=False)


def load_features(folder: Path, encoder: str, sha256: str) -> NDArray[Any] | None:
    """Cached features, or None where there are none or they are damaged: compute them anew."""
    try:
        return unpack_array(_features_path(folder, encoder, sha256).read_bytes())
    except OSError:
        return None


def _image_path(folder: Path, sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:80]!r}: no SHA-256, so no image can have this name")
    return Path(folder) / "images" / f"{sha256}.png"


def _features_path(folder: Path, encoder: str, sha256: str) -> Path:
    # Quoted both ways, so that an id with '/' or '..' stays one folder and can be read back.
    name = quote(encoder, safe="").replace(".", "%2E")
    if not name or len(name) > 240:
        raise InputError(
            f"{encoder[:80]!r}: an encoder's id must have 1 to 240 (quoted) characters"
        )
    if not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:80]!r}: no SHA-256, so no image can have this name")
    return Path(folder) / "features" / name / f"{sha256}.npy"
