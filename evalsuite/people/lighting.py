"""How often a tone of skin is read as which, by light: measured on rendered faces.

`benchmarks/swatches.py` renders them and writes the file. They are drawings with the face's box
given: on photographs errors are larger, and only labelled faces tell.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite.vocabulary.monk import BANDS, TONES

FILE = Path(__file__).parent / "monk_light.json"


@dataclass(frozen=True, slots=True)
class LightErrors:
    """Counts of faces by light, shape (10, 11): true tone 1-10 by tone read, or none (the last).

    `source` says how they were made, `far` is the colour distance from which nothing is read.
    """

    source: str
    far: float
    counts: Mapping[str, NDArray[np.int64]]

    def tones(self, light: str) -> NDArray[np.float64]:
        """P(read | true tone) in one light, shape (10, 11); rows sum to 1."""
        counts = self.counts[light]
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    def any_light(self) -> NDArray[np.float64]:
        """P(read | true tone) where each of the lights is as frequent as any other, (10, 11)."""
        return np.asarray(np.mean([self.tones(light) for light in self.counts], axis=0))

    def bands(self, tones: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(band read | true band) of such a matrix, shape (3, 4), none last.

        The tones of a band are taken to be equally frequent.
        """
        places = [[TONES.index(tone) for tone in sorted(inside)] for inside in BANDS.values()]
        columns = [tones[:, own].sum(axis=1) for own in places] + [tones[:, 10]]
        return np.stack([[column[own].mean() for column in columns] for own in places])

    def accepted(self, light: str) -> NDArray[np.float64]:
        """The share of faces of each true tone that got any tone, shape (10,)."""
        return 1 - self.tones(light)[:, 10]


@cache
def light_errors() -> LightErrors:
    """The matrices that are shipped."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    counts = {name: np.array(rows) for name, rows in content["counts"].items()}
    return LightErrors(content["source"], float(content["far"]), counts)
