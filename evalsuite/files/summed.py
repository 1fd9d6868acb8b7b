"""Files with a checksum beside them, as `sha256sum -c` reads it: a changed one is refused."""

import hashlib
from pathlib import Path

from evalsuite.files.atomic import naming, sync_folder, write_text
from evalsuite.records import InputError

SUFFIX = ".sha256"


def sum_of(path: Path) -> Path:
    """The file with the checksum of a file."""
    return path.with_name(path.name + SUFFIX)


def write_summed(path: Path, text: str) -> None:
    """Puts a text in place, as `write_text` does, and then its checksum.

    The old checksum goes first, for good: a kill in between leaves a file without one.
    """
    with naming(sum_of(path)):
        if sum_of(path).exists():
            sum_of(path).unlink(missing_ok=True)
            sync_folder(path.parent)
    write_text(path, text)
    with naming(path):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    write_text(sum_of(path), f"{digest}  {path.name}\n")


def read_summed(path: Path, mend: str) -> bytes:
    """The bytes of a file. Raises `InputError`, which says the `mend`, where its checksum is wrong.

    A file of an earlier evalsuite, or of one that was killed, has none: it is taken as it is.
    """
    with naming(path):
        data = path.read_bytes()
        told = sum_of(path).read_bytes() if sum_of(path).is_file() else None
    if told not in (None, f"{hashlib.sha256(data).hexdigest()}  {path.name}\n".encode()):
        raise InputError(
            f"{path}: was changed since it was written (its checksum is wrong); {mend}"
        )
    return data
