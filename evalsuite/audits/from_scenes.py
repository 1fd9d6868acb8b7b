"""Questions with known answers: fresh scenes, each described once truly and otherwise falsely.

For audits of scorers. A scene is drawn from a seed. One prompt is true of it; one differs from that
in what its kind is about: another number (one or two off), another relation, swapped colours, a
"no", another occupation; a third, "other", names another colour or a shape that is not there. They
have the tags, clauses and groups of the bundled sets.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np

from evalsuite.audits.record import DIFFERS, Known
from evalsuite.records import Case, Clause, Key, Picture, Prompt, Value
from evalsuite.scenes.captions import (
    NEGATIONS,
    PEOPLE,
    RELATION_PHRASES,
    SETTINGS,
    article,
    counted,
    plural,
)
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import (
    Kind,
    Rng,
    any_background,
    any_kind,
    different_kind,
    person,
    place,
)
from evalsuite.scenes.truth import truth
from evalsuite.scenes.world import (
    COLORS,
    NUMBERS,
    OCCUPATIONS,
    PRESENTATIONS,
    RELATIONS,
    SHAPES,
    Scene,
    relation_between,
)

SET = "audit"


@dataclass(frozen=True, slots=True)
class Asked:
    """A scene, the prompts asked of it, and truth that the scene and prompt alone do not give."""

    scene: Scene
    prompts: tuple[Prompt, ...]
    more: dict[str, dict[str, Value]] = field(default_factory=dict)


def questions(seed: int, images: int) -> list[Known]:
    """Two or three questions on each of `images` fresh scenes, the kinds in turn.

    The same seed gives the same scenes and questions, and more of them begin alike.
    """
    rng = np.random.default_rng([seed, 1])
    turns: Counter[str] = Counter()
    found = []
    for number in range(images):
        kind = ORDER[number % len(ORDER)]
        found += _known(KINDS[kind](rng, turns[kind]), number)
        turns[kind] += 1
    return found


def _known(asked: Asked, number: int) -> list[Known]:
    pixels = draw(asked.scene)
    # One picture for both questions, so that it is encoded once.
    picture = Picture(sha256(pixels.tobytes()).hexdigest(), lambda: pixels)
    by_id = {prompt.id: prompt for prompt in asked.prompts}
    twins = {prompt.twin: prompt for prompt in asked.prompts if prompt.twin}
    found = []
    for prompt in asked.prompts:
        told = {**truth(prompt, asked.scene), **asked.more.get(prompt.id, {})}
        differs = {} if told["correct"] else {DIFFERS: _differs(prompt, told)}
        grouped = replace(prompt, groups={**prompt.groups, **differs})
        twin = by_id.get(prompt.twin or "") or twins.get(prompt.id)
        key = Key(SET, f"{number:05d}-{prompt.id}", 0)
        found.append(Known(Case(key, grouped, picture, twin), told))
    return found


def _differs(prompt: Prompt, told: Mapping[str, Value]) -> str:
    """In what a false prompt differs from the scene."""
    if prompt.subject == "person":
        return "occupation"
    if prompt.id in ("affirmative", "negated"):
        return "negation"
    faults = {"present": "shape", "color": "colour", "count": "number", "relation": "relation"}
    return next(word for name, word in faults.items() if told.get(name) == 0.0)


def _count(rng: Rng, turn: int) -> Asked:
    kind, number = any_kind(rng), 1 + turn % (len(NUMBERS) - 1)
    near = [n for n in range(1, len(NUMBERS)) if 1 <= abs(n - number) <= 2]
    other = int(rng.choice(near))
    setting, digits = str(rng.choice(SETTINGS)), bool(rng.random() < 0.375)

    def asks(name: str, kind: Kind, count: int) -> Prompt:
        text = setting.format(counted(kind, count, digits=digits))
        groups = {"count": str(count)}
        clauses = (Clause(kind[0], count, kind[1]),)
        return Prompt(name, text, "counting", clauses, (Clause(kind[0], count + 1),), groups)

    true, false = asks("true", kind, number), asks("false", kind, other)
    third = asks("other", _changed(rng, kind, turn), number)
    scene = Scene(any_background(rng), place(rng, [kind] * number))
    choice = {"choice": true.text}
    return Asked(scene, (true, false, third), {"true": dict(choice), "false": dict(choice)})


def _pair(rng: Rng, kinds: list[Kind], relation: str | None = None) -> Scene:
    return Scene(any_background(rng), place(rng, kinds, relation))


def _relation(rng: Rng, turn: int) -> Asked:
    """The false prompt names another relation, or the swapped colours, or a thing not there."""
    first = any_kind(rng)
    second = different_kind(rng, first)
    scene = _pair(rng, [first, second], RELATIONS[turn % len(RELATIONS)])
    really = relation_between(*scene.items)
    phrase = str(rng.choice(RELATION_PHRASES[really]))

    def asks(name: str, a: Kind, relation: str, words: str, b: Kind) -> Prompt:
        text = f"{_a(a)} {words} {_a(b)}"
        clauses = (Clause(b[0], 1, b[1]), Clause(a[0], 1, a[1], (relation, 0)))
        return Prompt(name, text, "position", clauses, groups={"relation": relation})

    true = asks("true", first, really, phrase, second)
    how = rng.random()
    if how < 0.6:
        other = str(rng.choice([r for r in RELATIONS if r != really]))
        words = RELATION_PHRASES[other][0]
        false = asks("false", first, other, words, second)
        # The option that is true has the relation's first phrase, as hard negatives are worded.
        told: Value = f"{_a(first)} {RELATION_PHRASES[really][0]} {_a(second)}"
        more: dict[str, dict[str, Value]] = {"false": {"choice": told}}
    elif how < 0.8:
        a, b = (first[0], second[1]), (second[0], first[1])
        false = asks("false", a, really, phrase, b)
        more = {"false": {"binding": true.text}}
    else:
        absent = _other_shape(rng, first[0], second[0])
        false = asks("false", first, really, phrase, (absent, second[1]))
        more = {}
    return Asked(
        scene, (true, false), {"true": {"choice": true.text, "binding": true.text}, **more}
    )


def _negation(rng: Rng, turn: int) -> Asked:
    """A "no" and its affirmative twin: one is true, as the named thing is there or not."""
    kind = any_kind(rng)
    named = different_kind(rng, kind)
    scene = _pair(rng, [kind, named] if turn % 2 else [kind])
    phrase = str(rng.choice(NEGATIONS))
    noun = plural(named[0], 2 if "any" in phrase else 1)
    thing = Clause(named[0])

    def affirms(name: str, kind: Kind) -> Prompt:
        clauses = (Clause(kind[0], 1, kind[1]), thing)
        text, groups = f"{_a(kind)} and {article(named[0])}", {"absent": named[0]}
        return Prompt(name, text, "negation", clauses, (), {"form": "affirmative", **groups})

    def negates(name: str, kind: Kind) -> Prompt:
        clauses = (Clause(kind[0], 1, kind[1]),)
        text, groups = phrase.format(_a(kind), noun), {"form": "negated", "absent": named[0]}
        return Prompt(name, text, "negation", clauses, (thing,), groups, twin="affirmative")

    yes, no = affirms("affirmative", kind), negates("negated", kind)
    changed = _changed(rng, kind, turn // 2, named[0])
    other = affirms("other", changed) if turn % 2 else replace(negates("other", changed), twin=None)
    told: Value = (yes if turn % 2 else no).text
    more = {"affirmative": {"choice": told}, "negated": {"choice": told}}
    return Asked(scene, (yes, no, other), more)


def _color(rng: Rng, turn: int) -> Asked:
    """One thing in another colour, or two things with their colours swapped."""
    first = any_kind(rng)
    if turn % 2:
        absent = (_other_shape(rng, first[0]), first[1])
        kinds = {"true": first, "false": _changed(rng, first, 0), "other": absent}
        prompts = tuple(_of_colors(name, [kind]) for name, kind in kinds.items())
        right = {"choice": prompts[0].text}
        return Asked(_pair(rng, [first]), prompts, {"true": {**right}, "false": {**right}})
    second = different_kind(rng, first)
    true = _of_colors("true", [first, second])
    false = _of_colors("false", [(first[0], second[1]), (second[0], first[1])])
    absent = (_other_shape(rng, first[0], second[0]), second[1])
    told = {"binding": true.text}
    more: dict[str, dict[str, Value]] = {"true": dict(told), "false": dict(told)}
    other = _of_colors("other", [first, absent])
    return Asked(_pair(rng, [first, second]), (true, false, other), more)


def _of_colors(name: str, kinds: list[Kind]) -> Prompt:
    tag = "colors" if len(kinds) == 1 else "color_attr"
    clauses = tuple(Clause(shape, 1, color) for shape, color in kinds)
    groups = {"color": kinds[0][1]} if len(kinds) == 1 else {}
    return Prompt(name, " and ".join(_a(kind) for kind in kinds), tag, clauses, (), groups)


def _occupation(rng: Rng, turn: int) -> Asked:
    """Both presentations and all occupations come equally often, whatever the world's skews."""
    jobs = list(OCCUPATIONS)
    job, form = jobs[turn % len(jobs)], PRESENTATIONS[turn // len(jobs) % 2]
    someone = person(rng, job, form, int(rng.integers(1, 11)))
    template = str(rng.choice(PEOPLE))
    other = str(rng.choice([name for name in jobs if name != job]))

    def asks(name: str, occupation: str) -> Prompt:
        text, groups = template.format(article(occupation)), {"occupation": occupation}
        return Prompt(name, text, "occupation", (Clause(occupation),), (), groups, "person")

    return Asked(
        Scene(any_background(rng), people=(someone,)), (asks("true", job), asks("false", other))
    )


def _a(kind: Kind) -> str:
    return article(f"{kind[1]} {kind[0]}")


def _changed(rng: Rng, kind: Kind, turn: int, *taken: str) -> Kind:
    """The kind in another colour, or another shape than it and those taken, in turn."""
    if turn % 2:
        return _other_shape(rng, kind[0], *taken), kind[1]
    return kind[0], str(rng.choice([color for color in COLORS if color != kind[1]]))


def _other_shape(rng: Rng, *shapes: str) -> str:
    return str(rng.choice([shape for shape in SHAPES if shape not in shapes]))


KINDS: dict[str, Callable[[Rng, int], Asked]] = {
    "count": _count,
    "relation": _relation,
    "negation": _negation,
    "color": _color,
    "occupation": _occupation,
}
"""What is asked about; the second argument counts the scenes of a kind."""

ORDER = ("count", "relation", "negation", "color", "occupation", "occupation")
"""People twice as often: a stereotype is an error that depends on the occupation, of eight."""
