"""A strip of pictures: of every set the best, the middle and the worst image, by a stated rule."""

from dataclasses import dataclass

from evalsuite.report.cards import ImageCard
from evalsuite.report.content import Report
from evalsuite.report.gallery import cards_of, ranked

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


def strip(report: Report) -> Strip:
    """The pictures of the first sets that have three judged images; never of people."""
    triples: list[Triple] = []
    of_people = []
    for prompt_set in report.prompt_sets:
        if any(prompt.subject == "person" for prompt in prompt_set.prompts):
            of_people.append(prompt_set.name)
            continue
        order, keys = ranked(report, prompt_set)
        if len(keys) < 3 or len(triples) == SETS:
            continue
        chosen = [keys[0], keys[len(keys) // 2], keys[-1]]
        titles = tuple(measure.title for measure, _ in order)
        triples.append(Triple(prompt_set.name, titles, cards_of(report, prompt_set, chosen)))
    return Strip(tuple(triples), tuple(of_people))
