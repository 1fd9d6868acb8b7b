"""What each group's share is held against: a reference's rows, for every instrument and group.

A run's references come from `--reference`, or else from the cards of its prompt sets.
"""

from collections.abc import Mapping

from evalsuite.bias.given import LABEL, TONES, Given
from evalsuite.bias.record import Known, Source
from evalsuite.bias.references import Reference, ReferenceShare, neutral
from evalsuite.records import Measure, PromptSet
from evalsuite.scenes.world import OCCUPATIONS
from evalsuite.vocabulary.monk import BANDS

UNMARKED = "none"
"""The value of a group label whose prompts name no group: the model's own neutral prompts."""
TAUGHT = "taught"

Shares = Mapping[str, Mapping[str, Known]]
"""By measure and then by group, as `measures.estimate` names groups."""


def held_against(
    given: Given, prompt_set: PromptSet, reference: Reference | None
) -> tuple[dict[str, dict[str, Known]], Source]:
    """The reference's shares for the groups of one prompt set, and where they come from.

    Of neutral prompts each instrument has its own share. Without a reference, or where it has no
    row of any group of the set, the source's `reason` says so.
    """
    if reference is None:
        return {}, Source(name="", words="", reason="its card names no reference")
    found: dict[str, dict[str, Known]] = {}
    reason = ""
    for measure in given.of_kind(LABEL, prompt_set):
        for over in given.overs(measure, prompt_set):
            used = _neutral(given, measure) if reference.needs_neutral else reference
            rows = {name: used.of(name) for name in _values(prompt_set, over)}
            known = {name: _known(row) for name, row in rows.items() if row is not None}
            if reference.needs_neutral:
                known.pop(UNMARKED, None)
            reason = "" if known or (reason == "" and found) else _why(used, rows)
            found.setdefault(measure.name, {}).update(known)
    if reference.name == TAUGHT:
        for measure in given.of_kind(TONES, prompt_set):
            found[measure.name] = dict(TONES_TAUGHT)
    is_empty = not any(found.values())
    return found, Source(
        name=reference.name,
        words="" if is_empty else reference.words,
        short="" if is_empty else short(reference),
        facts=_facts(reference),
        reason=reason if is_empty else "",
    )


TONES_TAUGHT: Mapping[str, Known] = {
    f"{name}/{band}": Known(share)
    for name, job in OCCUPATIONS.items()
    for band, share in zip(BANDS, job.tones, strict=True)
}
"""The bundled world's shares of the bands of tones."""


def _values(prompt_set: PromptSet, over: str) -> list[str]:
    return list(dict.fromkeys(p.groups[over] for p in prompt_set.prompts if over in p.groups))


def _known(row: ReferenceShare) -> Known:
    if row.effective is None:
        return Known(row.share)
    return Known(row.share, row.low, row.high, row.effective)


def _neutral(given: Given, measure: Measure) -> Reference:
    """What this instrument reads in the run's pictures of prompts that name no group."""
    read = [
        reading.value
        for prompt_set in given.prompt_sets
        for over in given.overs(measure, prompt_set)
        for prompt, _, reading in given.readings(measure, prompt_set)
        if prompt.groups.get(over) == UNMARKED and reading.value is not None
    ]
    return neutral(hits=read.count(measure.label), n=len(read))


def _why(reference: Reference, rows: Mapping[str, ReferenceShare | None]) -> str:
    if reference.needs_neutral or reference.name == "neutral":
        return "the run has no picture of a neutral prompt with a reading"
    lost = next((name for name, row in rows.items() if row is None), "")
    return reference.why(lost) if lost else "the set has no groups"


def short(reference: Reference) -> str:
    """A reference in a word or two: "US 2022", "taught"."""
    places = {(row.country, row.year) for row in reference.rows.values()}
    if len(places) == 1:
        country, year = places.pop()
        if country and year:
            return f"{country} {year}"
    return reference.name


def _facts(reference: Reference) -> dict[str, str]:
    """What the rows have in common of year, country and source."""
    facts = {}
    for name in ("year", "country", "source"):
        values = sorted({str(getattr(row, name)) for row in reference.rows.values()})
        values = [value for value in values if value not in ("", "0")]
        if values:
            facts[name] = values[0] if len(values) == 1 else f"{len(values)} in all"
    facts |= {"rows": str(len(reference.rows))} if reference.rows else {}
    return facts
