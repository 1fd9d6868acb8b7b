"""Find and load back-ends, scorers and importers by name, checked against their protocols.

`naming` says what a name leads to, and in which order it is looked for.
"""

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeVar, cast

from evalsuite.files.nearest import did_you_mean
from evalsuite.files.segments import canonical
from evalsuite.measures.declared import to_row
from evalsuite.plugins.listing import MODEL_FORMS, bundled, names, plugins
from evalsuite.plugins.measures import measures_in, own_measures
from evalsuite.plugins.modules import blame, import_module, is_module
from evalsuite.plugins.naming import OURS, Model, dialect, find_model, scorer_module
from evalsuite.plugins.protocols import Kind, check, takes
from evalsuite.plugins.source import source_entry
from evalsuite.records import Backend, InputError, Json, Scorer

__all__ = [
    "MODEL_FORMS",
    "Model",
    "backend_entry",
    "bundled",
    "dialect",
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


def load_backend(
    model: str, options: Mapping[str, Json] | None = None, found: Model | None = None
) -> Backend:
    """Load the back-end that `model` names, with `options` handed to its `load`.

    `found` is what `find_model` says of it, where it was asked already. Raises `InputError` for an
    unknown model, an option that `load` does not take, a package that is not installed, a module
    that cannot be imported, and a back-end that lacks something.
    """
    found = found or find_model(model)
    options = dict(options or {})
    asked = f"--model {model}"
    if found.source is not None:
        first = next(iter(options_of(found.module, asked)), None)
        if first is None:
            raise InputError(f"{asked}: this back-end takes nothing after a ':'")
        options = {first: found.source, **options}
    return cast(Backend, _load(found.module, "backends", asked, options))


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


def options_of(module: str, asked: str) -> dict[str, inspect.Parameter]:
    """The options that the `load` of `module` takes, by name; imports the module.

    `asked` is the flag and value that named it, for errors.
    """
    return dict(inspect.signature(_load_of(module, asked)).parameters)


def _load(module: str, kind: Kind, asked: str, options: dict[str, Json]) -> Any:
    """What the module's `load` gives, checked against its protocol."""
    load, parameters = _load_of(module, asked), options_of(module, asked)
    refuses = not any(option.kind is option.VAR_KEYWORD for option in parameters.values())
    for option in options:
        if refuses and option not in parameters:
            known = did_you_mean(option, parameters)
            raise InputError(f"{asked}: takes no option {option!r}{known}")
    for name, parameter in parameters.items():
        given = name in options or parameter.default is not parameter.empty
        if not given and parameter.kind is not parameter.VAR_KEYWORD:
            raise InputError(f"{asked}: needs {name}; {_how_to_give(asked, name)}")
    plugin = _guarded(lambda: load(**options), module, asked, "load()")
    check(plugin, kind, module, asked)
    return plugin


def _load_of(module: str, asked: str) -> Callable[..., Any]:
    load = getattr(import_module(module, asked), "load", None)
    if not callable(load):
        raise InputError(f"{asked}: the module {module} has no load(); a plug-in needs one")
    return cast(Callable[..., Any], load)


def _described(plugin: Backend | Scorer, module: str, asked: str) -> dict[str, Json]:
    """What a plug-in says of itself; raises `InputError` where that is no map for JSON."""

    def describe() -> dict[str, Json]:
        said = dict(plugin.describe())
        canonical(said)
        return said

    return _guarded(describe, module, asked, "describe()")


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


def _how_to_give(asked: str, option: str) -> str:
    flag, _, name = asked.partition(" ")
    if flag == "--scorers":
        return f"write --scorer-arg {name}.{option}=..."
    return f"write --model-arg {option}=..." + (f" or {asked}:..." if "." not in name else "")
