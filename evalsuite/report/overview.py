"""The first screen: what was measured, and what was not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from evalsuite.records import Judgement, Key, PromptSet, Status
from evalsuite.report.content import Report
from evalsuite.report.format import plural
from evalsuite.report.tables import Row, Table, cells, estimates_of, row

HEADLINES = (
    "geneval.score", "objects.correct", "text.exact", "vqa.all_right", "objects.count",
    "objects.relation", "clip.style", "clip.choice", "clip.score",
)  # fmt: skip
"""Which measure stands for a set on the first screen: the first that has a value."""
OF_PEOPLE = ("presentation.imbalance", *HEADLINES)
"""The same for a set whose every picture is of a person: what such a set is there to show."""

NO_IMAGE = tuple(status for status in get_args(Status) if status != "ok")
ENDINGS = (
    "planned", "drawn", *NO_IMAGE, "not drawn", "judged", "not judged", "scorer failed",
    "abstained",
)  # fmt: skip
"""How a planned image can end, as columns; the last two count images that are judged, too."""

LOSSES = (*NO_IMAGE, "not drawn", "not judged", "scorer failed", "abstained")
ABSTAINED, NO_REASON = "abstained: ", "no reason given"
"""How estimates name an abstention among what is missing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One prompt set on the first screen."""

    name: str
    facts: str
    headline: Row | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first screen; `summary` is in our own words, the names in `judged_by` are not."""

    summary: str
    judged_by: tuple[str, ...]
    measured: tuple[Measured, ...]
    not_measured: tuple[tuple[str, str], ...]
    lost: str
    missing: Table


def overview(report: Report) -> Overview:
    """Sum up a report, without a verdict."""
    counts = [_counts(report, one.name) for one in report.prompt_sets]
    return Overview(
        _summary(report),
        tuple(sorted({scorer for scorer, _ in report.judgements})),
        tuple(_measured(report, one) for one in report.prompt_sets),
        tuple(
            (one.name, one.card.get("not_measured", "").strip() or "its card does not say")
            for one in report.prompt_sets
        ),
        _lost(counts),
        _missing(report, counts),
    )


def _summary(report: Report) -> str:
    keys = report.images()
    drawn = sum(1 for key in keys if _status(report, key) == "ok")
    prompts = len({key[:2] for key in keys})
    sets = plural(len(report.prompt_sets), "prompt set")
    return (
        f"{plural(len(keys), 'image')} of {plural(prompts, 'prompt')} in {sets} "
        f"{'was' if len(keys) == 1 else 'were'} planned; {drawn:,} "
        f"{'was' if drawn == 1 else 'were'} drawn and could be judged."
    )


def _measured(report: Report, prompt_set: PromptSet) -> Measured:
    keys = [key for key in report.images() if key.prompt_set == prompt_set.name]
    drawn = sum(1 for key in keys if _status(report, key) == "ok")
    facts = f"{plural(len({key.prompt_id for key in keys}), 'prompt')}, {drawn:,} of "
    found = estimates_of(report.estimates, prompt_set.name)
    people = all(prompt.subject == "person" for prompt in prompt_set.prompts)
    names = OF_PEOPLE if people else HEADLINES
    candidates = [found.get(name) for name in names] + list(found.overall())
    headline = next((one for one in candidates if one and one.value is not None), None)
    return Measured(
        prompt_set.name,
        facts + f"{plural(len(keys), 'image')} drawn",
        None if headline is None else row(report, headline),
    )


def _status(report: Report, key: Key) -> str:
    sample = report.samples.get(key)
    return "not drawn" if sample is None else sample.status


def _lost(counts: Sequence[Sequence[int]]) -> str:
    """What gave no value, in a sentence."""
    totals = dict(zip(ENDINGS, (sum(column) for column in zip(*counts, strict=True)), strict=False))
    lost = [f"{totals[name]:,} {name}" for name in LOSSES if totals.get(name)]
    if not totals.get("planned"):
        return "No image was planned."
    return (
        f"Images that gave no value, or not all: {', '.join(lost)}."
        if lost
        else "No image was lost."
    )


def _missing(report: Report, counts: Sequence[Sequence[int]]) -> Table:
    body = [
        cells(one.name, *(f"{n:,}" for n in line))
        for one, line in zip(report.prompt_sets, counts, strict=True)
    ]
    if len(counts) > 1:
        totals = [sum(column) for column in zip(*counts, strict=True)]
        body.append(cells("all", *(f"{n:,}" for n in totals)))
    return Table("How every planned image ended", cells("Prompt set", *ENDINGS), tuple(body))


def _counts(report: Report, prompt_set: str) -> list[int]:
    keys = [key for key in report.images() if key.prompt_set == prompt_set]
    statuses = Counter(_status(report, key) for key in keys)
    drawn = [key for key in keys if _status(report, key) == "ok"]
    # A scorer that answers nothing in a set does not apply there.
    scorers = {scorer for scorer, key in report.judgements if key.prompt_set == prompt_set}
    asked = [[report.judgements.get((scorer, key)) for scorer in scorers] for key in drawn]
    answers = [answer for line in asked for answer in line if answer is not None]
    whole = sum(1 for line in asked if line and all(answer is not None for answer in line))
    known = _open_questions(report, prompt_set)
    return [
        len(keys), len(drawn), *(statuses[status] for status in NO_IMAGE), statuses["not drawn"],
        whole, len(drawn) - whole, sum(1 for one in answers if one.failure is not None),
        sum(1 for one in answers if _abstained(one, known)),
    ]  # fmt: skip


def _abstained(answer: Judgement, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a question that some measure asks was left open.

    `known` holds the beginnings of the reasons that the scorer's measures count as abstentions: a
    prompt that raises no such question ("not asked", "no hard negatives") leaves none open.
    """
    beginnings = known.get(answer.scorer, ())
    return any(
        value is None and answer.reasons.get(name, NO_REASON).startswith(beginnings)
        for name, value in answer.values.items()
    )


def _open_questions(report: Report, prompt_set: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for one in estimates_of(report.estimates, prompt_set).all:
        reasons = {r.removeprefix(ABSTAINED) for r in one.missing if r.startswith(ABSTAINED)}
        found.setdefault(one.measure.partition(".")[0], set()).update(reasons)
    return {scorer: tuple(sorted(reasons)) for scorer, reasons in found.items()}


def measure_notes(report: Report) -> list[tuple[str, str, str, str]]:
    """For every measure in the report: title, name, how to read it, and what it cannot show."""
    notes = []
    for name in dict.fromkeys(estimate.measure for estimate in report.estimates):
        text = report.text(name)
        direction = {True: "higher is better", False: "lower is better", None: "no good direction"}
        notes.append(
            (text.title, name, f"{text.unit}; {direction[text.higher_is_better]}", text.cannot_show)
        )
    return notes
