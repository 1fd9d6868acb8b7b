"""Draw images only until the gate is decided: in rounds, whole prompts at a time in random order.

An anytime-valid test looks after every round (`stats.evidence`), so stopping early does not
inflate its error. A prompt set is left as soon as each of its blocking measures is decided. What is
tested at the maximum is tested at the first one that a folder's gate had, which is on disk.
"""

import hashlib
import json
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalsuite import gating
from evalsuite.comparison.read_run import side_of
from evalsuite.comparison.snapshot import Side
from evalsuite.files.atomic import naming, write_text
from evalsuite.files.segments import canonical
from evalsuite.gating.judges import refuse_unreliable, with_judges
from evalsuite.gating.policy import Policy
from evalsuite.gating.run import gated, judges_of, publish, read_policy
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.stages import Announce, begin, draw, judge_drawn
from evalsuite.pipeline.summarise import summarise
from evalsuite.pipeline.work import Work, begin_work, load_scorers
from evalsuite.plugins.find import names
from evalsuite.records import InputError, Json, Key, Progress, PromptSet, Request, Verdict
from evalsuite.report.verdicts import Gated
from evalsuite.runs.rows import RunRows, planned_rows

ROUNDS = 20
"""About how many looks there are on the way to the planned maximum."""

STATE = "sequential.json"
"""The file in a run's folder that says at which maximum its gate began."""

Unit = tuple[str, list[Request]]
"""A prompt set and all images of one of its prompts, or of a pair of twins."""

Look = Callable[[Sequence[Request], Sequence[Request]], Side]
"""Draws and judges the new images, and gives the run with all drawn ones alone planned."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sequential gate ended: the run's folder and what was said."""

    folder: Path
    gated: Gated
    drawn: int
    planned: int


def defaults(baseline: Side) -> dict[str, Json]:
    """The settings that draw the baseline's images, for those that nobody gives."""
    found: dict[str, Json] = {"seed": baseline.seed, "prompts": list(baseline.prompt_sets)}
    if baseline.planned:
        found["num_images"] = 1 + max(key.index for key in baseline.planned)
    if baseline.scorers and set(baseline.scorers) <= set(names("scorers")):
        found["scorers"] = list(baseline.scorers)
    return found


def draw_until_decided(
    settings: Settings,
    baseline: Side,
    policy_name: str,
    *,
    max_images: int | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
) -> Ended:
    """Draw, judge and look until every blocking measure is decided, or `max_images` are drawn.

    Only images that the baseline has, by prompt, index and seed, are drawn. Back-end and scorers
    stay loaded together. The run's folder is that of the whole plan: `evalsuite run` with the same
    settings finishes it. Raises `InputError` where no planned image is the baseline's.
    """
    if settings.workers != 1 or settings.judge_workers or settings.executor not in (None, "inline"):
        raise InputError(
            "--sequential: looks after every few images, in one process; leave --workers, "
            "--judge-workers and --executor out"
        )
    work, backend = begin_work(settings)
    scorers = load_scorers(settings, work.dialect)
    common = [
        request for request in work.requests if baseline.seeds.get(request.key) == request.seed
    ]
    if not common:
        raise InputError(
            f"none of the planned images is among the baseline's {len(baseline.planned)}: it drew "
            f"{', '.join(baseline.prompt_sets) or 'nothing'} from seed {baseline.seed}; leave "
            "--seed and --prompts out, or bless a run of today's prompt sets"
        )
    rules = read_policy(policy_name, baseline)
    rows = begin(work, backend, scorers, announce)
    # The baseline says on which prompts each measure is answered, before any image is drawn.
    judges = judges_of(rules, baseline, work, rows)
    refuse_unreliable(rules, judges)
    units = in_random_order(common, work.prompt_sets, settings.seed, max_images)
    planned = sum(len(requests) for _, requests in units)
    whole = in_random_order(common, work.prompt_sets, settings.seed)
    first = first_maximum(work.folder, planned, [key for unit in whole for key in _keys(unit)])
    size = images_a_round(planned, backend.batch_size)

    def look(new: Sequence[Request], drawn: Sequence[Request]) -> Side:
        nonlocal rows
        if new:
            part = replace(work, requests=new)
            rows = judge_drawn(part, scorers, draw(part, backend, rows, None), None)
            if progress is not None:
                progress("gate", len(drawn), planned)
        return side_of(replace(work, requests=drawn), rows, work.folder.resolve().name)

    drawn, verdicts, side = _rounds(baseline, rules, units, size, first, look)
    note = f"{len(drawn)} of {planned} images drawn, {planned - len(drawn)} not needed"
    if planned != len(first):
        note += f"; what is tested at a maximum was tested at the first one, {len(first)} images"
    _report(work, rows, drawn, note)
    verdicts = with_judges(verdicts, judges)
    found = gated(baseline, side, rules, verdicts, note, rows=rows)
    publish(rows, found)
    return Ended(work.folder, found, len(drawn), planned)


