"""Runs tests on mutants, in a fork for each: `python -m benchmarks.promises._mutant_worker`.

A line of JSON on standard input asks, one on standard output answers. Libraries are imported once;
evalsuite and its tests anew in every fork, so that they have the mutant from the start.
"""

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from benchmarks.promises._mutate import Mutant, compiled

ROOT = Path(__file__).parents[2]
KILLED, SURVIVED, STILLBORN, BROKEN, HUNG = 1, 0, 99, 98, 97
MEMORY = 6 << 30
CPU = 60
"""Seconds of processor time in which a mutant's tests end, unless it loops for ever; all tests of a
part take half of it, however busy the machine is."""
PLAIN = ("-q", "-p", "no:cacheprovider", "--assert=plain")
PASSED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
GUARDED = {"os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}


class _Loader(importlib.machinery.SourceFileLoader):
    """Gives a module the mutant's code."""

    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module, as a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.path = str(ROOT / mutant.path)
        self.code = compiled(ROOT, mutant)

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        """The specification of the mutant, where it is asked for."""
        if fullname != self.name:
            return None
        loader = _Loader(fullname, self.path)
        loader.code = self.code
        return importlib.util.spec_from_file_location(fullname, self.path, loader=loader)


def guard(place: str) -> None:
    """Have no mutant remove or rename a file outside of `place`."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        # Names within an open folder are those of a tree whose removal was asked for above.
        is_named = isinstance(arguments[0], str | bytes | os.PathLike) if arguments else False
        if event in GUARDED and is_named and arguments[-1] in (-1, None, arguments[0]):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if not path.startswith(place):
                raise PermissionError(f"{event} of {path}: is outside of the test's folder")

    sys.addaudithook(hook)


def tested(tests: Sequence[str], mutant: Mutant | None, timeout: float) -> int:
    """What became of a mutant: `KILLED`, `SURVIVED`, `HUNG` or `STILLBORN` (no import of it)."""
    with tempfile.TemporaryDirectory(prefix="evalsuite-mutants-") as place:
        if (child := os.fork()) == 0:
            code = BROKEN
            try:
                code = _test(tests, mutant, os.path.realpath(place))
            finally:
                os._exit(code)
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                if code == -signal.SIGXCPU:
                    return HUNG
                return code if code in (SURVIVED, STILLBORN, BROKEN) else KILLED
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return HUNG


def _test(tests: Sequence[str], mutant: Mutant | None, place: str) -> int:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ |= {"HYPOTHESIS_STORAGE_DIRECTORY": place, "TMPDIR": place}
    tempfile.tempdir = place
    if mutant is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
        finder = Finder(mutant)
        sys.meta_path.insert(0, finder)
        try:
            importlib.import_module(finder.name)
        except Exception:
            return STILLBORN
    guard(place)
    options = [*PLAIN, "-x", "-m", "not slow", "--hypothesis-seed=0"]
    options += [f"--basetemp={place}/t", f"--rootdir={ROOT}"]
    # The module's own tests alone kill most mutants: the others are not even imported then.
    for stage in filter(None, (tests[:1], tests[1:])):
        if pytest.main([*options, *stage]) not in PASSED:
            return KILLED
    return SURVIVED


def preload(tests: Sequence[str]) -> None:
    """Import the libraries that the tests import, but nothing of ours."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reader)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            pytest.main(
                ["--collect-only", "-q", "-p", "no:cacheprovider", "--assert=plain", *tests]
            )
            importlib.import_module("evalsuite.cli")
            os.write(writer, "\n".join(sys.modules).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as names:
        found = names.read().splitlines()
    os.waitpid(child, 0)
    ours = ("evalsuite", "benchmarks", "tests", "conftest", "test_", "__main__")
    for name in found:
        if not name.startswith(ours) and name not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Answer until there are no more questions."""
    answers = os.fdopen(os.dup(1), "w")
    os.chdir(ROOT)
    preload(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        tests, words, timeout = json.loads(line)
        mutant = Mutant(*words) if words else None
        answers.write(json.dumps(tested(tests, mutant, timeout)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
