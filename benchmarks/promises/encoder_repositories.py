"""Promise 15, scorers' models: none runs code, reads elsewhere, or exhausts the machine."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.promises._ended import ended, faults
from benchmarks.promises._forks import spread
from benchmarks.promises._odd_encoders import CHANGES, CLIP, OWL, folder
from benchmarks.promises._repository import REFUSED
from benchmarks.promises._tiny import workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE, USAGE
from evalsuite.encoders import clip, detector
from evalsuite.files.checkpoints import BUNDLED

NUMBER = 15
PROMISE = (
    "So is a scorer's model: refused in one line, or loaded with nothing heeded, and whatever its "
    "configuration asks for, in under 60 s and 2 GB."
)
SLOWEST, LARGEST = 60.0, 2_000
LOAD: dict[str, Callable[[str], object]] = {OWL: detector.load, CLIP: clip.load}


def prove(quick: bool) -> Proof:
    """Load every folder; `quick` takes one of each kind and model."""
    many = len(CHANGES) * (2 if quick else 12)
    for name in LOAD:
        load(name, BUNDLED / name)  # what libraries do at their first import is nobody's fault
    with workplace() as place:
        found = spread(range(many), lambda number: tried(place / str(number) / "model", number))
    kinds = Counter(kind for kind, *_ in found)
    ends = Counter(end for _, end, _ in found)
    return Proof(
        counts={"folders": many, "of kinds": len(kinds), **dict(sorted(ends.items()))},
        broken=[line for *_, lines in found for line in lines],
    )


def load(name: str, place: Path) -> None:
    """Load a detector or a CLIP on the CPU."""
    import torch

    torch.set_num_threads(1)  # threads do not survive a fork
    LOAD[name](str(place), device="cpu")  # type: ignore[call-arg]


def tried(place: Path, number: int) -> tuple[str, str, list[str]]:
    """The kind of a folder, how it ended, and what broke."""
    name, kind, must = folder(number, place)
    end = ended(lambda: load(name, place), place.parent, 120)
    said = f"folder {number}, {name}, {kind}: "
    broken = [said + what for what in faults(end, SLOWEST, LARGEST)]
    if must == REFUSED and end.code == DONE:
        broken.append(said + "was loaded")
    shutil.rmtree(place.parent)
    stopped = "stopped while building" if " to build, " in end.said else "refused"
    ends = {DONE: "loaded, with nothing heeded", USAGE: stopped}
    return f"{name}, {kind}", ends.get(end.code, "broken"), broken
