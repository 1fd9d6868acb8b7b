"""What the scorers of a run are to be cited with: the `CITE` of their modules, in BibTeX."""

from collections.abc import Iterable

from evalsuite.plugins.modules import import_module
from evalsuite.plugins.naming import scorer_module
from evalsuite.records import InputError


def cited(scorers: Iterable[str]) -> list[str]:
    """The `CITE` of each scorer that `--scorers` would name so; not of one that is not there."""
    found = []
    for name in scorers:
        try:
            module = import_module(scorer_module(name), f"--scorers {name}")
        except InputError:  # a run outlives the plug-in that judged it
            continue
        if isinstance(text := getattr(module, "CITE", ""), str) and text.strip():
            found.append(text)
    return found
