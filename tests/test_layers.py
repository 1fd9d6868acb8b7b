"""The layout's one rule: a folder may import only what stands before it in one list."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "evalsuite"
ORDER = [
    "records", "stats", "vocabulary", "files", "prompts", "encoders", "people",
    "scenes", "backends", "scorers", "measures", "runs", "plugins", "labels", "audits", "bias",
    "probes", "report", "trackers", "executors", "pipeline", "comparison", "gating",
    "commands", "cli", "__main__", "__init__",
]  # fmt: skip
# Judges must not know the painter, and a report is made from rows alone.
APART = {("scorers", "scenes"), ("scorers", "backends"), ("report", "runs")}
SIBLINGS = (
    "backends/",
    "scorers/",
    "prompts/importers/",
    "trackers/",
)  # what two share is named with a `_`
TEXTS = {p.relative_to(PACKAGE).as_posix(): p.read_text("utf-8") for p in PACKAGE.rglob("*.py")}


def imported(file: str, source: str) -> set[str]:
    names = set()  # dotted paths below the package, imported at the top or later
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
    here, there, path = top(file), top(name), name.replace(".", "/")
    if not {here, there} <= set(ORDER):
        return f"{file} imports {name}: not in the list"
    if (here, there) in APART or ORDER.index(there) > ORDER.index(here):
        return f"{file} imports {name}: stands after it, or apart"
    mine = next((folder for folder in SIBLINGS if file.startswith(folder)), "nowhere")
    is_sibling = path.startswith(mine) and not path.startswith(f"{mine}_")
    return f"{file} imports {name}: a sibling" * is_sibling


def test_folders_import_only_what_stands_before_them_and_no_module_itself(capsys):
    files = {file: imported(file, text) for file, text in TEXTS.items()}
    assert {top(file) for file in files} == set(ORDER)
    assert {fault(file, name) for file in files for name in files[file]} == {""}
    names = {file[:-3].removesuffix("/__init__").replace("/", "."): file for file in files}
    graph, chain = {}, {}
    for file, found in files.items():
        graph[file] = {names.get(n, names.get(n.rpartition(".")[0])) for n in found} - {None}
    TopologicalSorter(graph).prepare()
    for here in ORDER:
        below = {top(to) for file in files if top(file) == here for to in graph[file]} - {here}
        chain[here] = [*max((chain[name] for name in below), key=len, default=[]), here]
    with capsys.disabled():
        print(f"\nlongest chain: {' < '.join(longest := max(chain.values(), key=len))}")
    assert len(longest) < 18


def test_what_many_use_is_written_once():
    for line in ("Progress = Callable[", "COPIED = ("):
        assert sum(text.count(f"\n{line}") for text in TEXTS.values()) == 1, line


def test_the_rule_is_enforced():
    assert imported("runs/a.py", "def f():\n  from evalsuite import gating") == {"gating"}
    assert imported("scenes/a.py", "from ..cli import main") == {"cli.main"}
    assert "after" in fault("runs/a.py", "gating") and "apart" in fault("report/a.py", "runs.a")
    assert "sibling" in fault("scorers/a.py", "scorers.b")
    assert "not in the list" in fault("runs/a.py", "new") + fault("new/a.py", "records")
    assert not fault("scorers/a.py", "scorers._b") and not fault("gating/a.py", "gating.b")
