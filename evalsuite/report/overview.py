"""The first screen: what was measured, and what was not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

from evalsuite.records import Estimate, Json, Judgement, Key, PromptSet, Status
from evalsuite.report.content import Report
from evalsuite.report.figures import Figure
from evalsuite.report.findings import Finding, Strip, finding, headline_figure, judges, strip
from evalsuite.report.findings.words import Sentence
from evalsuite.report.format import plural
from evalsuite.report.gallery import Gallery, gallery
from evalsuite.report.prominence import headlines, planned_part
from evalsuite.report.tables import EstimateRow, Table, cells, estimates_of, row

NO_IMAGE = tuple(status for status in get_args(Status) if status != "ok")
ENDINGS = (
    *("planned", "drawn", *NO_IMAGE, "not drawn"),
    *("judged", "not judged", "scorer failed", "abstained"),
)
"""How a planned image can end, as columns; the last two count images that are judged, too."""
DRAWN = ENDINGS.index("drawn")

ALWAYS = ("planned", "drawn", "judged")
"""The endings that have a column even where it is empty."""

LOSSES = (*NO_IMAGE, "not drawn", "not judged", "scorer failed", "abstained")


@dataclass(frozen=True, slots=True)
class Measured:
    """One prompt set on the first screen."""

    name: str
    facts: str
    headlines: tuple[EstimateRow, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first screen; `summary` is in our own words, the names in `judged_by` are not.

    `figure` draws every set's headlines, `judges` says of each scorer where it is evidence, and
    `strip` holds the pictures.
    """

    summary: str
    judged_by: tuple[str, ...]
    measured: tuple[Measured, ...]
    not_measured: tuple[tuple[str, str], ...]
    lost: str
    missing: Table
    figure: Figure | None
    judges: tuple[tuple[str, Sentence], ...]
    strip: Strip


def overview(report: Report, galleries: Mapping[str, Gallery] | None = None) -> Overview:
    """Sum up a report, without a verdict; `galleries` by the sets' names, where they are there."""
    counts = [_counts(report, prompt_set.name) for prompt_set in report.prompt_sets]
    chosen = [_headlines(report, prompt_set) for prompt_set in report.prompt_sets]
    named = [(e.prompt_set, e) for estimates in chosen for e in estimates]
    return Overview(
        summary=_summary(report, counts),
        judged_by=tuple(sorted({n for names in report.scorers.values() for n in names})),
        measured=tuple(map(partial(_measured, report), report.prompt_sets, chosen, counts)),
        not_measured=tuple(
            (each.name, each.card.get("not_measured", "").strip() or "its card does not say")
            for each in report.prompt_sets
        ),
        lost=" ".join(filter(None, _losses(report, counts))),
        missing=_missing(report, counts),
        figure=headline_figure(report, named),
        judges=judges(report),
        strip=strip(report, galleries or {s.name: gallery(report, s) for s in report.prompt_sets}),
    )


def _summary(report: Report, counts: Sequence[Sequence[int]]) -> str:
    keys, drawn = report.images(), sum(line[DRAWN] for line in counts)
    prompts = len({key[:2] for key in keys})
    sets = plural(len(report.prompt_sets), "prompt set")
    return (
        f"{plural(len(keys), 'image')} of {plural(prompts, 'prompt')} in {sets} "
        f"{'was' if len(keys) == 1 else 'were'} planned; {drawn:,} "
        f"{'was' if drawn == 1 else 'were'} drawn and could be judged."
    )


def _headlines(report: Report, prompt_set: PromptSet) -> list[Estimate]:
    found = estimates_of(report.estimates, prompt_set.name)
    return headlines(report.measures.values(), planned_part(report, prompt_set), found)


def _measured(
    report: Report, prompt_set: PromptSet, chosen: Sequence[Estimate], counts: Sequence[int]
) -> Measured:
    keys = [key for key in report.images() if key.prompt_set == prompt_set.name]
    facts = f"{plural(len({key.prompt_id for key in keys}), 'prompt')}, {counts[DRAWN]:,} of "
    found = estimates_of(report.estimates, prompt_set.name)
    return Measured(
        prompt_set.name,
        facts + f"{plural(len(keys), 'image')} drawn",
        tuple(row(report, estimate) for estimate in chosen),
        tuple(finding(report, prompt_set, found, estimate) for estimate in chosen),
    )


def _status(report: Report, key: Key) -> str:
    sample = report.samples.get(key)
    return "not drawn" if sample is None else sample.status


