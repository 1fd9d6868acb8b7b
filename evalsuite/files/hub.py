"""Repositories of the hub: what of one is read, what that weighs, and getting it, in one place.

What loads a model and what downloads it beforehand go by the same `Repository`, so that nothing
is missing offline and nothing is fetched that is never read.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from evalsuite.records import InputError

ROOT_ALONE = ("*/*",)
"""To leave out: whatever is in a folder of the repository."""


class Repository(NamedTuple):
    """The files of a hub repository that are read: those that fit `allow` and not `leave_out`.

    `what` ("model", "detector") is for messages; `revision` is a branch, tag or commit.
    """

    what: str
    id: str
    allow: tuple[str, ...]
    leave_out: tuple[str, ...] = ()
    revision: str | None = None

    @property
    def called(self) -> str:
        """As messages call it."""
        return f"{self.what} {self.id!r}" + (
            f" at revision {self.revision!r}" if self.revision is not None else ""
        )


class Held(NamedTuple):
    """One file of a repository: its name, its size in bytes, and whether the cache has it."""

    name: str
    bytes: int
    is_cached: bool


class Listing(NamedTuple):
    """The files of a repository that are read, at a commit of 40 hex digits."""

    repository: Repository
    commit: str
    files: tuple[Held, ...]

    @property
    def bytes(self) -> int:
        """What all of them weigh."""
        return sum(file.bytes for file in self.files)

    @property
    def folder(self) -> Path:
        """Where the cache keeps them."""
        from huggingface_hub.file_download import repo_folder_name

        home = cache() / repo_folder_name(repo_id=self.repository.id, repo_type="model")
        return home / "snapshots" / self.commit

    @property
    def missing(self) -> int:
        """What is still to be fetched, in bytes."""
        return sum(file.bytes for file in self.files if not file.is_cached)


def fetch(repository: Repository, *, bars: bool = True) -> Path:
    """The folder in the hub's cache with a repository's files, of one commit, by which it is named.

    What is in the cache is not fetched again. Raises `InputError`, in one line, for a repository
    that is not to be had, and without the hub for files that the cache has not. `bars` are the
    client's own.
    """
    with nullcontext() if bars else _without_bars():
        return Path(_snapshot(repository))


def look(repository: Repository) -> Listing:
    """The files of a repository without fetching them; raises `InputError` as `fetch` does."""
    with _without_bars():
        found = _snapshot(repository, dry_run=True)
    if not found:
        raise InputError(f"{repository.called}: has none of the files that are read; see the id")
    held = [Held(f.filename, int(f.file_size), not f.will_download) for f in found]
    return Listing(repository, found[0].commit_hash, tuple(sorted(held)))


def names(folder: Path, model: str) -> list[str] | None:
    """All files of the repository whose commit `folder` has a part of, in the cache or not.

    None where the cache does not know them, as one that an older client has filled.
    """
    from huggingface_hub import get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError

    try:
        return [file.path for file in get_cached_repo_tree(model, revision=folder.name)]
    except (CachedRepoTreeNotFoundError, OSError, ValueError):
        return None


def room(folder: Path, needed: int) -> None:
    """Raise `InputError` where the disk that `folder` is on has no room for so many bytes."""
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    if (free := shutil.disk_usage(there).free) < needed:
        raise InputError(
            f"{size(needed)} are to be downloaded and the disk of the hub's cache has {size(free)} "
            "left; make room, or point HF_HOME at another disk"
        )


def cache() -> Path:
    """Where the hub's files are kept: HF_HUB_CACHE, or `hub` in HF_HOME."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def size(number: int) -> str:
    """Bytes in words, by powers of ten: 1.2 GB."""
    shown = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if shown < 1000 or unit == "GB":
            break
        shown /= 1000
    return f"{shown:.0f} {unit}" if unit == "bytes" or shown >= 100 else f"{shown:.1f} {unit}"


def trouble(error: BaseException) -> str:
    """What keeps a repository from being had, and the mend, from what the hub's client raised."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    kinds = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
    if any(isinstance(cause, OSError) and cause.errno == errno.ENOSPC for cause in causes):
        return "the disk of the hub's cache is full; make room, or point HF_HOME at another disk"
    if "GatedRepoError" in kinds:
        return "its owner asks for an agreement; accept it on the hub and set HF_TOKEN"
    if "RevisionNotFoundError" in kinds:
        return "the hub has no such revision; check --revision"
    if "RepositoryNotFoundError" in kinds:
        return "the hub has no such model, or it is private; check the id, or set HF_TOKEN"
    if "IncompleteSnapshotError" in kinds:
        return (
            "the cache has a part of it only; while the hub can be reached, fetch the rest with "
            "`evalsuite download`"
        )
    if "LocalEntryNotFoundError" not in kinds and _broke_off(causes, kinds):
        return "the connection to the hub broke off; the same command fetches what is missing"
    if "DryRunError" in kinds:
        return "the hub cannot be reached; check the network, or unset HF_HUB_OFFLINE"
    return (
        "the hub cannot be reached and the model is not in the cache, or not whole; check the "
        "network, unset HF_HUB_OFFLINE, or point HF_HOME at a cache that has it"
    )


@contextmanager
def _without_bars() -> Iterator[None]:
    """No bar over files that are only looked at."""
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    were_off = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not were_off:
            enable_progress_bars()


def _broke_off(causes: list[BaseException], kinds: set[str]) -> bool:
    is_short = any("Consistency check failed" in str(cause) for cause in causes)
    return is_short or bool(kinds & {"RemoteProtocolError", "ReadError", "TimeoutException"})


def _snapshot(repository: Repository, **more: Any) -> Any:
    from huggingface_hub import snapshot_download

    try:
        return snapshot_download(
            repository.id,
            revision=repository.revision,
            allow_patterns=list(repository.allow),
            ignore_patterns=list(repository.leave_out) or None,
            **more,
        )
    except Exception as error:  # the client raises its own errors, its transport's and the system's
        raise InputError(f"{repository.called}: {trouble(error)}") from error
