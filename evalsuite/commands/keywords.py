"""Keywords in place of flags: what a public function takes, how it is read, and what errors say."""

import functools
import inspect
import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Json

_F = TypeVar("_F", bound=Callable[..., Any])


def takes_keywords(*settings: str) -> Callable[[_F], _F]:
    """A function for users, with the named settings as keywords of its own."""

    def decorate(function: _F) -> _F:
        own = inspect.signature(function).parameters.values()
        listed = [
            parameter for parameter in own if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        listed += [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)
            for name in settings
        ]
        keywords = [row.name for row in listed if row.kind is not row.VAR_POSITIONAL]

        @functools.wraps(function)
        def call(*arguments: Any, **given: Any) -> Any:
            for name in given:
                if name not in keywords:
                    meant = did_you_mean(name, keywords)
                    raise InputError(f"{function.__name__}: no keyword {name!r}{meant}")
            try:
                return function(*arguments, **given)
            except InputError as error:
                error.args = (in_keywords(str(error), keywords),)
                raise

        call.__signature__ = inspect.Signature(listed)  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate


def in_keywords(text: str, keywords: Collection[str]) -> str:
    """An error of the command line as Python says it: `num_images` for `--num-images`.

    What stands between backticks is a command, and stays one.
    """
    known = {name.replace("_", "-"): name for name in keywords}
    known |= {"from": "pilot"} if "pilot" in keywords else {}

    def renamed(match: "re.Match[str]") -> str:
        flag, affirmed = match[1], match[1].removeprefix("no-")
        if flag != affirmed and affirmed in known:
            return f"{known[affirmed]}=False"
        return known.get(flag, match[0])

    parts = text.split("`")
    parts[::2] = [re.sub(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)", renamed, part) for part in parts[::2]]
    return "`".join(parts)


def plain(value: Any) -> Any:
    """A value as YAML would have given it: lists, texts, numbers, and maps of them."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return value


def read(parse: Callable[[Json], Any], name: str, value: Any) -> Any:
    """A keyword's value as its parser reads it; None stays None."""
    if value is None:
        return None
    try:
        return parse(plain(value))
    except ValueError as error:
        raise InputError(f"{name}: {value!r} {error}") from None


def path(name: str, value: Any) -> Path:
    """A keyword's value as a path."""
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise InputError(f"{name}: {value!r} is no path; write it as a text or a Path")
    return Path(value)


def path_or_none(name: str, value: Any) -> Path | None:
    """The same, where None stays None."""
    return None if value is None else path(name, value)
