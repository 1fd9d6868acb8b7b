"""Experiment trackers: programs that keep the settings, numbers and reports of runs.

A tracker is a module with one function, `load()`: `trackers/<name>.py`, or any module by its
dotted path. `load` checks all that can be known before anything is drawn (the package, an account)
and returns what logs an `Entry`, a function that says where that went.
"""

import logging
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout

from evalsuite.files.credentials import conceal
from evalsuite.files.nearest import did_you_mean
from evalsuite.plugins.call import explain
from evalsuite.plugins.modules import import_module, is_module
from evalsuite.records import InputError
from evalsuite.trackers._entry import Entry, entry

__all__ = ["Entry", "Log", "entry", "load", "names", "tell"]

LOG = logging.getLogger("evalsuite")

Log = Callable[[Entry], str]
"""Logs one run, and says where: "offline-run-7, in the project evalsuite"."""


def names() -> list[str]:
    """Our own trackers."""
    return sorted(
        found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")
    )


def load(asked: Sequence[str]) -> dict[str, Log]:
    """What logs to each tracker that `--log-to` names, by its name.

    Raises `InputError` for a name that there is not, a package that is not installed, and whatever
    else a tracker's `load` finds lacking.
    """
    return {name: _load(name) for name in asked}


def _load(name: str) -> Log:
    flag = f"--log-to {name}"
    if name not in names() and not is_module(name):
        meant = did_you_mean(name, names())
        raise InputError(f"{flag}: there is no such tracker{meant}, or name a module's dotted path")
    module = import_module(f"{__name__}.{name}" if name in names() else name, flag)
    try:
        log: Log = module.load()
    except InputError:
        raise
    except ModuleNotFoundError as error:
        package = error.name or name
        extra = f"'evalsuite[{name}]'" if name in names() else package
        raise InputError(
            f"{flag}: needs {package}, which is not installed: pip install {extra}"
        ) from error
    except (Exception, SystemExit) as error:  # a tracker may raise anything, and has no run yet
        raise InputError(f"{flag}: cannot be used here: {explain(error)}") from error
    return log


def tell(trackers: Mapping[str, Log], found: Entry) -> list[str]:
    """Log a run to every tracker; where it went, a line each.

    One that fails is a warning: the run and its report are whole without it.
    """
    said = []
    for name, log in trackers.items():
        try:
            with redirect_stdout(sys.stderr):  # they chat, and our output may be JSON
                where = log(found)
            said.append(f"{name}: {conceal(where)}")
        except (Exception, SystemExit) as error:
            LOG.warning(
                "--log-to %s: not logged: %s; the run and its report are whole, and `evalsuite "
                "report` with the same --log-to logs it again",
                name,
                explain(error),
            )
    return said
