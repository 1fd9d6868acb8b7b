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

from evalsuite.records import Json

# Account and host names that identify nobody; hiding them would only spoil ordinary words.
_SHARED_NAMES = frozenset(
    {"root", "user", "users", "admin", "home", "test", "build", "guest", "nobody", "default"}
    | {"localhost", "docker", "runner", "ubuntu", "debian", "ec2-user", "jovyan", "vscode", "app"}
)

_SECRET_KEY = re.compile(
    r"(?:.*[_\-. ])?(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|"
    r"private[_-]?key|secret[_-]?key|authorization|credentials?|cookie)",
    re.IGNORECASE,
)

# The issuers' own prefixes; plain hexadecimal is left alone, for revisions and hashes must stay.
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*|"
    r"\b(?:hf|api_org|r8|npm)_[A-Za-z0-9]{16,}|\bsk-[\w-]{16,}|\bgh[oprsu]_[A-Za-z0-9]{16,}|"
    r"\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\bxox[a-z]-[\w-]{10,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}|"
    r"\bAIza[\w-]{30,}|\bpypi-[\w-]{16,}|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|"
    r"(?<=://)[^/\s@<]+@|(?<=[Bb]earer )(?!<)\S+",
    re.DOTALL,
)
_ASSIGNED = re.compile(
    r"((?:token|secret|password|api[_-]?key|access[_-]?key|signature)[\"']?\s*[=:]\s*[\"']?)"
    r"(?!<secret>)[^\s&\"',;]+",
    re.IGNORECASE,
)

_ROOT = r"(?:file:/*|/(?!/)|~\w*/|\b[A-Za-z]:[\\/]|\\\\)"
_WHOLE_PATH = re.compile(rf"(?:{_ROOT}|//)\S.*", re.DOTALL)
_QUOTED_PATH = re.compile(rf"(['\"`])({_ROOT}[^'\"`]+)\1")
_PATH = re.compile(rf"(?<![\w./~])(?<!<path>)(?<!<name>)(?<!<secret>){_ROOT}[^\s\"'`,;)\]}}]+")


def redact(value: Json) -> Json:
    """A copy of a JSON value without absolute paths, user or host names, or anything secret.

    A secret is a value under a key that says so (`token`, `api_key`, ...), the value of an
    environment variable with such a name, or a text with the form of a known kind of token.
    """
    return _redact(value, _names(), _environment_secrets())


def _redact(value: Json, names: re.Pattern[str] | None, secrets: list[str]) -> Json:
    if isinstance(value, str):
        text = _redact_text(value, secrets)
        return names.sub("<name>", text) if names else text
    if isinstance(value, Mapping):
        clean: dict[str, Json] = {}
        for key, held in value.items():
            name = _unused(_redact_text(str(key), secrets), clean)
            secret = _SECRET_KEY.fullmatch(name) and held not in (None, "", True, False)
            clean[name] = "<secret>" if secret else _redact(held, names, secrets)
        return clean
    if isinstance(value, list | tuple):
        return [_redact(item, names, secrets) for item in value]
    return value


def _redact_text(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "<secret>")
    text = _SECRET.sub(lambda found: "<secret>@" if found[0].endswith("@") else "<secret>", text)
    text = _ASSIGNED.sub(r"\1<secret>", text)
    home = os.path.expanduser("~")
    if len(home) > 1:
        text = re.sub(re.escape(home) + r"(?![\w.-])", "~", text)
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


def _names() -> re.Pattern[str] | None:
    host = platform.node()
    names = {host, host.split(".")[0], os.path.basename(os.path.expanduser("~"))}
    names |= {os.environ.get(key, "") for key in ("USER", "LOGNAME", "USERNAME", "HOSTNAME")}
    with contextlib.suppress(KeyError, OSError, ImportError):  # an account without a name
        names.add(getpass.getuser())
    told = sorted(name for name in names if len(name) > 2 and name.lower() not in _SHARED_NAMES)
    if not told:
        return None
    either = "|".join(re.escape(name) for name in sorted(told, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9<])(?:{either})(?![A-Za-z0-9])", re.IGNORECASE)


def _environment_secrets() -> list[str]:
    return [
        held for key, held in os.environ.items() if _SECRET_KEY.fullmatch(key) and len(held) > 7
    ]
