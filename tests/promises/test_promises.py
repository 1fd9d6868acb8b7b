"""The quick cut of every proof in benchmarks/promises; the full figures are in reports/."""

import importlib
import pkgutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks" / "promises"
NAMES = [module.name for module in pkgutil.iter_modules([str(FOLDER)])]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "proof" and name[0] != "_"])
def test_the_quick_cut_breaks_nothing(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    module = importlib.import_module(f"benchmarks.promises.{name}")
    proof = module.prove(quick=True)
    assert proof.broken == () or proof.broken == []
    assert all(count > 0 for count in proof.counts.values())
    assert module.NUMBER in range(1, 21) and module.PROMISE.endswith(".")
