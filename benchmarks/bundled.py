"""How good are the bundled models? Measured on fresh renders, and written into their cards.

python benchmarks/bundled.py            prints the table
python benchmarks/bundled.py --write    also writes reports/benchmarks/bundled.md and the cards
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from evalsuite.encoders import clip
from evalsuite.files.checkpoints import BUNDLED
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
from evalsuite.scorers import objects, presentation
from evalsuite.vocabulary.english import article

FRESH = 1_000
REPOSITORY = Path(__file__).parent.parent


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
    """Count a list of rights and wrongs."""
    found = list(right)
    return Figure(model, what, sum(found), len(found), chance)


def picture(pixels: Pixels) -> Picture:
    """A picture in memory, as the pipeline would hand it on."""
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
"""What `scenes-clip` is asked, and how often a guess is right."""


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
    asked: dict[str, list[tuple[Picture, list[str], int]]] = {name: [] for name in CLIP_QUESTIONS}
    for _ in range(FRESH):
        kind, number = any_kind(rng), int(rng.integers(1, 7))
        seen = picture(draw(Scene(any_background(rng), place(rng, [kind] * number))))
        texts = [counted((other, kind[1]), number) for other in SHAPES]
        asked["shape, of four"].append((seen, texts, SHAPES.index(kind[0])))
        texts = [counted((kind[0], other), number) for other in COLORS]
        asked["colour, of six"].append((seen, texts, list(COLORS).index(kind[1])))
        texts = [counted(kind, other) for other in range(1, 7)]
        name = "count of 1–4, of six" if number <= 4 else "count of 5–6, of six"
        asked[name].append((seen, texts, number - 1))
        second = different_kind(rng, kind)
        items = place(rng, [kind, second])
        seen = picture(draw(Scene(any_background(rng), items)))
        a, b = (article(f"{i.color} {i.shape}") for i in items)
        texts = [f"{a} {RELATION_PHRASES[relation][0]} {b}" for relation in RELATIONS]
        right = RELATIONS.index(relation_between(*items))
        asked["relation, of four"].append((seen, texts, right))
        there = bool(rng.integers(2))
        seen = seen if there else picture(draw(Scene(any_background(rng), place(rng, [kind]))))
        texts = [f"{a} and no {second[0]}", f"{a} and {article(second[0])}"]
        asked["negated or affirmed, of two"].append((seen, texts, int(there)))
        someone = person(rng, presentation=str(rng.choice(PRESENTATIONS)))
        seen = picture(draw(Scene(any_background(rng), people=(someone,))))
        texts = [f"{article(someone.occupation)} shown as {article(p)}" for p in PRESENTATIONS]
        right = PRESENTATIONS.index(someone.presentation)
        asked["presentation, of two"].append((seen, texts, right))
        texts = [article(occupation) for occupation in OCCUPATIONS]
        right = list(OCCUPATIONS).index(someone.occupation)
        asked["occupation, of eight"].append((seen, texts, right))
    figures = []
    for name, questions in asked.items():
        model.images([seen for seen, _, _ in questions])
        right_ones = [
            int(model.probabilities(seen, texts).argmax()) == right
            for seen, texts, right in questions
        ]
        figures.append(share("scenes-clip", name, right_ones, CLIP_QUESTIONS[name]))
    return figures


def owl_figures() -> list[Figure]:
    """`scenes-owl` through the scorers that use it, on fresh renders."""
    rng = np.random.default_rng([7, 2])
    counts, pairs, gone, people = ([] for _ in range(4))
    for number_of_case in range(FRESH):
        kind, number = any_kind(rng), int(rng.integers(1, 7))
        scene = Scene(any_background(rng), place(rng, [kind] * number))
        asked = Prompt("count", "", "counting", (Clause(kind[0], number, kind[1]),))
        counts.append((case(asked, scene, number_of_case), None))
        second = different_kind(rng, kind)
        relation = str(rng.choice(RELATIONS))
        first, other = place(rng, [kind, second])
        scene = Scene(any_background(rng), (first, other))
        clauses = (Clause(second[0]), Clause(kind[0], position=(relation, 0)))
        truth = float(relation == relation_between(first, other))
        asked = Prompt("pair", "", "position", clauses)
        pairs.append((case(asked, scene, number_of_case), truth))
        missing = str(rng.choice([s for s in SHAPES if s not in (kind[0], second[0])]))
        asked = Prompt("gone", "", "negation", (Clause(kind[0]),), (Clause(missing),))
        gone.append((case(asked, scene, number_of_case), None))
        someone = person(rng, presentation=str(rng.choice(PRESENTATIONS)))
        scene = Scene(any_background(rng), people=(someone,))
        work = {"occupation": someone.occupation}
        clauses = (Clause(someone.occupation),)
        asked = Prompt("person", "", "occupation", clauses, (), work, "person")
        people.append((case(asked, scene, number_of_case), someone))
    detect, perceive = objects.load(dialect="scenes"), presentation.load(dialect="scenes")
    count, pair, absent, found = (
        [dict(j.values) for j in detect.judge([c for c, _ in cases])]
        for cases in (counts, pairs, gone, people)
    )
    read_people = [dict(j.values) for j in perceive.judge([c for c, _ in people])]
    forms = [(v, p) for v, (_, p) in zip(read_people, people, strict=True)]
    given = [(v, p) for v, p in forms if v["label"] is not None]
    held = [v["relation"] == truth for v, (_, truth) in zip(pair, pairs, strict=True)]
    name = "scenes-owl"
    return [
        share(name, "exact count, 1–6", [v["count"] == 1 for v in count]),
        share(name, "colour of everything counted", [v["color"] == 1 for v in count]),
        share(name, "relation verdict, true or false", held),
        share(name, "both objects found", [v["present"] == 1 for v in pair]),
        share(name, "absent object not found", [v["absent"] == 1 for v in absent]),
        share(name, "occupation found", [v["correct"] == 1 for v in found]),
        share(
            "presentation scorer",
            "Monk tone, exact",
            [v["tone"] == str(p.tone) for v, p in forms],
            1 / 10,
        ),
        share(
            "presentation scorer",
            "gives a presentation",
            [v["label"] is not None for v, _ in forms],
        ),
        share(
            "presentation scorer",
            "presentation right where given",
            [v["label"] == p.presentation for v, p in given],
            1 / 2,
        ),
    ]


def case(prompt: Prompt, scene: Scene, number: int) -> Case:
    """A fresh render as a scorer is asked to judge it."""
    return Case(Key("fresh", prompt.id, number), prompt, picture(draw(scene)))


def ldm_figures(name: str, images: int) -> list[Figure]:
    """A bundled pipeline as `scenes-owl` judges it, `images` a count from one to six."""
    from evalsuite.plugins.find import load_backend

    backend, scorer = load_backend(name, {}), objects.load(dialect="scenes")
    rng = np.random.default_rng([7, 3])
    requests = []
    for number in range(1, 7):
        for index in range(images):
            kind = any_kind(rng)
            clauses = (Clause(kind[0], number, kind[1]),)
            prompt = Prompt(f"c{number}", counted(kind, number), "counting", clauses)
            seed = int(rng.integers(2**32))
            requests.append(Request(Key("fresh", f"c{number}-{index}", 0), prompt, seed))
    pixels: list[Pixels | NoImage] = []
    for start in range(0, len(requests), backend.batch_size):
        batch = requests[start : start + backend.batch_size]
        short = backend.batch_size - len(batch)
        pixels += list(backend.render([*batch, *[batch[-1]] * short]))[: len(batch)]
    cases = [
        Case(request.key, request.prompt, picture(made))
        for request, made in zip(requests, pixels, strict=True)
        if not isinstance(made, NoImage)
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


HEAD = "| | right | 95 % interval | n | chance |\n|---|---|---|---|---|\n"


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table of one model's figures."""
    return HEAD + "\n".join(figure.row() for figure in figures) + "\n"


