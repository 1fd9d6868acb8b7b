"""Find and load back-ends, scorers and importers by name, checked against their protocols.

`naming` says what a name leads to, and in which order it is looked for.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeVar, cast

from evalsuite.files.hub import Repository
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
    "model_needs",
    "names",
    "needs_of",
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
    flag = f"--model {model}"
    return cast(Backend, _load(found.module, "backends", flag, _sourced(found, flag, options)))


def check_backend(model: str, options: Mapping[str, Json], found: Model) -> None:
    """Raise `InputError` as `load_backend` does as far as it can without loading."""
    flag = f"--model {model}"
    _check_options(found.module, flag, _sourced(found, flag, options))


def check_scorer(name: str, options: Mapping[str, Json]) -> None:
    """Raise `InputError` as `load_scorer` does as far as it can without loading."""
    _check_options(scorer_module(name), f"--scorers {name}", options)


def is_light(model: str, found: Model) -> bool:
    """Whether the module of a back-end says `LIGHT = True`: its `load` reads no weights."""
    return getattr(import_module(found.module, f"--model {model}"), "LIGHT", False) is True


def load_scorer(name: str, options: Mapping[str, Json] | None = None) -> Scorer:
    """Load the scorer `name`, with `options` handed to its `load`.

    Raises `InputError` as `load_backend` does.
    """
    module, flag = scorer_module(name), f"--scorers {name}"
    scorer = cast(Scorer, _load(module, "scorers", flag, dict(options or {})))
    measures_in(module, flag, scorer.name)
    return scorer


def needs_of(module: str, flag: str, options: Mapping[str, Json]) -> Sequence[Repository] | None:
    """What the `load` of a plug-in reads from the hub with these options.

    None where a module from elsewhere does not say it: it has no `needs`. What `needs` does not
    take changes nothing of it.
    """
    _check_options(module, flag, options)
    needs = getattr(import_module(module, flag), "needs", None)
    if needs is None:
        return [] if module.startswith(OURS) else None
    taken = inspect.signature(needs).parameters
    told = {name: value for name, value in options.items() if name in taken}
    return cast(Sequence[Repository], _guarded(lambda: needs(**told), module, flag, "needs()"))


def model_needs(
    model: str, found: Model, options: Mapping[str, Json]
) -> Sequence[Repository] | None:
    """What the back-end that `model` names reads from the hub with these options."""
    flag = f"--model {model}"
    return needs_of(found.module, flag, _sourced(found, flag, options))


def load_importer(name: str) -> ModuleType:
    """The importer of prompts that a module's dotted path names.

    Raises `InputError` if there is no such module, it cannot be imported, or has no `rows`.
    """
    flag = f"--format {name}"
    if not is_module(name):
        raise InputError(f"{flag}: there is no module of this dotted path")
    module = import_module(name, flag)
    rows = getattr(module, "rows", None)
    if wrong := "is missing" if rows is None else takes("path", "note")(rows):
        mend = "add def rows(path, note), which gives one Prompt after the other"
        raise InputError(f"{flag}: the importer {name} must be mended: rows {wrong}, {mend}")
    return module


def backend_entry(model: str, backend: Backend, found: Model | None = None) -> dict[str, Json]:
    """What the manifest keeps of the back-end that `model` loaded: what it says, and its code.

    `found` is what `find_model` says of it, where it was asked already.
    """
    module = (found or find_model(model)).module
    return {**_described(backend, module, f"--model {model}"), **source_entry(module)}


def scorer_entry(name: str, scorer: Scorer) -> dict[str, Json]:
    """What the manifest keeps of the scorer that `name` loaded: what it says, code and measures."""
    module, flag = scorer_module(name), f"--scorers {name}"
    measures = [to_row(measure) for measure in measures_in(module, flag)]
    description = _described(scorer, module, flag)
    return {**description, **source_entry(module), "measures": measures}


def options_of(module: str, flag: str) -> dict[str, inspect.Parameter]:
    """The options that the `load` of `module` takes, by name; imports the module.

    `flag` is the flag and value that named it, for errors.
    """
    return dict(inspect.signature(_load_of(module, flag)).parameters)


def _sourced(found: Model, flag: str, options: Mapping[str, Json] | None) -> dict[str, Json]:
    """The options with what follows the colon as the first one that `load` takes."""
    if found.source is None:
        return dict(options or {})
    first = next(iter(options_of(found.module, flag)), None)
    if first is None:
        raise InputError(f"{flag}: this back-end takes nothing after a ':'")
    return {first: found.source, **(options or {})}


def _load(module: str, kind: Kind, flag: str, options: dict[str, Json]) -> Any:
    """What the module's `load` gives, checked against its protocol."""
    _check_options(module, flag, options)
    load = _load_of(module, flag)
    plugin = _guarded(lambda: load(**options), module, flag, "load()")
    check(plugin, kind, module, flag)
    return plugin


def _check_options(module: str, flag: str, options: Mapping[str, Json]) -> None:
    parameters = options_of(module, flag)
    refuses = not any(option.kind is option.VAR_KEYWORD for option in parameters.values())
    for option in options:
        if refuses and option not in parameters:
            known = did_you_mean(option, parameters)
            raise InputError(f"{flag}: takes no option {option!r}{known}")
    for name, parameter in parameters.items():
        given = name in options or parameter.default is not parameter.empty
        if not given and parameter.kind is not parameter.VAR_KEYWORD:
            raise InputError(f"{flag}: needs {name}; {_how_to_give(flag, name)}")


def _load_of(module: str, flag: str) -> Callable[..., Any]:
    load = getattr(import_module(module, flag), "load", None)
    if not callable(load):
        raise InputError(f"{flag}: the module {module} has no load(); a plug-in needs one")
    return cast(Callable[..., Any], load)


def _described(plugin: Backend | Scorer, module: str, flag: str) -> dict[str, Json]:
    """What a plug-in says of itself; raises `InputError` where that is no map for JSON."""

    def describe() -> dict[str, Json]:
        description = dict(plugin.describe())
        canonical(description)  # raises for what JSON cannot hold
        return description

    return _guarded(describe, module, flag, "describe()")


def _guarded(call: Callable[[], _T], module: str, flag: str, doing: str) -> _T:
    """What `call` gives; what a module from elsewhere raises is one line, what ours does a bug."""
    try:
        return call()
    except InputError:
        raise
    except Exception as error:
        if module.startswith(OURS) and not isinstance(error, ModuleNotFoundError):
            raise
        raise blame(error, module, flag, doing) from error


def _how_to_give(flag: str, option: str) -> str:
    written, _, name = flag.partition(" ")
    if written == "--scorers":
        return f"write --scorer-arg {name}.{option}=..."
    return f"write --model-arg {option}=..." + (f" or {flag}:..." if "." not in name else "")
