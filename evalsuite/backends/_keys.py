"""Keys of services: from the environment alone, and never said again."""

import os
from urllib.parse import urlsplit

from evalsuite.files.credentials import remember
from evalsuite.records import InputError


def key_in(*variables: str, flag: str) -> str:
    """The key in the first of these environment variables that is set.

    From then on its value is taken out of everything that is written or printed, whatever the
    variable is called. Raises `InputError` where none is set.
    """
    for variable in variables:
        if held := os.environ.get(variable, "").strip():
            remember({"api_key": held})
            return held
    raise InputError(f"{flag}: set {' or '.join(variables)} to the service's key")


def check_address(url: str, flag: str) -> str:
    """The address without its last slash; raises `InputError` for what is none, or holds a key."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise InputError(f"{flag} {url}: is no address; write http://HOST:PORT/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise InputError(f"{flag}: the address may hold no user, key or query; leave them out")
    return url.rstrip("/")


def check_package(module: str, extra: str, flag: str) -> None:
    """Raise `InputError` with the install line where a package is missing."""
    from importlib.util import find_spec

    try:
        missing = find_spec(module) is None
    except ModuleNotFoundError:
        missing = True
    if missing:
        package = module.partition(".")[0] if extra == "openai" else module
        raise InputError(
            f"{flag}: needs {package}, which is not installed: pip install 'evalsuite[{extra}]'"
        )
