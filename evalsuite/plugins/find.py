"""Find and load back-ends, scorers and importers by name: there is no registry.

A plug-in is a module with one function, `load(**options)`: `backends/<name>.py`,
`scorers/<name>.py`, what an installed package offers by an entry point, or any importable module
by its dotted path. What `--model` names is decided in this order:

1. a back-end of this package, alone or with what it reads: `scenes`, `folder:PATH`;
2. a bundled model, by the name of its directory under `scenes/models`: `scenes-ldm`;
3. an installed package's back-end, by the name of its entry point;
4. a directory that exists (write `./scenes` for a directory that is called like one of the above);
5. an importable module, by its dotted path: `my_package.my_backend`;
6. a hub id, `org/name`.

2, 4 and 6 are drawn by the `diffusers` back-end. What follows a back-end's name and a colon goes to
the first option of its `load`. A name that two of 1 to 3 have is refused.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from evalsuite.files.checkpoints import HUB_ID, INDEX
from evalsuite.files.nearest import did_you_mean
from evalsuite.files.segments import canonical
from evalsuite.measures.declared import to_row
from evalsuite.plugins.listing import MODEL_FORMS, bundled, names, plugins
from evalsuite.plugins.listing import find as find_listed
from evalsuite.plugins.measures import measures_in, own_measures
from evalsuite.plugins.modules import blame, import_module, is_module
from evalsuite.plugins.protocols import NOUNS, Kind, check, takes
from evalsuite.plugins.source import source_entry
from evalsuite.records import Backend, InputError, Json, Scorer

__all__ = [
    "MODEL_FORMS",
    "Model",
    "backend_entry",
    "bundled",
    "find_model",
    "load_backend",
    "load_importer",
    "load_scorer",
    "measures_in",
    "names",
    "options_of",
    "own_measures",
    "plugins",
    "scorer_entry",
    "scorer_module",
]

_T = TypeVar("_T")

OURS = "evalsuite."
PIPELINE = "diffusers"
"""The back-end that draws bundled models, pipeline directories and hub ids."""


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
        return Model(f"{OURS}backends.{PIPELINE}", model, str(bundled()[model]))
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _directory(model, folder)
    if is_module(model):
        return Model(model, model.rpartition(".")[2])
    if HUB_ID.match(model) and not model.startswith((".", "~")):
        return Model(f"{OURS}backends.{PIPELINE}", _slug(model), model)
    if model.startswith(("/", "./", "../", "~")) or "/" in model:
        raise InputError(f"--model {model}: there is no such directory, and it is no hub id")
    known = [*(plugin.name for plugin in plugins("backends")), *bundled()]
    raise InputError(_unknown("model", model, known, MODEL_FORMS))


def load_backend(
    model: str, options: Mapping[str, Json] | None = None, found: Model | None = None
) -> Backend:
    """Load the back-end that `model` names, with `options` handed to its `load`.

    `found` is what `find_model` says of it, where it was asked already. Raises `InputError` for an
    unknown model, an option that `load` does not take, a package that is not installed, a module
    that cannot be imported, and a back-end that lacks something.
    """
    found = found or find_model(model)
    asked = f"--model {model}"
    return cast(Backend, _load(found.module, "backends", asked, _sourced(found, asked, options)))


def check_backend(model: str, options: Mapping[str, Json], found: Model) -> None:
    """Raise `InputError` as `load_backend` does as far as can be told without loading."""
    asked = f"--model {model}"
    _check_options(found.module, asked, _sourced(found, asked, options))


def check_scorer(name: str, options: Mapping[str, Json]) -> None:
    """Raise `InputError` as `load_scorer` does as far as can be told without loading."""
    _check_options(scorer_module(name), f"--scorers {name}", options)


def _sourced(found: Model, asked: str, options: Mapping[str, Json] | None) -> dict[str, Json]:
    """The options with what follows the colon as the first one that `load` takes."""
    if found.source is None:
        return dict(options or {})
    first = next(iter(options_of(found.module, asked)), None)
    if first is None:
        raise InputError(f"{asked}: this back-end takes nothing after a ':'")
    return {first: found.source, **(options or {})}


def load_scorer(name: str, options: Mapping[str, Json] | None = None) -> Scorer:
    """Load the scorer `name`, with `options` handed to its `load`.

    Raises `InputError` as `load_backend` does.
    """
    module, asked = scorer_module(name), f"--scorers {name}"
    scorer = cast(Scorer, _load(module, "scorers", asked, dict(options or {})))
    measures_in(module, asked, scorer.name)
    return scorer


def load_importer(name: str) -> ModuleType:
    """The importer of prompts that a module's dotted path names.

    Raises `InputError` if there is no such module, it cannot be imported, or has no `rows`.
    """
    asked = f"--format {name}"
    if not is_module(name):
        raise InputError(f"{asked}: there is no module of this dotted path")
    module = import_module(name, asked)
    rows = getattr(module, "rows", None)
    if wrong := "is missing" if rows is None else takes("path", "note")(rows):
        mend = "add def rows(path, note), which gives one Prompt after the other"
        raise InputError(f"{asked}: the importer {name} must be mended: rows {wrong}, {mend}")
    return module


def backend_entry(model: str, backend: Backend, found: Model | None = None) -> dict[str, Json]:
    """What the manifest keeps of the back-end that `model` loaded: what it says, and its code.

    `found` is what `find_model` says of it, where it was asked already.
    """
    module = (found or find_model(model)).module
    return {**_described(backend, module, f"--model {model}"), **source_entry(module)}


def scorer_entry(name: str, scorer: Scorer) -> dict[str, Json]:
    """What the manifest keeps of the scorer that `name` loaded: what it says, code and measures."""
    module, asked = scorer_module(name), f"--scorers {name}"
    measures = [to_row(measure) for measure in measures_in(module, asked)]
    said = _described(scorer, module, asked)
    return {**said, **source_entry(module), "measures": measures}


def _described(plugin: Backend | Scorer, module: str, asked: str) -> dict[str, Json]:
    """What a plug-in says of itself; raises `InputError` where that is no map for JSON."""

    def describe() -> dict[str, Json]:
        said = dict(plugin.describe())
        canonical(said)
        return said

    return _guarded(describe, module, asked, "describe()")


def scorer_module(name: str) -> str:
    """The module that the scorer `name` lives in; raises `InputError` if there is none."""
    if (module := _listed("scorers", name, f"--scorers {name}")) is not None:
        return module
    if is_module(name):
        return name
    known = [plugin.name for plugin in plugins("scorers")]
    raise InputError(_unknown("scorer", name, known, "or a module's dotted path"))


def options_of(module: str, asked: str) -> dict[str, inspect.Parameter]:
    """The options that the `load` of `module` takes, by name; imports the module.

    `asked` is the flag and value that named it, for errors.
    """
    return dict(inspect.signature(_load_of(module, asked)).parameters)


def _listed(kind: Kind, name: str, asked: str) -> str | None:
    """The module of the plug-in of this name; raises `InputError` if it cannot be used."""
    found = find_listed(kind, name)
    if found is None:
        return None
    if found.fault:
        raise InputError(f"{asked}: the {NOUNS[kind]} {name} of {found.package} {found.fault}")
    return found.module


def _load(module: str, kind: Kind, asked: str, options: dict[str, Json]) -> Any:
    """What the module's `load` gives, checked against its protocol."""
    _check_options(module, asked, options)
    load = _load_of(module, asked)
    plugin = _guarded(lambda: load(**options), module, asked, "load()")
    check(plugin, kind, module, asked)
    return plugin


