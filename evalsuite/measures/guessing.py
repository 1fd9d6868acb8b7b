"""What guessing gives for one measure, over the measured images of a group or of its prompts.

Prompts with different numbers of options are mixed in one group, so that every image has a chance
of its own. A measure of abstentions has none: how often a guesser would abstain is not defined.
"""

from collections.abc import Sequence

from evalsuite.measures.reading import Reading
from evalsuite.records import Measure


def of_images(measure: Measure, measured: Sequence[Reading]) -> float | None:
    """The measure's own chance, or the mean of the images'.

    None if any image has none, as a mean over some would mislead.
    """
    if measure.chance is not None:
        return measure.chance
    return _mean([reading.chance for reading in measured])


def of_prompts(measure: Measure, measured: Sequence[Reading]) -> float | None:
    """The mean over prompts of how often guessing is right on `measure.least` of the images.

    A guesser is right on each image by itself. None if any image has no chance.
    """
    chances: dict[str, list[float | None]] = {}
    for reading in measured:
        own = reading.chance if measure.chance is None else measure.chance
        chances.setdefault(reading.asked, []).append(own)
    return _mean([_at_least(measure.least, own) for own in chances.values()])


def _mean(chances: Sequence[float | None]) -> float | None:
    known = [chance for chance in chances if chance is not None]
    return sum(known) / len(known) if known and len(known) == len(chances) else None


def _at_least(least: int, chances: Sequence[float | None]) -> float | None:
    """How often `least` or more independent guesses are right (the Poisson binomial's tail)."""
    ways = [1.0]
    for chance in chances:
        if chance is None:
            return None
        missed, hit = [way * (1 - chance) for way in ways], [way * chance for way in ways]
        ways = [a + b for a, b in zip([*missed, 0.0], [0.0, *hit], strict=True)]
    return sum(ways[least:])
