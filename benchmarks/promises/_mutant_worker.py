"""Runs tests on mutants, in a fork for each: `python -m benchmarks.promises._mutant_worker`.

A line of JSON on standard input asks, one on standard output answers. All is imported once, and a
fork's functions are given the mutant's code. What is read at import has evalsuite and its tests
imported anew, so that they have the mutant from the start.
"""

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import math
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from benchmarks.promises._covering import Chosen, Covering, Place, calls, file_of, place_of
from benchmarks.promises._mutate import Mutant, compiled

ROOT = Path(__file__).parents[2]
KILLED, SURVIVED, STILLBORN, BROKEN, HUNG = 1, 0, 99, 98, 97
AS_IT_IS = -1
"""The number of a mutant that changes nothing, and so has to survive; -2 is imported anew."""
MEMORY = 6 << 30
WAITS = 5
"""So many times its processor time may pass by the clock; who waits longer waits for ever."""
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


class Loaded(NamedTuple):
    """What is imported: the functions by their places, and those that were called meanwhile."""

    functions: dict[Place, list[FunctionType]]
    called: set[Place]


def preload(tests: Sequence[str]) -> Loaded:
    """Import the tests, and all that they import."""
    with silence(), calls() as called:
        pytest.main([*PLAIN, "--collect-only", f"--rootdir={ROOT}", *tests])
        importlib.import_module("evalsuite.cli")
    gc.collect()
    functions: dict[Place, list[FunctionType]] = {}
    for held in gc.get_objects():
        if isinstance(held, FunctionType) and held.__code__.co_filename.startswith(f"{ROOT}/"):
            functions.setdefault(place_of(held.__code__), []).append(held)
    gc.freeze()
    return Loaded(functions, {place_of(code) for code in called})


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Let nothing be said on standard output and error."""
    kept, null = [os.dup(1), os.dup(2)], os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(null, stream)
    try:
        yield
    finally:
        sys.stdout.flush()
        for stream, own in enumerate(kept, 1):
            os.dup2(own, stream)
            os.close(own)
        os.close(null)


def covered(tests: Sequence[str]) -> dict[str, Any] | str:
    """What each test reaches; where one of them fails, which one."""
    with tempfile.TemporaryDirectory(prefix="evalsuite-mutants-") as place:
        found = Path(place, "found.json")
        if (child := os.fork()) == 0:
            try:
                _prepare(os.path.realpath(place))
                covering = Covering()
                ended = pytest.main([*_options(place), *tests], plugins=[covering])
                told = covering.reach() if ended in PASSED else covering.failed
                found.write_text(json.dumps(told))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        return json.loads(found.read_text()) if found.is_file() else ""


def tested(tests: Sequence[str], mutant: Mutant, seconds: float, loaded: Loaded) -> int:
    """What became of a mutant: `KILLED`, `SURVIVED`, `HUNG` or `STILLBORN` (no import of it).

    It has so many `seconds` of processor time.
    """
    with tempfile.TemporaryDirectory(prefix="evalsuite-mutants-") as place:
        if (child := os.fork()) == 0:
            code = BROKEN
            try:
                code = _test(tests, mutant, os.path.realpath(place), loaded, seconds)
            finally:
                os._exit(code)
        ends = time.monotonic() + WAITS * seconds
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


def _prepare(place: str) -> None:
    """Have this process, a fork, say nothing and leave nothing outside of `place`."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.environ |= {"HYPOTHESIS_STORAGE_DIRECTORY": place, "TMPDIR": place}
    tempfile.tempdir = place


def _options(place: str) -> list[str]:
    options = [*PLAIN, "-x", "-m", "not slow", "--hypothesis-seed=0"]
    return [*options, f"--basetemp={place}/t", f"--rootdir={ROOT}"]


def _test(tests: Sequence[str], mutant: Mutant, place: str, loaded: Loaded, seconds: float) -> int:
    if not tests:
        return SURVIVED
    _prepare(place)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds),) * 2)
    if not put(mutant, loaded):
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None) or ""
            if path.startswith(f"{ROOT}/") and not name.startswith(("benchmarks", "__main__")):
                del sys.modules[name]
        finder = Finder(mutant)
        sys.meta_path.insert(0, finder)
        try:
            importlib.import_module(finder.name)
        except Exception:
            return STILLBORN
    guard(place)
    files = dict.fromkeys(map(file_of, tests))
    ended = pytest.main([*_options(place), *files], plugins=[Chosen(tests)])
    return SURVIVED if ended in PASSED else KILLED


def put(mutant: Mutant, loaded: Loaded) -> bool:
    """Give a function the mutant's code; False where that is too late, or was no change of one."""
    if (mutant.path, mutant.where) in loaded.called:
        return False
    changed = mutant.number == AS_IT_IS
    waiting = [compiled(ROOT, mutant)]
    while waiting:
        code = waiting.pop()
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]
        for function in loaded.functions.get(place_of(code), ()):
            own = function.__code__
            if own.co_firstlineno == code.co_firstlineno and own != code:
                if own.co_freevars != code.co_freevars:
                    return False
                function.__code__ = code
                changed = True
    return changed


def main() -> None:
    """Answer until there are no more questions."""
    answers = os.fdopen(os.dup(1), "w")
    os.chdir(ROOT)
    loaded = preload(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        tests, words, seconds = json.loads(line)
        answer: Any = (
            covered(tests) if words is None else tested(tests, Mutant(*words), seconds, loaded)
        )
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
