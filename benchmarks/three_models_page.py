"""The page of `three_models.py`: its tables, from the runs' own files."""

from collections.abc import Mapping, Sequence
from typing import Any

from three_models_read import (
    ACCURACY,
    ALIKE,
    AWAY,
    DIVERSITY,
    EVEN,
    RERANKED,
    Effects,
    Figure,
    Measured,
    Run,
    estimate,
)

from evalsuite.audits.record import Audited, Place
from evalsuite.files.values import as_key
from evalsuite.report.format import interval, number, signed, signed_interval


def told(found: Mapping[str, Any], unit: str) -> str:
    """A value with its 95 % interval."""
    return f"{number(found['value'], unit)} ({interval(found['low'], found['high'], unit)})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def judge(audit: Mapping[Place, Audited], figure: Figure) -> str:
    """How often the judge errs there, on pictures through the autoencoder: its audit's word."""
    place = (figure.prompt_set, figure.measure, as_key(figure.group))
    found = audit.get(place)
    if found is None or found.accuracy is None:
        return "not audited"
    wrong = {"value": 1 - found.accuracy, "low": None, "high": None}
    if found.low is not None and found.high is not None:
        wrong |= {"low": 1 - found.high, "high": 1 - found.low}
    return told(wrong, "share")


def side_by_side(found: Measured, figures: Sequence[Figure], last: str) -> str:
    """A row per figure: every model, then the ceiling and, of `last`, the judge or the truth."""
    head = ["set", "measure", *found.models, f"ceiling: {found.ceiling}", last]
    rows = []
    for figure in figures:
        runs = [*found.models, found.ceiling, *([found.truth] if last != "judge errs" else [])]
        cells = [told(estimate(found.runs[run].estimates, figure), figure.unit) for run in runs]
        more = [judge(found.audit, figure)] if last == "judge errs" else []
        rows.append([figure.prompt_set, figure.words, *cells, *more])
    return table(head, rows)


def shares(run: Run) -> Mapping[str, Any]:
    """The chapter's shares of perceived presentation, by occupation."""
    (found,) = (each for each in run.bias["shares"] if each["scorer"] == "presentation")
    return dict(found)


def slope(found: Mapping[str, Any]) -> str:
    """The amplification of what was taught; no end is printed that was not found."""
    ends = found["interval"]
    if ends["value"] is None:
        return found["reason"] or "undecided"
    if "no end found" in ends["method"]:
        return f"over {number(ends['low'], 'number')} (no upper end)"
    return told(ends, "number")


def people(found: Measured) -> str:
    """What the chapter on people says of each run, and each occupation's share."""
    chapters = {name: shares(run) for name, run in found.runs.items()}
    titles = {each["title"]: each for each in shares(found.runs[found.models[0]])["spread"]}
    wanted = [title for title, each in titles.items() if each["measure"] in SPREADS]
    rows = []
    for title in wanted:
        row = [f"{title} (of a fair model)"]
        for chapter in chapters.values():
            (each,) = (e for e in chapter["spread"] if e["title"] == title)
            unit = SPREADS[each["measure"]]
            row.append(f"{told(each['interval'], unit)}; {number(each['null'], unit)}")
        rows.append(row)
    amplified = [slope(chapter["slope"]) for chapter in chapters.values()]
    rows.append(["slope on what was taught (1 mirrors it)", *amplified])
    beyond = [told(chapter["slope"]["beyond"], "number") for chapter in chapters.values()]
    rows.append(["farther from even than taught, mean share (0 mirrors it)", *beyond])
    counts = [f"{len(run.bias['findings'])} of {run.bias['tested']}" for run in found.runs.values()]
    rows.append(["findings, corrected, of comparisons", *counts])
    return table(["", *chapters], rows) + "\n" + occupations(chapters)


SPREADS = {EVEN: "number", "presentation.occupation_one_sided": "share"}
"""Of the chapter's spreads those that the page quotes, with their units."""


def occupations(chapters: Mapping[str, Mapping[str, Any]]) -> str:
    """Every occupation's share perceived as women: taught, and read in each run's pictures."""
    first = next(iter(chapters.values()))["groups"]
    taught = {group["name"]: group["reference"]["share"] for group in first}
    rows = []
    for job in sorted(taught, key=lambda job: (taught[job], job)):
        row = [job, number(taught[job], "share")]
        for chapter in chapters.values():
            (group,) = (each for each in chapter["groups"] if each["name"] == job)
            row.append(f"{group['hits']} of {group['n']}")
        rows.append(row)
    return table(["perceived as a woman, of those told", "taught", *chapters], rows)


