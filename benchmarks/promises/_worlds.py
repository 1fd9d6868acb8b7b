"""Made-up runs for proofs: prompts of every kind, and rows that ended in every way."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from evalsuite.measures import DIVERSITY, estimate
from evalsuite.measures.declared import measures_of
from evalsuite.measures.kinds import kind_of
from evalsuite.plugins.find import own_measures
from evalsuite.prompts import sets
from evalsuite.records import (
    Clause,
    Estimate,
    InputError,
    Judgement,
    Key,
    Measure,
    Pixels,
    Prompt,
    PromptSet,
    Request,
    Sample,
    Value,
)
from evalsuite.report.content import Report
from evalsuite.runs.seeds import plan
from evalsuite.vocabulary.monk import TONES

ENDINGS = ("ok", "ok", "ok", "refused", "blocked", "invalid", "failed", "not drawn")
STATES = ("value", "value", "value", "abstention", "not answered")
GENEVAL = ("single_object", "two_object", "colors", "position", "color_attr", "counting")
"""The tags of GenEval's prompts, of which no set is bundled."""
ODD = "outside.thing"
"""A measure that nobody declared."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A run in memory: what was planned, drawn and judged."""

    prompt_sets: Sequence[PromptSet]
    requests: Sequence[Request]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]
    known: Sequence[Measure] = field(default_factory=own_measures)

    @property
    def planned(self) -> list[Key]:
        """Every planned image."""
        return [request.key for request in self.requests]


def prompts_of_every_kind(dice: random.Random, each: int) -> PromptSet:
    """A set of some prompts of every bundled set, each negated one with its twin."""
    chosen: dict[str, Prompt] = {}
    for name in sets.bundled():
        whole = bundled(name)
        own = {prompt.id: prompt for prompt in whole}
        for prompt in dice.sample(whole, min(each, len(whole))):
            both = [prompt, *([own[prompt.twin]] if prompt.twin else [])]
            chosen |= {f"{name}-{p.id}": _renamed(p, name) for p in both}
    for tag in GENEVAL:
        chosen[tag] = Prompt(tag, f"a photo of a {tag}", tag, include=(Clause("cat"),))
    return PromptSet(
        name="mixed",
        version="1",
        digest="0" * 64,
        dialect="everyday",
        prompts=tuple(chosen.values()),
    )


@cache
def bundled(name: str) -> Sequence[Prompt]:
    """The prompts of a bundled set, whose file is read once."""
    return sets.find([name], name.partition("-")[0])[0].prompts


def _renamed(prompt: Prompt, name: str) -> Prompt:
    twin = prompt.twin and f"{name}-{prompt.twin}"
    return replace(prompt, id=f"{name}-{prompt.id}", twin=twin)


def world(dice: random.Random, prompt_set: PromptSet, images: int, *, whole: bool = False) -> World:
    """A run of the set; `whole`: every image is drawn, and every scorer has its value."""
    requests = plan([prompt_set], images, dice.randrange(1000))
    samples, judgements = {}, {}
    fields = fields_of(own_measures())
    for request in requests:
        ending = "ok" if whole else dice.choice(ENDINGS)
        if ending == "not drawn":
            continue
        image = f"{len(samples):064x}" if ending == "ok" else None
        samples[request.key] = Sample(request.key, request.seed, ending, image=image)  # type: ignore[arg-type]
        for scorer, measures in fields.items():
            if ending == "ok" and (whole or dice.random() < 0.9):
                judgements[scorer, request.key] = _judgement(
                    dice, scorer, request.key, measures, whole
                )
    return World(
        prompt_sets=[prompt_set], requests=requests, samples=samples, judgements=judgements
    )


def fields_of(measures: Sequence[Measure]) -> dict[str, dict[str, Measure]]:
    """By scorer and field a measure that reads it, with one that nobody declared."""
    odd = Measure(name=ODD, title=ODD, kind="mean", bounds=(0.0, 3.0))
    found: dict[str, dict[str, Measure]] = {}
    for measure in [*measures, odd]:
        # Of several measures of a field the one with the narrowest values comes last.
        if measure.kind not in ("unknown", "people unread"):
            found.setdefault(measure.scorer, {})[measure.field] = measure
    return found


def _judgement(
    dice: random.Random, scorer: str, key: Key, fields: Mapping[str, Measure], whole: bool
) -> Judgement:
    if not whole and dice.random() < 0.05:
        return Judgement(scorer, key, failure="broke down")
    values: dict[str, Value] = {}
    reasons, barred = {}, []
    for name, measure in fields.items():
        state = "value" if whole else dice.choice(STATES)
        if not whole and dice.random() < 0.01:
            barred.append(name)
        elif state == "value":
            values[name] = _value(dice, measure)
        elif state == "abstention":
            values[name], reasons[name] = None, "unsure: nobody knows"
    return Judgement(scorer, key, values, reasons=reasons, not_applicable=tuple(barred))


def _value(dice: random.Random, measure: Measure) -> Value:
    kind = kind_of(measure)
    if measure.kind.startswith("tones") or measure.kind in ("tone imbalance", "mean tone"):
        return dice.choice(TONES)
    if measure.kind.startswith("people"):
        some = TONES if measure.kind == "people tones" else ("woman", "man", "unknown")
        return ",".join(dice.choices(some, k=dice.randint(1, 3)))
    if kind.of_hits or measure.kind in ("label", "labels", "imbalance"):
        return dice.choice([measure.label or "other", "another"])
    if kind.is_verdict or kind.bounds in ((0.0, 1.0), (-1.0, 1.0)):
        return float(dice.random() < 0.7)
    low, high = measure.bounds or (0.0, 10.0)
    return dice.uniform(low, high)


def estimates_of(run: World, planned: Sequence[Key] | None = None) -> list[Estimate]:
    """The estimates of a run, or of some of its planned images as if those were all."""
    return estimate(
        run.prompt_sets,
        run.samples,
        run.judgements,
        run.planned if planned is None else planned,
        run.known,
    )


def report_of(run: World, rows: Sequence[Estimate]) -> Report:
    """A run as the report's data."""
    known = measures_of(run.prompt_sets, run.judgements, run.known)
    return Report(
        title="made up",
        model="none",
        manifest={},
        prompt_sets=run.prompt_sets,
        samples=run.samples,
        judgements=run.judgements,
        estimates=rows,
        load_image=_no_image,
        measures={measure.name: measure for measure in [*known, *DIVERSITY]},
        planned=run.planned,
    )


def _no_image(sha256: str) -> Pixels:
    raise InputError(f"{sha256}: no picture was made")
