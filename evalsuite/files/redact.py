"""Takes paths, names and secrets out of what a run keeps, so that a run folder can be published.

What is left behind is a mark: `<path>/last-part`, `<name>` or `<secret>`. Text that is redacted
already comes back unchanged.
"""

import contextlib
import getpass
import os
import platform
import re
from collections.abc import Mapping
from functools import lru_cache

from evalsuite.files.credentials import MARK, conceal_text, literals, tells_secret
from evalsuite.records import Json

# Account and host names that identify nobody; hiding them would only spoil ordinary words.
_SHARED_NAMES = frozenset(
    {"root", "user", "users", "admin", "home", "test", "build", "guest", "nobody", "default"}
    | {"localhost", "docker", "runner", "ubuntu", "debian", "ec2-user", "jovyan", "vscode", "app"}
)

_ROOT = r"(?:file:/*|/(?!/)|~\w*/|\b[A-Za-z]:[\\/]|\\\\)"
_WHOLE_PATH = re.compile(rf"(?:{_ROOT}|//)\S.*", re.DOTALL)
_QUOTED_PATH = re.compile(rf"(['\"`])({_ROOT}[^'\"`]+)\1")
_CLOSING_TAG = r"(?<=<)/[A-Za-z][\w:-]*\s*>"
_PATH = re.compile(
    rf"(?<![\w./~])(?<!<path>)(?<!<name>)(?<!<secret>)(?!{_CLOSING_TAG}){_ROOT}[^\s\"'`,;)\]}}]+"
)


def redact(value: Json) -> Json:
    """A copy of a JSON value without absolute paths, user or host names, or credentials.

    What credentials are is said in `credentials.py`.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    return _redact(value, _names(), literals())


def _redact(value: Json, names: re.Pattern[str] | None, secrets: tuple[str, ...]) -> Json:
    if isinstance(value, str):
        text = _redact_text(value, secrets)
        return names.sub("<name>", text) if names else text
    if isinstance(value, Mapping):
        clean: dict[str, Json] = {}
        for key, held in value.items():
            name = _unused(_redact_text(str(key), secrets), clean)
            is_secret = tells_secret(str(key), held)
            clean[name] = MARK if is_secret else _redact(held, names, secrets)
        return clean
    if isinstance(value, list | tuple):
        return [_redact(item, names, secrets) for item in value]
    return value


def _redact_text(text: str, secrets: tuple[str, ...]) -> str:
    text = conceal_text(text, secrets)
    if (home := _home()) is not None:
        text = home.sub("~", text)
    lead = ""
    if _WHOLE_PATH.fullmatch(text):
        # A path alone may hold blanks; in "path: what is wrong with it" it ends at the colon.
        path, colon, text = text.partition(": ")
        lead = _last_part(path) + colon
    text = _QUOTED_PATH.sub(lambda found: found[1] + _last_part(found[2]) + found[1], text)
    return lead + _PATH.sub(lambda found: _last_part(found[0]), text)


def _last_part(path: str) -> str:
    parts = [part for part in re.split(r"[\\/]+", path) if part]
    # Directly below the folder of home folders stands a user's name.
    at_home = len(parts) > 1 and parts[-2].lower() in ("home", "users")
    rooted = len(parts) < 2 and not path.startswith("/")
    return "<path>" if at_home or rooted or not parts else f"<path>/{parts[-1]}"


def _unused(key: str, taken: Mapping[str, Json]) -> str:
    # Two files in different folders may end in the same name: neither may hide the other.
    name, number = key, 2
    while name in taken:
        name, number = f"{key} ({number})", number + 1
    return name


def _home() -> re.Pattern[str] | None:
    home = os.path.expanduser("~")
    return _home_pattern(home) if len(home) > 1 else None


@lru_cache(maxsize=4)
def _home_pattern(home: str) -> re.Pattern[str]:
    return re.compile(re.escape(home) + r"(?![\w.-])")


def _names() -> re.Pattern[str] | None:
    said = [os.environ.get(key, "") for key in ("USER", "LOGNAME", "USERNAME", "HOSTNAME")]
    return _names_pattern(platform.node(), os.path.expanduser("~"), *said)


@lru_cache(maxsize=4)
def _names_pattern(host: str, home: str, *said: str) -> re.Pattern[str] | None:
    names = {host, host.split(".")[0], os.path.basename(home), *said}
    with contextlib.suppress(KeyError, OSError, ImportError):  # an account without a name
        names.add(getpass.getuser())
    told = sorted(name for name in names if len(name) > 2 and name.lower() not in _SHARED_NAMES)
    if not told:
        return None
    either = "|".join(re.escape(name) for name in sorted(told, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9<])(?:{either})(?![A-Za-z0-9])", re.IGNORECASE)
