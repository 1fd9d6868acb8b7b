"""Which tests reach which functions, and a run of chosen tests alone: plug-ins of pytest.

A function counts as reached by a test that calls it, and by every test of a file in which a
fixture calls it. Other processes are not looked into: a module's own tests always count.
"""

import cProfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
HOME = f"{ROOT / 'evalsuite'}/"

ENOUGH = 8.0
"""Seconds after which no further file is asked, of those that are not a module's own and come quick
ones first. A change that only the rest would notice counts as noticed by none."""

Place = tuple[str, str]
"""A function: its file below the root, and its name there, as in `Class.method.inner`."""


class Reach(NamedTuple):
    """What one test takes in seconds, and which functions it reaches."""

    seconds: float
    places: Sequence[Place]


def place_of(code: CodeType) -> Place:
    """The function that a code object is of."""
    return code.co_filename.removeprefix(f"{ROOT}/"), code.co_qualname.replace(".<locals>", "")


@contextmanager
def calls() -> Iterator[set[CodeType]]:
    """Every function of evalsuite that is called meanwhile, by whichever thread.

    This thread's are noticed by Python's own profiler, which is in C.
    """
    found: set[CodeType] = set()

    def called(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            found.add(frame.f_code)

    profile = cProfile.Profile(builtins=False)
    threading.setprofile(called)
    profile.enable()
    try:
        yield found
    finally:
        profile.disable()
        threading.setprofile(None)  # type: ignore[arg-type]
        found |= {entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)}
        found -= {code for code in found if not code.co_filename.startswith(HOME)}


class Covering:
    """Notes what each test reaches."""

    def __init__(self) -> None:
        self.tests: dict[str, tuple[float, set[CodeType]]] = {}
        self.fixtures: dict[str, set[CodeType]] = {}
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notice which test fails; it is the last one."""
        if report.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Look at what the test's fixtures call, as far as they are not there yet."""
        with self._looked(item) as found:
            done = yield
        self.fixtures.setdefault(file_of(item.nodeid), set()).update(found)
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Look at what the test itself calls."""
        with self._looked(item):
            return (yield)

    @contextmanager
    def _looked(self, item: pytest.Item) -> Iterator[set[CodeType]]:
        began = time.process_time()
        with calls() as found:
            yield found
        seconds, before = self.tests.get(item.nodeid, (0.0, set()))
        self.tests[item.nodeid] = seconds + time.process_time() - began, before | found

    def reach(self) -> dict[str, Reach]:
        """The tests by their ids."""
        return {
            test: Reach(seconds, sorted(map(place_of, found | self.fixtures[file_of(test)])))
            for test, (seconds, found) in self.tests.items()
        }


class Chosen:
    """Has only these tests run, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: number for number, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order),
            key=lambda item: self.order[item.nodeid],
        )


def file_of(test: str) -> str:
    """The file of a test by its id."""
    return test.partition("::")[0]


def chosen(reach: Mapping[str, Reach], path: str, where: str, own: str) -> list[str]:
    """The tests that reach a function, and all of the file `own`; of other files `ENOUGH`.

    Where `where` is no function that any test calls, what stands there is read when the module is
    imported: all that reach the module count. Files come by what their tests take in all, and `own`
    as if it took a tenth, since it is where a change is looked for; in each the quick ones first.
    """
    is_called = any((path, where) in each.places for each in reach.values())
    files: dict[str, list[str]] = {}
    for test, each in reach.items():
        is_reached = any(p == path and (w == where or not is_called) for p, w in each.places)
        if is_reached or file_of(test) == own:
            files.setdefault(file_of(test), []).append(test)
    taken = {file: sum(reach[test].seconds for test in tests) for file, tests in files.items()}
    found, left = [], ENOUGH
    for file in sorted(files, key=lambda file: taken[file] / (10 if file == own else 1)):
        if file == own or left > 0:
            found += sorted(files[file], key=lambda test: reach[test].seconds)
            left -= 0.0 if file == own else taken[file]
    return found
