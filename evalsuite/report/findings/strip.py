"""A strip of pictures: of every set the best, the middle and the worst image, by a stated rule."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalsuite.report.cards import ImageCard
from evalsuite.report.content import Report
from evalsuite.report.gallery import Gallery, cards_of

SETS = 4
"""Of so many sets pictures are shown; those of others stand with their set."""


@dataclass(frozen=True, slots=True)
class Triple:
    """One set's best, middle and worst image; `order` are the titles that they are ordered by."""

    prompt_set: str
    order: tuple[str, ...]
    cards: tuple[ImageCard, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Whose pictures are ranked, and the sets whose pictures of people are not."""

    triples: tuple[Triple, ...]
    of_people: tuple[str, ...]


def strip(report: Report, galleries: Mapping[str, Gallery]) -> Strip:
    """The pictures of the first sets that have three judged images; never of people.

    `galleries` are by the sets' names.
    """
    triples: list[Triple] = []
    of_people = []
    for prompt_set in report.prompt_sets:
        if any(prompt.subject == "person" for prompt in prompt_set.prompts):
            of_people.append(prompt_set.name)
            continue
        found = galleries[prompt_set.name]
        if not found.three or len(triples) == SETS:
            continue
        titles = tuple(title for title, _ in found.order)
        cards = cards_of(report, prompt_set, found.three)
        triples.append(Triple(prompt_set.name, titles, cards))
    return Strip(tuple(triples), tuple(of_people))
