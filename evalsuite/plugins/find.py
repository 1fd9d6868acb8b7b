"""Find back-ends and scorers by name: the file's name is the name, and there is no registry.

A plug-in is a module with one function, `load(**options)`: `backends/<name>.py`,
`scorers/<name>.py`, or any importable module by its dotted path. What `--model` names is decided
in this order:

1. a back-end of this package, alone or with what it reads: `scenes`, `folder:PATH`;
2. a bundled model, by the name of its directory under `scenes/models`: `scenes-ldm`;
3. a directory that exists (write `./scenes` for a directory that is called like one of the above);
4. an importable module, by its dotted path: `my_package.my_backend`;
5. a hub id, `org/name`.

2, 3 and 5 are drawn by the `diffusers` back-end. What follows a back-end's name and a colon goes to
the first option of its `load`.
"""

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

from evalsuite.files.checkpoints import BUNDLED, HUB_ID, INDEX
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.records import Backend, InputError, Json, Scorer

Kind = Literal["backends", "scorers"]

HOME = Path(__file__).parents[1]
PIPELINE = "diffusers"
"""The back-end that draws bundled models, pipeline directories and hub ids."""
DISTRIBUTIONS = {
    "PIL": "Pillow",
    "cv2": "opencv-python-headless",
    "onnxruntime": "'evalsuite[text]'",
    "open_clip": "open_clip_torch",
    "rapidocr": "'evalsuite[text]'",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""Packages that are installed under another name than they are imported."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a `--model` value names: the module to load, and the model it is given, if any.

    `name` is short and safe as part of a folder's name.
    """

    module: str
    name: str
    source: str | None = None


def names(kind: Kind) -> dict[str, str]:
    """Every plug-in of this package with its docstring's first line, read without importing it."""
    found = pkgutil.iter_modules([str(HOME / kind)])
    return {
        module.name: summary(HOME / kind / f"{module.name}.py")
        for module in sorted(found)
        if not module.name.startswith("_")
    }


def summary(path: Path) -> str:
    """The first line of the docstring of the module at `path`."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def bundled() -> dict[str, Path]:
    """The models that travel with this package: name and directory."""
    folders = sorted(BUNDLED.iterdir()) if BUNDLED.is_dir() else []
    return {folder.name: folder for folder in folders if (folder / INDEX).is_file()}


def find_model(model: str) -> Model:
    """Say what `model` names, without loading it.

    Raises `InputError` if it names nothing, with the nearest name and the list.
    """
    backend, colon, source = model.partition(":")
    if backend in names("backends"):
        name = "-".join(filter(None, [backend, _slug(source)]))
        return Model(f"evalsuite.backends.{backend}", name, source if colon else None)
    if model in bundled():
        return Model(f"evalsuite.backends.{PIPELINE}", model, str(bundled()[model]))
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _directory(model, folder)
    if _is_module(model):
        return Model(model, model.rpartition(".")[2])
    if HUB_ID.match(model) and not model.startswith((".", "~")):
        return Model(f"evalsuite.backends.{PIPELINE}", _slug(model), model)
    if model.startswith(("/", "./", "../", "~")) or "/" in model:
        raise InputError(f"--model {model}: there is no such directory, and it is no hub id")
    raise InputError(_unknown("model", model, [*names("backends"), *bundled()], MODEL_FORMS))


MODEL_FORMS = "or a pipeline's directory, a hub id (org/name), or a module's dotted path"


def load_backend(
    model: str, options: Mapping[str, Json] | None = None, found: Model | None = None
) -> Backend:
    """Load the back-end that `model` names, with `options` handed to its `load`.

    `found` is what `find_model` says of it, where it was asked already. Raises `InputError` for an
    unknown model, an option that `load` does not take, or a package that is not installed.
    """
    found = found or find_model(model)
    options = dict(options or {})
    if found.source is not None:
        first = next(iter(options_of(found.module, f"--model {model}")), None)
        if first is None:
            raise InputError(f"--model {model}: this back-end takes nothing after a ':'")
        options = {first: found.source, **options}
    return cast(Backend, _load(found.module, f"--model {model}", options))


def load_scorer(name: str, options: Mapping[str, Json] | None = None) -> Scorer:
    """Load the scorer `name`, a module of `scorers` or a dotted path, with `options`.

    Raises `InputError` as `load_backend` does.
    """
    return cast(Scorer, _load(scorer_module(name), f"--scorers {name}", dict(options or {})))


def scorer_module(name: str) -> str:
    """The module that the scorer `name` lives in; raises `InputError` if there is none."""
    if name in names("scorers"):
        return f"evalsuite.scorers.{name}"
    if _is_module(name):
        return name
    raise InputError(_unknown("scorer", name, [*names("scorers")], "or a module's dotted path"))


def options_of(module: str, asked: str) -> dict[str, inspect.Parameter]:
    """The options that the `load` of `module` takes, by name; imports the module.

    `asked` is the flag and value that named it, for errors.
    """
    return dict(inspect.signature(_import(module, asked).load).parameters)


def dialect(model: str, found: Model | None = None) -> str:
    """The dialect of a model as far as can be told without loading or importing anything.

    That of its card, or the constant text that its module assigns to a name `dialect`; else
    "everyday". `found` is as in `load_backend`.
    """
    found = found or find_model(model)
    if found.source is not None and Path(found.source).expanduser().is_dir():
        folder = Path(found.source).expanduser()
        return dialect_of(read_card(folder), folder.name)
    spec = importlib.util.find_spec(found.module)
    if spec is None or spec.origin is None or found.module.endswith(f".{PIPELINE}"):
        return "everyday"
    for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            named = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if "dialect" in named:
                return dialect_of({"dialect": str(node.value.value)}, found.module)
    return "everyday"


def _load(module: str, asked: str, options: dict[str, Json]) -> Any:
    parameters = options_of(module, asked)
    refuses = not any(option.kind is option.VAR_KEYWORD for option in parameters.values())
    for option in options:
        if refuses and option not in parameters:
            raise InputError(_unknown_option(asked, option, list(parameters)))
    for name, parameter in parameters.items():
        given = name in options or parameter.default is not parameter.empty
        if not given and parameter.kind is not parameter.VAR_KEYWORD:
            raise InputError(f"{asked}: needs {name}; {_how_to_give(asked, name)}")
    try:
        return _import(module, asked).load(**options)
    except ModuleNotFoundError as error:
        raise _not_installed(asked, error) from error


@cache
def _import(module: str, asked: str) -> ModuleType:
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise _not_installed(asked, error) from error
    if not callable(getattr(found, "load", None)):
        raise InputError(f"{asked}: the module {module} has no load(); a plug-in needs one")
    return found


def _directory(model: str, folder: Path) -> Model:
    if (folder / INDEX).is_file():
        return Model(f"evalsuite.backends.{PIPELINE}", _slug(folder.resolve().name), str(folder))
    raise InputError(
        f"--model {model}: the directory has no model_index.json, so it is no pipeline; "
        f"to judge images that you already have, write --model folder:{model}"
    )


def _is_module(name: str) -> bool:
    """Whether `name` is the dotted path of an importable module; imports its parent packages."""
    if "." not in name or not all(part.isidentifier() for part in name.split(".")):
        return False
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _how_to_give(asked: str, option: str) -> str:
    flag, _, name = asked.partition(" ")
    if flag == "--scorers":
        return f"write --scorer-arg {name}.{option}=..."
    return f"write --model-arg {option}=..." + (f" or {asked}:..." if "." not in name else "")


def _not_installed(asked: str, error: ModuleNotFoundError) -> InputError:
    package = (error.name or "?").partition(".")[0]
    install = DISTRIBUTIONS.get(package, package)
    return InputError(f"{asked}: needs {package}, which is not installed: pip install {install}")


def _unknown(noun: str, name: str, known: list[str], forms: str) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    meant = f"; did you mean {nearest[0]}?" if nearest else ";"
    return f"there is no {noun} {name!r}{meant} there are {', '.join(known)}, {forms}"


def _unknown_option(asked: str, option: str, known: list[str]) -> str:
    nearest = get_close_matches(option, known, n=1)
    meant = f"; did you mean {nearest[0]}?" if nearest else ";"
    return f"{asked}: takes no option {option!r}{meant} it takes {', '.join(known) or 'none'}"


def _slug(text: str) -> str:
    """`text` as part of a folder's name: its last component, without odd characters."""
    last = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    return re.sub(r"[^A-Za-z0-9._]+", "-", last).strip("-.").lower()
