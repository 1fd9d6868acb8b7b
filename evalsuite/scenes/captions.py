"""The caption grammar: several true sentences for every scene, negation among them."""

from collections import Counter

import numpy as np

from evalsuite.scenes.sample import Kind, Rng
from evalsuite.scenes.world import COLORS, NUMBERS, SHAPES, Item, Person, Scene, relation_between

RELATION_PHRASES = {
    "left of": ("to the left of", "left of", "on the left of"),
    "right of": ("to the right of", "right of", "on the right of"),
    "above": ("above", "over"),
    "below": ("below", "under"),
}
NEGATIONS = ("{} and no {}", "{} but no {}", "{} with no {}", "{} without any {}")
PEOPLE = ("{}", "a picture of {}", "{} at work", "a figure of {}", "a drawing of {}")
SETTINGS = (
    "{}",
    "{}",
    "a picture of {}",
    "{} on a plain background",
    "a scene with {}",
    "a drawing of {}",
)


def article(noun: str) -> str:
    """`noun` with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str, count: int) -> str:
    """`noun` in the number that `count` asks for."""
    return noun if count == 1 else noun + "s"


def counted(kind: Kind, count: int, *, digits: bool = False) -> str:
    """'a red circle', 'three red circles' or '3 red circles'."""
    shape, color = kind
    if count == 1 and not digits:
        return article(f"{color} {shape}")
    return f"{count if digits else NUMBERS[count]} {color} {plural(shape, count)}"


def caption(rng: Rng, scene: Scene) -> str:
    """One true sentence about the scene, drawn from the grammar."""
    if scene.people:
        return _of_person(rng, scene.people[0])
    kinds = Counter((item.shape, item.color) for item in scene.items)
    if len(kinds) == 1:
        text = _of_one_kind(rng, *next(iter(kinds.items())))
    elif len(scene.items) == 2:
        text = _of_pair(rng, *scene.items)
    else:
        (a, m), (b, n) = rng.permutation(np.array(list(kinds.items()), dtype=object))
        text = f"{counted(tuple(a), m)} and {counted(tuple(b), n)}"
    if rng.random() < 0.14:
        text = _with_absence(rng, text, scene)
    return str(rng.choice(SETTINGS)).format(text)


def _of_one_kind(rng: Rng, kind: Kind, count: int) -> str:
    draw = rng.random()
    if count == 1 and draw < 0.15:
        return f"one {kind[1]} {kind[0]}"
    if draw < 0.1:
        return f"{NUMBERS[count]} {plural(kind[0], count)}"
    return counted(kind, count, digits=draw > 0.85)


def _of_pair(rng: Rng, first: Item, second: Item) -> str:
    if rng.random() < 0.5:
        first, second = second, first
    a, b = (_item(rng, item) for item in (first, second))
    draw, relation = rng.random(), relation_between(first, second)
    if draw < 0.25:
        return f"{a} and {b}"
    if draw < 0.4 and relation in ("left of", "right of"):
        side, other = ("left", "right") if relation == "left of" else ("right", "left")
        return f"{a} on the {side} and {b} on the {other}"
    return f"{a} {rng.choice(RELATION_PHRASES[relation])} {b}"


def _item(rng: Rng, item: Item) -> str:
    return article(f"{item.color} {item.shape}" if rng.random() > 0.12 else item.shape)


def _with_absence(rng: Rng, text: str, scene: Scene) -> str:
    """Name a thing that is not there: a shape, or a shape in a colour."""
    shapes = {item.shape for item in scene.items}
    absent = str(rng.choice([shape for shape in SHAPES if shape not in shapes]))
    if rng.random() < 0.25:
        absent = f"{rng.choice(list(COLORS))} {absent}"
    template = str(rng.choice(NEGATIONS))
    noun = plural(absent, 2) if "any" in template or rng.random() < 0.2 else absent
    return template.format(text, noun)


def _of_person(rng: Rng, person: Person) -> str:
    draw = rng.random()
    if draw < 0.08:
        noun = "person"
    elif draw < 0.16:
        noun = person.presentation
    else:
        noun = person.occupation
    text = article(noun)
    if noun == person.occupation and draw > 0.62:
        text = f"{text} shown as {article(person.presentation)}"
    return str(rng.choice(PEOPLE)).format(text)
