"""Nine scorers with one planted defect each, and one without: an audit must see each.

All know the scenes (the world's own reader of pixels told them); what is planted is the defect
alone. A probe is a question to an audit's rows. It must fire on its own defect, and on the clean
scorer none may.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from evalsuite.audits.from_scenes import perturbed, questions
from evalsuite.audits.known import CLEAN, KnownCase
from evalsuite.audits.pictures import through, way
from evalsuite.audits.record import DIFFERS, PERTURBED, Audited
from evalsuite.audits.run import AuditOutcome, audit
from evalsuite.records import Box, Case, Choice, Json, Judgement, Prompt, Value
from evalsuite.report.tables import Table, cells
from evalsuite.scenes.read import read
from evalsuite.scenes.truth import truth
from evalsuite.scenes.world import SIDE, Scene
from evalsuite.scorers.clip import negatives

IMAGES = 300
"""Scenes: fifty of a kind, so that thirty show each sort of falsehood."""
BLURRED = way("blur", "renders").kind.name
CLEAN_SCORER = "no defect"

Known = Mapping[str, tuple[KnownCase, Scene]]
"""By the key's prompt id: the case, and the scene that its clean render shows."""


def _mirrored(scene: Scene) -> Scene:
    return replace(scene, items=tuple(replace(item, x=SIDE - item.x) for item in scene.items))


def _uncounted(prompt: Prompt) -> Prompt:
    return replace(
        prompt,
        include=tuple(replace(clause, count=1) for clause in prompt.include),
        exclude=tuple(clause for clause in prompt.exclude if clause.count == 1),
    )


def _uncolored(prompt: Prompt) -> Prompt:
    return replace(prompt, include=tuple(replace(c, color=None) for c in prompt.include))


def _unrelated(prompt: Prompt) -> Prompt:
    return replace(prompt, include=tuple(replace(c, position=None) for c in prompt.include))


def _unnegated(prompt: Prompt) -> Prompt:
    return replace(prompt, exclude=tuple(c for c in prompt.exclude if c.count > 1))


READS: Mapping[str, Callable[[Prompt], Prompt]] = {
    "ignores the count": _uncounted,
    "ignores the colour": _uncolored,
    "ignores the relation": _unrelated,
    "ignores the negation": _unnegated,
}
"""Defects of reading: the prompt as such a scorer understands it."""

FIELDS = ("correct", "relation", "absent")


