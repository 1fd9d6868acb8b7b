"""Promise 15, pictures: a malformed one is a status in a few words, never a crash.

All go through the two real readers, that of folders of images and that of runs' own pictures.
"""

import resource
import sys
import time
import warnings
from typing import NamedTuple

from benchmarks.promises._forks import spread
from benchmarks.promises._malformed import malformed, seeds
from benchmarks.promises.proof import Proof
from evalsuite.backends._pictures import Unreadable, picture_in
from evalsuite.files.images import MAX_PIXELS, check_pixels, decode_image
from evalsuite.records import InputError, Pixels

NUMBER = 15
PROMISE = (
    "A malformed picture is read or refused in one line: no crash, no picture of another kind, "
    "under 5 s and 1 GiB."
)
SLOWEST = 5.0
"""Seconds for one picture, of the reader's own processor time."""
LARGEST = 1024
"""MB beyond what the process had; `MAX_PIXELS` pixels of RGBA on white are 768."""
PIECES = 20
"""Pictures are read in so many processes' worth, of which each may crash by itself."""


class Read(NamedTuple):
    """What became of a share of the pictures."""

    read: int
    refused: int
    broken: list[str]


def prove(quick: bool) -> Proof:
    """Read the pictures; `quick` reads a hundredth of them."""
    many = 1_000 if quick else 100_000
    shares = [(start, many // PIECES) for start in range(0, many, many // PIECES)]
    found = [Read(*each) for each in spread(shares, share)]
    return Proof(
        counts={
            "malformed pictures": sum(each.read + each.refused for each in found),
            "read all the same": sum(each.read for each in found),
            "refused": sum(each.refused for each in found),
            "kinds of whole pictures they are made of": len(seeds()),
        },
        broken=[line for each in found for line in each.broken],
    )


def share(task: tuple[int, int]) -> Read:
    """Read some of the pictures by both readers."""
    start, many = task
    whole, broken = seeds(), list[str]()
    warnings.simplefilter("always")
    warnings.showwarning = lambda text, *_: broken.append(f"says {text}")  # type: ignore[assignment]
    before = peak()
    read = refused = 0
    for number in range(start, start + many):
        data = malformed(number, whole)
        began = time.process_time()
        ends = [outcome(data, by_folder) for by_folder in (True, False)]
        if (took := time.process_time() - began) > SLOWEST:
            broken.append(f"picture {number}: took {took:.1f} s")
        broken += [f"picture {number}: {end}" for end in ends if end not in ("read", "refused")]
        read += ends[0] == "read"
        refused += ends[0] != "read"
    if peak() - before > LARGEST:
        broken.append(f"pictures {start} to {start + many}: {peak() - before} MB")
    return Read(read, refused, broken)


def outcome(data: bytes, by_folder: bool) -> str:
    """Whether it was "read" or "refused"; else what is wrong with what the reader did."""
    try:
        pixels: Pixels = picture_in(data) if by_folder else decode_image(data, "it")
    except (Unreadable, InputError) as error:
        return "refused" if len(str(error).splitlines()) == 1 else f"said {error!r}"
    except Exception as error:
        return f"raised {error!r}"
    try:
        check_pixels(pixels)
    except ValueError as error:
        return f"gave {error}"
    return "read" if pixels.shape[0] * pixels.shape[1] <= MAX_PIXELS else "gave too large a one"


def peak() -> int:
    """The most memory that this process ever had, in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1 << 20 if sys.platform == "darwin" else 1 << 10)