def _check_options(module: str, asked: str, options: Mapping[str, Json]) -> None:
    parameters = options_of(module, asked)
    refuses = not any(option.kind is option.VAR_KEYWORD for option in parameters.values())
    for option in options:
        if refuses and option not in parameters:
            raise InputError(_unknown_option(asked, option, list(parameters)))
    for name, parameter in parameters.items():
        given = name in options or parameter.default is not parameter.empty
        if not given and parameter.kind is not parameter.VAR_KEYWORD:
            raise InputError(f"{asked}: needs {name}; {_how_to_give(asked, name)}")


def _guarded(call: Callable[[], _T], module: str, asked: str, doing: str) -> _T:
    """What `call` gives; what a module from elsewhere raises is one line, what ours does a bug."""
    try:
        return call()
    except InputError:
        raise
    except Exception as error:
        if module.startswith(OURS) and not isinstance(error, ModuleNotFoundError):
            raise
        raise blame(error, module, asked, doing) from error


def _load_of(module: str, asked: str) -> Callable[..., Any]:
    load = getattr(import_module(module, asked), "load", None)
    if not callable(load):
        raise InputError(f"{asked}: the module {module} has no load(); a plug-in needs one")
    return cast(Callable[..., Any], load)


def _directory(model: str, folder: Path) -> Model:
    if (folder / INDEX).is_file():
        return Model(f"{OURS}backends.{PIPELINE}", _slug(folder.resolve().name), str(folder))
    raise InputError(
        f"--model {model}: the directory has no model_index.json, so it is no pipeline; "
        f"to judge images that you already have, write --model folder:{model}"
    )


def _how_to_give(asked: str, option: str) -> str:
    flag, _, name = asked.partition(" ")
    if flag == "--scorers":
        return f"write --scorer-arg {name}.{option}=..."
    return f"write --model-arg {option}=..." + (f" or {asked}:..." if "." not in name else "")


def _unknown(noun: str, name: str, known: list[str], forms: str) -> str:
    return f"there is no {noun} {name!r}{did_you_mean(name, known)}, {forms}"


def _unknown_option(asked: str, option: str, known: list[str]) -> str:
    return f"{asked}: takes no option {option!r}{did_you_mean(option, known)}"


def _slug(text: str) -> str:
    """`text` as part of a folder's name: its last component, without odd characters."""
    last = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    return re.sub(r"[^A-Za-z0-9._]+", "-", last).strip("-.").lower()
