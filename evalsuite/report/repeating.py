"""What to install to repeat a run: what it had, pinned, in the form in which it had it."""

import re
import shlex
from collections.abc import Mapping

from evalsuite.files.addresses import REPOSITORY
from evalsuite.records import Json

NAME, VERSION = re.compile(r"[A-Za-z0-9._-]+"), re.compile(r"[A-Za-z0-9.!_-]+")
COMMIT = re.compile(r"[0-9a-f]{40}")
FILE = re.compile(r"[\w.+-]+")
A_LINE = 4
"""Packages on a line."""


def install(manifest: Mapping[str, Json]) -> str:
    """Shell commands that install what drew and judged; "" where the manifest does not say it.

    The manifest may be a stranger's: only what looks like a name, a version, an address or a commit
    is in it, and quoted.
    """
    packages = _map(manifest.get("packages"))
    pins = [
        shlex.quote(f"{name}=={str(version).partition('+')[0]}")
        for name, version in packages.items()
        if name != "evalsuite"
        and NAME.fullmatch(name)
        and VERSION.fullmatch(str(version).partition("+")[0])
    ]
    before, what = _evalsuite(manifest, str(packages.get("evalsuite", "")))
    if not what:
        return ""
    lines = [" ".join(pins[at : at + A_LINE]) for at in range(0, len(pins), A_LINE)]
    return before + " \\\n  ".join([f"pip install {what}", *lines])


def _evalsuite(manifest: Mapping[str, Json], version: str) -> tuple[str, str]:
    """What to do before, and evalsuite as pip is given it; "" where that is not on record."""
    found = {name: str(text) for name, text in _map(manifest.get("installed")).items()}
    commit = found.get("commit") or str(manifest.get("git") or "")
    address, file = found.get("address", ""), found.get("file", "")
    is_whole = REPOSITORY.fullmatch(address) and COMMIT.fullmatch(commit)
    if found.get("from") == "git" and is_whole:
        return "", shlex.quote(f"evalsuite @ git+{address}@{commit}")
    if COMMIT.fullmatch(commit):
        return f"git checkout {commit}  # in a clone of evalsuite\n", "."
    if found.get("from") == "archive" and FILE.fullmatch(file):
        return "", shlex.quote(f"./{file}")
    if found.get("from") in ("index", None) and VERSION.fullmatch(version):
        return "", shlex.quote(f"evalsuite=={version}")
    return "", ""


def _map(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
