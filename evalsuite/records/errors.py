"""The one exception for bad input, and the type of what JSON can hold."""

from typing import Any

Json = Any
"""What `json.dumps` writes: null, booleans, finite numbers, strings, lists, string-keyed maps."""


class Stopped(Exception):
    """Drawing ends here, without an answer: what is missing is drawn by the same command later."""


class InputError(Exception):
    """Bad input, in one line that names the place and the mend; the CLI exits with 2."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: who erred is the input, not the code."""
        return [f"{type(self).__name__}: {self}"]
