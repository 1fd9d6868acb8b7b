"""How much of what differs within a group comes from the sentence that was asked."""

from evalsuite import stats
from evalsuite.bias.given import Cells
from evalsuite.bias.record import Overall
from evalsuite.records import Measure

ONE_SENTENCE = "no group is asked for in more than one sentence"


def wording(measure: Measure, cells: Cells, over: str) -> tuple[Overall | None, str]:
    """The wording's share of the variance and its null, or why it is not known."""
    read = [(p, r) for p, _, r in cells if over in p.groups and r.value is not None]
    sentences: dict[str, set[str]] = {}
    for prompt, _ in read:
        sentences.setdefault(prompt.groups[over], set()).add(prompt.id)
    if not any(len(ids) > 1 for ids in sentences.values()):
        return None, ONE_SENTENCE if read else "no group has a reading"
    found = stats.variance_share(
        values=[float(reading.value == measure.label) for _, reading in read],
        clusters=[prompt.groups[over] for prompt, _ in read],
        prompts=[prompt.id for prompt, _ in read],
    )
    if found.interval.value is None:
        return None, found.interval.method.removeprefix("undecided: ")
    title = f"The wording's share of the variance over {over}s"
    return Overall(title=title, interval=found.interval, null=found.null, unit="share"), ""
