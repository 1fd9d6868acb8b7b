"""Files that are whole or not there: durable, atomic writing, and errors in one plain line."""

import contextlib
import errno
import html
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from evalsuite.files.credentials import MARK, conceal
from evalsuite.records import InputError

_FULL = "free some space and run the same command again"
_CLOSED = "make it writable or choose another --output-dir"
_BLOCKED = "a file stands where a folder should be, so choose another --output-dir"
_MENDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.EEXIST: _BLOCKED,
    errno.ENOTDIR: _BLOCKED,
}


@contextlib.contextmanager
def naming(place: Path | str, mend: str = "") -> Iterator[None]:
    """Turns an `OSError` into an `InputError` that names `place`, the reason and the mend.

    Without a `mend` of the caller's it is that of a run's folder.
    """
    try:
        yield
    except OSError as error:
        mend = mend or _MENDS.get(error.errno or 0, "choose another --output-dir")
        raise InputError(f"{place}: {error.strerror or error}; {mend}") from error


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot sync a folder and say so; they sync names by themselves.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def make_folder(folder: Path, mend: str = "") -> None:
    """Makes a folder and those above it, durably; one that is there already is left alone."""
    with naming(folder, mend):
        if folder.is_dir():
            return
    make_folder(folder.parent, mend)
    with naming(folder, mend):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_bytes(
    path: Path,
    data: bytes | memoryview,
    *,
    durable: bool = True,
    named: bool = True,
    mend: str = "",
) -> None:
    """Puts a file in place by temporary file, fsync and rename: it is old or new, never half.

    With `durable` false nothing is synced, for caches that carry their own checksum; with `named`
    false the caller syncs the folder, once for many files. `mend` says what to do where it cannot
    be written, for files that are not in a run's folder.
    Raises `InputError` where the disk is full or the folder cannot be written.
    """
    _write(path, data, os.replace, durable=durable, named=named, mend=mend)


def write_new(path: Path, text: str) -> bool:
    """Puts a text in place as `write_text` does, unless a file of that name is there already.

    Says whether it did. Of several processes that write at once one does; where the file system
    has no hard links, which say so, the last one.
    """

    def link(temporary: Path, target: Path) -> None:
        try:
            os.link(temporary, target)
        except FileExistsError:
            temporary.unlink()
            raise
        except OSError:  # FAT, and some network file systems
            os.replace(temporary, target)
        else:
            temporary.unlink()

    make_folder(path.parent)  # a file in the folder's place is not this one
    try:
        _write(path, _concealed(path, text).encode(), link)
    except InputError as error:
        if isinstance(error.__cause__, FileExistsError):
            return False
        raise
    return True


def _write(
    path: Path,
    data: bytes | memoryview,
    place: Callable[[Path, Path], None],
    *,
    durable: bool = True,
    named: bool = True,
    mend: str = "",
) -> None:
    make_folder(path.parent, mend)
    # Never a fixed name: two workers may write the same file at once.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    with naming(path, mend):
        try:
            with open(temporary, "xb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            place(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        if durable and named:
            sync_folder(path.parent)


def write_text(path: Path, text: str, *, mend: str = "") -> None:
    """Puts a text in place in UTF-8, as `write_bytes` does, without credentials.

    JSON stays JSON, and the mark is no tag in a page.
    """
    write_bytes(path, _concealed(path, text).encode(), mend=mend)


def _concealed(path: Path, text: str) -> str:
    if path.suffix == ".json":
        held = json.loads(text)
        clean = conceal(held)
        if clean != held:
            text = json.dumps(clean, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    else:
        text = conceal(text)
        if path.suffix in (".html", ".xml"):
            text = text.replace(MARK, html.escape(MARK))
    return text
