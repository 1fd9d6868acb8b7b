"""VISOR's verdict on two things and a relation, as a pure function of boxes.

Source: Gokhale et al. 2022 (arXiv 2212.10015), section 3, and the authors' published code
(github.com/microsoft/VISOR: the notebook's detection cell, and visor.py for the summary).
"""

from collections.abc import Sequence
from itertools import product

from evalsuite.records import Prompt
from evalsuite.vocabulary.relations import AXES

Box = tuple[float, float, float, float]


def asks(prompt: Prompt) -> bool:
    """Whether the prompt is VISOR's kind: two things, one in a plane's relation to the other."""
    placed = [clause.position for clause in prompt.include if clause.position is not None]
    return len(prompt.include) == 2 and len(placed) == 1 and placed[0][0] in AXES


def relation_holds(relation: str, first: Sequence[Box], second: Sequence[Box]) -> bool:
    """Whether any box of the first thing lies so from any box of the second.

    Only the sign of the centres' offset on the relation's axis counts: no margin, and a picture
    with two dogs, one on either side of the cat, is right for both sides.
    """
    x, y = AXES[relation]
    return any(
        x * (a[0] + a[2] - b[0] - b[2]) + y * (a[1] + a[3] - b[1] - b[3]) > 0
        for a, b in product(first, second)
    )
