"""Prove the promises: `python -m benchmarks.promises [--quick] [--only NAME,NAME] [--write]`.

One file per promise, beside this one. Each has `NUMBER`, `PROMISE` (a sentence), and
`prove(quick) -> Proof`; it is found by its file's name. Exits with 1 where a promise is broken.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from benchmarks import promises
from benchmarks.promises.proof import Proof

REPORT = Path(__file__).parents[2] / "reports" / "benchmarks" / "promises.md"
HEAD = "| # | promise | tried | broken | CPU |\n|---|---|---|---|---|\n"


def proofs() -> list[ModuleType]:
    """The modules that prove a promise, by its number."""
    names = [module.name for module in pkgutil.iter_modules(promises.__path__)]
    found = [importlib.import_module(f"benchmarks.promises.{name}") for name in names
             if not name.startswith("_")]  # fmt: skip
    return sorted((m for m in found if hasattr(m, "prove")), key=lambda module: module.NUMBER)


def row(module: ModuleType, proof: Proof, seconds: float) -> str:
    """A proof as a row of the report."""
    tried = ", ".join(f"{count:,} {what}" for what, count in proof.counts.items())
    return (
        f"| {module.NUMBER} | {module.PROMISE} | {tried} | {len(proof.broken)} | {seconds:.0f} s |"
    )


def cpu_seconds() -> float:
    """What this process and its children have taken so far, of users' and of the system's time."""
    return sum(os.times()[:4])


def main() -> None:
    """Prove, print and, if asked, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.promises", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the cut that the tests run")
    parser.add_argument("--only", default="", help="names of files, with commas between")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    options = parser.parse_args()
    only = {name for name in options.only.split(",") if name}
    rows, broken = [], 0
    for module in proofs():
        if only and module.__name__.rpartition(".")[2] not in only:
            continue
        began = cpu_seconds()
        proof = module.prove(options.quick)
        rows.append(row(module, proof, cpu_seconds() - began))
        print(rows[-1], *(f"  {line}" for line in proof.broken[:20]), sep="\n", flush=True)
        broken += len(proof.broken)
    if options.write:
        text = f"# The promises, proved\n\nBy `python -m benchmarks.promises --write`.\n\n{HEAD}"
        REPORT.write_text(text + "\n".join(rows) + "\n", encoding="utf-8")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
