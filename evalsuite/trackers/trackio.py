"""Trackio: settings as configuration, numbers as metrics, estimates as a table.

TRACKIO_DIR says where it is kept, TRACKIO_SPACE_ID sends it to a Space.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from evalsuite.records import InputError
from evalsuite.trackers._entry import Entry

PROJECT = "evalsuite"


def load() -> Any:
    """Needs `trackio`, which cannot be installed beside evalsuite yet."""
    try:
        version("trackio")
    except PackageNotFoundError:
        raise InputError(
            "--log-to trackio: trackio (0.43) needs Pillow below 13, and evalsuite 13 or newer, so "
            "pip cannot install both; log to wandb or mlflow, or take the numbers into trackio's "
            "own environment with `evalsuite export RUN -o table.csv`"
        ) from None
    import trackio  # noqa: F401  # that it can be imported is found out before anything is drawn

    return log


def log(entry: Entry) -> str:
    """Log one run; where it is."""
    import trackio

    trackio.init(
        project=PROJECT,
        name=entry.name,
        config={**entry.settings(), "manifest": dict(entry.manifest)},
        embed=False,
        auto_log_gpu=False,
        auto_log_cpu=False,
    )
    try:
        trackio.log(dict(entry.numbers))
    finally:
        trackio.finish()
    return f"run {entry.name} of the project {PROJECT}"
