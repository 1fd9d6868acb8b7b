"""A process's I/O calls on the files below a folder: counted, noted, and made to go wrong.

Python's `open`, `io.FileIO` and the functions of `os` are replaced by ones that ask `before` what
is to become of a call. For a process that was forked for it: nothing is put back.
"""

import builtins
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

BY_PATH = ("open", "mkdir", "rmdir", "unlink", "remove", "rename", "replace", "link")
LOOKS = ("stat", "lstat", "listdir", "scandir")
BY_HANDLE = ("fsync", "fstat", "close")

Before = Callable[[str, str, bytes], int | None]
"""Told a call, its path and the bytes that it is to write. Raises, kills, or says how many of the
bytes are written; None is all."""

After = Callable[..., None]
"""Told a call that has been made, its path, and what else it had."""


def watch(folder: Path, before: Before, after: After = lambda *_: None) -> None:
    """Has `before` and `after` told of every call on what lies in `folder`, from now on."""
    top = os.path.abspath(folder)
    real = {name: getattr(os, name) for name in (*BY_PATH, *LOOKS, *BY_HANDLE)}
    handles: dict[int, str] = {}

    def is_below(path: Any) -> bool:
        if isinstance(path, int):
            return False
        named = os.path.abspath(os.fsdecode(path))
        return named == top or named.startswith(f"{top}/")

    def exists(path: str) -> bool:
        try:
            real["lstat"](path)
        except OSError:
            return False
        return True

    def by_path(name: str) -> Callable[..., Any]:
        def call(path: Any = ".", *rest: Any, **options: Any) -> Any:
            if not is_below(path):
                return real[name](path, *rest, **options)
            before(name, os.fsdecode(path), b"")
            given = real[name](path, *rest, **options)
            if name == "open":
                handles[given] = os.fsdecode(path)
            after(
                name,
                os.fsdecode(path),
                *(os.fsdecode(p) for p in rest if name != "open" and not isinstance(p, int)),
            )
            return given

        return call

    def by_handle(name: str) -> Callable[..., Any]:
        def call(handle: int) -> Any:
            path = handles.get(handle)
            if path is None:
                return real[name](handle)
            if name == "close":
                del handles[handle]
                real[name](handle)
                before(name, path, b"")  # a handle is gone, whatever close says
                return None
            before(name, path, b"")
            given = real[name](handle)
            after(name, path)
            return given

        return call

    class File(io.FileIO):
        """A file whose every call is told."""

        def __init__(self, path: Any, mode: str = "r") -> None:
            self.path = os.fsdecode(path)
            self.is_told = is_below(path)
            if self.is_told:
                before("open", self.path, b"")
                is_new = not exists(self.path)
            super().__init__(path, mode)
            if self.is_told:
                handles[self.fileno()] = self.path
                if is_new:
                    after("create", self.path)

        def write(self, data: Any) -> int:
            data = bytes(data)
            many = before("write", self.path, data) if self.is_told else None
            written = super().write(data if many is None else data[:many])
            if self.is_told:
                after("write", self.path, data[:written])
            return written

        def readinto(self, buffer: Any) -> int:
            if self.is_told:
                before("read", self.path, b"")
            return super().readinto(buffer)

        def readall(self) -> bytes:
            if self.is_told:
                before("read", self.path, b"")
            return super().readall()

        def close(self) -> None:
            if not self.closed and self.is_told:
                handles.pop(self.fileno(), None)
                super().close()
                before("close", self.path, b"")
            else:
                super().close()

    plain_open = io.open

    def open_file(path: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if not is_below(path):
            return plain_open(path, mode, *rest, **options)
        raw = File(path, mode.replace("b", "").replace("t", ""))
        whole: Any = io.BufferedReader(raw) if raw.readable() else io.BufferedWriter(raw)
        if "b" in mode:
            return whole
        encoding = options.get("encoding") or (rest[1] if len(rest) > 1 else "utf-8")
        return io.TextIOWrapper(whole, encoding=encoding)

    for name in (*BY_PATH, *LOOKS):
        setattr(os, name, by_path(name))
    for name in BY_HANDLE:
        setattr(os, name, by_handle(name))
    for module, name, put in ((io, "FileIO", File), (io, "open", open_file)):
        setattr(module, name, put)
    builtins.open = open_file  # type: ignore[assignment]
