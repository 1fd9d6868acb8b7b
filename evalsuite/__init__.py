"""Text-to-image evaluation that you can defend.

    import evalsuite

    outcome = evalsuite.evaluate(model="scenes-ldm", prompts="counts", num_images=2)
    outcome.run.estimates  # a pandas table; so are run.samples and run.judgements

`evaluate` is the command `evalsuite run`; `generate`, `judge` and `write_report` are its stages.
`compare`, `gate`, `baseline`, `plan` and `audit` are the commands of these names. `open_run` opens
a run's folder. Nothing heavy is imported before one of them is called.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.commands.python import (
        audit,
        baseline,
        compare,
        evaluate,
        gate,
        generate,
        judge,
        open_run,
        plan,
        write_report,
    )
    from evalsuite.records import InputError, Key

    __version__: str

# No folder may have one of these names: importing it would put the module in the function's place.
__all__ = [
    "InputError",
    "Key",
    "__version__",
    "audit",
    "baseline",
    "compare",
    "evaluate",
    "gate",
    "generate",
    "judge",
    "open_run",
    "plan",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("evalsuite.runs.manifest").version()
    if name in __all__:
        is_record = name in ("InputError", "Key")
        home = "evalsuite.records" if is_record else "evalsuite.commands.python"
        return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'evalsuite' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
