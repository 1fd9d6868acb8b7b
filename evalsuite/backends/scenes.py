"""The bundled world's own renderer: a model whose truth is known, with knobs for its errors.

It reads what a prompt expects, not its words, and draws just that; each knob is the probability
of one kind of error. With all knobs at 0 every fault in a report is the scorer's own.
"""

from dataclasses import fields

from evalsuite.backends._rendered import Errors, ScenesBackend
from evalsuite.records import InputError

LIGHT = True
"""`load` reads no weights, so that a dry run may call it."""

EXAMPLE = "scenes --model-arg miscount=0.1"
dialect = "scenes"


def load(*, batch_size: int = 8, **errors: float) -> "ScenesBackend":
    """Load the renderer; `errors` are the fields of `Errors`."""
    names = [field.name for field in fields(Errors)]
    for name, value in errors.items():
        if name not in names:
            raise InputError(f"--model-arg {name}: the scenes renderer has {', '.join(names)}")
        if not isinstance(value, int | float) or value > 1 or (value < 0 and name != "woman"):
            raise InputError(f"--model-arg {name}={value}: give a probability from 0 to 1")
    return ScenesBackend(
        Errors(**{name: float(value) for name, value in errors.items()}), batch_size
    )
