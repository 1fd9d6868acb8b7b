"""Say what `--model` and `--scorers` name, without loading it: there is no registry.

A plug-in is a module with one function, `load(**options)`: `backends/<name>.py`,
`scorers/<name>.py`, what an installed package offers by an entry point, or any importable module
by its dotted path. What `--model` names is decided in this order:

1. a back-end of this package, alone or with what it reads: `scenes`, `folder:PATH`, `openai:NAME`;
2. a bundled model, by the name of its directory under `scenes/models`: `scenes-ldm`;
3. an installed package's back-end, by the name of its entry point;
4. a directory that exists (write `./scenes` for a directory that is called like one of the above);
5. an importable module, by its dotted path: `my_package.my_backend`;
6. a hub id, `org/name`.

2 and 4 are drawn by the back-end that the folder's files are for, 6 by `diffusers`. What follows a
back-end's name and a colon goes to the first option of its `load`. A name that two of 1 to 3 have
is refused.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from evalsuite.files.checkpoints import HUB_ID, drawn_by
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.nearest import did_you_mean
from evalsuite.plugins.listing import MODEL_FORMS, bundled, plugins
from evalsuite.plugins.listing import find as find_listed
from evalsuite.plugins.modules import blame, is_module, parse
from evalsuite.plugins.protocols import NOUNS, Kind
from evalsuite.records import InputError

OURS = "evalsuite."
PIPELINE = "diffusers"
"""The back-end that draws what hub ids name."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a `--model` value names: the module to load, and the model it is given, if any.

    `name` is short and safe as part of a folder's name.
    """

    module: str
    name: str
    source: str | None = None


def find_model(model: str) -> Model:
    """Say what `model` names, without loading it.

    Raises `InputError` if it names nothing, with the nearest name and the list.
    """
    name, colon, source = model.partition(":")
    if (module := _listed("backends", name, f"--model {model}")) is not None:
        slug = "-".join(filter(None, [name, _slug(source)]))
        return Model(module, slug, source if colon else None)
    if model in bundled():
        return _directory(model, bundled()[model], model)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _directory(model, folder, _slug(folder.resolve().name))
    if is_module(model):
        return Model(model, model.rpartition(".")[2])
    if HUB_ID.match(model) and not model.startswith((".", "~")):
        return Model(f"{OURS}backends.{PIPELINE}", _slug(model), model)
    if model.startswith(("/", "./", "../", "~")) or "/" in model:
        raise InputError(f"--model {model}: there is no such directory, and it is no hub id")
    known = [*(plugin.name for plugin in plugins("backends")), *bundled()]
    raise InputError(_unknown("model", model, known, MODEL_FORMS))


def scorer_module(name: str) -> str:
    """The module that the scorer `name` lives in; raises `InputError` if there is none."""
    if (module := _listed("scorers", name, f"--scorers {name}")) is not None:
        return module
    if is_module(name):
        return name
    known = [plugin.name for plugin in plugins("scorers")]
    raise InputError(_unknown("scorer", name, known, "or a module's dotted path"))


def dialect(model: str, found: Model | None = None) -> str:
    """The dialect of a model as far as it is known without loading or importing anything.

    That of its card, or the constant text that its module assigns to a name `dialect`; else
    "everyday". `found` is as in `load_backend`. Raises `InputError` for a module with a syntax
    error.
    """
    found = found or find_model(model)
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


def _listed(kind: Kind, name: str, flag: str) -> str | None:
    """The module of the plug-in of this name; raises `InputError` if it cannot be used."""
    found = find_listed(kind, name)
    if found is None:
        return None
    if found.fault:
        raise InputError(f"{flag}: the {NOUNS[kind]} {name} of {found.package} {found.fault}")
    return found.module


def _directory(model: str, folder: Path, name: str) -> Model:
    if backend := drawn_by(folder):
        return Model(f"{OURS}backends.{backend}", name, str(folder))
    raise InputError(
        f"--model {model}: the directory has no model_index.json, so it is no pipeline; "
        f"to judge images that you already have, write --model folder:{model}"
    )


def _unknown(noun: str, name: str, known: list[str], forms: str) -> str:
    return f"there is no {noun} {name!r}{did_you_mean(name, known)}, {forms}"


def _slug(text: str) -> str:
    """`text` as part of a folder's name: its last component, without odd characters."""
    last = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    return re.sub(r"[^A-Za-z0-9._]+", "-", last).strip("-.").lower()