def images_a_round(planned: int, batch_size: int) -> int:
    """How many images are drawn between two looks, at least."""
    return max(batch_size, math.ceil(planned / ROUNDS))


def in_random_order(
    requests: Sequence[Request],
    prompt_sets: Sequence[PromptSet],
    seed: int,
    max_images: int | None = None,
) -> list[Unit]:
    """The images by family of prompts, in an order from the sets' digests and the seed.

    As many whole families as `max_images` allows; raises `InputError` if that is none.
    """
    by_name = {prompt_set.name: prompt_set for prompt_set in prompt_sets}
    units: dict[tuple[str, str], list[Request]] = {}
    for request in requests:
        family = by_name[request.key.prompt_set].family(request.prompt)
        units.setdefault((request.key.prompt_set, family), []).append(request)

    def lot(unit: tuple[str, str]) -> str:
        words = canonical(["sequential", seed, by_name[unit[0]].digest, unit[1]])
        return hashlib.sha256(words.encode("ascii")).hexdigest()

    found: list[Unit] = []
    left = len(requests) if max_images is None else max_images
    for unit in sorted(units, key=lot):
        left -= len(units[unit])
        if left < 0:
            break
        found.append((unit[0], units[unit]))
    if not found:
        raise InputError(f"--max-images {max_images}: is less than one family's images; give more")
    return found


def first_maximum(folder: Path, planned: int, order: Sequence[Key]) -> frozenset[Key]:
    """The images of the first maximum that this folder's gate had: `planned`, where it is new.

    Half of alpha is spent there, once: another maximum, found after a look, must not spend it
    again. `order` are all images in the order of drawing. Raises `InputError` where the folder's
    gate was begun on other images.
    """
    path = folder / STATE
    if not path.is_file():
        state = {"first_maximum": planned, "images": _digest(order[:planned])}
        write_text(path, json.dumps(state, indent=2) + "\n")
    try:
        with naming(path):
            state = json.loads(path.read_text("utf-8"))
        first = order[: int(state["first_maximum"])]
        same = state["images"] == _digest(first)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is damaged; start over with --no-resume") from error
    if not same:
        raise InputError(
            f"{path}: this gate was begun on other images than the baseline's now; go back to that "
            "baseline, choose another --output-dir, or start over with --no-resume"
        )
    return frozenset(first)


def _digest(keys: Sequence[Key]) -> str:
    return hashlib.sha256(canonical([list(key) for key in keys]).encode("ascii")).hexdigest()


def _keys(unit: Unit) -> list[Key]:
    return [request.key for request in unit[1]]


def _rounds(
    baseline: Side,
    rules: Policy,
    units: Sequence[Unit],
    size: int,
    first: Collection[Key],
    look: Look,
) -> tuple[list[Request], list[Verdict], Side]:
    drawn: list[Request] = []
    waiting = list(units)
    side = look([], drawn)
    while True:
        open_sets = {key.prompt_set for key in set(first).difference(side.planned)}
        ended = set(baseline.prompt_sets) - open_sets
        verdicts = gating.decide(baseline, side, rules, drawing=gating.Drawing(ended, first))
        active = {
            verdict.prompt_set
            for verdict in verdicts
            if verdict.tier == "block" and verdict.word == "undecided" and _can_be_decided(verdict)
        }
        chosen, waiting = _next(waiting, active, size)
        if not chosen:
            return drawn, verdicts, side
        new = [request for _, requests in chosen for request in requests]
        drawn += new
        side = look(new, drawn)


def _can_be_decided(verdict: Verdict) -> bool:
    return verdict.p is not None or verdict.reason == gating.WAITING


def _next(waiting: Sequence[Unit], active: set[str], size: int) -> tuple[list[Unit], list[Unit]]:
    """The next prompts of the sets still open, at least `size` images if there are so many.

    And those that go on waiting.
    """
    chosen: list[Unit] = []
    left: list[Unit] = []
    count = 0
    for unit in waiting:
        if unit[0] in active and count < size:
            count += len(unit[1])
            chosen.append(unit)
        else:
            left.append(unit)
    return chosen, left


def _report(work: Work, rows: RunRows, drawn: Sequence[Request], note: str) -> None:
    """The report of what was drawn: what was not needed is not missing from it."""
    keys = {request.key for request in drawn}
    asked = {key[:2] for key in keys}
    selected = [
        replace(
            prompt_set,
            prompts=tuple(p for p in prompt_set.prompts if (prompt_set.name, p.id) in asked),
        )
        for prompt_set in work.prompt_sets
    ]
    part = replace(
        work,
        prompt_sets=[prompt_set for prompt_set in selected if prompt_set.prompts],
        requests=[request for request in work.requests if request.key in keys],
    )
    summarise(part, planned_rows(rows, part.requests), note=note)
