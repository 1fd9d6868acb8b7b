"""Reading a run's rows through a measure: one reading per planned image that it applies to."""

from collections import Counter
from collections.abc import Iterator, Sequence

from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading, Rows, whole_prompts
from evalsuite.prompts.conditions import condition
from evalsuite.records import Judgement, Key, Measure, Prompt


def read(measure: Measure, rows: Rows, prompt: Prompt, key: Key) -> Reading:
    """The measure's reading of one planned image; the clusters are the set's families of prompts.

    For a mean over tags the tags are the strata, whatever the set's own are; for a measure of
    groups those are the clusters.
    """
    prompt_set = rows.prompt_sets[key.prompt_set]
    kind = kind_of(measure)
    value: float | str | None
    chance = None
    if kind.is_twins:
        value, reason = _pair(measure, rows, prompt, key)
    else:
        value, reason, chance = _value(measure, rows, key)
    return Reading(
        value=value,
        reason=reason,
        cluster=prompt.groups.get(measure.over) or prompt_set.family(prompt),
        chance=chance,
        prompt=prompt.id,
        stratum=prompt.tag if kind.paired_by == "tag" else prompt_set.stratum(prompt),
    )


def read_all(
    measure: Measure, rows: Rows, cells: Sequence[tuple[Prompt, Key]]
) -> Iterator[tuple[Prompt, Key, Reading]]:
    """The measure's readings of those of one set's planned images that it applies to.

    It applies to the prompts that its conditions name, without those for which a judgement says
    that it is not applicable.
    """
    applies = condition(measure.applies)
    raised = {prompt.id: applies(prompt) for prompt in {p.id: p for p, _ in cells}.values()}
    applicable = [cell for cell in cells if raised[cell[0].id]]
    barred = {prompt.id for prompt, key in applicable if _is_barred(measure, rows, key)}
    if barred:
        applicable = [cell for cell in applicable if cell[0].id not in barred]
    of_prompts = kind_of(measure).paired_by == "prompt"
    if of_prompts:
        # Of two images three cannot be right: the measure does not apply, and nothing is missing.
        planned = Counter(prompt.id for prompt, _ in applicable)
        applicable = [cell for cell in applicable if planned[cell[0].id] >= measure.least]
    # Images of a prompt read much alike: one object for all that do, or a large run has millions.
    same: dict[Reading, Reading] = {}
    each = (read(measure, rows, prompt, key) for prompt, key in applicable)
    readings = [same.setdefault(reading, reading) for reading in each]
    if of_prompts:
        readings = whole_prompts(readings)
    for (prompt, key), reading in zip(applicable, readings, strict=True):
        yield prompt, key, reading


def _is_barred(measure: Measure, rows: Rows, key: Key) -> bool:
    judgement = rows.judgements.get((measure.scorer, key))
    return judgement is not None and measure.field in judgement.not_applicable


def _value(measure: Measure, rows: Rows, key: Key) -> tuple[float | str | None, str, float | None]:
    sample, kind = rows.samples.get(key), kind_of(measure)
    if sample is None:
        return None, "not generated", None
    if kind.of_samples:
        found = kind.read(measure, sample.status)
        return found, "" if found is not None else sample.status, None
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
    if raw is None and not kind.of_abstentions:
        return None, f"abstained: {_class(judgement.reasons.get(measure.field, ''))}", None
    value = kind.read(measure, raw)
    if value is None:
        return None, kind.no_value, None
    return value, "", _chance(measure, judgement)


def _class(reason: str) -> str:
    """The reason before its first colon, short enough for a table."""
    return reason.partition(":")[0].strip()[:60] or "no reason given"


def _chance(measure: Measure, judgement: Judgement) -> float | None:
    """One over the number of options, where the scorer chose and was right or wrong."""
    choice = judgement.choices.get(measure.field)
    if choice is None or not choice.options or judgement.values[measure.field] not in (0.0, 1.0):
        return None
    return 1 / len(choice.options)


def _pair(measure: Measure, rows: Rows, prompt: Prompt, key: Key) -> tuple[float | None, str]:
    """The affirmative twin's value minus the negated prompt's, at the same index; or why not.

    Their seeds differ, as seeds depend on the prompt: what the two share is the scene.
    """
    twin = key._replace(prompt_id=prompt.twin or "")
    negated, why, _ = _value(measure, rows, key)
    if negated is None:
        return None, why
    if twin not in rows.planned:
        return None, "twin: not planned"
    affirmative, why, _ = _value(measure, rows, twin)
    if affirmative is None:
        return None, f"twin: {why}"
    return float(affirmative) - float(negated), ""
