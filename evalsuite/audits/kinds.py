"""All kinds of pictures of fresh scenes, for one audit."""

from collections.abc import Sequence

from evalsuite.audits.from_scenes import perturbed, questions
from evalsuite.audits.known import KnownCase
from evalsuite.audits.pictures import about, through, way

PERTURB = "perturb"
DAMAGED = 5
"""One in so many scenes is damaged: only whole kinds of prompts are told apart there."""
EACH = 50
"""One in so many scenes for every one of the forty changes."""


def of_scenes(seed: int, images: int, ways: Sequence[str]) -> list[KnownCase]:
    """Questions about `images` clean renders, and about what `ways` name (`pictures.way`).

    As many go through an autoencoder; a fifth is damaged; `perturb` draws two for every change.
    Raises `InputError` for an unknown way.
    """
    renders = questions(seed, images)
    done = [way(name, "renders") for name in ways if name != PERTURB]
    known = list(renders)
    for each in done:
        known += through(about(renders, images if each.is_whole else -(-images // DAMAGED)), each)
    if PERTURB in ways:
        known += perturbed(seed, -(-images // EACH))
    return known
