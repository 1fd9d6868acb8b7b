"""What a loaded plug-in must have, checked once; whatever it lacks is one line with the mend.

The protocols themselves are `records.Backend` and `records.Scorer`; docs/plugins.md has an example
of each.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from evalsuite.files.front_matter import DIALECTS
from evalsuite.plugins.call import explain
from evalsuite.records import InputError

Kind = Literal["backends", "scorers"]

NOUNS: Mapping[Kind, str] = {"backends": "back-end", "scorers": "scorer"}

NAME = re.compile("[a-z0-9][a-z0-9_-]*")
"""A scorer's name: it stands in file names, and before the dot in the names of measures."""

Check = Callable[[Any], str]
"""Says what is wrong with a member, after its name in a sentence; "" if nothing is."""


def check(plugin: Any, kind: Kind, module: str, flag: str) -> None:
    """Raise `InputError` with everything that a plug-in of `module` lacks or has wrongly."""
    noun = NOUNS[kind]
    if plugin is None or inspect.isclass(plugin):
        given = "None" if plugin is None else f"the class {plugin.__name__}, not an object of it"
        raise InputError(f"{flag}: load() of {module} gave {given}; let it return the {noun}")
    faults = [
        f"{name} {wrong}"
        for name, wrong_with in PROTOCOLS[kind].items()
        if (wrong := _fault(plugin, name, wrong_with))
    ]
    faults += [_many(plugin)] if kind == "backends" and not faults and _many(plugin) else []
    if faults:
        raise InputError(f"{flag}: the {noun} of {module} must be mended: {'; '.join(faults)}")


def _fault(plugin: Any, name: str, wrong_with: Check) -> str:
    try:
        member = getattr(plugin, name)
    except AttributeError:
        return f"is missing, add {MENDS[name]}"
    except Exception as error:  # a property may raise anything
        return f"raised {explain(error)}"
    wrong = wrong_with(member)
    return f"{wrong}, write {MENDS[name]}" if wrong else ""


def _many(backend: Any) -> str:
    """What is wrong with how many requests a back-end wants in flight, where it says that."""
    at_once = getattr(backend, "concurrency", None)
    if at_once is None:
        return ""
    if wrong := _batch_size(at_once):
        return f"concurrency {wrong}, write concurrency = 4"
    # A short batch would be padded, and what it is padded with is paid for.
    return "" if backend.batch_size == 1 else "with a concurrency, write batch_size = 1"


def takes(*arguments: str) -> Check:
    """A check for functions that can be called with so many arguments by place."""

    def wrong(member: Any) -> str:
        if not callable(member):
            return f"is of type {type(member).__name__} and no method"
        try:
            inspect.signature(member).bind(*arguments)
        except TypeError as error:
            return f"cannot be called with ({', '.join(arguments)}): {error}"
        except ValueError:  # written in C, without a signature
            return ""
        return ""

    return wrong


def _batch_size(value: Any) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return "" if whole else f"is {value!r:.40}, not a whole number from 1 on"


def _dialect(value: Any) -> str:
    return "" if value in DIALECTS else f"is {value!r:.40}"


def _name(value: Any) -> str:
    if isinstance(value, str) and NAME.fullmatch(value):
        return ""
    return f"is {value!r:.40}, not of small letters, digits, - and _ alone"


PROTOCOLS: Mapping[Kind, Mapping[str, Check]] = {
    "backends": {
        "batch_size": _batch_size,
        "dialect": _dialect,
        "describe": takes(),
        "problems": takes("prompts"),
        "render": takes("requests"),
    },
    "scorers": {
        "name": _name,
        "batch_size": _batch_size,
        "describe": takes(),
        "problems": takes("prompts"),
        "judge": takes("cases"),
    },
}

MENDS: Mapping[str, str] = {
    "name": 'name = "my-scorer"',
    "batch_size": "batch_size = 8",
    "dialect": " or ".join(f'dialect = "{dialect}"' for dialect in DIALECTS),
    "describe": "def describe(self), which returns a mapping",
    "problems": "def problems(self, prompts), which returns [] where there are none",
    "render": "def render(self, requests), which returns one image per request",
    "judge": "def judge(self, cases), which returns one Judgement per case",
}
