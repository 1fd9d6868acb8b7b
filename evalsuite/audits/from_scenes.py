"""Questions with known answers: fresh scenes, each with one true and one or two false prompts.

For audits of scorers. The prompts are made by `scene_questions`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

import numpy as np

from evalsuite.audits.record import DIFFERS, KnownCase
from evalsuite.audits.scene_questions import KINDS, ORDER, SceneQuestions
from evalsuite.records import Case, Key, Picture, Prompt, Value
from evalsuite.scenes.draw import draw
from evalsuite.scenes.truth import truth

SET = "audit"


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


def _cases(asked: SceneQuestions, number: int) -> list[KnownCase]:
    pixels = draw(asked.scene)
    # One picture for both questions, so that it is encoded once.
    picture = Picture(sha256(pixels.tobytes()).hexdigest(), lambda: pixels)
    by_id = {prompt.id: prompt for prompt in asked.prompts}
    twins = {prompt.twin: prompt for prompt in asked.prompts if prompt.twin}
    cases = []
    for prompt in asked.prompts:
        truths = {**truth(prompt, asked.scene), **asked.more.get(prompt.id, {})}
        differs = {} if truths["correct"] else {DIFFERS: _differs(prompt, truths)}
        grouped = replace(prompt, groups={**prompt.groups, **differs})
        twin = by_id.get(prompt.twin or "") or twins.get(prompt.id)
        key = Key(SET, f"{number:05d}-{prompt.id}", 0)
        cases.append(KnownCase(Case(key, grouped, picture, twin), truths))
    return cases


def _differs(prompt: Prompt, truths: Mapping[str, Value]) -> str:
    """The thing in which a false prompt differs from the scene."""
    if prompt.subject == "person":
        return "occupation"
    if prompt.id in ("affirmative", "negated"):
        return "negation"
    faults = {"present": "shape", "color": "colour", "count": "number", "relation": "relation"}
    return next(word for name, word in faults.items() if truths.get(name) == 0.0)
