"""Which boxes each of a prompt's clauses means; clauses of one class never share a box."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, permutations

from evalsuite.encoders.detector import Detection
from evalsuite.records import Clause, Prompt
from evalsuite.scorers._objects_looks import LOOKS

Boxes = Mapping[str, Sequence[Detection]]

MOST_ORDERS = 1000
"""How many ways to give a class's boxes to its clauses are tried; four clauses have 24 at most."""


def of_clause(prompt: Prompt, clause: Clause, boxes: Boxes) -> list[Detection]:
    """The boxes that a clause can mean: of its class, and of its looks where clauses differ.

    Colour counts only if another clause asks for the same class in another colour; else a wrong
    colour would look like a wrong number. The same holds for material and size. A box whose looks
    are unknown is kept.
    """
    found = boxes.get(clause.name, ())
    return [found[place] for place in _places(prompt, clause, boxes)]


def numbers(prompt: Prompt, boxes: Boxes) -> list[int]:
    """How many boxes each clause of `include` has to itself, in the clauses' order.

    As many clauses as possible get the number that they ask for; what is left over goes to the
    first clause that can mean it.
    """
    counts = [0] * len(prompt.include)
    for name, clauses in _by_class(prompt).items():
        can = {index: _places(prompt, prompt.include[index], boxes) for index in clauses}
        if len(clauses) == 1:
            counts[clauses[0]] = len(can[clauses[0]])
            continue
        slots = [index for index in clauses for _ in range(prompt.include[index].count)]
        owner = _matched(slots, can)
        for place in range(len(boxes.get(name, ()))):
            able = [index for index in clauses if place in can[index]]
            if able:
                counts[owner.get(place, able[0])] += 1
    return counts


def arrangements(prompt: Prompt, boxes: Boxes) -> Iterator[dict[int, Detection]]:
    """Every way to stand one box for each clause of `include`, by the clause's index.

    Where clauses of one class can mean the same boxes ("a dog left of a dog"), any of them may be
    meant, among as many of the strongest boxes as there are clauses. A clause for which no box is
    left is missing.
    """
    orders: list[dict[int, Detection]] = [{}]
    for name, clauses in _by_class(prompt).items():
        found = boxes.get(name, ())
        ways = [
            {index: found[place] for index, place in way.items()}
            for way in _ways(prompt, clauses, boxes)
        ]
        orders = [first | second for first in orders for second in ways][:MOST_ORDERS]
    return iter(orders)


def _ways(prompt: Prompt, clauses: Sequence[int], boxes: Boxes) -> list[dict[int, int]]:
    """The ways to give places among a class's boxes to its clauses: the fullest ones."""
    can = {index: _meant(prompt, prompt.include[index], boxes) for index in clauses}
    every = [place for places in can.values() for place in places]
    if len(every) == len(set(every)):  # no box is in question
        return [{index: places[0] for index, places in can.items() if places}]
    best: list[dict[int, int]] = [{}]
    strongest = sorted({place for places in can.values() for place in places[: len(clauses)]})
    padded: list[int | None] = [*strongest, *[None] * len(clauses)]
    for order in islice(permutations(padded, len(clauses)), MOST_ORDERS):
        way = {
            index: place
            for index, place in zip(clauses, order, strict=True)
            if place is not None and place in can[index]
        }
        if len(way) > len(best[0]):
            best = [way]
        elif len(way) == len(best[0]) and way not in best:
            best.append(way)
    return best


def _meant(prompt: Prompt, clause: Clause, boxes: Boxes) -> list[int]:
    """The boxes that can stand for a clause: those that look as asked, if any of them does."""
    places = _places(prompt, clause, boxes)
    asked = {kind: look for kind in LOOKS if (look := getattr(clause, kind))}
    found = boxes.get(clause.name, ())
    alike = [
        place
        for place in places
        if all(getattr(found[place], kind) == look for kind, look in asked.items())
    ]
    return alike or places


def _places(prompt: Prompt, clause: Clause, boxes: Boxes) -> list[int]:
    found = boxes.get(clause.name, ())
    same = [c for c in (*prompt.include, *prompt.exclude) if c.name == clause.name]
    places = list(range(len(found)))
    for kind in LOOKS:
        look = getattr(clause, kind)
        if look and len({getattr(c, kind) for c in same} - {None}) > 1:
            places = [place for place in places if getattr(found[place], kind) in (look, None)]
    return places


def _by_class(prompt: Prompt) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for index, clause in enumerate(prompt.include):
        groups.setdefault(clause.name, []).append(index)
    return groups


def _matched(slots: Sequence[int], can: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The clause that each place is given to, so that as many slots as possible are filled.

    Augmenting paths, as for any bipartite matching.
    """
    owner: dict[int, int] = {}  # place -> slot

    def fill(slot: int, tried: set[int]) -> bool:
        for place in can[slots[slot]]:
            if place not in tried:
                tried.add(place)
                if place not in owner or fill(owner[place], tried):
                    owner[place] = slot
                    return True
        return False

    for slot in range(len(slots)):
        fill(slot, set())
    return {place: slots[slot] for place, slot in owner.items()}
