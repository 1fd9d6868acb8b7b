"""What a design can say at any number of images: whom its prompts stand for, and how surely."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.stats.interval import FEW, moments
from evalsuite.stats.means import FEWEST, proportion

Scores = Literal["share", "bounded", "unbounded"]


def limit_of(*, clusters: ArrayLike, strata: ArrayLike | None = None, scores: Scores) -> str:
    """Why no number of images answers what prompts like these would show; "" where one can.

    `clusters` and `strata` have one entry per prompt, of which as many images each are drawn.
    `scores` are verdicts of 0 and 1, or numbers with or without bounds. The answer is what
    `proportion` and `mean` say of such a design: undecided, or a stated conservative interval,
    which is then given at its narrowest, where all images agree.
    """
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    count = int(codes.max()) + 1 if codes.size else 0
    if count < 2:
        return "one family of prompts says nothing about others"
    df = moments(np.zeros(codes.size), codes, strata).df
    if scores == "unbounded" and count <= FEW:
        return f"{count} families of prompts are too few for scores without bounds"
    if scores != "share" and df < FEWEST:
        return f"{count} families of prompts are too few for a mean"
    if count > FEW:
        return ""
    low = proportion(values=np.ones(codes.size), clusters=codes).low
    assert low is not None  # two clusters or more, up to FEW
    best = f"{100 * low:.0f} to 100 %"
    return f"{count} families of prompts are few: a share of 100 % would be known as {best} at best"
