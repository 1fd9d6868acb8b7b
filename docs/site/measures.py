"""The site's page of every measure, written from what its scorer declares."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from evalsuite.records import Measure

HOW: Mapping[str, str] = {
    "share": "The share of images that are right, among those judged right or wrong.",
    "mean": "The mean of a number that each image has.",
    "count": "The mean of a whole number that each image has, drawn against the number asked for.",
    "label": "The share of one label, among the images that could be labelled.",
    "labels": "The share of every label, a row each, among the images that could be labelled.",
    "question kinds": "The share of questions answered as asked, pooled by what they are about.",
    "question means": "The mean probability of the right answer, pooled by what is asked about.",
    "question geometric": "The geometric mean of the right answers' probabilities, pooled "
    "by what is asked about.",
    "tones": "The share of every band of Monk tones, a row each.",
    "tones, unread light": "The share of every band of Monk tones if each image without a reading "
    "showed a light face: with its twin, how far abstentions can move the shares.",
    "tones, unread dark": "The share of every band of Monk tones if each image without a reading "
    "showed a dark face: with its twin, how far abstentions can move the shares.",
    "mean tone": "The mean of Monk tones, taken as numbers from 1 (light) to 10 (dark).",
    "unknown": "The share of judged images on which the scorer abstained.",
    "people": "The share of one label among everybody in the pictures: a picture of several "
    "counts as several.",
    "people labels": "The share of every label among everybody in the pictures.",
    "people tones": "The share of every band of Monk tones among everybody in the pictures.",
    "people unread": "The share of people, among everybody found, who got no label.",
    "refused": "The share of images that were refused or blocked, among those and the drawn ones.",
    "imbalance": "How far the share of one label, over all images together, lies from one half.",
    "mean imbalance": "The mean over groups of how far each group's share of one label lies "
    "from one half.",
    "one-sided": "The share of groups whose images all have the label, or all have not.",
    "mean evenness": "The mean over groups of the normalised entropy of one label and the rest: "
    "1 is even, 0 is all of one kind.",
    "parity difference": "The largest group's share of one label minus the smallest's.",
    "parity ratio": "The smallest group's share of one label over the largest's.",
    "accuracy difference": "The share right in the best group minus that in the worst.",
    "refusal difference": "The share refused in the most refused group minus that in the least.",
    "tone distance": "How many steps of the Monk scale the tones lie from ten equally frequent.",
    "wording": "How much of the label's variation lies between sentences of one family.",
    "tone imbalance": "The total variation between bands of tones and ten equally frequent tones.",
    "twins": "The share in affirmative prompts minus the share in their negated twins.",
    "prompts": "The share of prompts with at least so many images right.",
    "mean of tags": "The unweighted mean of the shares right in the prompts of each tag.",
}
"""What the value of each kind of measure is (`evalsuite.measures.kinds`), in a sentence."""

DIRECTION = {True: "higher is better", False: "lower is better", None: "neither is better"}


def page(measure: Measure, source: str) -> str:
    """The page in Markdown; `source` is the link to where its rule and sources stand."""
    rows = [
        ("what it is", HOW[measure.kind]),
        ("scale", _scale(measure)),
        ("direction", DIRECTION[measure.higher_is_better]),
        ("guessing gives", _chance(measure)),
        ("asked of", _asked(measure.applies)),
        ("broken down by", _listed(measure.by or ()) or "every label that a prompt has"),
        (
            "its judge is of use from",
            f"skill {measure.useful:g} in an audit (0 guesses, 1 never errs)",
        ),
        ("rule and sources", source),
    ]
    lines = [f"# {measure.title}", "", f"`{measure.name}`", "", "| | |", "|---|---|"]
    lines += [f"| **{name}** | {text} |" for name, text in rows]
    lines += ["", "## What it cannot show", "", measure.cannot_show or _general(measure)]
    if measure.needs_audit:
        lines += [
            "",
            "Until its scorer is audited on pictures of the kind judged, it is no evidence.",
        ]
    lines += ["", "```sh", f"evalsuite audit {measure.scorer}", "```", ""]
    return "\n".join(lines)


def index(measures: Sequence[Measure]) -> str:
    """The page that lists all measures, by scorer."""
    lines = [
        "# Every measure",
        "",
        f"{len(measures)} measures, by the scorer that declares them.",
        "",
    ]
    for scorer in dict.fromkeys(measure.scorer for measure in measures):
        lines += [f"## {scorer}", "", "| measure | what it is | direction |", "|---|---|---|"]
        for measure in (one for one in measures if one.scorer == scorer):
            link = f"[`{measure.name}`]({measure.name}.md)"
            lines.append(
                f"| {link} {measure.title} | {HOW[measure.kind]} "
                f"| {DIRECTION[measure.higher_is_better]} |"
            )
        lines.append("")
    return "\n".join(lines)


def described(scorer: str, docs: Path) -> tuple[str, str]:
    """The page of `docs` with the section on a scorer, and the section's anchor.

    Raises `LookupError` where no page has a heading with the scorer's name.
    """
    for path in sorted(docs.glob("*.md")):
        for heading in re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE):
            if scorer in re.split(r"[^a-z_]+", heading.partition(":")[0]):
                return path.name, re.sub(r"[^a-z0-9_]+", "-", heading.lower()).strip("-")
    raise LookupError(f"no page of docs/ has a heading with {scorer!r}")


def _scale(measure: Measure) -> str:
    units = {
        "share": "a share, 0 to 100 %",
        "difference": "a difference of shares, in points",
        "distance": "a distance, 0 to 1",
    }
    bounds = f", {measure.bounds[0]:g} to {measure.bounds[1]:g}" if measure.bounds else ""
    return units.get(measure.unit, measure.unit) + bounds


def _chance(measure: Measure) -> str:
    if measure.chance is None:
        return (
            "no one number: the report prints it, and what a fair model shows, where there is one"
        )
    return f"{measure.chance:g}"


def _asked(conditions: Sequence[str]) -> str:
    return " and ".join(f"`{condition}`" for condition in conditions) or "every prompt"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _general(measure: Measure) -> str:
    return f"See the section on `{measure.scorer}`, and what its audit says of its own errors."
