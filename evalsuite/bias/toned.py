"""Skin tones by group: images by Monk tone, shares of bands, and bounds for those not told."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from evalsuite import stats
from evalsuite.audits.record import Audited
from evalsuite.bias import against
from evalsuite.bias.away import of_bands
from evalsuite.bias.given import TONES, Given
from evalsuite.bias.record import Instead, Known, ToneRow, Tones
from evalsuite.bias.spread import tone_spread
from evalsuite.files.values import natural
from evalsuite.records import Measure, PromptSet
from evalsuite.vocabulary import monk

NO_AUDIT = "no audit of the scorer"


class Band(NamedTuple):
    """One band of a group's tones, to be held against even tones and the reference."""

    name: str
    hits: int
    even: float
    reference: Known | None
    errors: against.Errors | None


def tones(given: Given) -> list[Tones]:
    """The tones that every instrument reads, by group, in every set of people."""
    found = [
        _tones(given, measure, prompt_set, over)
        for prompt_set in given.prompt_sets
        if given.people(prompt_set)
        for measure in given.of_kind(TONES, prompt_set)
        for over in given.overs(measure, prompt_set)
    ]
    return [each for each in found if each.rows]


def _tones(given: Given, measure: Measure, prompt_set: PromptSet, over: str) -> Tones:
    counts: dict[str, Counter[str]] = {}
    read: list[tuple[str, str]] = []
    for prompt, _, reading in given.readings(measure, prompt_set):
        if over not in prompt.groups:
            continue
        of_group = counts.setdefault(prompt.groups[over], Counter())
        if reading.value is not None:
            of_group[str(reading.value)] += 1
            read.append((str(reading.value), reading.cluster))
        elif reading.reason.startswith("abstained"):
            of_group["unknown"] += 1
    audited = _audit(given, measure.name, prompt_set.name)
    rows = tuple(
        _row(given, measure, prompt_set.name, over, name, counts[name])
        for name in sorted(counts, key=natural)
    )
    return Tones(
        prompt_set=prompt_set.name,
        measure=measure.name,
        title=measure.title,
        over=over,
        rows=rows,
        spread=(
            *tone_spread([tone for tone, _ in read], [family for _, family in read]),
            *of_bands(over, rows),
        ),
        judge="" if audited is None else audited.verdict,
        source=given.source(prompt_set.name),
    )


def _row(
    given: Given, measure: Measure, prompt_set: str, over: str, name: str, counts: Counter[str]
) -> ToneRow:
    images = tuple(counts[tone] for tone in monk.TONES)
    bands, references, bounds = {}, {}, {}
    read, unknown = sum(images), counts["unknown"]
    for band, inside in monk.BANDS.items():
        estimate = given.estimate(prompt_set, measure.name, {over: name, "tone": band})
        if estimate is not None:
            bands[band] = estimate.interval
        known = given.known(prompt_set, measure.name, f"{name}/{band}")
        if known is not None:
            references[band] = known.share
        hits = sum(counts[tone] for tone in inside)
        if read + unknown:
            bounds[band] = hits / (read + unknown), (hits + unknown) / (read + unknown)
    return ToneRow(
        name=name,
        tones=images,
        unknown=unknown,
        bands=bands,
        corrected=corrected(counts, _audit(given, measure.name, prompt_set)),
        references=references,
        bounds=bounds,
    )


def held(given: Given, found: Tones, row: ToneRow) -> list[Band]:
    """The bands of a group with what the audit leaves open of the scorer's errors."""
    audited = _audit(given, found.measure, found.prompt_set)
    by_tone = dict(zip(monk.TONES, row.tones, strict=True))
    return [
        Band(
            name=band,
            hits=sum(by_tone[tone] for tone in inside),
            even=monk.EVEN_BANDS[band],
            reference=given.known(found.prompt_set, found.measure, f"{row.name}/{band}"),
            errors=_errors(audited, inside),
        )
        for band, inside in monk.BANDS.items()
    ]


def _errors(audited: Audited | None, band: frozenset[str]) -> against.Errors | None:
    """Of each true tone how many were read inside of the band, if it is of it, or else outside."""
    if audited is None or not audited.confusion:
        return None
    of_band, of_others = [], []
    for truth in monk.TONES:
        read = {k: n for k, n in audited.confusion.get(truth, {}).items() if k in monk.TONES}
        inside, every = sum(n for k, n in read.items() if k in band), sum(read.values())
        if truth in band:
            of_band.append((inside, every))
        else:
            of_others.append((every - inside, every))
    return against.errors_of(of_band, of_others)


def _audit(given: Given, measure: str, prompt_set: str) -> Audited | None:
    """The audit of the whole set's tones, which every band's row quotes.

    One group's own has a handful of pictures for each of ten tones, and would leave all open.
    """
    return given.audited(prompt_set, measure, {"tone": next(iter(monk.BANDS))})


def corrected(counts: Mapping[str, int], audited: Audited | None) -> dict[str, Instead]:
    """The bands' shares among all that were judged, `stats.corrected_shares` with unknown a row.

    The tones of a band are pooled in the audit as it saw them.
    """
    if audited is None or not audited.confusion:
        return {band: Instead(by="audit", reason=NO_AUDIT) for band in monk.BANDS}
    of_tone = {tone: band for band, inside in monk.BANDS.items() for tone in inside}
    confusion: dict[str, Counter[str]] = {band: Counter() for band in monk.BANDS}
    for truth, answered in audited.confusion.items():
        if truth in of_tone:
            for answer, n in answered.items():
                confusion[of_tone[truth]][of_tone.get(answer, stats.UNKNOWN)] += n
    answers = [
        of_tone.get(answer, stats.UNKNOWN)
        for answer in sorted(counts)
        for _ in range(counts[answer])
    ]
    found = stats.corrected_shares(
        answers=answers, clusters=range(len(answers)), confusion=confusion
    )
    return {
        band: Instead(by="audit", interval=share)
        if share.value is not None
        else Instead(by="audit", reason=share.method)
        for band, share in found.shares.items()
    }
