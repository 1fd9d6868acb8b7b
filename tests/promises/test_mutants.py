"""What is mutated and which tests run on it are there."""

import threading
from pathlib import Path

import evalsuite
from benchmarks.promises import _covering
from benchmarks.promises._covering import ENOUGH, Reach, calls, chosen, place_of
from benchmarks.promises._mutate import Mutant, mutants_of
from benchmarks.promises.mutants import ELSEWHERE, ROOT, SURVIVED, Part, own_tests, parts, run
from evalsuite.files.values import as_key, natural

VALUES = "evalsuite/files/values.py"


def test_modules_and_tests_are_there():
    for part in parts():
        assert {
            path for path in (*part.modules, *part.tests) if not (ROOT / path).exists()
        } == set()
    assert all((ROOT / path).is_file() for pair in ELSEWHERE.items() for path in pair)


def test_a_modules_own_tests_are_its_mirror():
    assert own_tests("evalsuite/files/redact.py") == "tests/files/test_redact.py"
    assert own_tests("evalsuite/gating/planned.py") == "tests/commands/test_planning.py"


def test_a_modules_own_tests_come_first_and_of_others_the_quick_ones_until_it_is_enough():
    at = ("m.py", "f")
    seconds = {"own": (0.3, 0.2), "quick": (0.1, 0.5), "slow": (ENOUGH, 0.1), "slower": (ENOUGH, 1)}
    reach = {
        f"{file}.py::{n}": Reach(taken, [at] if n == 0 or file != "own" else [])
        for file, each in seconds.items()
        for n, taken in enumerate(each)
    }
    reach["none.py::0"] = Reach(0.0, [("m.py", "g")])
    found = chosen(reach, *at, own="own.py")
    # Of its own file all, whatever they call; the file in which it becomes enough is the last one.
    assert found == [
        *("own.py::1", "own.py::0", "quick.py::0", "quick.py::1", "slow.py::1", "slow.py::0"),
    ]
    # What no test calls is read at import: all that reach the module.
    assert "none.py::0" in chosen(reach, "m.py", "C", own="own.py")


def test_functions_are_noticed_in_every_thread(monkeypatch):
    package = Path(evalsuite.__file__).parent  # the installed one, where the tests are of that
    monkeypatch.setattr(_covering, "ROOT", package.parent)
    monkeypatch.setattr(_covering, "HOME", f"{package}/")
    with calls() as found:
        thread = threading.Thread(target=natural, args=("a1",))
        thread.start()
        thread.join()
        as_key({"a": "b"})
    assert {place_of(code)[1] for code in found} >= {"natural", "as_key"}
    assert {place_of(code)[0] for code in found} == {VALUES}


def test_what_changes_nothing_survives_in_place_and_imported_anew_and_a_change_does_not():
    part = Part("values", [VALUES], ["tests/files/test_values.py"])
    same = [Mutant(VALUES, number, 0, "differing", "as it is") for number in (-1, -2)]
    changed = next(m for m in mutants_of(ROOT, VALUES) if m.where == "differing")

    ends = run([*same, changed], [part], 1)

    assert ends[:2] == [SURVIVED, SURVIVED] and ends[2] != SURVIVED
