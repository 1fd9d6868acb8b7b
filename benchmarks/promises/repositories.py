"""Promise 15, model repositories: none runs code, reads elsewhere, or exhausts the machine."""

import shutil
from collections import Counter
from pathlib import Path

from benchmarks.promises._ended import ended, faults
from benchmarks.promises._forks import spread
from benchmarks.promises._odd_repositories import CHANGES, repository
from benchmarks.promises._repository import REFUSED, WHOLE
from benchmarks.promises._tiny import workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE, USAGE
from evalsuite.plugins.find import backend_entry, load_backend

NUMBER = 15
PROMISE = (
    "A hostile model repository is refused in one line, or loads with nothing of it heeded: no "
    "code, no connection, nothing written, under 20 s and 2 GB."
)
SLOWEST, LARGEST = 20.0, 2_000


def prove(quick: bool) -> Proof:
    """Load every repository; `quick` takes one of each kind."""
    many = len(CHANGES) * (1 if quick else 12)
    load(WHOLE)  # what the libraries do when they are first imported is no fault of a repository
    with workplace() as place:

        def work(number: int) -> tuple[str, str, list[str]]:
            return tried(place / str(number) / "model", number)

        found = spread(range(many), work)
    kinds = Counter(kind for kind, *_ in found)
    return Proof(
        counts={
            "repositories": many,
            "of kinds": len(kinds),
            "refused": sum(end == "refused" for _, end, _ in found),
            "loaded, with nothing heeded": sum(end == "loaded" for _, end, _ in found),
        },
        broken=[line for *_, lines in found for line in lines],
    )


def load(folder: Path) -> None:
    """Load a model and say what the manifest would, as a run begins."""
    import torch

    torch.set_num_threads(1)  # threads do not survive a fork
    backend_entry(str(folder), load_backend(str(folder), {"device": "cpu"}))


def tried(folder: Path, number: int) -> tuple[str, str, list[str]]:
    """The kind of a repository, how it ended, and what broke."""
    kind, must = repository(number, folder)
    end = ended(lambda: load(folder), folder.parent, 60)
    broken = [f"repository {number}, {kind}: {what}" for what in faults(end, SLOWEST, LARGEST)]
    if must == REFUSED and end.code == DONE:
        broken.append(f"repository {number}, {kind}: was loaded")
    shutil.rmtree(folder.parent)
    ends = {DONE: "loaded", USAGE: "refused"}
    return kind, ends.get(end.code, "broken"), broken