def write(figures: Sequence[Figure]) -> None:
    """The report, and each model's own rows in its card."""
    names = list(dict.fromkeys(figure.model for figure in figures))
    text = (
        "# The bundled models, measured\n\nWritten by `python benchmarks/bundled.py --write`: "
        "fresh renders that no training step has seen (seeds [7, …]), Wilson intervals.\n"
    )
    for name in names:
        own = table([figure for figure in figures if figure.model == name])
        text += f"\n## {name}\n\n{own}"
        card = BUNDLED / name / "README.md"
        if card.exists():
            whole = card.read_text(encoding="utf-8")
            body = f"## Measured quality\n\n{own}\nBy `benchmarks/bundled.py`.\n\n"
            start, end = whole.index("## Measured quality"), whole.index("## What it is")
            card.write_text(whole[:start] + body + whole[end:], encoding="utf-8")
    report = REPOSITORY / "reports" / "benchmarks" / "bundled.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the report and the cards")
    parser.add_argument(
        "--images", type=int, default=32, help="pictures a count from each pipeline"
    )
    parser.add_argument("--only", nargs="*", help="reader clip owl ldm early")
    options = parser.parse_args()
    parts: dict[str, Callable[[], list[Figure]]] = {
        "reader": reader_figures,
        "clip": clip_figures,
        "owl": owl_figures,
        "ldm": lambda: ldm_figures("scenes-ldm", options.images),
        "early": lambda: ldm_figures("scenes-ldm-early", options.images),
    }
    figures = []
    for name, part in parts.items():
        if not options.only or name in options.only:
            found = part()
            for model in dict.fromkeys(figure.model for figure in found):
                print(f"{model}\n{table([f for f in found if f.model == model])}", flush=True)
            figures += found
    if options.write:
        write(figures)


if __name__ == "__main__":
    main()
