"""GenEval's verdicts compared with an oracle, and with the published code where it is at hand.

    python benchmarks/geneval.py --cases 100000
    python benchmarks/geneval.py --cases 100000 --published geneval/evaluation/evaluate_images.py

Random detections with and without colours, positions, exclusions, ties and empty boxes. The oracle
is `tests/geneval_oracle.py`. Of the published file only three pure functions are run, as they are
there; its imports, models and command line are not.
"""

import argparse
import ast
import importlib.util
import sys
import types
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.records import Prompt
from evalsuite.scorers._geneval_verdict import COLORS, Rules, of_detections

ORACLE = Path(__file__).parents[1] / "tests" / "geneval_oracle.py"
PURE = ("compute_iou", "relative_position", "evaluate")


def main() -> int:
    """Print how many verdicts and reasons agree; exit with 1 if any does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--published", type=Path, help="the published evaluate_images.py")
    options = parser.parse_args()
    oracle = _module(ORACLE)
    published = _published(options.published) if options.published else None
    rng = np.random.default_rng(options.seed)
    tally: Counter[str] = Counter()
    for _ in range(options.cases):
        case = oracle.random_case(rng)
        prompt = Prompt(id="p", text="x", tag=case.tag, include=case.include, exclude=case.exclude)
        verdict = of_detections(
            prompt, case.boxes, case.colors, Rules(max_overlap=case.max_overlap)
        )
        faults = [oracle.parsed(fault) for fault in verdict.faults]
        facts = oracle.facts(case)
        tally["right"] += verdict.correct
        tally.update({fact[0] for fact in facts})
        tally["agree with the oracle"] += (faults, verdict.correct) == (facts, not facts)
        if published is not None:
            correct, reasons = _ask(published, case)
            theirs = [oracle.parsed(line) for line in reasons.split("\n") if line]
            tally["agree with the published code"] += (theirs, correct) == (faults, verdict.correct)
    for name, number in sorted(tally.items()):
        print(f"{name}: {number} of {options.cases}")
    agreeing = [number for name, number in tally.items() if name.startswith("agree")]
    return int(min(agreeing) < options.cases)


def _published(path: Path) -> dict[str, Any]:
    """The pure functions of the published file, run as they stand there."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in PURE]
    if {n.name for n in functions} != set(PURE):
        raise SystemExit(f"{path}: does not define {', '.join(PURE)}")
    space: dict[str, Any] = {"np": np, "COLORS": list(COLORS), "POSITION_THRESHOLD": 0.1}
    exec(compile(ast.Module(functions, []), str(path), "exec"), space)
    return space


def _ask(published: dict[str, Any], case: Any) -> tuple[bool, str]:
    """The published verdict on a case; boxes are chosen as its `evaluate_image` chooses them."""
    threshold, overlap = (0.9 if case.tag == "counting" else 0.3), case.max_overlap
    detected: dict[str, list[tuple[Any, str]]] = {}
    for name, table in case.boxes.items():
        ranked = np.argsort(table[:, 4])[::-1]
        ranked = ranked[table[ranked, 4] > threshold][:16].tolist()
        while ranked:
            best, *rest = ranked
            detected.setdefault(name, []).append((table[best], case.colors[name][best]))
            iou = published["compute_iou"]
            ranked = [k for k in rest if overlap == 1 or iou(table[best], table[k]) < overlap]
    published["color_classification"] = lambda image, objects, name: [c for _, c in objects]
    correct, reasons = published["evaluate"](None, detected, case.metadata)
    return bool(correct), str(reasons)


def _module(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
