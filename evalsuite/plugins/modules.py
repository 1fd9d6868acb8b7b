"""Modules by their dotted path: where they lie, what their text says, and why one is not imported.

`locate` and `parse` import nothing, not even a module's parent packages: lists stay quick, and
survive a module that is broken.
"""

import ast
import importlib
import pkgutil
import sys
import traceback
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from evalsuite.plugins.call import explain
from evalsuite.records import InputError

DISTRIBUTIONS = {
    "PIL": "Pillow",
    "cv2": "opencv-python-headless",
    "onnxruntime": "'evalsuite[text]'",
    "nudenet": "'evalsuite[safety]'",
    "open_clip": "open_clip_torch",
    "rapidocr": "'evalsuite[text]'",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""Packages that are installed under another name than they are imported."""


def locate(name: str) -> ModuleSpec | None:
    """Where the module of this dotted path lies; None where there is none."""
    top, *parts = name.split(".")
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]
    found = next(filter(None, (finder.find_spec(top, None) for finder in finders)), None)
    for part in parts:
        if found is None or found.submodule_search_locations is None:
            return None
        found = _below(found, part)
    return found


def _below(package: ModuleSpec, part: str) -> ModuleSpec | None:
    """The module `part` of a package that need not be imported; a bare folder counts as one."""
    name = f"{package.name}.{part}"
    folders: list[str] = []
    for place in package.submodule_search_locations or ():
        finder = pkgutil.get_importer(place)
        found = finder.find_spec(name) if finder is not None else None
        if found is not None and found.loader is not None:
            return found
        folders += (found.submodule_search_locations or ()) if found is not None else ()
    if not folders:
        return None
    bare = ModuleSpec(name, None, is_package=True)
    bare.submodule_search_locations = folders
    return bare


def is_module(name: str) -> bool:
    """Whether `name` is the dotted path of a module that is there; a name without a dot is not."""
    is_path = "." in name and all(part.isidentifier() for part in name.split("."))
    return is_path and locate(name) is not None


def file_of(module: str) -> Path | None:
    """The file of a module that is written in Python; None for any other, or none at all."""
    found = locate(module)
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return None
    return Path(found.origin)


def parse(module: str) -> ast.Module:
    """The syntax tree of a module, empty where it is not written in Python.

    Raises `SyntaxError` with file and line, also for bytes that are no text.
    """
    path = file_of(module)
    return ast.parse("" if path is None else path.read_bytes(), filename=str(path))


def import_module(module: str, flag: str) -> ModuleType:
    """Import a plug-in's module; `flag` is the flag and value that named it.

    Raises `InputError`, in one line, for whatever keeps it from being imported.
    """
    try:
        return importlib.import_module(module)
    except InputError:
        raise
    except (Exception, SystemExit) as error:  # a module may do anything when it is imported
        raise blame(error, module, flag, "importing it") from error


def blame(error: BaseException, module: str, flag: str, doing: str) -> InputError:
    """What a plug-in raised while `doing` something, as one line with its place and the mend."""
    if isinstance(error, SyntaxError):
        line = f", line {error.lineno}" if error.lineno else ""
        return InputError(f"{flag}: {_near(error.filename)}{line}: {error.msg}; mend the file")
    place = _place(error, module)
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        if package == module.partition(".")[0]:
            return InputError(f"{flag}: there is no module {error.name}{place}; mend the import")
        install = DISTRIBUTIONS.get(package, package)
        return InputError(f"{flag}: needs {package}, which is not installed: pip install {install}")
    return InputError(f"{flag}: {doing} raised {explain(error)}{place}; mend the module")


def _place(error: BaseException, module: str) -> str:
    """', in FILE, line N': the last line of the module's own package that led to the error."""
    top = locate(module.partition(".")[0])
    folders = [] if top is None else [*(top.submodule_search_locations or ()), top.origin or ""]
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(folder and frame.filename.startswith(folder) for folder in folders)
    ]
    return f", in {_near(own[-1].filename)}, line {own[-1].lineno}" if own else ""


def _near(file: str | None) -> str:
    """A file's path, relative where it lies below the working directory."""
    path = Path(file or "?")
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
