"""Coverage: how many people were asked for, drawn and read, and why others could not be told."""

from collections import Counter
from collections.abc import Mapping

from evalsuite.bias.given import LABEL, LABELS, TONES, Given
from evalsuite.bias.record import People, Read
from evalsuite.records import Judgement, Key, Measure, PromptSet

NOT_DRAWN = "not drawn"
REASONS = 6
"""So many reasons are told apart; the rarer ones are one."""
OTHERS = "other reasons"


def people(given: Given) -> list[People]:
    """Every prompt set that asks for pictures of a person, or whose pictures are read for one."""
    found = [_of_set(given, prompt_set) for prompt_set in given.prompt_sets]
    return [each for each in found if each is not None]


def _of_set(given: Given, prompt_set: PromptSet) -> People | None:
    cells = given.people(prompt_set)
    if not cells:
        return None
    ended = Counter(_ended(given, key) for _, key in cells)
    readers = [m for kind in (LABEL, TONES, LABELS) for m in given.of_kind(kind, prompt_set)]
    by_field = {(m.scorer, m.field): m for m in reversed(readers)}
    reads = [_read(given, m, prompt_set) for m in readers if by_field[m.scorer, m.field] is m]
    return People(
        prompt_set=prompt_set.name,
        prompts=len({prompt.id for prompt, _ in cells}),
        planned=len(cells),
        drawn=ended["ok"],
        lost={how: n for how, n in sorted(ended.items()) if how != "ok"},
        reads=tuple(read for read in reads if read.asked),
    )


def _ended(given: Given, key: Key) -> str:
    sample = given.samples.get(key)
    return NOT_DRAWN if sample is None else sample.status


def _read(given: Given, measure: Measure, prompt_set: PromptSet) -> Read:
    reasons: Counter[str] = Counter()
    asked = read = failed = unjudged = 0
    for prompt, key, reading in given.readings(measure, prompt_set):
        if prompt.subject != "person" or _ended(given, key) != "ok":
            continue
        asked += 1
        judgement = given.judgements.get((measure.scorer, key))
        if reading.value is not None:
            read += 1
        elif judgement is None:
            unjudged += 1
        elif judgement.failure is not None:
            failed += 1
        else:
            reasons[why(judgement, measure.field)] += 1
    return Read(
        measure=measure.name,
        scorer=measure.scorer,
        title=measure.title,
        asked=asked,
        read=read,
        unknown=folded(reasons),
        failed=failed,
        unjudged=unjudged,
    )


def why(judgement: Judgement, field: str) -> str:
    """Why an instrument could not tell, without the word for it: "no face was found"."""
    reason = judgement.reasons.get(field, "")
    first, colon, rest = reason.partition(":")
    said = rest if colon and first.strip() == "unknown" else reason
    return said.partition(":")[0].strip()[:80] or "no reason given"


def folded(reasons: Mapping[str, int]) -> dict[str, int]:
    """The commonest reasons first, the rarer ones together."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(n for _, n in ordered[REASONS:])
    return dict(ordered[:REASONS]) | ({OTHERS: rest} if rest else {})
