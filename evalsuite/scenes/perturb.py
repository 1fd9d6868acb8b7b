"""Forty changes to a scene that make a true sentence about it false, or a reading another.

Each is one that a judge must notice (the idea of arXiv 2604.21523): take a scene, change one thing,
draw it again. What is true of the result follows from the changed scene, as of any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from evalsuite.records import Prompt
from evalsuite.scenes.sample import GAP, MARGIN, SIZES, Rng, any_kind
from evalsuite.scenes.world import COLORS, OCCUPATIONS, PRESENTATIONS, SHAPES, SIDE, Item, Scene

Edit = Callable[[Rng, Scene, Prompt], Scene | None]
"""A changed copy of a scene that a prompt is true of; None where the scene does not fit."""

OTHER_TONE = 3
"""By how many steps of Monk's scale a changed tone differs at least: no neighbour's shade."""
TRIES = 60
"""How often a place for a further thing is looked for."""


def _removed(*places: int, least: int = 1) -> Edit:
    """Without the items at these places; scenes of fewer than `least` do not fit."""

    def edit(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
        kept = tuple(item for k, item in enumerate(scene.items) if k not in places)
        fits = len(scene.items) >= max(least, max(places) + 1)
        return replace(scene, items=kept) if fits else None

    return edit


def _emptied(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
    return replace(scene, items=(), people=())


def _added(number: int, *, forbidden: bool = False, alike: bool = False) -> Edit:
    """With more items: of the first one's kind, or of what is forbidden (`alike`: so coloured)."""

    def edit(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
        if len(scene.items) + number > max(SIZES):
            return None
        first = scene.items[0]
        color = first.color if alike or not forbidden else any_kind(rng)[1]
        shape = prompt.exclude[0].name if forbidden else first.shape
        items = list(scene.items)
        for _ in range(number):
            if (further := _beside(rng, items, shape, color)) is None:
                return None
            items.append(further)
        return replace(scene, items=tuple(items))

    return edit


def _beside(rng: Rng, items: Sequence[Item], shape: str, color: str) -> Item | None:
    """One more item that touches none; None where no place was found."""
    size = SIZES[max(SIZES)][0]
    edge = MARGIN + (size + 1) // 2
    for _ in range(TRIES):
        x, y = (int(v) for v in rng.integers(edge, SIDE - edge + 1, size=2))
        reaches = [(size + item.size) / 2 + GAP for item in items]
        apart = (max(abs(x - i.x), abs(y - i.y)) >= r for i, r in zip(items, reaches, strict=True))
        if all(apart):
            return Item(shape=shape, color=color, x=x, y=y, size=size)
    return None


def _looking(what: str, *places: int) -> Edit:
    """The items at these places (all where none is named) in a colour, or a shape, of none."""
    words = SHAPES if what == "shape" else tuple(COLORS)

    def edit(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
        chosen = places or range(len(scene.items))
        if max(chosen) >= len(scene.items):
            return None
        taken = {getattr(item, what) for item in scene.items}
        taken |= {clause.name for clause in prompt.exclude}
        word = str(rng.choice([word for word in words if word not in taken]))
        items = [
            _with(item, what, word) if k in chosen else item for k, item in enumerate(scene.items)
        ]
        return replace(scene, items=tuple(items))

    return edit


def _with(item: Item, what: str, word: str) -> Item:
    return replace(item, shape=word) if what == "shape" else replace(item, color=word)


def _exchanged(*what: str) -> Edit:
    """Two items with these of their properties exchanged."""

    def edit(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
        first, second = scene.items
        mine, other = ({name: getattr(item, name) for name in what} for item in (first, second))
        return replace(scene, items=(replace(first, **other), replace(second, **mine)))

    return edit


def _turned(move: Callable[[int, int], tuple[int, int]]) -> Edit:
    """Every item's centre moved by the rule."""

    def edit(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
        moved = [(item, *move(item.x, item.y)) for item in scene.items]
        return replace(scene, items=tuple(replace(item, x=x, y=y) for item, x, y in moved))

    return edit


def _moved_across(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
    """The first of two items on the other side of the second."""
    first, second = scene.items
    x, y = 2 * second.x - first.x, 2 * second.y - first.y
    edge = MARGIN + (first.size + 1) // 2
    if not all(edge <= place <= SIDE - edge for place in (x, y)):
        return None
    return replace(scene, items=(replace(first, x=x, y=y), second))


def _another_occupation(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
    someone = scene.people[0]
    job = str(rng.choice([job for job in OCCUPATIONS if job != someone.occupation]))
    return replace(scene, people=(replace(someone, occupation=job),))


def _other_presentation(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
    someone = scene.people[0]
    form = str(rng.choice([form for form in PRESENTATIONS if form != someone.presentation]))
    return replace(scene, people=(replace(someone, presentation=form),))


def _another_tone(rng: Rng, scene: Scene, prompt: Prompt) -> Scene | None:
    someone = scene.people[0]
    far = [tone for tone in range(1, 11) if abs(tone - someone.tone) >= OTHER_TONE]
    return replace(scene, people=(replace(someone, tone=int(rng.choice(far))),))


PERTURBATIONS: Mapping[str, Mapping[str, Edit]] = {
    "count": {
        "one removed": _removed(0, least=2),
        "two removed": _removed(0, 1, least=3),
        "all removed": _emptied,
        "one added": _added(1),
        "two added": _added(2),
        "one recoloured": _looking("color", 0),
        "all recoloured": _looking("color"),
        "one reshaped": _looking("shape", 0),
        "all reshaped": _looking("shape"),
    },
    "relation": {
        "mirrored": _turned(lambda x, y: (SIDE - x, y)),
        "upside down": _turned(lambda x, y: (x, SIDE - y)),
        "a quarter turn": _turned(lambda x, y: (SIDE - y, x)),
        "places exchanged": _exchanged("x", "y", "size"),
        "first moved across": _moved_across,
        "first removed": _removed(0),
        "second removed": _removed(1),
        "first recoloured": _looking("color", 0),
        "second recoloured": _looking("color", 1),
        "first reshaped": _looking("shape", 0),
        "second reshaped": _looking("shape", 1),
        "colours exchanged": _exchanged("color"),
        "shapes exchanged": _exchanged("shape"),
    },
    "negated": {
        "the forbidden added": _added(1, forbidden=True),
        "the forbidden added in the same colour": _added(1, forbidden=True, alike=True),
        "the thing removed": _emptied,
        "the thing recoloured": _looking("color", 0),
        "the thing reshaped": _looking("shape", 0),
    },
    "affirmed": {
        "the first removed": _removed(0),
        "the second removed": _removed(1),
        "the second reshaped": _looking("shape", 1),
    },
    "color": {
        "recoloured": _looking("color", 0),
        "reshaped": _looking("shape", 0),
        "removed": _emptied,
    },
    "colors of two": {
        "colours exchanged": _exchanged("color"),
        "one recoloured": _looking("color", 0),
        "one removed": _removed(0),
    },
    "person": {
        "another occupation": _another_occupation,
        "removed": _emptied,
        "the other presentation": _other_presentation,
        "another tone": _another_tone,
    },
}
"""By the sort of scene that they are made from, every change by its name."""
