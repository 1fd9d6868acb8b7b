"""What a proof of a promise says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was tried, how often, and every case that broke the promise, a line each.

    `counts` are what was really run ("kills": 2000), in the order in which they are printed.
    """

    counts: Mapping[str, int]
    broken: Sequence[str] = ()
