"""The house's one rule of structure: imports go down only, and siblings do not know each other."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "evalsuite"

FLOORS = {
    # Nouns and arithmetic: nothing of this package below them.
    "records": 1,
    "stats": 1,
    # Files, texts and formats, one small subject each; they may build on one another.
    "asking": 1.5,
    "audits": 1.5,
    "cards": 1.5,
    "checkpoints": 1.5,
    "coco": 1.5,
    "encoders": 1.5,
    "files": 1.5,
    "hard_negatives": 1.5,
    "images": 1.5,
    "jsonlines": 1.5,
    "library": 1.5,
    "manifest": 1.5,
    "monk": 1.5,
    "parsing": 1.5,
    "plan": 1.5,
    "policy": 1.5,
    "prompt_lint": 1.5,
    "prompt_rows": 1.5,
    "promptsets": 1.5,
    "questions": 1.5,
    "redact": 1.5,
    "segments": 1.5,
    "timing": 1.5,
    "wording": 1.5,
    "truth_rows": 1.5,
    # The subjects.
    "backends": 2,
    "importers": 2,
    "measures": 2,
    "prompts": 2,
    "report": 2,
    "run": 2,
    "scenes": 2,
    "scorers": 2,
    # What ties the subjects together.
    "baseline": 3,
    "audit": 3,
    "executors": 3,
    "gate": 3,
    "pipeline": 3,
    "plugins": 3,
    "provenance": 3,
    "settings": 3,
    "sides": 3,
    "summary": 3,
    # From settings to a run; the public stages; the command line.
    "prepare": 3.5,
    "gating": 4,
    "pilot": 4,
    "comparison": 4,
    "stages": 4,
    "sequential": 4.2,
    "commands": 4.5,
    "cli": 5,
    "__init__": 5,
}
"""Every module or package directly under evalsuite, and its floor."""

MAY_BUILD_ON_SIBLINGS = {1.5}
"""On the floor of small foundations a module may use another; cycles are still refused."""

ALLOWED = {("backends/scenes.py", "scenes")}
"""A file, and the sibling that it may import: this one is the bundled world's own renderer."""

FORBIDDEN = {("scorers", "scenes"), ("measures", "run"), ("report", "run")}
"""Said twice, because a judge that knows the painter's code is no judge."""


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py"))


def top(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path: Path, source: str | None = None) -> set[str]:
    """The names directly under evalsuite that a module imports, at its top or later."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source or path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                here = ("evalsuite", *path.relative_to(PACKAGE).parts)[: -node.level]
                base = ".".join([*here, *([node.module] if node.module else [])])
            else:
                base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "evalsuite":
                found.add(parts[1] if len(parts) > 1 else "__init__")
    return found


def faults(path: Path, source: str | None = None) -> list[str]:
    here, file = top(path), path.relative_to(PACKAGE).as_posix()
    found = []
    for there in sorted(imported(path, source) - {here}):
        name = f"{file} imports {there}"
        if there not in FLOORS:
            found.append(f"{name}, which has no floor in this test's table")
        elif (here, there) in FORBIDDEN:
            found.append(f"{name}, which is forbidden")
        elif FLOORS[there] > FLOORS[here]:
            found.append(f"{name}, upwards")
        elif FLOORS[there] == FLOORS[here] and not (
            (file, there) in ALLOWED or FLOORS[here] in MAY_BUILD_ON_SIBLINGS
        ):
            found.append(f"{name}, its sibling")
    return found


def test_every_module_has_a_floor():
    assert {top(path) for path in modules()} <= set(FLOORS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    assert not faults(path)


def test_the_foundations_are_free_of_cycles():
    graph = {name: set() for name, floor in FLOORS.items() if floor in MAY_BUILD_ON_SIBLINGS}
    for path in modules():
        if top(path) in graph:
            graph[top(path)] |= imported(path) & set(graph) - {top(path)}
    while free := [name for name, needs in graph.items() if not needs & set(graph)]:
        for name in free:
            del graph[name]
    assert not graph


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("run.py", "def f():\n    from evalsuite import pipeline", "upwards"),
        ("run.py", "import evalsuite.cli", "upwards"),
        ("records.py", "from evalsuite.cards import read_card", "upwards"),
        ("report/html.py", "from evalsuite.run import load_image", "forbidden"),
        ("scorers/clip.py", "from evalsuite.scenes.world import COLORS", "forbidden"),
        ("backends/diffusers.py", "from evalsuite import run", "sibling"),
        ("backends/folder.py", "from evalsuite.scenes.draw import draw", "sibling"),
        ("pipeline.py", "from . import plugins", "sibling"),
        ("scenes/draw.py", "from ..cli import main", "upwards"),
        ("stages.py", "import evalsuite", "upwards"),
        ("run.py", "import evalsuite.nowhere", "no floor"),
        ("report/html.py", "from evalsuite.report.words import visible", None),
        ("scorers/clip.py", "from evalsuite.encoders.clip import load", None),
        ("backends/scenes.py", "from evalsuite.scenes.draw import draw", None),
    ],
)
def test_the_rule_is_enforced(file, source, fault):
    found = faults(PACKAGE / file, source)

    assert (not found) if fault is None else (len(found) == 1 and fault in found[0])


def test_no_file_is_longer_than_the_house_allows():
    too_long = {
        str(path.relative_to(PACKAGE)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not too_long
