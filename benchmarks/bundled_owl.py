"""The detector's and the presentation scorer's figures, for `bundled.py`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from bundled_figures import FRESH, KINDS, Boxes, Figure, Shown, case, picture, share

from evalsuite.audits.boxes import FoundBoxes, box_errors
from evalsuite.encoders.detector import load as load_detector
from evalsuite.records import Box, Case, Clause, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import (
    any_background,
    any_kind,
    any_scene,
    different_kind,
    person,
    place,
)
from evalsuite.scenes.world import (
    PRESENTATIONS,
    RELATIONS,
    SHAPES,
    Person,
    Scene,
    relation_between,
)
from evalsuite.scorers import objects, presentation, skin_tone


class OwlCases(NamedTuple):
    """Fresh renders with the prompts to judge them by, and what is true of pairs and people."""

    counts: list[Case]
    pairs: list[Case]
    absences: list[Case]
    people: list[Case]
    relations: list[bool]
    persons: list[Person]


def owl_cases(rng: np.random.Generator, show: Shown = draw) -> OwlCases:
    """`FRESH` cases of each sort."""
    cases = OwlCases([], [], [], [], [], [])
    for number in range(FRESH):
        kind, count = any_kind(rng), int(rng.integers(1, 7))
        scene = Scene(any_background(rng), place(rng, [kind] * count))
        prompt = Prompt("count", "", "counting", include=(Clause(kind[0], count, color=kind[1]),))
        cases.counts.append(case(prompt, scene, number, show))
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
        cases.absences.append(case(prompt, scene, number, show))
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
        cases.people.append(case(prompt, scene, number, show))
    return cases


def owl_figures() -> list[Figure | Boxes]:
    """`scenes-owl` through the scorers that use it, on fresh renders and through the decoder."""
    found = {
        kind: (owl_cases(np.random.default_rng([7, 2]), show), show) for kind, show in KINDS.items()
    }
    return [
        *(row for kind, (cases, _) in found.items() for row in owl_figures_of(kind, cases)),
        *(boxes(kind, show) for kind, (_, show) in found.items()),
        *(row for kind, (cases, _) in found.items() for row in presentation_figures(kind, cases)),
    ]


def owl_figures_of(kind: str, cases: OwlCases) -> list[Figure]:
    """The detector's counts, colours, relations and occupations on one kind of pictures."""
    detector = objects.load(dialect="scenes")
    count, pair, absent, people = (
        [dict(judgement.values) for judgement in detector.judge(part)] for part in cases[:4]
    )
    asked = [case.prompt.include[0].count for case in cases.counts]

    def exact(numbers: Sequence[int]) -> list[bool]:
        return [v["count"] == 1 for v, n in zip(count, asked, strict=True) if n in numbers]

    relations = zip(pair, cases.relations, strict=True)
    rows = {
        "exact count, 1–6": exact(range(1, 7)),
        "exact count, 1–2": exact((1, 2)),
        "exact count, 3–4": exact((3, 4)),
        "exact count, 5–6": exact((5, 6)),
        "colour of everything counted": [v["color"] == 1 for v in count],
        "relation verdict, true or false": [
            v["relation"] == float(is_so) for v, is_so in relations
        ],
        "both objects found": [v["present"] == 1 for v in pair],
        "absent object not found": [v["absent"] == 1 for v in absent],
        "occupation found": [v["correct"] == 1 for v in people],
    }
    return [share("scenes-owl", what + kind, right) for what, right in rows.items()]


def boxes(kind: str, show: Shown) -> Boxes:
    """How well the detector's boxes lie on the objects of `FRESH` pictures of one kind."""
    detector, rng = load_detector("scenes-owl"), np.random.default_rng([7, 4])
    scenes = [any_scene(rng) for _ in range(FRESH)]
    pictures = [picture(show(scene)) for scene in scenes]
    detector.look(pictures)  # in full batches: a batch of one costs as much
    pairs = []
    for number, (scene, shown) in enumerate(zip(scenes, pictures, strict=True)):
        seen = detector.detect(shown, sorted({item.shape for item in scene.items}))
        found = [Box(box.name, box.box, box.score) for box in seen]
        true = [Box(item.shape, item.box) for item in scene.items]
        pairs.append(FoundBoxes(str(number), found, true))
    return Boxes("scenes-owl", "boxes of objects" + kind, box_errors(pairs))


def presentation_figures(kind: str, cases: OwlCases) -> list[Figure]:
    """The presentation and skin tone scorers on the same people."""
    name, values = "presentation and skin tone", []
    readers = (presentation.load(dialect="scenes"), skin_tone.load(dialect="scenes"))
    for said in zip(*(reader.judge(cases.people) for reader in readers), strict=True):
        values.append({field: v for judgement in said for field, v in judgement.values.items()})
    answers = list(zip(values, cases.persons, strict=True))
    given = [(v, person) for v, person in answers if v["label"] is not None]
    tones = [v["tone"] == str(person.tone) for v, person in answers]
    labels = [v["label"] == person.presentation for v, person in given]
    return [
        share(name, "Monk tone, exact" + kind, tones, 1 / 10),
        share(name, "gives a presentation" + kind, [v["label"] is not None for v in values]),
        share(name, "presentation right where given" + kind, labels, 1 / 2),
    ]
