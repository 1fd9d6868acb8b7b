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
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

from benchmarks.promises._covering import Reach, chosen
from benchmarks.promises._equivalent import EQUIVALENT
from benchmarks.promises._forks import processors
from benchmarks.promises._mutate import Mutant, mutants_of
from benchmarks.promises.proof import Proof
from evalsuite.stats.means import wilson

NUMBER = 20
PROMISE = "The tests notice nine in ten changes of the store, of the gate and of the redaction."

ROOT = Path(__file__).parents[2]
EACH = 60
"""Mutants of every part."""
DRAW = 7
"""Raised once tests were written for survivors: a sample whose holes were mended flatters."""
LEAST = 0.9
SURVIVED, STILLBORN, HUNG = 0, 99, 97
SPARE = 10.0
"""Seconds of processor time that a mutant has beside thrice those of its tests; after that it runs
on, and so is noticed."""


class Part(NamedTuple):
    """Some modules below the repository's root, and the tests that mirror them."""

    name: str
    modules: Sequence[str]
    tests: Sequence[str]


PROMPTS = ("tests/prompts/test_refusals.py", "tests/prompts/test_sets.py")
ROWS = (
    *("tests/pipeline/test_drawing.py", "tests/pipeline/test_judging.py"),
    *("tests/commands/test_retry.py", "tests/commands/test_reads.py"),
)
"""What reads and writes through the store; it comes after the tests that mirror a package."""

ELSEWHERE = {"evalsuite/gating/planned.py": "tests/commands/test_planning.py"}
"""Modules whose own tests do not stand where the mirror has them."""

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
    taken = {part.name: sample(part, EACH) for part in parts() if not quick}
    if quick:
        taken["redaction"] = [
            mutant
            for mutant in mutants_of(ROOT, REDACTION[1])
            if mutant.where == "_last_part" and "Return" not in mutant.change
        ][:4]
    return judged(taken)


def sample(part: Part, each: int) -> list[Mutant]:
    """So many of a part's mutants, by its name and `DRAW`, without those listed as equivalent."""
    every = [mutant for path in part.modules for mutant in mutants_of(ROOT, path)]
    counted = [m for m in every if (m.path, m.where, m.change) not in EQUIVALENT]
    return random.Random(f"{part.name} {DRAW}").sample(counted, min(each, len(counted)))


def judged(taken: dict[str, list[Mutant]]) -> Proof:
    """What became of the mutants, and of which part too many survived."""
    tasks = [(name, mutant) for name, mutants in taken.items() for mutant in mutants]
    ends = run([mutant for _, mutant in tasks], [p for p in parts() if p.name in taken])
    counts: Counter[str] = Counter()
    broken = []
    for name in taken:
        own = [(m, end) for (part, m), end in zip(tasks, ends, strict=True) if part == name]
        made = [(m, end) for m, end in own if end != STILLBORN]
        alive = [m for m, end in made if end == SURVIVED]
        counts[f"mutants of the {name}"] = len(made)
        counts[f"of them killed ({name})"] = killed = len(made) - len(alive)
        low, _ = wilson(killed / len(made), len(made), NormalDist().inv_cdf(0.975))
        counts[f"% of all that there are, at least (95%, {name})"] = int(100 * low)
        if hung := sum(end == HUNG for _, end in made):
            counts[f"of those by running on ({name})"] = hung
        if killed < LEAST * len(made):
            broken.append(f"{name}: {len(alive)} of {len(made)} mutants survived")
            broken += [f"survived: {mutant}" for mutant in alive]
    counts["listed as equivalent"] = len(EQUIVALENT)
    counts["draws so far"] = DRAW
    return Proof(counts=counts, broken=broken)


def own_tests(path: str) -> str:
    """The file of a module's own tests."""
    folder, name = path.removeprefix("evalsuite/").rsplit("/", 1)
    return ELSEWHERE.get(path, f"tests/{folder}/test_{name}")


def run(
    mutants: Sequence[Mutant], tested: Sequence[Part], processes: int | None = None
) -> list[int]:
    """What became of each mutant of some parts, under their tests that reach it."""
    tests = {test for part in tested for test in part.tests}
    beside = {own_tests(path) for part in tested for path in part.modules}
    # Most stand in a folder all of which is run.
    every = sorted(
        tests
        | {p for p in beside if (ROOT / p).is_file() and {p, str(Path(p).parent)}.isdisjoint(tests)}
    )
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(mutants)):
        waiting.put(number)
    ends = [-1] * len(mutants)
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(every)) for _ in range(processes or processors())]
        reach = workers[0].ask(every, None, 0)
        if isinstance(reach, str):
            raise RuntimeError(f"{reach or 'a test'} does not pass on the code as it is")
        reach = {
            test: Reach(seconds, [(p, w) for p, w in places])
            for test, (seconds, places) in reach.items()
        }

        def work(worker: Worker) -> None:
            while not waiting.empty():
                with suppress(queue.Empty):
                    number = waiting.get_nowait()
                    mutant = mutants[number]
                    own = own_tests(mutant.path)
                    tests = chosen(reach, mutant.path, mutant.where, own)
                    seconds = SPARE + 3 * sum(reach[test].seconds for test in tests)
                    ends[number] = worker.ask(tests, mutant, seconds)

        with ThreadPoolExecutor(len(workers)) as pool:
            for done in [pool.submit(work, worker) for worker in workers]:
                done.result()
    return ends


class Worker:
    """A process that answers what becomes of mutants; it has imported these tests."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.promises._mutant_worker"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(tests)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()

    def ask(self, tests: Sequence[str], mutant: Mutant | None, seconds: float) -> Any:
        """What became of a mutant under tests by their ids; without one, what tests reach."""
        self._say((tests, mutant, seconds))
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def _say(self, words: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
