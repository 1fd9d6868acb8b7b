"""Prove the promises: `python -m benchmarks.promises [--quick] [--only NAME,NAME] [--write]`.

`--write` writes a page with a row a proof; with `--only` the other rows stay as they were. Each
says at which commit and on which day it was run.

One file per proof, beside this one; a large promise has several. Each has `NUMBER`, `PROMISE` (a
sentence), and `prove(quick) -> Proof`; it is found by its file's name. Proofs run in processes of
their own, as many at once as there are processors, the longest first. Exits with 1 where a promise
is broken.
"""

import argparse
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import promises
from benchmarks.promises._forks import ONE_EACH
from benchmarks.promises.proof import Proof

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "reports" / "benchmarks" / "promises.md"
HEAD = "| # | proof | promise | tried | broken | CPU | run |\n|---|---|---|---|---|---|---|\n"
LONGEST = (
    *("mutants", "scale", "kill", "io_errors", "concurrent", "workers", "injection", "missing"),
    *("pictures", "same_bytes", "bit_flips", "refusals", "power_loss", "services", "prompt_files"),
)
"""Proofs that take minutes, the longest first; all others take less than one."""


class Proved(NamedTuple):
    """A proof that was run: its file's name, promise and number, what it says, and CPU seconds."""

    name: str
    number: int
    promise: str
    proof: Proof
    seconds: float


def names() -> list[str]:
    """The files that hold a proof, the longest first."""
    found = [m.name for m in pkgutil.iter_modules(promises.__path__) if not m.name.startswith("_")]
    found.remove("proof")
    return sorted(found, key=lambda name: (LONGEST.index(name) if name in LONGEST else 99, name))


def proved(name: str, quick: bool) -> Proved:
    """Run one proof in this process."""
    module = importlib.import_module(f"benchmarks.promises.{name}")
    proof = module.prove(quick)
    return Proved(name, module.NUMBER, module.PROMISE, proof, sum(os.times()[:4]))


def apart(name: str, quick: bool) -> Proved:
    """Run one proof in a process of its own; one that breaks down has broken its promise."""
    words = ["--child", name, *(["--quick"] if quick else [])]
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), ONE_EACH: "1"},
        capture_output=True,
        text=True,
    )
    if child.returncode == 0:
        number, promise, counts, broken, seconds = json.loads(child.stdout.splitlines()[-1])
        return Proved(name, number, promise, Proof(counts=counts, broken=broken), seconds)
    module = importlib.import_module(f"benchmarks.promises.{name}")
    broken = [f"the proof broke down: {line}" for line in child.stderr.strip().splitlines()[-3:]]
    return Proved(name, module.NUMBER, module.PROMISE, Proof(counts={}, broken=broken), 0.0)


def every(chosen: Sequence[str], quick: bool) -> Iterator[Proved]:
    """Run proofs side by side; each as soon as it is done."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(apart, name, quick) for name in chosen]
        yield from (done.result() for done in as_completed(waiting))


def row(found: Proved, when: str) -> str:
    """A proof as a row of the report; `when` says at which commit and on which day it was run."""
    tried = ", ".join(f"{count:,} {what}" for what, count in found.proof.counts.items())
    broken, seconds = len(found.proof.broken), f"{found.seconds:.0f} s"
    words = (found.number, found.name, found.promise, tried, broken, seconds, when)
    return f"| {' | '.join(map(str, words))} |"


def now() -> str:
    """The commit, with a + where files differ from it, and the day."""

    def git(*words: str) -> str:
        found = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        return found.stdout.strip()

    commit = git("rev-parse", "--short=7", "HEAD") or "no commit"
    changed = "+" if git("status", "--porcelain", "--", "evalsuite", "benchmarks/promises") else ""
    return f"{commit}{changed}, {time.strftime('%Y-%m-%d')}"


def merged(page: str, new: Mapping[str, str], known: Sequence[str]) -> list[str]:
    """The rows of a page with the `new` ones by name in their place, by promise and name.

    Rows of proofs that are not `known` any more are left out.
    """
    lines = [line for line in page.splitlines() if re.match(r"\| \d+ \| \w+ \|", line)]
    rows = {line.split(" | ")[1]: line for line in lines} | dict(new)
    kept = [(int(line.split(" | ")[0].strip("| ")), name) for name, line in rows.items()]
    return [rows[name] for _, name in sorted(kept) if name in known]


def whole(page: str) -> str:
    """What a page says of the last time that all proofs were run at once."""
    found = re.search(r"All \d+ together took .*? minutes at .*?\.", page)
    return found[0] if found else ""


def report(rows: Sequence[str], missing: Sequence[str], together: str = "") -> str:
    """The page that `--write` writes; `missing` are the proofs that no row is of.

    `together` says how long all took when they were run at once.
    """
    absent = f"Not on this page yet: {', '.join(missing)}.\n\n" if missing else ""
    seconds = sum(int(line.split(" | ")[5].removesuffix(" s")) for line in rows)
    return (
        "# The promises, proved\n\n"
        f"By `python -m benchmarks.promises --write`, on {os.cpu_count()} processors: "
        f"{seconds / 60:.0f} minutes of processor time in all.{together and f' {together}'} "
        "With `--only` the rows of some proofs are written anew; each says at which commit it "
        "was run. Runs are in the system's temporary folder: where that is in memory, to sync a "
        "file costs nothing, and on a disk these proofs take longer. Promise 18 "
        "is [gates.md](gates.md), [coverage.md](coverage.md) and "
        f"[sequential.md](sequential.md).\n\n{absent}{HEAD}" + "\n".join(rows) + "\n"
    )


def main() -> None:
    """Prove, print and, if asked, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.promises", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the cut that the tests run")
    parser.add_argument("--only", default="", help="names of files, with commas between")
    parser.add_argument(
        "--write", action="store_true", help=f"write {REPORT.name}, whole proofs only"
    )
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _, number, promise, proof, seconds = proved(options.child, options.quick)
        said: list[Any] = [number, promise, dict(proof.counts), list(proof.broken), seconds]
        print(json.dumps(said))
        return
    only = {name for name in options.only.split(",") if name}
    if unknown := only - {*names()}:
        parser.error(f"no proof {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    began, found, when = time.monotonic(), list[Proved](), now()
    for each in every([name for name in names() if not only or name in only], options.quick):
        found.append(each)
        lines = [row(each, when), *(f"  {line}" for line in each.proof.broken[:40])]
        print(*lines, sep="\n", flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"{len(found)} proofs in {minutes:.1f} minutes")
    if options.write and not options.quick:
        page = REPORT.read_text("utf-8") if REPORT.is_file() else ""
        rows = merged(page, {each.name: row(each, when) for each in found}, names())
        missing = [name for name in names() if not any(f" | {name} | " in line for line in rows)]
        together = f"All {len(found)} together took {minutes:.1f} minutes at {when}."
        told = report(rows, missing, whole(page) if only else together)
        REPORT.write_text(told, encoding="utf-8")
    sys.exit(1 if any(each.proof.broken for each in found) else 0)


if __name__ == "__main__":
    main()
