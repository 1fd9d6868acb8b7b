"""Promise 6: any number of workers, and another one meanwhile, leave what one leaves."""

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.promises import _dots, _tiny
from benchmarks.promises._tiny import Begun, Ended, attempt, begin, content, differing, workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE

NUMBER = 6
PROMISE = (
    "However many workers share a run, and whether they come, go or are killed meanwhile, it ends "
    "with the rows, images and estimates of one; no image is drawn twice while nobody is killed."
)
EACH = 8
"""Images of every prompt."""
PAUSE = 0.02
"""Seconds that a batch takes at least, so that workers meet."""


def prove(quick: bool) -> Proof:
    """Rounds of two, of four, and of one, then four, then two workers."""
    rounds = 1 if quick else 50
    counts: Counter[str] = Counter()
    broken: list[str] = []
    with workplace() as place:
        expected = whole(place / "whole" / "run")
        for number in range(rounds):
            for many in (2, 4):
                folder = place / "together" / "run"
                broken += _named(number, share(folder, many, expected, counts))
                shutil.rmtree(folder.parent)
            folder = place / "changing" / "run"
            broken += _named(number, change(folder, random.Random(number), expected, counts))
            shutil.rmtree(folder.parent)
    counts["rounds"] = rounds
    return Proof(counts=counts, broken=broken)


def whole(folder: Path) -> dict[str, Any]:
    """What one process leaves."""
    attempt(folder, slowly)
    return content(folder)


def share(folder: Path, many: int, expected: dict[str, Any], counts: Counter[str]) -> list[str]:
    """What breaks when so many workers begin a run together and nobody is killed."""
    workers = [begin(folder, slowly) for _ in range(many)]
    ended = [worker.end() for worker in workers]
    counts["workers that shared a run"] += many
    twice = [image for image, often in drawn(ended).items() if often > 1]
    counts["images drawn"] += drawn(ended).total()
    broken = [f"drawn twice by {many} workers: {image}" for image in twice]
    return broken + differs(folder, ended, expected)


def change(
    folder: Path, dice: random.Random, expected: dict[str, Any], counts: Counter[str]
) -> list[str]:
    """What breaks when one worker begins, three join it, and two of the four are killed."""
    workers = [begin(folder, slowly)]
    wait_for(folder, 1, workers)
    workers += [begin(folder, slowly) for _ in range(3)]
    wait_for(folder, dice.randint(2, 12), workers)
    killed = dice.sample(workers, 2)
    for worker in killed:
        os.kill(worker.process, signal.SIGKILL)
    ended = {worker.process: worker.end() for worker in workers}
    left = [ended[w.process] for w in workers if w not in killed]
    if died := sum(ended[worker.process].code != DONE for worker in killed):
        counts["workers killed"] += died
    counts["images drawn"] += drawn([*ended.values()]).total()
    again = sum(often - 1 for often in drawn([*ended.values()]).values())
    if again:
        counts["images drawn again after a kill"] += again
    most = 2 * len(killed) * _dots.Dots.batch_size
    broken = [f"{again} images drawn again, {most} at most"] if again > most else []
    # Who is killed when all is done leaves a claim, which the same command sweeps.
    return broken + differs(folder, [*left, attempt(folder, slowly)], expected)


def drawn(ended: Sequence[Ended]) -> Counter[tuple[str, int]]:
    """How often each image was drawn, by all workers together."""
    return Counter((line[1], line[2]) for one in ended for line in one.log if line[0] == "drawn")


def differs(folder: Path, ended: Sequence[Ended], expected: dict[str, Any]) -> list[str]:
    """What is not as one worker leaves it: the exit codes, or the folder."""
    broken = [f"exit code {one.code}: {one.said.strip()}" for one in ended if one.code != DONE]
    found = content(folder)
    # A claim that a kill tore says nothing of whose it is, and stays until it is old.
    torn = [name for name, held in found.items() if name.startswith("claims/") and not held]
    if names := differing({k: v for k, v in found.items() if k not in torn}, expected):
        broken.append(f"differs from a run of one worker: {names}")
    return broken


def slowly(note: Callable[..., None]) -> None:
    """Has the run draw more images, and every batch take a while."""
    render, settings = _dots.Dots.render, _tiny.settings
    _tiny.settings = partial(settings, num_images=EACH)  # type: ignore[assignment]

    def slow(self: Any, requests: Any) -> Any:
        time.sleep(PAUSE)
        return render(self, requests)

    _dots.Dots.render = slow  # type: ignore[method-assign]


def wait_for(folder: Path, rows: int, workers: Sequence[Begun]) -> None:
    """Until so many images have rows, or no worker is at it any more."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if sum(path.read_bytes().count(b"\n") for path in folder.glob("samples-*")) >= rows:
            return
        time.sleep(0.002)


def _named(number: int, broken: Sequence[str]) -> list[str]:
    return [f"round {number}: {line}" for line in broken]
