"""Cases whose truth is known, and what kind of pictures they are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite.records import Box, Case, Value

CLEAN = "clean renders"
OWN = "this run's own images"
"""Images of one run, whose digest stands for weights: such rows hold for that run alone."""


class PictureKind(NamedTuple):
    """What sort of pictures an audit asked about, in words that a report quotes.

    `weights` are the SHA-256 of the autoencoder's weight file that they went through, by which a
    run's manifest names it. `grouped` names the groups of prompts that get rows of their own, None
    for all of them. A kind without a name is of pictures that somebody gave.
    """

    name: str = ""
    weights: str = ""
    grouped: tuple[str, ...] | None = None


GIVEN = PictureKind()


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case whose truth is known: by field, the right value for a scorer to give.

    Truth is 0 or 1 for a verdict, a word or number for a label, and for a choice the option that
    is true, or 0 or 1 for whether the prompt is. "correct" says whether the prompt is true of the
    picture as a whole. A field that `truth` lacks is not asked of this case.

    `boxes` are all things in the picture that a scorer may box, where they are known. `pair` names
    what belongs together beside questions about one picture: a picture and its changed copy.
    """

    case: Case
    truth: Mapping[str, Value]
    kind: PictureKind = GIVEN
    boxes: tuple[Box, ...] = ()
    pair: str = ""
