"""Promise 20: the tests of the store, the gate and the redaction are tested themselves.

A seeded sample of small changes (`_mutate.py`) is made in their code, one at a time, and the tests
that mirror the package run on each. A change that no test notices is a hole in the tests, unless
it changes nothing that could be seen: those are listed by hand, with the reason.
"""

import json
import os
import queue
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.promises._equivalent import EQUIVALENT
from benchmarks.promises._mutate import Mutant, mutants_of
from benchmarks.promises._tiny import processors
from benchmarks.promises.proof import Proof

NUMBER = 20
PROMISE = "The tests notice nine in ten changes of the store, of the gate and of the redaction."

ROOT = Path(__file__).parents[2]
EACH = 110
"""Mutants of every part."""
DRAW = 2
"""Raised once tests were written for survivors: a sample whose holes were mended flatters."""
LEAST = 0.9
SURVIVED, STILLBORN, HUNG = 0, 99, 97
TIMEOUT = 300.0
"""Seconds; a mutant that waits longer hangs, and so is noticed, as one that loops for ever is."""


class Part(NamedTuple):
    """Some modules below the repository's root, and the tests that mirror them."""

    name: str
    modules: Sequence[str]
    tests: Sequence[str]


PROMPTS = ("tests/prompts/test_refusals.py", "tests/prompts/test_sets.py")
ROWS = (
    *("tests/pipeline/test_loops.py", "tests/commands/test_retry.py"),
    "tests/commands/test_reads.py",
)
"""What reads and writes through the store; it comes after the tests that mirror a package."""

ELSEWHERE = {"evalsuite/gating/planned.py": "tests/commands/test_planning.py"}
"""Modules whose own tests do not stand where the mirror has them."""

READERS = (
    *("strict_yaml.py", "strict.py", "front_matter.py", "values.py", "nearest.py", "images.py"),
    *("unsafe.py", "weight_files.py", "checkpoints.py", "bounds.py"),
)
"""Modules of files that know no rows: of the store's tests those of rows do not reach them."""

REDACTION = ("evalsuite/files/credentials.py", "evalsuite/files/redact.py")


def parts() -> list[Part]:
    """The parts whose tests are tested."""
    own = {
        folder: sorted(
            path.relative_to(ROOT).as_posix() for path in (ROOT / "evalsuite" / folder).glob("*.py")
        )
        for folder in ("runs", "files", "gating")
    }
    store = [path for path in (*own["runs"], *own["files"]) if path not in REDACTION]
    files = ("tests/files/test_credentials.py", "tests/files/test_redact.py")
    return [
        Part("store", store, ("tests/runs", "tests/files", *PROMPTS, *ROWS)),
        Part("gate", own["gating"], ("tests/gating", "tests/commands/test_gate.py")),
        Part("redaction", REDACTION, (*files, "tests/commands/test_canaries.py")),
    ]


def prove(quick: bool) -> Proof:
    """Test a sample of mutants of each part; `quick` takes four of the redaction's, well tested."""
    chosen = {part.name: sample(part, EACH) for part in parts() if not quick}
    if quick:
        chosen["redaction"] = [
            mutant
            for mutant in mutants_of(ROOT, REDACTION[1])
            if mutant.where == "_last_part" and "Return" not in mutant.change
        ][:4]
    return judged(chosen)


def sample(part: Part, each: int) -> list[Mutant]:
    """So many of a part's mutants, by its name and `DRAW`, without those listed as equivalent."""
    every = [mutant for path in part.modules for mutant in mutants_of(ROOT, path)]
    counted = [m for m in every if (m.path, m.where, m.change) not in EQUIVALENT]
    return random.Random(f"{part.name} {DRAW}").sample(counted, min(each, len(counted)))


def judged(chosen: dict[str, list[Mutant]]) -> Proof:
    """What became of the mutants, and of which part too many survived."""
    tests = {part.name: part.tests for part in parts()}
    tasks = [(name, mutant) for name, mutants in chosen.items() for mutant in mutants]
    ends = run([([*mirror(m, tests[name])], m) for name, m in tasks])
    counts: Counter[str] = Counter()
    broken = []
    for name in chosen:
        own = [(m, end) for (part, m), end in zip(tasks, ends, strict=True) if part == name]
        made = [(m, end) for m, end in own if end != STILLBORN]
        alive = [m for m, end in made if end == SURVIVED]
        counts[f"mutants of the {name}"] = len(made)
        counts[f"of them killed ({name})"] = len(made) - len(alive)
        if hung := sum(end == HUNG for _, end in made):
            counts[f"of those by running on ({name})"] = hung
        if len(alive) > (1 - LEAST) * len(made):
            broken.append(f"{name}: {len(alive)} of {len(made)} mutants survived")
            broken += [f"survived: {mutant}" for mutant in alive]
    counts["listed as equivalent"] = len(EQUIVALENT)
    counts["draws so far"] = DRAW
    return Proof(counts=counts, broken=broken)


def mirror(mutant: Mutant, tests: Sequence[str]) -> list[str]:
    """The part's tests that may reach the module, the file of the module's own first."""
    folder, name = mutant.path.removeprefix("evalsuite/").rsplit("/", 1)
    if folder == "files" and name in READERS:
        tests = ["tests/files", *PROMPTS]
    if mutant.path in ELSEWHERE:
        tests = [f"tests/{folder}"]
    own = ELSEWHERE.get(mutant.path, f"tests/{folder}/test_{name}")
    return [own, *tests] if (ROOT / own).is_file() and own not in tests else [*tests]


def run(tasks: Sequence[tuple[list[str], Mutant]], processes: int | None = None) -> list[int]:
    """What became of each mutant under its tests; by one process per processor."""
    every = sorted({test for tests, _ in tasks for test in tests})
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(tasks)):
        waiting.put(number)
    ends = [-1] * len(tasks)
    failed: list[str] = []

    def work() -> None:
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.promises._mutant_worker"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdin is not None and child.stdout is not None

        def ask(*words: object) -> None:
            assert child.stdin is not None
            child.stdin.write(json.dumps(words[0] if len(words) == 1 else words) + "\n")
            child.stdin.flush()

        with child:
            ask(every)
            ask(every, None, 2 * TIMEOUT)
            if (end := child.stdout.readline().strip()) != str(SURVIVED):
                failed.append(f"the tests do not pass on the code as it is ({end})")
            while not failed:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    break
                ask(*tasks[number], TIMEOUT)
                ends[number] = int(child.stdout.readline())
            child.stdin.close()

    threads = [threading.Thread(target=work) for _ in range(processes or processors())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(failed[0])
    return ends