class Planted:
    """Fields: `correct`, `relation`, `absent`, `choice`; boxes of what the prompt includes."""

    name = "planted"
    batch_size = 32

    def __init__(self, defect: str, known: Known) -> None:
        self.defect, self._known = defect, known

    def describe(self) -> Mapping[str, Json]:
        """The defect."""
        return {"defect": self.defect}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case."""
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        known, scene = self._known[case.key.prompt_id]
        told = truth(READS.get(self.defect, lambda p: p)(case.prompt), self._seen(scene))
        asked = truth(case.prompt, scene)
        # What it does not read in the prompt it takes for fulfilled.
        values: dict[str, Value] = {n: told.get(n, 1.0) for n in FIELDS if n in asked}
        if self.defect == "always says yes":
            values = dict.fromkeys(values, 1.0)
        if self.defect == "guesses on blurred pictures" and case.key.prompt_set == BLURRED:
            values = {name: float(zlib.crc32(f"{case.key} {name}".encode()) & 1) for name in values}
        choices = {}
        if isinstance(right := known.truth.get("choice"), str):
            choices["choice"] = self._choose(case, right)
            values["choice"] = float(choices["choice"].chosen == case.prompt.text)
        boxed = _mirrored(scene) if self.defect == "mirrors its boxes" else scene
        named = {clause.name for clause in case.prompt.include}
        return Judgement(
            scorer=self.name,
            key=case.key,
            values=values,
            boxes=tuple(Box(i.shape, i.box, 1.0) for i in boxed.items if i.shape in named),
            choices=choices,
        )

    def _seen(self, scene: Scene) -> Scene:
        return _mirrored(scene) if self.defect == "swaps left and right" else scene

    def _choose(self, case: Case, right: str) -> Choice:
        options = (case.prompt.text, *negatives(case.prompt, case.twin))
        chosen = right if right in options else options[-1]
        if self.defect == "always takes the first option":
            chosen = options[0]
        return Choice(options, (), chosen)


ASKED_BY = {"number": "counting", "colour": "counting", "relation": "position"}
"""The tag of the prompts on which a sort of falsehood is told apart."""


def _rows(outcome: AuditOutcome, field: str, kind: str = CLEAN, **group: str) -> list[Audited]:
    """The rows of a field on one kind of pictures, of exactly this group."""
    return [r for r in outcome.audited if (r.field, r.kind, r.group) == (field, kind, group)]


def _guesses(outcome: AuditOutcome, sort: str) -> bool:
    rows = _rows(outcome, "correct", **{DIFFERS: sort})
    return any(row.is_guess for row in rows if row.tag == ASKED_BY[sort])


def _says_yes(outcome: AuditOutcome) -> bool:
    shares = [(r.sensitivity, r.specificity) for r in _rows(outcome, "correct")]
    values = [(yes.value or 0.0, no.value or 0.0) for yes, no in shares if yes and no]
    return bool(values) and all(yes > 0.95 and no < 0.05 for yes, no in values)


def _swaps(outcome: AuditOutcome) -> bool:
    rows = _rows(outcome, "relation", "perturbed renders", **{PERTURBED: "mirrored"})
    return any(row.high is not None and row.high < 0.5 for row in rows)


def _lies(outcome: AuditOutcome) -> bool:
    overlaps = [row.errors.overlap.value for row in outcome.boxes if row.kind == CLEAN]
    return any(overlap is not None and overlap < 0.5 for overlap in overlaps)


def _takes_first(outcome: AuditOutcome) -> bool:
    rows = _rows(outcome, "choice")
    guards = [row.balanced.value for row in rows if row.balanced]
    return any(row.is_guess for row in rows) and set(guards) == {0.5}


def _is_blind(outcome: AuditOutcome) -> bool:
    clear, soft = (_rows(outcome, "correct", kind) for kind in (CLEAN, BLURRED))
    was, still = (any(row.is_evidence for row in rows) for rows in (clear, soft))
    return was and not still and any(row.is_guess for row in soft)


PROBES: Mapping[str, Callable[[AuditOutcome], bool]] = {
    "always says yes": _says_yes,
    "ignores the count": lambda outcome: _guesses(outcome, "number"),
    "ignores the colour": lambda outcome: _guesses(outcome, "colour"),
    "ignores the relation": lambda outcome: _guesses(outcome, "relation"),
    "ignores the negation": lambda outcome: any(r.is_guess for r in _rows(outcome, "absent")),
    "swaps left and right": _swaps,
    "mirrors its boxes": _lies,
    "always takes the first option": _takes_first,
    "guesses on blurred pictures": _is_blind,
}
"""By the defect that each is for: whether an audit's rows show it."""


def fired(images: int = IMAGES, seed: int = 7) -> dict[str, dict[str, bool]]:
    """For every planted scorer, and the clean one, which probes fire on its audit."""
    renders, changed = questions(seed, images), perturbed(seed, max(4, images // 50))
    cases = [*renders, *through(renders, way("blur", "renders")), *changed]
    scenes: dict[str, Scene] = {}
    for case in (known.case for known in (*renders, *changed)):
        if case.picture.sha256 not in scenes:
            scenes[case.picture.sha256] = read(case.picture.pixels)
    known = {k.case.key.prompt_id: (k, scenes[k.case.picture.sha256]) for k in (*renders, *changed)}
    found = {}
    for defect in (*PROBES, CLEAN_SCORER):
        outcome = audit([Planted(defect, known)], cases)
        found[defect] = {name: bool(probe(outcome)) for name, probe in PROBES.items()}
    return found


def wrong(found: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """What of the proof does not hold, a line each; nothing where the audit sees all defects."""
    silent = [f"no probe saw {name!r}" for name in PROBES if not found[name][name]]
    return silent + [
        f"{name!r} fired on the clean" for name, on in found[CLEAN_SCORER].items() if on
    ]


def table(found: Mapping[str, Mapping[str, bool]]) -> Table:
    """Scorers down, probes across."""
    rows = [
        cells(scorer, *("fires" if fires else "-" for fires in on.values()))
        for scorer, on in found.items()
    ]
    return Table("Planted defects", cells("planted", *PROBES), tuple(rows))
