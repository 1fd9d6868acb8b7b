"""What can be told of a model before it is loaded."""

import ast
from pathlib import Path

from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.plugins.find import PIPELINE, Model
from evalsuite.plugins.modules import blame, import_module, parse


def is_light(model: str, found: Model) -> bool:
    """Whether the module of a back-end says `LIGHT = True`: its `load` reads no weights."""
    return getattr(import_module(found.module, f"--model {model}"), "LIGHT", False) is True


def dialect(model: str, found: Model) -> str:
    """The dialect of a model as far as can be told without loading or importing anything.

    That of its card, or the constant text that its module assigns to a name `dialect`; else
    "everyday". `found` is what `find_model` says of it. Raises `InputError` for a module with a
    syntax error.
    """
    if found.source is not None and Path(found.source).expanduser().is_dir():
        folder = Path(found.source).expanduser()
        return dialect_of(read_card(folder), folder.name)
    if found.module.endswith(f".{PIPELINE}"):
        return "everyday"
    try:
        tree = parse(found.module)
    except SyntaxError as error:
        raise blame(error, found.module, f"--model {model}", "reading it") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = [target.id for target in targets if isinstance(target, ast.Name)]
            if "dialect" in named:
                return dialect_of({"dialect": str(node.value.value)}, found.module)
    return "everyday"
