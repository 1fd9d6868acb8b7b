"""Counts of images, straight from the judgements: asked against drawn, and skin tones."""

from collections import Counter

from evalsuite.records import Judgement, Prompt, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.format import NOT_MEASURED, natural
from evalsuite.report.tables import Cell, Table, cells

WIDEST = 12
"""Numbers above this, and above all that were asked for, share one last column."""


def confusion(report: Report, prompt_set: PromptSet) -> Table | None:
    """Images by number asked for and number drawn; None where no number was asked for."""
    asked = {p.id: _asked(p) for p in prompt_set.prompts if p.tag == "counting" and p.include}
    most = max([WIDEST, *(int(number) for number in asked.values() if number.isdecimal())])
    counts: Counter[tuple[str, str]] = Counter()
    for key in report.images():
        if key.prompt_set == prompt_set.name and key.prompt_id in asked:
            drawn = _drawn(report.judgements.get(("objects", key)), most)
            counts[asked[key.prompt_id], drawn] += 1
    if not any(drawn != NOT_MEASURED for _, drawn in counts):
        return None
    rows = sorted({number for number, _ in counts}, key=natural)
    found = sorted({number for _, number in counts if number.isdecimal()} | set(rows), key=natural)
    tail = [f"over {most}"] if any(drawn.startswith("over") for _, drawn in counts) else []
    columns = found + tail + [NOT_MEASURED]
    body = []
    for number in rows:
        whole = sum(counts[number, column] for column in columns[:-1])
        line = [Cell(number)]
        for column in columns:
            n = counts[number, column]
            heat = round(9 * n / whole) if whole and column != NOT_MEASURED else 0
            line.append(Cell(f"[{n}]" if column == number else str(n) if n else "·", heat=heat))
        body.append(tuple(line))
    return Table("Asked for against drawn", cells("asked ↓ drawn →", *columns), tuple(body))


def _asked(prompt: Prompt) -> str:
    return prompt.groups.get("count", str(prompt.include[0].count))


def _drawn(judgement: Judgement | None, most: int) -> str:
    drawn = None if judgement is None else judgement.values.get("drawn")
    if not isinstance(drawn, int | float) or drawn != drawn or drawn < 0:
        return NOT_MEASURED
    return f"{drawn:.0f}" if drawn <= most else f"over {most}"


def tone_counts(report: Report, prompt_set: PromptSet) -> dict[str, list[int]]:
    """By occupation: how many judged images show each Monk tone 1-10, then how many none."""
    jobs = {p.id: p.groups["occupation"] for p in prompt_set.prompts if "occupation" in p.groups}
    counts: dict[str, list[int]] = {}
    for key in report.images():
        judgement = report.judgements.get(("presentation", key))
        if key.prompt_set != prompt_set.name or key.prompt_id not in jobs or judgement is None:
            continue
        if (place := _place(judgement)) is not None:
            counts.setdefault(jobs[key.prompt_id], [0] * 11)[place] += 1
    return counts


def _place(judgement: Judgement) -> int | None:
    """0-9 for tones 1-10, 10 for an abstention, None where the tone was not looked for."""
    if judgement.failure is not None or "tone" not in judgement.values:
        return None
    tone = judgement.values["tone"]
    if tone is None:
        return 10
    return int(tone) - 1 if isinstance(tone, str) and tone in _TONES else None


_TONES = frozenset(str(tone) for tone in range(1, 11))
