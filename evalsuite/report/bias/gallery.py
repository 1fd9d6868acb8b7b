"""Pictures of different groups side by side: same sentence, same place in the run."""

from dataclasses import dataclass

from evalsuite.bias.beside import Pairs
from evalsuite.records import Key
from evalsuite.report.cards import ImageCard, flagged_by, image_card, load
from evalsuite.report.content import Report
from evalsuite.report.format import visible


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a row: the picture's card, or why there is none; `said` is what was read."""

    card: ImageCard | None
    reason: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The gallery of one set: a heading per column, a row of places per group."""

    prompt_set: str
    over: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Place, ...]], ...]


def side_by_side(report: Report, pairs: Pairs, fields: tuple[tuple[str, str], ...]) -> SideBySide:
    """Load the pictures; `fields` are scorers and fields whose answers stand below each."""
    return SideBySide(
        prompt_set=pairs.prompt_set,
        over=pairs.over,
        columns=tuple(f"{sentence}, image {index}" for sentence, index in pairs.columns),
        rows=tuple(
            (
                name,
                tuple(
                    _place(report, pairs, name, prompt, index, fields)
                    for prompt, (_, index) in zip(prompts, pairs.columns, strict=True)
                ),
            )
            for name, prompts in pairs.rows
        ),
    )


def _place(
    report: Report,
    pairs: Pairs,
    group: str,
    prompt: str | None,
    index: int,
    fields: tuple[tuple[str, str], ...],
) -> Place:
    if prompt is None:
        return Place(None, "no such sentence", ())
    key = Key(pairs.prompt_set, prompt, index)
    sample = report.samples.get(key)
    if sample is None or sample.image is None or sample.status != "ok":
        return Place(None, "not drawn" if sample is None else sample.status, ())
    said = []
    for scorer, field in fields:
        judgement = report.answered.get((scorer, key))
        if judgement is not None and field in judgement.values:
            value = judgement.values[field]
            said.append(f"{scorer}.{field}: {'unknown' if value is None else value}")
    card = image_card(
        heading=group,
        place=f"{prompt}, image {index}",
        image=load(report.load_image, sample.image),
        drawn_for=f"Image drawn for {visible(group, 80)}.",
        judgements=[],
        statements=[],
        finding=(),
        flagged=flagged_by(report.measures.values(), report.judgements, key),
    )
    return Place(card, "", tuple(said))
