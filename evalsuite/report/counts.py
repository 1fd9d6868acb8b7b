"""Counts of images, straight from the judgements: asked against drawn, and skin tones."""

from collections import Counter

from evalsuite.files.values import natural
from evalsuite.prompts.conditions import condition
from evalsuite.records import Judgement, Measure, Prompt, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.format import NOT_MEASURED
from evalsuite.report.tables import Cell, Table, cells
from evalsuite.vocabulary.monk import TONES

WIDEST = 12
"""Numbers above this, and above all that were asked for, share one last column."""


def drawn_by_asked(
    report: Report, prompt_set: PromptSet, measure: Measure, caption: str
) -> Table | None:
    """Images by number asked for and number drawn, as the measure's field says it.

    None where no number was asked for, or none was counted.
    """
    counts = _pairs(report, prompt_set, measure)
    if not any(drawn != NOT_MEASURED for _, drawn in counts):
        return None
    rows = sorted({number for number, _ in counts}, key=natural)
    found = sorted({number for _, number in counts if number.isdecimal()} | set(rows), key=natural)
    tail = sorted({drawn for _, drawn in counts if drawn.startswith("over")})
    columns = [*found, *tail, NOT_MEASURED]
    body = []
    for number in rows:
        whole = sum(counts[number, column] for column in columns[:-1])
        line = [Cell(number)]
        for column in columns:
            n = counts[number, column]
            heat = round(9 * n / whole) if whole and column != NOT_MEASURED else 0
            line.append(Cell(f"[{n}]" if column == number else str(n) if n else "·", heat=heat))
        body.append(tuple(line))
    return Table(caption, cells("asked ↓ drawn →", *columns), tuple(body))


def _pairs(report: Report, prompt_set: PromptSet, measure: Measure) -> Counter[tuple[str, str]]:
    """How many images were asked for one number and have another."""
    applies = condition(measure.applies)
    asked = {p.id: _asked(p) for p in prompt_set.prompts if p.include and applies(p)}
    most = max([WIDEST, *(int(number) for number in asked.values() if number.isdecimal())])
    counts: Counter[tuple[str, str]] = Counter()
    for key in report.images():
        if key.prompt_set == prompt_set.name and key.prompt_id in asked:
            drawn = _drawn(report.answered.get((measure.scorer, key)), measure.field, most)
            counts[asked[key.prompt_id], drawn] += 1
    return counts


def _asked(prompt: Prompt) -> str:
    return prompt.groups.get("count", str(prompt.include[0].count))


def _drawn(judgement: Judgement | None, field: str, most: int) -> str:
    drawn = None if judgement is None else judgement.values.get(field)
    if not isinstance(drawn, int | float) or drawn != drawn or drawn < 0:
        return NOT_MEASURED
    return f"{drawn:.0f}" if drawn <= most else f"over {most}"


def images_by_tone(
    report: Report, prompt_set: PromptSet, measure: Measure, label: str
) -> dict[str, list[int]]:
    """By a group label's value: how many images show each Monk tone 1-10, then how many none.

    Images that were not judged, or not asked about, are in no count.
    """
    values = {p.id: p.groups[label] for p in prompt_set.prompts if label in p.groups}
    counts: dict[str, list[int]] = {}
    for key in report.images():
        judgement = report.answered.get((measure.scorer, key))
        if key.prompt_set != prompt_set.name or key.prompt_id not in values or judgement is None:
            continue
        if (place := _place(judgement, measure.field)) is not None:
            counts.setdefault(values[key.prompt_id], [0] * 11)[place] += 1
    return counts


def _place(judgement: Judgement, field: str) -> int | None:
    """0-9 for tones 1-10, 10 for an abstention, None where the tone was not looked for."""
    if judgement.failure is not None or field not in judgement.values:
        return None
    tone = judgement.values[field]
    if tone is None:
        return len(TONES)
    return TONES.index(tone) if isinstance(tone, str) and tone in TONES else None
