"""What stands at the top level of the package."""

import importlib
import inspect
import pkgutil

import evalsuite

FUNCTIONS = [
    *("audit", "baseline", "compare", "evaluate", "gate", "generate", "judge", "open_run"),
    *("plan", "write_report"),
]


def test_no_folder_takes_the_place_of_a_function():
    for module in pkgutil.iter_modules(evalsuite.__path__):
        importlib.import_module(f"evalsuite.{module.name}")

    for name in FUNCTIONS:
        assert inspect.isfunction(getattr(evalsuite, name)), name
    assert sorted({*evalsuite.__all__} - {*FUNCTIONS}) == ["InputError", "Key", "__version__"]


def test_every_function_says_what_it_takes():
    from evalsuite.pipeline.settings import FIELDS

    for name in FUNCTIONS:
        assert getattr(evalsuite, name).__doc__
    assert {*FIELDS} <= {*inspect.signature(evalsuite.evaluate).parameters}
    assert list(inspect.signature(evalsuite.judge).parameters) == [
        *("folder", "progress", "scorers", "scorer_arg", "prompts", "device", "retry_failed"),
        *("workers", "executor", "ray_address", "ray_arg"),
    ]
