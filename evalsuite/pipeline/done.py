"""Whether a run was judged already as it is asked to be now, told without loading a scorer."""

from collections.abc import Sequence
from pathlib import Path

from evalsuite.pipeline.settings import recorded
from evalsuite.pipeline.work import Work
from evalsuite.plugins.find import scorer_module
from evalsuite.plugins.naming import OURS
from evalsuite.records import Json
from evalsuite.runs.manifest import asked, binding_packages
from evalsuite.runs.rows import RunRows


def is_judged(work: Work, rows: RunRows) -> bool:
    """Whether every image has its judgement, by the same scorers under the same packages.

    Only of our own scorers with the weights that their names mean: another's code, and files in a
    folder that an option names, may have changed since, which loading them shows.
    """
    configuration = recorded(work.settings)
    was = rows.manifest.get("asked")
    if work.settings.retry_failed or not was or was != asked(was["names"], configuration):
        return False
    if len(was["names"]) != len(work.settings.scorers):  # drawn, and not judged yet
        return False
    if not all(scorer_module(name).startswith(OURS) for name in work.settings.scorers):
        return False
    if _names_a_folder(configuration["scorer_arg"]):
        return False
    entries = [rows.manifest["scorers"].get(name, {}) for name in was["names"]]
    if any(entry.get("packages") != binding_packages() for entry in entries):
        return False
    return _are_all_there(work, rows, was["names"])


def _are_all_there(work: Work, rows: RunRows, names: Sequence[str]) -> bool:
    for request in work.requests:
        drawn = rows.samples.image(request.key)
        for name in names if drawn else ():
            if rows.judged.image(name, request.key) != drawn:
                return False
    return True


def _names_a_folder(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_names_a_folder, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_names_a_folder, value))
    # An option of one scorer may stand as "name.option=value".
    return isinstance(value, str) and Path(value.rpartition("=")[2]).expanduser().exists()
