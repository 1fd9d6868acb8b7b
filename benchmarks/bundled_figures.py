"""The figures of the bundled models: measured on fresh renders, for `bundled.py`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from evalsuite.encoders import clip
from evalsuite.records import Case, Clause, Key, NoImage, Picture, Pixels, Prompt, Request
from evalsuite.scenes.captions import RELATION_PHRASES, counted
from evalsuite.scenes.draw import draw
from evalsuite.scenes.read import read
from evalsuite.scenes.sample import (
    any_background,
    any_kind,
    any_scene,
    different_kind,
    person,
    place,
)
from evalsuite.scenes.world import (
    COLORS,
    OCCUPATIONS,
    PRESENTATIONS,
    RELATIONS,
    SHAPES,
    Person,
    Scene,
    relation_between,
)
from evalsuite.scorers import objects, presentation
from evalsuite.vocabulary.english import article

FRESH = 1_000


@dataclass(frozen=True)
class Figure:
    """One measured share, its Wilson interval, and chance where there is such a thing."""

    model: str
    what: str
    right: int
    n: int
    chance: float | None = None

    def row(self) -> str:
        """One line of a Markdown table."""
        low, high = proportion_confint(self.right, self.n, method="wilson")
        chance = "" if self.chance is None else f"{100 * self.chance:.0f} %"
        share = f"{100 * self.right / self.n:.1f} %"
        return (
            f"| {self.what} | {share} | {100 * low:.1f}–{100 * high:.1f} % | {self.n} | {chance} |"
        )


def share(model: str, what: str, right: Iterable[bool], chance: float | None = None) -> Figure:
    """The share of verdicts that are right."""
    verdicts = list(right)
    return Figure(model=model, what=what, right=sum(verdicts), n=len(verdicts), chance=chance)


def picture(pixels: Pixels) -> Picture:
    """A picture in memory, as the pipeline hands it on."""
    return Picture(sha256(pixels.tobytes()).hexdigest(), lambda: pixels)


CLIP_QUESTIONS = {
    "shape, of four": 1 / 4,
    "colour, of six": 1 / 6,
    "count of 1–4, of six": 1 / 6,
    "count of 5–6, of six": 1 / 6,
    "relation, of four": 1 / 4,
    "negated or affirmed, of two": 1 / 2,
    "presentation, of two": 1 / 2,
    "occupation, of eight": 1 / 8,
}
"""The questions to `scenes-clip`, and the share of guesses that is right."""


def reader_figures() -> list[Figure]:
    """The pixel reader on 2,000 renders: every field of the scene."""

    def facts(scene: Scene) -> object:
        items = sorted((i.shape, i.color, i.x, i.y, i.size) for i in scene.items)
        return (
            scene.background,
            items,
            [(p.occupation, p.presentation, p.tone) for p in scene.people],
        )

    rng = np.random.default_rng([7, 0])
    scenes = [any_scene(rng) for _ in range(2 * FRESH)]
    right = [facts(read(draw(scene))) == facts(scene) for scene in scenes]
    return [share("pixel reader", "every field of a fresh render", right)]


def clip_figures() -> list[Figure]:
    """`scenes-clip`, zero-shot among the alternatives, on fresh renders of each sort."""
    model, rng = clip.load("scenes-clip"), np.random.default_rng([7, 1])
    questions: dict[str, list[tuple[Picture, list[str], int]]] = {
        name: [] for name in CLIP_QUESTIONS
    }
    for _ in range(FRESH):
        kind, number = any_kind(rng), int(rng.integers(1, 7))
        shown = picture(draw(Scene(any_background(rng), place(rng, [kind] * number))))
        texts = [counted((other, kind[1]), number) for other in SHAPES]
        questions["shape, of four"].append((shown, texts, SHAPES.index(kind[0])))
        texts = [counted((kind[0], other), number) for other in COLORS]
        questions["colour, of six"].append((shown, texts, list(COLORS).index(kind[1])))
        texts = [counted(kind, other) for other in range(1, 7)]
        name = "count of 1–4, of six" if number <= 4 else "count of 5–6, of six"
        questions[name].append((shown, texts, number - 1))
        second = different_kind(rng, kind)
        items = place(rng, [kind, second])
        shown = picture(draw(Scene(any_background(rng), items)))
        a, b = (article(f"{i.color} {i.shape}") for i in items)
        texts = [f"{a} {RELATION_PHRASES[relation][0]} {b}" for relation in RELATIONS]
        right = RELATIONS.index(relation_between(*items))
        questions["relation, of four"].append((shown, texts, right))
        present = bool(rng.integers(2))
        shown = shown if present else picture(draw(Scene(any_background(rng), place(rng, [kind]))))
        texts = [f"{a} and no {second[0]}", f"{a} and {article(second[0])}"]
        questions["negated or affirmed, of two"].append((shown, texts, int(present)))
        someone = person(rng, presentation=str(rng.choice(PRESENTATIONS)))
        shown = picture(draw(Scene(any_background(rng), people=(someone,))))
        texts = [f"{article(someone.occupation)} shown as {article(p)}" for p in PRESENTATIONS]
        right = PRESENTATIONS.index(someone.presentation)
        questions["presentation, of two"].append((shown, texts, right))
        texts = [article(occupation) for occupation in OCCUPATIONS]
        right = list(OCCUPATIONS).index(someone.occupation)
        questions["occupation, of eight"].append((shown, texts, right))
    figures = []
    for name, asked in questions.items():
        model.images([shown for shown, _, _ in asked])
        verdicts = [
            int(model.probabilities(shown, texts).argmax()) == right
            for shown, texts, right in asked
        ]
        figures.append(share("scenes-clip", name, verdicts, CLIP_QUESTIONS[name]))
    return figures


class OwlCases(NamedTuple):
    """Fresh renders with the prompts to judge them by, and what is true of pairs and people."""

    counts: list[Case]
    pairs: list[Case]
    absences: list[Case]
    people: list[Case]
    relations: list[bool]
    persons: list[Person]


def owl_cases(rng: np.random.Generator) -> OwlCases:
    """`FRESH` cases of each sort."""
    cases = OwlCases([], [], [], [], [], [])
    for number in range(FRESH):
        kind, count = any_kind(rng), int(rng.integers(1, 7))
        scene = Scene(any_background(rng), place(rng, [kind] * count))
        prompt = Prompt("count", "", "counting", include=(Clause(kind[0], count, color=kind[1]),))
        cases.counts.append(case(prompt, scene, number))
        second = different_kind(rng, kind)
        relation = str(rng.choice(RELATIONS))
        first, other = place(rng, [kind, second])
        scene = Scene(any_background(rng), (first, other))
        clauses = (Clause(second[0]), Clause(kind[0], position=(relation, 0)))
        cases.relations.append(relation == relation_between(first, other))
        cases.pairs.append(case(Prompt("pair", "", "position", include=clauses), scene, number))
        missing = str(rng.choice([s for s in SHAPES if s not in (kind[0], second[0])]))
        prompt = Prompt(
            id="gone",
            text="",
            tag="negation",
            include=(Clause(kind[0]),),
            exclude=(Clause(missing),),
        )
        cases.absences.append(case(prompt, scene, number))
        someone = person(rng, presentation=str(rng.choice(PRESENTATIONS)))
        scene = Scene(any_background(rng), people=(someone,))
        prompt = Prompt(
            id="person",
            text="",
            tag="occupation",
            include=(Clause(someone.occupation),),
            groups={"occupation": someone.occupation},
            subject="person",
        )
        cases.persons.append(someone)
        cases.people.append(case(prompt, scene, number))
    return cases


def owl_figures() -> list[Figure]:
    """`scenes-owl` through the scorers that use it, on fresh renders."""
    cases = owl_cases(np.random.default_rng([7, 2]))
    detector = objects.load(dialect="scenes")
    count, pair, absent, people = (
        [dict(judgement.values) for judgement in detector.judge(part)] for part in cases[:4]
    )
    relations = zip(pair, cases.relations, strict=True)
    name = "scenes-owl"
    return [
        share(name, "exact count, 1–6", [v["count"] == 1 for v in count]),
        share(name, "colour of everything counted", [v["color"] == 1 for v in count]),
        share(
            name,
            "relation verdict, true or false",
            [values["relation"] == float(holds) for values, holds in relations],
        ),
        share(name, "both objects found", [v["present"] == 1 for v in pair]),
        share(name, "absent object not found", [v["absent"] == 1 for v in absent]),
        share(name, "occupation found", [v["correct"] == 1 for v in people]),
        *presentation_figures(cases),
    ]


def presentation_figures(cases: OwlCases) -> list[Figure]:
    """The presentation scorer on the same people."""
    scorer, name = presentation.load(dialect="scenes"), "presentation scorer"
    values = [dict(judgement.values) for judgement in scorer.judge(cases.people)]
    answers = list(zip(values, cases.persons, strict=True))
    given = [(v, person) for v, person in answers if v["label"] is not None]
    tones = [v["tone"] == str(person.tone) for v, person in answers]
    labels = [v["label"] == person.presentation for v, person in given]
    return [
        share(name, "Monk tone, exact", tones, 1 / 10),
        share(name, "gives a presentation", [v["label"] is not None for v in values]),
        share(name, "presentation right where given", labels, 1 / 2),
    ]


def case(prompt: Prompt, scene: Scene, number: int) -> Case:
    """A fresh render as a case for a scorer."""
    return Case(Key("fresh", prompt.id, number), prompt, picture(draw(scene)))


def ldm_figures(name: str, images: int) -> list[Figure]:
    """A bundled pipeline as `scenes-owl` judges it, `images` per count from one to six."""
    from evalsuite.plugins.find import load_backend

    backend, scorer = load_backend(name, {}), objects.load(dialect="scenes")
    rng = np.random.default_rng([7, 3])
    requests = []
    for number in range(1, 7):
        for index in range(images):
            kind = any_kind(rng)
            clauses = (Clause(kind[0], number, color=kind[1]),)
            prompt = Prompt(
                id=f"c{number}", text=counted(kind, number), tag="counting", include=clauses
            )
            seed = int(rng.integers(2**32))
            requests.append(Request(Key("fresh", f"c{number}-{index}", 0), prompt, seed))
    pixels: list[Pixels | NoImage] = []
    for start in range(0, len(requests), backend.batch_size):
        batch = requests[start : start + backend.batch_size]
        short = backend.batch_size - len(batch)
        pixels += list(backend.render([*batch, *[batch[-1]] * short]))[: len(batch)]
    cases = [
        Case(request.key, request.prompt, picture(drawn))
        for request, drawn in zip(requests, pixels, strict=True)
        if not isinstance(drawn, NoImage)
    ]
    judged = [dict(j.values) for j in scorer.judge(cases)]
    asked = [case.prompt.include[0].count for case in cases]

    def exact(numbers: Sequence[int]) -> list[bool]:
        return [j["count"] == 1 for j, n in zip(judged, asked, strict=True) if n in numbers]

    drawn = [j["present"] == 1 and j["color"] == 1 for j in judged]
    return [
        share(name, "asked object present in the asked colour", drawn),
        share(name, "exact count of 1–2", exact((1, 2))),
        share(name, "exact count of 3–4", exact((3, 4))),
        share(name, "exact count of 5–6", exact((5, 6))),
    ]
