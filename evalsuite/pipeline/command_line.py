"""The command line that gives a run's settings again."""

import json
import shlex
from collections.abc import Callable, Mapping

from evalsuite.files.credentials import conceal
from evalsuite.pipeline.settings import Settings, flag, recorded
from evalsuite.records import Json


def command(settings: Settings, verb: str = "run", clean: Callable[[Json], Json] = conceal) -> str:
    """The command line that gives these settings, but defaults and `LOCAL` ones except `reference`.

    The options of models and scorers come by name, as a manifest has them: a report that is
    written again says the same. `clean` takes out what may not be seen, before anything is quoted.
    """
    words = ["evalsuite", verb]
    usual = recorded(Settings())
    for name, value in clean(recorded(settings) | {"reference": settings.reference}).items():
        if value is None or value == usual.get(name):
            continue
        if isinstance(value, bool):
            words.append(flag(name if value else f"no_{name}"))
            continue
        for word in _words(name, value):
            words += [flag(name), word]
    return shlex.join(words)


def _words(name: str, value: Json) -> list[str]:
    if name == "scorer_arg":
        return [
            f"{scorer}.{word}" for scorer, of in sorted(value.items()) for word in _words("", of)
        ]
    if isinstance(value, Mapping):
        return [
            f"{k}={v if isinstance(v, str) else json.dumps(v)}" for k, v in sorted(value.items())
        ]
    return [",".join(value) if isinstance(value, list) else str(value)]
