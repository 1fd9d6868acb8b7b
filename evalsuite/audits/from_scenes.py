"""Questions with known answers: fresh scenes, each with one true and one or two false prompts.

For audits of scorers. The prompts are made by `scene_questions`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

import numpy as np

from evalsuite.audits.boxes import true_boxes
from evalsuite.audits.known import CLEAN, KnownCase, PictureKind
from evalsuite.audits.record import DIFFERS, PERTURBED
from evalsuite.audits.scene_questions import KINDS, ORDER, SceneQuestions
from evalsuite.records import Case, Key, Picture, Prompt, Value
from evalsuite.scenes.draw import draw
from evalsuite.scenes.perturb import PERTURBATIONS, Edit
from evalsuite.scenes.sample import Rng
from evalsuite.scenes.truth import truth
from evalsuite.scenes.world import Scene

SET = "audit"
RENDERS = PictureKind(CLEAN)
CHANGED = PictureKind("perturbed renders", grouped=(PERTURBED,))

MADE_FROM = {
    "count": ("count", 1, 0),
    "relation": ("relation", 1, 0),
    "negated": ("negation", 2, 0),
    "affirmed": ("negation", 2, 1),
    "color": ("color", 2, 1),
    "colors of two": ("color", 2, 0),
    "person": ("occupation", 1, 0),
}
"""For each sort of `PERTURBATIONS`: the kind of question, and which of its turns give the sort."""

NOT_ASKED = ("drawn",)
"""Of a changed picture: a number tells no more than whether the number is right."""


def questions(seed: int, images: int) -> list[KnownCase]:
    """Two or three questions on each of `images` fresh scenes, the kinds in turn.

    The same seed gives the same scenes and questions, and more of them begin alike.
    """
    rng = np.random.default_rng([seed, 1])
    turns: Counter[str] = Counter()
    cases = []
    for number in range(images):
        kind = ORDER[number % len(ORDER)]
        cases += _cases(KINDS[kind](rng, turns[kind]), number)
        turns[kind] += 1
    return cases


def perturbed(seed: int, each: int) -> list[KnownCase]:
    """`each` scenes for every one of forty changes: a true prompt asked before and after it.

    Only fields whose truth the change turns are asked: the verdict must change with it.
    """
    cases: list[KnownCase] = []
    for number, (sort, name, edit) in enumerate(
        (sort, name, edit) for sort, edits in PERTURBATIONS.items() for name, edit in edits.items()
    ):
        rng = np.random.default_rng([seed, 2, number])
        kind, step, turn = MADE_FROM[sort]
        made = 0
        while made < each:
            pair = _pair(rng, KINDS[kind](rng, turn), edit, name, f"{number:02d}-{made:04d}")
            cases += pair
            turn, made = turn + step, made + bool(pair)
    return cases


def _pair(
    rng: Rng, asked: SceneQuestions, edit: Edit, name: str, pair: str
) -> tuple[KnownCase, ...]:
    """A scene and its changed copy with one prompt; empty where the scene does not fit."""
    truths = {prompt.id: truth(prompt, asked.scene) for prompt in asked.prompts}
    prompt = next(prompt for prompt in asked.prompts if truths[prompt.id]["correct"] == 1.0)
    changed = edit(rng, asked.scene, prompt)
    if changed is None:
        return ()
    before, after = truths[prompt.id], truth(prompt, changed)
    turned = [
        field
        for field in before
        if field in after and before[field] != after[field] and field not in NOT_ASKED
    ]
    if not turned:
        return ()
    grouped = replace(prompt, groups={**prompt.groups, PERTURBED: name}, twin=None)
    return tuple(
        KnownCase(
            case=Case(Key(SET, f"{pair}-{when}", 0), grouped, _picture(scene)),
            truth={field: told[field] for field in turned},
            kind=CHANGED,
            pair=pair,
        )
        for when, scene, told in (("before", asked.scene, before), ("after", changed, after))
    )


def _picture(scene: Scene) -> Picture:
    pixels = draw(scene)
    return Picture(sha256(pixels.tobytes()).hexdigest(), lambda: pixels)


def _cases(asked: SceneQuestions, number: int) -> list[KnownCase]:
    # One picture for all questions, so that it is encoded once.
    picture, boxes = _picture(asked.scene), true_boxes(asked.scene)
    by_id = {prompt.id: prompt for prompt in asked.prompts}
    twins = {prompt.twin: prompt for prompt in asked.prompts if prompt.twin}
    cases = []
    for prompt in asked.prompts:
        truths = {**truth(prompt, asked.scene), **asked.more.get(prompt.id, {})}
        differs = {} if truths["correct"] else {DIFFERS: _differs(prompt, truths)}
        grouped = replace(prompt, groups={**prompt.groups, **differs})
        twin = by_id.get(prompt.twin or "") or twins.get(prompt.id)
        key = Key(SET, f"{number:05d}-{prompt.id}", 0)
        cases.append(KnownCase(Case(key, grouped, picture, twin), truths, RENDERS, boxes))
    return cases


def _differs(prompt: Prompt, truths: Mapping[str, Value]) -> str:
    """The thing in which a false prompt differs from the scene."""
    if prompt.subject == "person":
        return "occupation"
    if prompt.id in ("affirmative", "negated"):
        return "negation"
    faults = {"present": "shape", "color": "colour", "count": "number", "relation": "relation"}
    return next(word for name, word in faults.items() if truths.get(name) == 0.0)
