"""What a command's exit code means, and the one place that decides it.

1 is a failed gate and nothing else. Bad input is 2, in one line; a bug is 70, with its traceback.
Neither a closed pipe nor a terminal that cannot show a sign changes a code.
"""

import errno
import traceback
from collections.abc import Callable

from evalsuite.commands import console
from evalsuite.records import InputError

DONE, FAILED, USAGE, UNDECIDED, INCOMPLETE, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130

REPORT = (
    "this is a bug in evalsuite or in a plug-in; report it in its repository's issues, with the "
    "lines above and what `evalsuite env` prints"
)


def code_of(command: Callable[[], object]) -> int:
    """The code to exit with after `command`, which gives its own, or None once it is done."""
    with console.streams() as lost:
        code = _code(command)
    if lost and all(error.errno != errno.EPIPE for error in lost):
        console.say(f"evalsuite: output: {lost[0].strerror or lost[0]}; not all of it was written")
        # A verdict stands; of any other command the output was what was asked for.
        return USAGE if code is None else code
    return DONE if code is None else code


def _code(command: Callable[[], object]) -> int | None:
    try:
        code = command()
        return code if isinstance(code, int) else None
    except InputError as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.filename is None or error.strerror is None:  # a bug of ours, not a file's fault
            return _broken()
        return _refused(f"{error.filename}: {error.strerror}")
    except UnicodeEncodeError as error:
        if not "\ud800" <= error.object[error.start] <= "\udfff":
            return _broken()
        text = error.object[:60]
        return _refused(f"the text {text!a} holds half a character; take it out where it is from")
    except Exception as error:
        # typer keeps the class of usage errors to itself; these two names are its interface.
        if not hasattr(error, "format_message") or not hasattr(error, "exit_code"):
            return _broken()
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "evalsuite"
        return _refused(f"{error.format_message().rstrip('.')}; see {path} --help")
    except SystemExit:  # no command of ours ends so: a library or plug-in wanted to
        return _broken()


def _refused(message: str) -> int:
    if console.verbosity > 1:
        traceback.print_exc()
    console.say(f"evalsuite: {message}")
    return USAGE


def _broken() -> int:
    traceback.print_exc()
    console.say(f"evalsuite: {REPORT}")
    return BUG
