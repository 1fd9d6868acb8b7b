"""Draws what a prompt of the bundled world expects; each knob is the chance of one error."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evalsuite.records import Json, NoImage, Pixels, Prompt, Request
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import SIZES, any_background, any_kind, person, place
from evalsuite.scenes.world import COLORS, OCCUPATIONS, PRESENTATIONS, SHAPES, Scene
from evalsuite.vocabulary.relations import OPPOSITE

MOST = max(SIZES)


@dataclass(frozen=True, slots=True)
class Errors:
    """Probabilities of each error, and how people are drawn.

    `miscount`: one object too many or too few. `swap`: the opposite relation. `ignore_no`: what
    is excluded is drawn. `recolor`: another colour for one object. `refuse`: no image, status
    "refused". `woman`: share drawn in the first pictogram form, for every occupation; below 0
    the training distribution's own skew.
    """

    miscount: float = 0.0
    swap: float = 0.0
    ignore_no: float = 0.0
    recolor: float = 0.0
    refuse: float = 0.0
    woman: float = -1.0


class ScenesBackend:
    """Draws what a prompt of the scene world expects."""

    dialect = "scenes"

    def __init__(self, errors: Errors, batch_size: int) -> None:
        self._errors = errors
        self.batch_size = batch_size

    def describe(self) -> Mapping[str, Json]:
        """The knobs; the renderer itself is part of evalsuite's version."""
        return {"model": "scenes", "errors": asdict(self._errors)}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that ask for what the world does not have."""
        return [f"prompt {p.id}: {why}" for p in prompts if (why := _unknown(p))]

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request; everything random comes from the request's seed."""
        return [self._render(request) for request in requests]

    def _render(self, request: Request) -> Pixels | NoImage:
        rng, errors = np.random.default_rng(request.seed), self._errors
        if rng.random() < errors.refuse:
            return NoImage("refused", "the renderer was told to refuse")
        background = any_background(rng)
        if request.prompt.subject == "person":
            form = None
            if errors.woman >= 0:
                form = PRESENTATIONS[0 if rng.random() < errors.woman else 1]
            job = request.prompt.include[0].name
            return draw(Scene(background, people=(person(rng, job, form),)))
        return draw(Scene(background, place(rng, *self._kinds(rng, request.prompt))))

    def _kinds(
        self, rng: np.random.Generator, prompt: Prompt
    ) -> tuple[list[tuple[str, str]], str | None]:
        """The kinds to draw, and how the first lies from the second."""
        errors, relation = self._errors, None
        groups: list[list[tuple[str, str]]] = []
        for clause in prompt.include:
            kind = (clause.name, clause.color or any_kind(rng)[1])
            if rng.random() < errors.recolor:
                kind = (kind[0], str(rng.choice([c for c in COLORS if c != kind[1]])))
            groups.append([kind] * clause.count)
        for number, clause in enumerate(prompt.include):
            if clause.position is not None:
                asked_relation, target = clause.position
                relation = (
                    OPPOSITE[asked_relation] if rng.random() < errors.swap else asked_relation
                )
                groups = [groups[number], groups[target]]
        if rng.random() < errors.miscount:
            more = sum(map(len, groups)) < MOST and (len(groups[0]) == 1 or rng.random() < 0.5)
            groups[0] = [*groups[0], groups[0][0]] if more else groups[0][1:]
        for clause in prompt.exclude:
            if clause.count == 1 and rng.random() < errors.ignore_no:
                groups.append([(clause.name, clause.color or any_kind(rng)[1])])
        kinds = [kind for group in groups for kind in group]
        return kinds, relation if len(kinds) == 2 else None


def _unknown(prompt: Prompt) -> str:
    """What of the prompt the world cannot draw; "" if nothing."""
    if prompt.subject == "person":
        is_known = bool(prompt.include) and prompt.include[0].name in OCCUPATIONS
        return "" if is_known else "the scene world does not know this occupation"
    if not prompt.include:
        return "it does not say what to include, and the renderer reads only that"
    for clause in prompt.include:
        if clause.name not in SHAPES or clause.color not in (None, *COLORS):
            return f"the scene world has no {clause.color or ''} {clause.name}".replace("  ", " ")
        if clause.position is not None and clause.position[0] not in OPPOSITE:
            return f"the scene world has no relation {clause.position[0]!r}"
    if sum(clause.count for clause in prompt.include) > MOST:
        return f"the scene world draws {MOST} things at most"
    return ""
