"""One planned image seen through one measure: a value, or the reason why there is none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from evalsuite.measures.measure import TONE_BANDS, Measure
from evalsuite.records import Judgement, Key, Prompt, Sample, Value

TONES = frozenset().union(*TONE_BANDS.values())
VERDICTS = ("share", "twins", "prompts", "mean of tags")
"""The kinds of measure whose single values are 1 (right) or 0 (wrong)."""


class Reading(NamedTuple):
    """A value with its cluster, or None and the reason; exactly one a planned image.

    `chance` is what guessing would give here; None where the measure has no such number.
    """

    value: float | str | None
    reason: str
    cluster: str
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A run's rows: what was planned, what was drawn, and what was judged."""

    planned: frozenset[Key]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]


def read(measure: Measure, rows: Rows, prompt: Prompt, key: Key) -> Reading:
    """What the measure says of one planned image; the clusters are prompts, or pairs of twins.

    For a mean over tags they are prompts too, and `tag_of` says of which tag.
    """
    if measure.kind == "twins":
        return _pair(measure, rows, prompt, key)
    value, reason, chance = _value(measure, rows, key)
    cluster = f"{prompt.tag}/{prompt.id}" if measure.kind == "mean of tags" else prompt.id
    return Reading(value, reason, cluster, chance)


def read_all(
    measure: Measure, rows: Rows, cells: Sequence[tuple[Prompt, Key]]
) -> list[tuple[Prompt, Key, Reading]]:
    """What the measure says of those of one set's planned images that it applies to."""
    due = [(prompt, key) for prompt, key in cells if measure.applies(prompt)]
    if measure.kind == "prompts":
        # Of two images three cannot be right: the measure does not apply, and nothing is missing.
        planned = Counter(prompt.id for prompt, _ in due)
        due = [(prompt, key) for prompt, key in due if planned[prompt.id] >= measure.least]
    found = [read(measure, rows, prompt, key) for prompt, key in due]
    if measure.kind == "prompts":
        found = whole_prompts(found)
    return [(prompt, key, one) for (prompt, key), one in zip(due, found, strict=True)]


def tag_of(cluster: str) -> str:
    """The tag in a cluster of a mean over tags; ids hold no slash."""
    return cluster.rpartition("/")[0]


def whole_prompts(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of prompts whose every planned image was measured; the others say why not.

    For measures of prompts: whether any of four images is right cannot be said from three.
    """
    broken = {reading.cluster for reading in readings if reading.value is None}
    why = "another image of its prompt is missing"
    return [
        one._replace(value=None, reason=why)
        if one.value is not None and one.cluster in broken
        else one
        for one in readings
    ]


def missing(readings: Sequence[Reading]) -> dict[str, int]:
    """How many readings have no value, by reason, sorted; with the values they make up all."""
    reasons = sorted(r.reason for r in readings if r.value is None)
    return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}


def _value(measure: Measure, rows: Rows, key: Key) -> tuple[float | str | None, str, float | None]:
    sample = rows.samples.get(key)
    if sample is None:
        return None, "not generated", None
    if sample.status != "ok":
        return None, sample.status, None
    judgement = rows.judgements.get((measure.scorer, key))
    if judgement is None:
        return None, "not judged", None
    if judgement.failure is not None:
        return None, "scorer failed", None
    if measure.field not in judgement.values:
        return None, "not answered", None
    raw = judgement.values[measure.field]
    if measure.kind == "unknown":
        return float(raw is None), "", None
    if raw is None:
        return None, f"abstained: {_class(judgement.reasons.get(measure.field, ''))}", None
    value = _fitting(measure, raw)
    if value is None:
        return None, "not a value of this measure", None
    return value, "", _chance(measure, judgement)


def _class(reason: str) -> str:
    """The reason before its first colon, short enough for a table."""
    return reason.partition(":")[0].strip()[:60] or "no reason given"


def _fitting(measure: Measure, raw: Value) -> float | str | None:
    """The value if it is of the measure's kind: a scorer's slip must not become a number."""
    if measure.kind in ("label", "labels", "imbalance"):
        return raw if isinstance(raw, str) else None
    if measure.field == "tone" and measure.scorer == "presentation":
        if raw not in TONES:
            return None
        return float(raw) if measure.kind == "mean" else str(raw)
    if isinstance(raw, str) or raw is None or not isfinite(raw):
        return None
    if measure.kind in VERDICTS and raw not in (0.0, 1.0):
        return None
    if measure.bounds and not measure.bounds[0] <= raw <= measure.bounds[1]:
        return None
    return float(raw)


def _chance(measure: Measure, judgement: Judgement) -> float | None:
    """One over the number of options, where the scorer chose among texts."""
    if measure.scorer != "clip" or measure.kind != "share":
        return None
    chosen = judgement.evidence.get(measure.field, judgement.evidence)
    options = chosen.get("options") or ()
    return 1 / len(options) if options else None


def _pair(measure: Measure, rows: Rows, prompt: Prompt, key: Key) -> Reading:
    """The affirmative twin's value minus the negated prompt's, at the same index.

    The affirmative one's seed differs, as seeds depend on the prompt: what is paired is the scene.
    """
    twin = key._replace(prompt_id=prompt.twin or "")
    negated, why, _ = _value(measure, rows, key)
    if negated is None:
        return Reading(None, why, twin.prompt_id)
    if twin not in rows.planned:
        return Reading(None, "twin: not planned", twin.prompt_id)
    affirmative, why, _ = _value(measure, rows, twin)
    if affirmative is None:
        return Reading(None, f"twin: {why}", twin.prompt_id)
    return Reading(float(affirmative) - float(negated), "", twin.prompt_id)
