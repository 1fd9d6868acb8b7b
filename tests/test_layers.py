"""The layout's one rule: a folder may import only what stands before it in one list."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "evalsuite"
NUMBERS = ["records", "stats", "vocabulary"]
TEXTS = ["files", "prompts"]
MODELS = ["encoders", "scenes", "backends", "scorers", "measures"]
RUNS = ["runs", "plugins", "audits", "report"]
COMMANDS = ["pipeline", "comparison", "gate", "commands", "cli", "__init__"]
ORDER = NUMBERS + TEXTS + MODELS + RUNS + COMMANDS
APART = {("scorers", "scenes"), ("scorers", "backends"), ("report", "runs")}
"""Judges must not know the painter, and a report is made from rows alone."""
SIBLINGS = ("backends/", "scorers/")
"""Folders of one file per plug-in: what two of them share stands in a file with a `_`."""
FILES = {p.relative_to(PACKAGE).as_posix(): p.read_text("utf-8") for p in PACKAGE.rglob("*.py")}


def imported(file: str, source: str) -> set[str]:
    """Whatever a file imports of this package, at its top or later, as dotted paths below it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            here = ["evalsuite", *file.split("/")][: -node.level] if node.level else []
            base = [*here, *([node.module] if node.module else [])]
            names |= {".".join([*base, alias.name]) for alias in node.names}
    ours = {name.partition(".")[2] for name in names if name.split(".")[0] == "evalsuite"}
    return {name or "__init__" for name in ours}


def top(name: str) -> str:
    return name.removesuffix(".py").replace("/", ".").split(".")[0]


def fault(file: str, name: str) -> str:
    """What is wrong with a file's importing `name`, or nothing."""
    here, there, path = top(file), top(name), name.replace(".", "/")
    if not {here, there} <= set(ORDER):
        return f"{file} imports {name}: not in the list"
    if (here, there) in APART or ORDER.index(there) > ORDER.index(here):
        return f"{file} imports {name}: stands after it, or apart"
    mine = next((folder for folder in SIBLINGS if file.startswith(folder)), "nowhere")
    sibling = path.startswith(mine) and not path.startswith(f"{mine}_")
    return f"{file} imports {name}: a sibling" if sibling else ""


def test_folders_import_only_what_stands_before_them():
    assert {top(file) for file in FILES} == set(ORDER)
    found = [fault(file, name) for file in FILES for name in imported(file, FILES[file])]
    assert [one for one in found if one] == []


def test_no_module_imports_itself_and_no_chain_of_folders_is_long(capsys):
    by_name = {file.removesuffix(".py").replace("/", "."): file for file in FILES}
    needs = {file: imported(file, FILES[file]) for file in FILES}
    modules = {f: {n if n in by_name else n.rpartition(".")[0] for n in needs[f]} for f in FILES}
    TopologicalSorter(
        {f: {by_name[n] for n in modules[f] if n in by_name} for f in FILES}
    ).prepare()
    chain: dict[str, list[str]] = {}
    for here in ORDER:
        below = {top(n) for file in FILES if top(file) == here for n in needs[file]} - {here}
        chain[here] = [*max((chain[name] for name in below), key=len, default=[]), here]
    longest = max(chain.values(), key=len)
    with capsys.disabled():
        print(f"\nlongest chain of folders, {len(longest)}: {' < '.join(longest)}")
    assert len(longest) < 18


def test_the_rule_is_enforced():
    assert imported("runs/a.py", "def f():\n  from evalsuite import gate") == {"gate"}
    assert imported("scenes/a.py", "from ..cli import main") == {"cli.main"}
    assert "after" in fault("runs/folder.py", "gate") and "after" in fault("records.py", "files.a")
    assert "apart" in fault("report/a.py", "runs.a") and "sibling" in fault(
        "scorers/a.py", "scorers.b"
    )
    assert "not in the list" in fault("runs/a.py", "new") + fault("new/a.py", "records")
    assert not fault("scorers/a.py", "scorers._b") and not fault("gate/a.py", "gate.b")
