"""Temporary files of killed processes: swept where no living writer can own them.

`files.atomic` writes `.<name>.<random>.tmp` and renames it; a process that is killed in between
leaves it. Nothing says whose it is, so a young one is looked at twice: a process of this machine
that still writes it has it open. On a file system that other machines share, a young one may be
theirs, and stays until it is old.
"""

import contextlib
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from evalsuite.files.atomic import naming
from evalsuite.runs.claims import sweep_claims

OLD = 3600.0
"""Seconds after which nobody writes a file any more: each is written in one go."""

PAUSE = 0.1
"""Seconds between the looks: a writer has its file closed only for the moment before the rename."""

NAME = re.compile(r"\..+\.[0-9a-f]{12}\.tmp")
"""What `files.atomic` calls a file that it has not put in place yet."""

BELOW = ("features", "images", "report")
"""The folders of a run in which files are put in place."""

LOCAL = frozenset({"apfs", "btrfs", "ext2", "ext3", "ext4", "overlay", "tmpfs", "xfs", "zfs"})
"""File systems that no other machine writes to."""


def sweep(folder: Path) -> None:
    """Removes the temporary files and claims of a run's folder that no living process can own.

    Raises `InputError` where the folder cannot be looked through.
    """
    with naming(folder):
        found = leftovers(folder)
        young = [path for path, state in found.items() if time.time() - state.st_mtime < OLD]
        owned = _owned(folder, young, found) if young else set()
    for path in found.keys() - owned:
        with contextlib.suppress(OSError):
            path.unlink()
    sweep_claims(folder)


def leftovers(folder: Path) -> dict[Path, os.stat_result]:
    """The temporary files in a run's folder and in its own folders below, with their state."""
    found = {}
    below = (path for name in BELOW for path in (folder / name).rglob(".*.tmp"))
    for path in (*folder.glob(".*.tmp"), *below):
        if NAME.fullmatch(path.name):
            with contextlib.suppress(OSError):  # renamed meanwhile
                found[path] = path.stat()
    return found


def _owned(folder: Path, young: Sequence[Path], before: Mapping[Path, os.stat_result]) -> set[Path]:
    """Those of the young files that somebody may be writing still."""
    if not _is_local(folder):
        return set(young)
    user = os.geteuid()
    # What another user's process has open, nobody but root can see.
    owned = {path for path in young if user not in (0, before[path].st_uid)} | _open_files(young)
    time.sleep(PAUSE)
    owned |= _open_files(young)
    after = leftovers(folder)
    moved = {path for path in young if path not in after or after[path] != before[path]}
    return owned | moved


def _open_files(paths: Iterable[Path]) -> set[Path]:
    """Those that a process of this machine has open; all of them where nobody can tell."""
    wanted = {os.path.realpath(path): path for path in paths}
    processes = Path("/proc")
    if not wanted or not (processes / "self" / "fd").is_dir():
        return set(wanted.values())
    found = set()
    for process in processes.iterdir():
        if process.name.isdigit():
            # A process may end meanwhile, or be another user's.
            with contextlib.suppress(OSError):
                for handle in (process / "fd").iterdir():
                    with contextlib.suppress(OSError):
                        found.add(os.readlink(handle))
    return {path for name, path in wanted.items() if name in found}


def _is_local(folder: Path) -> bool:
    """Whether the folder lies on a file system of this machine alone, as far as Linux tells."""
    home, best, kind = os.path.realpath(folder), "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    for line in mounts:
        _, point, name, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        is_above = home == point or home.startswith(point.removesuffix("/") + "/")
        if is_above and len(point) >= len(best):
            best, kind = point, name
    return kind in LOCAL
