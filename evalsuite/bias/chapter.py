"""The chapter on people, put together; None for a run that asks for no person."""

from evalsuite.bias.agreeing import agreement
from evalsuite.bias.findings import findings, primary
from evalsuite.bias.given import Given
from evalsuite.bias.others import others
from evalsuite.bias.paired import pairs
from evalsuite.bias.people import people
from evalsuite.bias.record import Chapter
from evalsuite.bias.refused import refusals
from evalsuite.bias.resembled import resembled
from evalsuite.bias.shares import shares
from evalsuite.bias.toned import tones
from evalsuite.bias.varied import varied


def chapter(given: Given) -> Chapter | None:
    """Everything that a run's rows say about what its pictures suggest of people."""
    asked = people(given)
    regions = resembled(given)
    kept, more = refusals(given), others(given)
    if not asked and not regions and not kept and not more:
        return None
    found, toned = shares(given), tones(given)
    sure, tested = findings(given, found, toned)
    agree = agreement(given)
    made = Chapter(
        references={p.prompt_set: given.source(p.prompt_set) for p in asked},
        people=tuple(asked),
        shares=tuple(found),
        tones=tuple(toned),
        regions=tuple(regions),
        agreement=tuple(agree),
        refusals=tuple(kept),
        pairs=tuple(pairs(given, primary(found))),
        diversity=tuple(varied(given)),
        others=tuple(more),
        findings=tuple(sure),
        tested=tested,
        not_measured=(),
    )
    return made
