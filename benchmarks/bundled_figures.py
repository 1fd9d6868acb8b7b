"""The figures of the bundled models: measured on fresh renders, for `bundled.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from evalsuite.audits.boxes import BoxErrors
from evalsuite.encoders import autoencoder, clip
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
    Scene,
    relation_between,
)
from evalsuite.scorers import objects
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


@dataclass(frozen=True)
class Boxes:
    """How far a detector's boxes lie from the true ones on one kind of pictures."""

    model: str
    what: str
    errors: BoxErrors

    def row(self) -> str:
        """One line of a Markdown table."""
        overlap, errors = self.errors.overlap, self.errors
        return (
            f"| {self.what} | {overlap.value:.3f} | {overlap.low:.3f}–{overlap.high:.3f} "
            f"| {errors.tenth:.3f} | {errors.centre:.2f} px | {errors.missed} | {errors.surplus} "
            f"| {overlap.n} |"
        )


def share(model: str, what: str, right: Iterable[bool], chance: float | None = None) -> Figure:
    """The share of verdicts that are right."""
    verdicts = list(right)
    return Figure(model=model, what=what, right=sum(verdicts), n=len(verdicts), chance=chance)


Shown = Callable[[Scene], Pixels]
"""What becomes of a scene before it is judged: a clean render, or one through an autoencoder."""

THROUGH = ", through the autoencoder"


def decoded(scene: Scene) -> Pixels:
    """The render through the autoencoder of `scenes-ldm`: a perfect generator's picture."""
    return autoencoder.load("scenes-ldm").through(draw(scene))


KINDS: dict[str, Shown] = {"": draw, THROUGH: decoded}
"""The kinds of pictures that the judges are asked about, by what is added to a figure's name."""


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
    """`scenes-clip`, zero-shot among the alternatives, on fresh renders and through the decoder."""
    return [figure for kind, show in KINDS.items() for figure in clip_figures_of(kind, show)]


def clip_figures_of(kind_of: str, show: Shown) -> list[Figure]:
    """`scenes-clip` on one kind of pictures of each sort of scene."""
    model, rng = clip.load("scenes-clip"), np.random.default_rng([7, 1])
    questions: dict[str, list[tuple[Picture, list[str], int]]] = {
        name: [] for name in CLIP_QUESTIONS
    }
    for _ in range(FRESH):
        kind, number = any_kind(rng), int(rng.integers(1, 7))
        shown = picture(show(Scene(any_background(rng), place(rng, [kind] * number))))
        texts = [counted((other, kind[1]), number) for other in SHAPES]
        questions["shape, of four"].append((shown, texts, SHAPES.index(kind[0])))
        texts = [counted((kind[0], other), number) for other in COLORS]
        questions["colour, of six"].append((shown, texts, list(COLORS).index(kind[1])))
        texts = [counted(kind, other) for other in range(1, 7)]
        name = "count of 1–4, of six" if number <= 4 else "count of 5–6, of six"
        questions[name].append((shown, texts, number - 1))
        second = different_kind(rng, kind)
        items = place(rng, [kind, second])
        shown = picture(show(Scene(any_background(rng), items)))
        a, b = (article(f"{i.color} {i.shape}") for i in items)
        texts = [f"{a} {RELATION_PHRASES[relation][0]} {b}" for relation in RELATIONS]
        right = RELATIONS.index(relation_between(*items))
        questions["relation, of four"].append((shown, texts, right))
        present = bool(rng.integers(2))
        shown = shown if present else picture(show(Scene(any_background(rng), place(rng, [kind]))))
        texts = [f"{a} and no {second[0]}", f"{a} and {article(second[0])}"]
        questions["negated or affirmed, of two"].append((shown, texts, int(present)))
        someone = person(rng, presentation=str(rng.choice(PRESENTATIONS)))
        shown = picture(show(Scene(any_background(rng), people=(someone,))))
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
        figures.append(share("scenes-clip", name + kind_of, verdicts, CLIP_QUESTIONS[name]))
    return figures


def case(prompt: Prompt, scene: Scene, number: int, show: Shown = draw) -> Case:
    """A fresh picture as a case for a scorer."""
    return Case(Key("fresh", prompt.id, number), prompt, picture(show(scene)))


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
