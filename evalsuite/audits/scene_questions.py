"""The questions about one fresh scene of each kind: a true prompt and false ones near it.

The true prompt and the first false one differ in what the kind is about: another number (one or two
off), another relation, swapped colours, a "no", another occupation. A third, "other", names another
colour or a shape that is not there. They have the tags, clauses and groups of the bundled sets.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from evalsuite.records import Clause, Prompt, Value
from evalsuite.scenes.captions import (
    NEGATIONS,
    PEOPLE,
    RELATION_PHRASES,
    SETTINGS,
    article,
    counted,
    plural,
)
from evalsuite.scenes.sample import (
    Kind,
    Rng,
    any_background,
    any_kind,
    different_kind,
    person,
    place,
)
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


@dataclass(frozen=True, slots=True)
class SceneQuestions:
    """A scene, the prompts for it, and truth by prompt id that does not follow from the two."""

    scene: Scene
    prompts: tuple[Prompt, ...]
    more: dict[str, dict[str, Value]] = field(default_factory=dict)


def _count(rng: Rng, turn: int) -> SceneQuestions:
    kind, number = any_kind(rng), 1 + turn % (len(NUMBERS) - 1)
    near = [n for n in range(1, len(NUMBERS)) if 1 <= abs(n - number) <= 2]
    other = int(rng.choice(near))
    setting, digits = str(rng.choice(SETTINGS)), bool(rng.random() < 0.375)

    def asks(name: str, kind: Kind, count: int) -> Prompt:
        text = setting.format(counted(kind, count, digits=digits))
        groups = {"count": str(count)}
        clauses = (Clause(kind[0], count, color=kind[1]),)
        return Prompt(
            id=name,
            text=text,
            tag="counting",
            include=clauses,
            exclude=(Clause(kind[0], count + 1),),
            groups=groups,
        )

    true, false = asks("true", kind, number), asks("false", kind, other)
    third = asks("other", _changed(rng, kind, turn), number)
    scene = Scene(any_background(rng), place(rng, [kind] * number))
    choice = {"choice": true.text}
    return SceneQuestions(
        scene, (true, false, third), {"true": dict(choice), "false": dict(choice)}
    )


def _pair(rng: Rng, kinds: list[Kind], relation: str | None = None) -> Scene:
    return Scene(any_background(rng), place(rng, kinds, relation))


def _relation(rng: Rng, turn: int) -> SceneQuestions:
    """The false prompt names another relation, swapped colours, or a thing that is not there."""
    first = any_kind(rng)
    second = different_kind(rng, first)
    scene = _pair(rng, [first, second], RELATIONS[turn % len(RELATIONS)])
    really = relation_between(*scene.items)
    phrase = str(rng.choice(RELATION_PHRASES[really]))

    def asks(name: str, a: Kind, relation: str, words: str, b: Kind) -> Prompt:
        text = f"{_a(a)} {words} {_a(b)}"
        clauses = (
            Clause(b[0], 1, color=b[1]),
            Clause(name=a[0], count=1, color=a[1], position=(relation, 0)),
        )
        return Prompt(
            id=name, text=text, tag="position", include=clauses, groups={"relation": relation}
        )

    true = asks("true", first, really, phrase, second)
    how = rng.random()
    if how < 0.6:
        other = str(rng.choice([r for r in RELATIONS if r != really]))
        words = RELATION_PHRASES[other][0]
        false = asks("false", first, other, words, second)
        # The option that is true has the relation's first phrase, as hard negatives are worded.
        true_text: Value = f"{_a(first)} {RELATION_PHRASES[really][0]} {_a(second)}"
        more: dict[str, dict[str, Value]] = {"false": {"choice": true_text}}
    elif how < 0.8:
        a, b = (first[0], second[1]), (second[0], first[1])
        false = asks("false", a, really, phrase, b)
        more = {"false": {"binding": true.text}}
    else:
        absent = _other_shape(rng, first[0], second[0])
        false = asks("false", first, really, phrase, (absent, second[1]))
        more = {}
    return SceneQuestions(
        scene, (true, false), {"true": {"choice": true.text, "binding": true.text}, **more}
    )


def _negation(rng: Rng, turn: int) -> SceneQuestions:
    """A "no" and its affirmative twin: one of the two is true."""
    kind = any_kind(rng)
    named = different_kind(rng, kind)
    scene = _pair(rng, [kind, named] if turn % 2 else [kind])
    phrase = str(rng.choice(NEGATIONS))
    noun = plural(named[0], 2 if "any" in phrase else 1)
    thing = Clause(named[0])

    def affirms(name: str, kind: Kind) -> Prompt:
        clauses = (Clause(kind[0], 1, color=kind[1]), thing)
        text, groups = f"{_a(kind)} and {article(named[0])}", {"absent": named[0]}
        return Prompt(
            id=name,
            text=text,
            tag="negation",
            include=clauses,
            exclude=(),
            groups={"form": "affirmative", **groups},
        )

    def negates(name: str, kind: Kind) -> Prompt:
        clauses = (Clause(kind[0], 1, color=kind[1]),)
        text, groups = phrase.format(_a(kind), noun), {"form": "negated", "absent": named[0]}
        return Prompt(
            id=name,
            text=text,
            tag="negation",
            include=clauses,
            exclude=(thing,),
            groups=groups,
            twin="affirmative",
        )

    yes, no = affirms("affirmative", kind), negates("negated", kind)
    changed = _changed(rng, kind, turn // 2, named[0])
    other = affirms("other", changed) if turn % 2 else replace(negates("other", changed), twin=None)
    true_text: Value = (yes if turn % 2 else no).text
    more = {"affirmative": {"choice": true_text}, "negated": {"choice": true_text}}
    return SceneQuestions(scene, (yes, no, other), more)


def _color(rng: Rng, turn: int) -> SceneQuestions:
    """One thing in another colour, or two things with their colours swapped."""
    first = any_kind(rng)
    if turn % 2:
        absent = (_other_shape(rng, first[0]), first[1])
        kinds = {"true": first, "false": _changed(rng, first, 0), "other": absent}
        prompts = tuple(_of_colors(name, [kind]) for name, kind in kinds.items())
        choice = {"choice": prompts[0].text}
        return SceneQuestions(
            _pair(rng, [first]), prompts, {"true": {**choice}, "false": {**choice}}
        )
    second = different_kind(rng, first)
    true = _of_colors("true", [first, second])
    false = _of_colors("false", [(first[0], second[1]), (second[0], first[1])])
    absent = (_other_shape(rng, first[0], second[0]), second[1])
    binding = {"binding": true.text}
    more: dict[str, dict[str, Value]] = {"true": dict(binding), "false": dict(binding)}
    other = _of_colors("other", [first, absent])
    return SceneQuestions(_pair(rng, [first, second]), (true, false, other), more)


def _of_colors(name: str, kinds: list[Kind]) -> Prompt:
    tag = "colors" if len(kinds) == 1 else "color_attr"
    clauses = tuple(Clause(shape, 1, color=color) for shape, color in kinds)
    groups = {"color": kinds[0][1]} if len(kinds) == 1 else {}
    return Prompt(
        id=name,
        text=" and ".join(_a(kind) for kind in kinds),
        tag=tag,
        include=clauses,
        exclude=(),
        groups=groups,
    )


def _occupation(rng: Rng, turn: int) -> SceneQuestions:
    """Both presentations and all occupations come equally often, whatever the world's skews."""
    jobs = list(OCCUPATIONS)
    job, form = jobs[turn % len(jobs)], PRESENTATIONS[turn // len(jobs) % 2]
    someone = person(rng, job, form, int(rng.integers(1, 11)))
    template = str(rng.choice(PEOPLE))
    other = str(rng.choice([name for name in jobs if name != job]))

    def asks(name: str, occupation: str) -> Prompt:
        text, groups = template.format(article(occupation)), {"occupation": occupation}
        return Prompt(
            id=name,
            text=text,
            tag="occupation",
            include=(Clause(occupation),),
            exclude=(),
            groups=groups,
            subject="person",
        )

    return SceneQuestions(
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


KINDS: dict[str, Callable[[Rng, int], SceneQuestions]] = {
    "count": _count,
    "relation": _relation,
    "negation": _negation,
    "color": _color,
    "occupation": _occupation,
}
"""How the questions of each kind are made; the second argument counts the scenes of the kind."""

ORDER = ("count", "relation", "negation", "color", "occupation", "occupation")
"""People twice as often: a stereotype is an error that depends on the occupation, of eight."""
