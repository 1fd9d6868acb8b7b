"""How the work of a helper ended, in words that pass between processes."""

import traceback
from collections.abc import Callable

from evalsuite.files.credentials import conceal
from evalsuite.records import InputError

DEATHS = 3
"""So many helpers are replaced; what kills more of them would kill the next one."""


class HelperBroke(Exception):
    """A bug that showed in a helper; its text is the traceback there."""


def ended(act: Callable[[], object]) -> tuple[str, str]:
    """Act; "done", "refused" with the line of an `InputError`, or "broken" with the traceback."""
    try:
        act()
    except InputError as error:
        return "refused", str(error)
    except BaseException:  # whatever a plug-in raises; the command says that it is a bug
        return "broken", conceal(traceback.format_exc())
    return "done", ""


def fault(how: str, text: str) -> Exception | None:
    """What the command raises for a helper that ended so; None where it is done."""
    if how == "done":
        return None
    return InputError(text) if how == "refused" else HelperBroke(text)
