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
    watcher = Watcher(folder, before, after)
    for name in (*BY_PATH, *LOOKS):
        setattr(os, name, watcher.by_path(name))
    for name in BY_HANDLE:
        setattr(os, name, watcher.by_handle(name))
    file = file_type(watcher)
    open_file = opening(watcher, file)
    for module, name, put in ((io, "FileIO", file), (io, "open", open_file)):
        setattr(module, name, put)
    builtins.open = open_file


class Watcher:
    """The calls on what lies in `folder`: who is told of them, and which handles are open."""

    def __init__(self, folder: Path, before: Before, after: After) -> None:
        self.top = os.path.abspath(folder)
        self.before, self.after = before, after
        self.real = {name: getattr(os, name) for name in (*BY_PATH, *LOOKS, *BY_HANDLE)}
        self.handles: dict[int, str] = {}

    def is_below(self, path: Any) -> bool:
        """Whether a call's path is in the folder, or the folder itself."""
        if isinstance(path, int):
            return False
        named = os.path.abspath(os.fsdecode(path))
        return named == self.top or named.startswith(f"{self.top}/")

    def exists(self, path: str) -> bool:
        """Whether something is there; nobody is told of the look."""
        try:
            self.real["lstat"](path)
        except OSError:
            return False
        return True

    def by_path(self, name: str) -> Callable[..., Any]:
        """A function of `os` that takes a path, watched."""

        def call(path: Any = ".", *rest: Any, **options: Any) -> Any:
            if not self.is_below(path):
                return self.real[name](path, *rest, **options)
            told = os.fsdecode(path)
            self.before(name, told, b"")
            given = self.real[name](path, *rest, **options)
            if name == "open":
                self.handles[given] = told
            others = [] if name == "open" else [p for p in rest if not isinstance(p, int)]
            self.after(name, told, *map(os.fsdecode, others))
            return given

        return call

    def by_handle(self, name: str) -> Callable[[int], Any]:
        """A function of `os` that takes a handle, watched."""

        def call(handle: int) -> Any:
            path = self.handles.get(handle)
            if path is None:
                return self.real[name](handle)
            if name == "close":
                del self.handles[handle]
                self.real[name](handle)
                self.before(name, path, b"")  # a handle is gone, whatever close says
                return None
            self.before(name, path, b"")
            given = self.real[name](handle)
            self.after(name, path)
            return given

        return call


def file_type(watcher: Watcher) -> type[io.FileIO]:
    """What stands in for `io.FileIO`."""

    class File(io.FileIO):
        """A file whose every call is told."""

        def __init__(self, path: Any, mode: str = "r") -> None:
            self.path = os.fsdecode(path)
            self.is_told = watcher.is_below(path)
            if self.is_told:
                watcher.before("open", self.path, b"")
                is_new = not watcher.exists(self.path)
            super().__init__(path, mode)
            if self.is_told:
                watcher.handles[self.fileno()] = self.path
                if is_new:
                    watcher.after("create", self.path)

        def write(self, data: Any) -> int:
            data = bytes(data)
            many = watcher.before("write", self.path, data) if self.is_told else None
            written = super().write(data if many is None else data[:many])
            if self.is_told:
                watcher.after("write", self.path, data[:written])
            return written

        def readinto(self, buffer: Any) -> int:
            if self.is_told:
                watcher.before("read", self.path, b"")
            return super().readinto(buffer)

        def readall(self) -> bytes:
            if self.is_told:
                watcher.before("read", self.path, b"")
            return super().readall()

        def close(self) -> None:
            if not self.closed and self.is_told:
                watcher.handles.pop(self.fileno(), None)
                super().close()
                watcher.before("close", self.path, b"")
            else:
                super().close()

    return File


def opening(watcher: Watcher, file: type[io.FileIO]) -> Callable[..., Any]:
    """What stands in for `open`."""
    plain_open = io.open

    def open_file(path: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if not watcher.is_below(path):
            return plain_open(path, mode, *rest, **options)
        raw = file(path, mode.replace("b", "").replace("t", ""))
        whole: Any = io.BufferedReader(raw) if raw.readable() else io.BufferedWriter(raw)
        if "b" in mode:
            return whole
        encoding = options.get("encoding") or (rest[1] if len(rest) > 1 else "utf-8")
        return io.TextIOWrapper(whole, encoding=encoding)

    return open_file