def reranking(found: Measured) -> str:
    """What picking by CLIP does, as all and picked minus all, of each model and k."""
    head = ["set", "measure", "model", "k = 1", "k = 2, minus all", "k = 4, minus all"]
    rows = []
    for figure in RERANKED:
        for model, by_k in found.picked.items():
            every = effect(by_k[4], figure)["all"]
            whole = "" if figure.group == AWAY else told(every, figure.unit)
            changes = [change(effect(by_k[k], figure)["difference"], figure.unit) for k in (2, 4)]
            rows.append([figure.prompt_set, figure.words, model, whole, *changes])
    for figure in ALIKE:
        for model, by_k in found.picked.items():
            two, four = effect(by_k[2], figure), effect(found.picked_deep[model][4], figure)
            changes = [change(each["difference"], figure.unit) for each in (two, four)]
            words = "likeness of a prompt's pictures"
            whole = told(two["all"], figure.unit)
            rows.append([figure.prompt_set, words, model, whole, *changes])
    drawn = ["", "candidates drawn, and judged, per picture kept", "both", "1", "2", "4"]
    return table(head, [*rows, drawn])


def effect(effects: Effects, figure: Figure) -> Mapping[str, Any]:
    """The figure's effect of picking."""
    asked = (figure.prompt_set, figure.measure, as_key(figure.group))
    for each in effects:
        row = each["difference"]
        if (row["prompt_set"], row["measure"], as_key(row["group"])) == asked:
            return each
    raise KeyError(asked)


def change(found: Mapping[str, Any], unit: str) -> str:
    """A difference with its interval; shares by percentage points."""
    value, ends = found["value"], (found["low"], found["high"])
    return f"{signed(value, unit)} ({signed_interval(*ends, unit, found['method'])})"


def speeds(found: Measured) -> str:
    """Images per second of processor time, and as a multiple of the last model's."""
    rows = []
    for model, speed in found.speeds.items():
        rate, times = speed.images, speed.times
        name = f"ceiling: {model} (no generator)" if model == found.ceiling else model
        rows.append(
            [
                name,
                f"{rate[0]:.2f} ({rate[1]:.2f} to {rate[2]:.2f})",
                f"{times[0]:.2f} ({times[1]:.2f} to {times[2]:.2f})",
                str(speed.batch),
                str(speed.rounds),
            ]
        )
    head = [
        "",
        "images per CPU second",
        f"times {found.models[-1]}",
        "images at once",
        "rounds",
    ]
    return table(head, rows)


def differing(found: Measured) -> str:
    """How many differences of whole sets that have a q `compare` marks, per candidate."""
    rows = []
    for candidate in found.compared["candidates"]:
        whole = [each["q"] for each in candidate["differences"] if not each["group"]]
        known = [q for q in whole if q is not None]
        sure = sum(q <= 0.05 for q in known)
        words = "a ceiling: no q" if candidate["is_ceiling"] else f"{sure} of {len(known)}"
        rows.append([candidate["name"], words])
    return table([f"against {found.compared['baseline']}", "differences with q up to 0.05"], rows)


def text(found: Measured) -> str:
    """The page."""
    return PAGE.format(
        accuracy=side_by_side(found, ACCURACY, "judge errs"),
        diversity=side_by_side(found, DIVERSITY, "true pictures, no autoencoder"),
        people=people(found),
        speeds=speeds(found),
        compared=differing(found),
        reranking=reranking(found),
    )


PAGE = """# From GANs to diffusion: the bundled models side by side

Written by `python benchmarks/three_models.py --write`: the bundled sets' 184 prompts, four images
each, seed 0, the same prompts and seeds for every model. Values are with 95 % intervals over
prompts like these. `vae:scenes-ldm` is true pictures through the autoencoder that all three models
decode with: a ceiling, no competitor.

## Accuracy

How often a model draws what it is asked for, and how often the judge (`scenes-owl`) is wrong where
the truth is known, on pictures through the autoencoder.

{accuracy}
## Diversity, at equally many images

Of four images of each prompt. A Vendi score of 1 is the same picture four times, 4 is four that
CLIP finds unrelated. The last two columns are not best but true. A model that errs in many ways is
diverse too: where the early model or the GAN is often wrong, more than the truth is no virtue. Mode
collapse is less than the truth: the GAN's in occupations, where its pictures are right.

{diversity}
## People

Perceived presentation in the pictures of eight occupations, of which seven were taught askew on
purpose. A fair model is one that draws every occupation evenly.

{people}
## Speed

All models drawing by turns in one process, on the CPU: median (slowest to fastest round).

{speeds}
## What `compare` says of it

{compared}
## Best of k

`evalsuite report RUN --best-of K`: the one of k candidates that CLIP ranks first, and what that
does. Differences are picked minus all, paired by prompt; picking at random gives 0 on average.
Likeness is the mean cosine of two pictures of a prompt, each picked of its own k, and more of it
is less diversity; for k = 4 it takes eight images, drawn of 16 prompts a set.

{reranking}"""
