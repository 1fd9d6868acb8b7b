"""Every plug-in that has a name of its own: the files of this package, and installed packages'.

A package offers its own by an entry point of the group `evalsuite.backends` or
`evalsuite.scorers`, whose value is the dotted path of a module with `load`. Nothing is imported to
list them: the docstring is read from the file.
"""

import ast
import pkgutil
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from evalsuite.files.checkpoints import BUNDLED, drawn_by
from evalsuite.plugins.modules import locate, parse
from evalsuite.plugins.protocols import Kind

HOME = Path(__file__).parents[1]
OURS = "evalsuite"
MODEL_FORMS = "or a pipeline's directory, a hub id (org/name), or a module's dotted path"
"""What else `--model` takes, as the end of a list of names."""
ENTRY_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]*")
"""Names that neither a comma, a colon, a dot nor a slash takes apart on the command line."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in by its name; `about` is its docstring's first line.

    `package` is the distribution that brings it. `fault` says why it cannot be used, "" if it can.
    `example` is what its module assigns to EXAMPLE, or its name alone.
    """

    name: str
    module: str
    package: str
    about: str = ""
    fault: str = ""
    example: str = ""


def bundled() -> dict[str, Path]:
    """The models that travel with this package: name and directory."""
    folders = sorted(BUNDLED.iterdir()) if BUNDLED.is_dir() else []
    return {folder.name: folder for folder in folders if drawn_by(folder) is not None}


def names(kind: Kind) -> dict[str, str]:
    """Every plug-in of this package with its docstring's first line."""
    return {plugin.name: plugin.about for plugin in _own(kind)}


@cache
def _own(kind: Kind) -> tuple[Plugin, ...]:
    found = sorted(module.name for module in pkgutil.iter_modules([str(HOME / kind)]))
    return tuple(
        _described(name, f"{OURS}.{kind}.{name}", OURS)
        for name in found
        if not name.startswith("_")
    )


def plugins(kind: Kind) -> list[Plugin]:
    """All of them: ours, then installed packages' by name; of a clash, every party has a fault."""
    entries = sorted(entry_points(group=f"{OURS}.{kind}"), key=lambda entry: entry.name)
    found = [*_own(kind), *(_installed(entry) for entry in entries)]
    models = bundled() if kind == "backends" else {}
    times = Counter([*models, *(plugin.name for plugin in found)])
    return [
        plugin if times[plugin.name] == 1 else replace(plugin, fault=_clash(plugin, found, kind))
        for plugin in found
    ]


def _clash(plugin: Plugin, found: list[Plugin], kind: Kind) -> str:
    parties = [f"{p.module} of {p.package}" for p in found if p.name == plugin.name]
    if kind == "backends" and plugin.name in bundled():
        parties.insert(0, "a bundled model")
    return f"is the name of {' and '.join(parties)}: name a module by its dotted path"


def _installed(entry: EntryPoint) -> Plugin:
    package = entry.dist.name if entry.dist is not None else "?"
    plugin = Plugin(name=entry.name, module=entry.value, package=package)
    if not ENTRY_NAME.fullmatch(entry.name):
        return replace(plugin, fault="must be a name of letters, digits, - and _ alone")
    if ":" in entry.value:
        return replace(plugin, fault=f"leads to {entry.value}: its value must be a module alone")
    found = locate(entry.value)
    if found is None or found.loader is None:
        return replace(plugin, fault=f"leads to the module {entry.value}, which is not there")
    return _described(entry.name, entry.value, package)


def _described(name: str, module: str, package: str) -> Plugin:
    """The plug-in with its docstring's first line, or what is wrong with its file."""
    about = fault = example = ""
    try:
        tree = parse(module)
        about = (ast.get_docstring(tree) or "").partition("\n")[0]
        example = _example(tree)
    except SyntaxError as error:
        fault = f"cannot be read: line {error.lineno}: {error.msg}"
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
    return Plugin(
        name=name,
        module=module,
        package=package,
        about=about,
        fault=fault,
        example=example or name,
    )


def _example(tree: ast.Module) -> str:
    """The text that a module assigns to EXAMPLE; "" where it does not."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if names == ["EXAMPLE"]:
                return str(node.value.value)
    return ""


def find(kind: Kind, name: str) -> Plugin | None:
    """The plug-in of this name, faulty or not; None where there is none."""
    return next((plugin for plugin in plugins(kind) if plugin.name == name), None)
