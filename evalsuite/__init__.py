"""Text-to-image evaluation that you can defend.

    import evalsuite

    outcome = evalsuite.evaluate(evalsuite.Settings(model="scenes-ldm", num_images=2))
    print(outcome.report)

`evaluate` is the command `evalsuite run`; `generate`, `judge` and `write_report` are its stages.
`compare` sets runs side by side.
Nothing heavy is imported before one of them is called.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.comparison.compare import Comparison, compare
    from evalsuite.pipeline.settings import Settings
    from evalsuite.pipeline.stages import Outcome, evaluate, generate, judge, write_report
    from evalsuite.records import InputError

    __version__: str

__all__ = [
    "Comparison",
    "InputError",
    "Outcome",
    "Settings",
    "__version__",
    "compare",
    "evaluate",
    "generate",
    "judge",
    "write_report",
]

_HOMES = {
    "Comparison": "comparison.compare",
    "InputError": "records",
    "Settings": "pipeline.settings",
    "compare": "comparison.compare",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("evalsuite.runs.manifest").version()
    if name in __all__:
        home = importlib.import_module(f"evalsuite.{_HOMES.get(name, 'pipeline.stages')}")
        return getattr(home, name)
    raise AttributeError(f"module 'evalsuite' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
