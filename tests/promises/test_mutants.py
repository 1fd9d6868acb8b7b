"""What is mutated and which tests run on it are there."""

from benchmarks.promises._mutate import Mutant, mutants_of
from benchmarks.promises.mutants import ELSEWHERE, ROOT, SURVIVED, Part, own_tests, parts, run

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


def test_what_changes_nothing_survives_in_place_and_imported_anew_and_a_change_does_not():
    part = Part("values", [VALUES], ["tests/files/test_values.py"])
    same = [Mutant(VALUES, number, 0, "differing", "as it is") for number in (-1, -2)]
    changed = next(m for m in mutants_of(ROOT, VALUES) if m.where == "differing")

    ends = run([*same, changed], [part], 1)

    assert ends[:2] == [SURVIVED, SURVIVED] and ends[2] != SURVIVED
