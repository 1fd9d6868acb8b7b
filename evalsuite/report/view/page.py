"""The page over many runs in words and figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from evalsuite.records import Estimate, Measure
from evalsuite.report.content import described
from evalsuite.report.figures import Figure
from evalsuite.report.figures.record import alt, dot, value_of
from evalsuite.report.format import group_words, plural
from evalsuite.report.plots import columns
from evalsuite.report.tables import Table, cells, interval_words, null_words, value_words
from evalsuite.report.view.content import Compared, Told, Untold


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One run on the page; `values` are value, interval, images and note by column."""

    address: str
    folder: str
    model: str
    facts: str
    note: str
    gate: str
    values: tuple[tuple[str, str, str] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A prompt set of one digest, with its headlines as columns, and the runs that drew it."""

    name: str
    facts: str
    heads: tuple[tuple[str, str], ...]
    runs: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole page."""

    title: str
    summary: str
    sets: tuple[Asked, ...]
    trends: tuple[Figure, ...]
    compared: tuple[Compared, ...]
    untold: tuple[Untold, ...]


def compose(
    title: str,
    told: Sequence[Told],
    untold: Sequence[Untold],
    compared: Sequence[Compared] = (),
) -> View:
    """Runs in words, oldest first; sets of another digest are other sets, and stand apart."""
    told = sorted(told, key=lambda run: (run.created, run.folder))
    models = len({run.model for run in told})
    summary = f"{plural(len(told), 'run')} of {plural(models, 'model')} with a report"
    if untold:
        summary += f"; {plural(len(untold), 'run')} without one, listed below with the reason"
    return View(
        title=title,
        summary=f"{summary}.",
        sets=tuple(_sets(told)),
        trends=tuple(_trends(told)),
        compared=tuple(compared),
        untold=tuple(untold),
    )


def _sets(told: Sequence[Told]) -> Iterator[Asked]:
    asked = dict.fromkeys(item for run in told for item in run.digests.items())
    for name, digest in asked:
        runs = [run for run in told if run.digests.get(name) == digest]
        keys = dict.fromkeys(_key(e) for run in runs for e in run.headlines if e.prompt_set == name)
        if keys:
            yield Asked(
                name=name,
                facts=f"digest {digest[:12]}",
                heads=tuple(_head(runs, key) for key in keys),
                runs=tuple(_shown(run, name, list(keys)) for run in runs),
            )


Key = tuple[str, str]


def _key(estimate: Estimate) -> Key:
    return estimate.measure, group_words(estimate.group)


def _head(runs: Sequence[Told], key: Key) -> Key:
    """A column's title and the measure's name, with its direction in words."""
    measure = _measure(runs, key[0])
    better = {True: "more is better", False: "less is better", None: "neither is better"}
    title = f"{measure.title}, {key[1]}" if key[1] else measure.title
    return title, f"{key[0]}; {better[measure.higher_is_better]}"


def _measure(runs: Sequence[Told], name: str) -> Measure:
    known = next((run.measures for run in reversed(runs) if name in run.measures), {})
    return described(known, name)


def _shown(run: Told, prompt_set: str, keys: Sequence[Key]) -> Shown:
    found = {_key(e): e for e in run.headlines if e.prompt_set == prompt_set}
    return Shown(
        address=f"{quote(run.folder)}/report/index.html",
        folder=run.folder,
        model=run.model,
        facts=", ".join(
            filter(None, [run.created[:10], run.commit[:7], f"seed {run.seed}", run.part])
        ),
        note=run.note,
        gate=run.gate,
        values=tuple(_value(run, found[key]) if key in found else None for key in keys),
    )


def _value(run: Told, estimate: Estimate) -> tuple[str, str, str]:
    measure = described(run.measures, estimate.measure)
    missing = sum(estimate.missing.values())
    lost = f", {missing:,} missing" if missing else ""
    null = null_words(measure, estimate)
    chance = "" if null == "none" else f"; chance or fair model {null}"
    return (
        value_words(measure, estimate),
        interval_words(measure, estimate),
        f"{plural(estimate.n, 'image')}{lost}{chance}",
    )


def _trends(told: Sequence[Told]) -> Iterator[Figure]:
    """A figure for each model, set and headline that several of its runs have, by their dates.

    Runs that asked other prompts of the set are no line through time.
    """
    points = [
        ((run.model, e.prompt_set, run.digests[e.prompt_set], run.part, *_key(e)), run, e)
        for run in told
        for e in run.headlines
        if e.prompt_set in run.digests
    ]
    points.sort(key=lambda point: point[0])  # stable: within a key the runs stay by date
    groups = [(key, list(part)) for key, part in groupby(points, key=lambda point: point[0])]
    several = [(key, part) for key, part in groups if len(part) > 1]
    for number, (key, part) in enumerate(several, 1):
        model, prompt_set, _, asked, name, group = key
        measure = _measure([run for _, run, _ in part], name)
        title = f"{model}: {', '.join(filter(None, [prompt_set, asked, measure.title, group]))}"
        marks = [dot(label, e) for label, (*_, e) in zip(_labels(part), part, strict=True)]
        axis = value_of(measure.unit)
        rows = [
            cells(run.folder, run.created[:10], run.commit[:7] or "none", *_value(run, e))
            for _, run, e in part
        ]
        heads = cells("run", "date", "commit", axis, "95% interval", "images")
        yield Figure(
            title=title,
            note=_note([e for *_, e in part]),
            prefix=f"trend-{number}",
            svg=columns(marks, f"trend-{number}", "run, by date", axis, measure.unit),
            alt=alt(title, marks, measure.unit),
            table=Table(title, heads, tuple(rows)),
        )


def _labels(part: Sequence[tuple[object, Told, Estimate]]) -> list[str]:
    """The runs' commits, or their dates; where these are the same, their folders."""
    found = [run.commit[:7] or run.created[:10] or run.folder for _, run, _ in part]
    return found if len({*found}) == len(found) else [run.folder for _, run, _ in part]


def _note(estimates: Sequence[Estimate]) -> str:
    note = "The runs of one model, oldest first. Bars are 95% intervals."
    if any(each.null is not None for each in estimates):
        note += " A dash is chance or a fair model."
    if any(each.reference is not None for each in estimates):
        note += " A diamond is the reference."
    return note
