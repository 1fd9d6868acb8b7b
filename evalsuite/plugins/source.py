"""What an outside plug-in's code was: a digest for the manifest, so that no run holds two codes'.

The bytes of the plug-in's file and of every file of its own top package that these import, by an
`import` anywhere in them, at the top or within a function; and the `__init__.py` of the packages
on the way. Not covered: other packages (`describe` should name the version of what draws or
judges), modules found by a computed name, compiled extensions, and data and weights (`describe`
should hold their digests). Our own plug-ins are covered by evalsuite's version.
"""

import ast
import hashlib
from collections.abc import Iterator

from evalsuite.plugins.modules import file_of, locate, parse
from evalsuite.records import Json

OURS = "evalsuite"
KEY = "source_sha256"
"""The digest's key in the manifest's entry of a back-end or scorer."""


def source_entry(module: str) -> dict[str, Json]:
    """`{"source_sha256": ...}` of a plug-in that is not part of evalsuite; else empty."""
    return {} if module.partition(".")[0] == OURS else {KEY: source_digest(module)}


def source_digest(module: str) -> str:
    """SHA-256, in hex, over the names and files of a module and of what it imports of its package.

    It depends neither on where the package lies nor on what else was imported.
    """
    digest = hashlib.sha256()
    for name in sorted(_files(module)):
        path = file_of(name)
        data = b"" if path is None else path.read_bytes()
        digest.update(f"{name} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _files(module: str) -> set[str]:
    """The modules with a file: `module`, all that it imports of its package, and their parents."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        parts = waiting.pop().split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in found and file_of(name) is not None:
                found.add(name)
                waiting += _imports(name)
    return found


def _imports(name: str) -> Iterator[str]:
    """What a module imports of its own top package; of `from a import b`, both a and a.b."""
    top = name.partition(".")[0]
    spec = locate(name)
    is_package = spec is not None and spec.submodule_search_locations is not None
    package = name.split(".") if is_package else name.split(".")[:-1]
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            imported = [whole, *(f"{whole}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (found for found in imported if found.partition(".")[0] == top)