def _losses(report: Report, counts: Sequence[Sequence[int]]) -> Iterator[str]:
    """What gave no value or is there no longer, in sentences; "" where there is nothing."""
    yield _lost(counts)
    yield _gone(report.gone)
    yield _left_over(report.manifest.get("backend"))


def _lost(counts: Sequence[Sequence[int]]) -> str:
    """What gave no value, in a sentence."""
    totals = dict(zip(ENDINGS, (sum(column) for column in zip(*counts, strict=True)), strict=False))
    lost = [f"{totals[name]:,} {name}" for name in LOSSES if totals.get(name)]
    if not totals.get("planned"):
        return "No image was planned."
    return (
        f"Images that gave no value, or not all: {', '.join(lost)}; none {_alternatives(totals)}."
        if lost
        else f"Every image gave a value: none {_alternatives(totals)}."
    )


def _gone(images: int) -> str:
    """That pictures which were drawn are no longer there, in a sentence."""
    if not images:
        return ""
    return (
        f"The files of {plural(images, 'drawn image')} are gone since: what was seen of them "
        "counts, and the run's command draws them again."
    )


def _alternatives(totals: Mapping[str, int]) -> str:
    """'refused, blocked, invalid or failed': the losses that no image had."""
    *first, last = [name for name in LOSSES if not totals.get(name)] or ["otherwise"]
    return f"{', '.join(first)} or {last}" if first else last


def _left_over(backend: Json) -> str:
    """What a folder of pictures has that no prompt of the run asked for, in a sentence."""
    if not isinstance(backend, Mapping):
        return ""
    unused, unsure = backend.get("unused_count"), backend.get("ambiguous_count")
    said = []
    if isinstance(unused, int) and unused:
        said.append(f"{unused:,} belong to none of the prompts")
    if isinstance(unsure, int) and unsure:
        said.append(f"{unsure:,} may be of several and are left out")
    return (
        f"Of the folder's pictures {' and '.join(said)}; the manifest names them." if said else ""
    )


def _missing(report: Report, counts: Sequence[Sequence[int]]) -> Table:
    """Columns for the ways in which an image did end; those of no image are in the sentence."""
    totals = [sum(column) for column in zip(*counts, strict=True)] or [0] * len(ENDINGS)
    kept = [at for at, name in enumerate(ENDINGS) if totals[at] or name in ALWAYS]
    body = [
        cells(prompt_set.name, *(f"{line[at]:,}" if line[at] else "" for at in kept))
        for prompt_set, line in zip(report.prompt_sets, counts, strict=True)
    ]
    if len(counts) > 1:
        body.append(cells("all", *(f"{totals[at]:,}" for at in kept)))
    head = cells("Prompt set", *(ENDINGS[at] for at in kept))
    return Table("How every planned image ended", head, tuple(body))


def _counts(report: Report, prompt_set: str) -> list[int]:
    """How many images ended in each way, in the order of `ENDINGS`."""
    keys = [key for key in report.images() if key.prompt_set == prompt_set]
    ended = [_status(report, key) for key in keys]
    statuses, drawn = (
        Counter(ended),
        [key for key, how in zip(keys, ended, strict=True) if how == "ok"],
    )
    # A scorer that answers nothing in a set does not apply there.
    scorers = report.scorers.get(prompt_set, ())
    judged = failed = abstained = 0
    for key in drawn:
        found = [report.answered.get((scorer, key)) for scorer in scorers]
        answers = [answer for answer in found if answer is not None]
        judged += bool(scorers) and len(answers) == len(scorers)
        failed += sum(answer.failure is not None for answer in answers)
        abstained += sum(map(_abstained, answers))
    images = [len(keys), len(drawn), *(statuses[status] for status in NO_IMAGE)]
    images += [statuses["not drawn"], judged, len(drawn) - judged]
    return [*images, failed, abstained]


def _abstained(answer: Judgement) -> bool:
    """Whether a question was left open; one that the prompt does not raise has no value at all."""
    return any(value is None for value in answer.values.values())


def measure_notes(report: Report) -> list[tuple[str, str, str, str]]:
    """For every measure in the report: title, name, how to read it, and what it cannot show."""
    directions = {True: "higher is better", False: "lower is better", None: "no good direction"}
    notes = []
    for name in dict.fromkeys(estimate.measure for estimate in report.estimates):
        measure = report.measure(name)
        how = f"{measure.unit}; {directions[measure.higher_is_better]}"
        notes.append((measure.title, name, how, measure.cannot_show))
    return notes
