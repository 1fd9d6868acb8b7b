"""Reading a run's rows through a measure: one reading per planned image that it applies to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading, Rows, whole_prompts
from evalsuite.prompts.conditions import condition
from evalsuite.records import Judgement, Key, Measure, Prompt, Sample

Cells = Sequence[tuple[Prompt, Key]]
"""Planned images of one set with their prompts."""


def read(measure: Measure, rows: Rows, prompt: Prompt, key: Key) -> Reading:
    """The measure's reading of one planned image; the clusters are the set's families of prompts.

    For a mean over tags the tags are the strata, whatever the set's own are; for a measure of
    groups those are the clusters.
    """
    judgement = rows.judgements.get((measure.scorer, key))
    return _Reader(measure, rows).read(prompt, key, rows.samples.get(key), judgement)


def read_all(measure: Measure, rows: Rows, cells: Cells) -> Iterator[tuple[Prompt, Key, Reading]]:
    """The measure's readings of those of one set's planned images that it applies to."""
    for _, readings in read_each([measure], rows, cells):
        for (prompt, key), reading in zip(cells, readings, strict=True):
            if reading is not None:
                yield prompt, key, reading


def read_each(
    measures: Sequence[Measure], rows: Rows, cells: Cells
) -> Iterator[tuple[Measure, list[Reading | None]]]:
    """Each measure with its reading of each of one set's planned images; None: it does not apply.

    Measures that apply to none of their prompts are left out. One applies to the prompts that its
    conditions name, without those for which a judgement says that it is not applicable. Images of
    a prompt read much alike, and share one object: a large run has millions. Measures of one scorer
    that follow one another are read in one go.
    """
    prompts = {prompt.id: prompt for prompt, _ in cells}
    for scorer, some in groupby(measures, key=attrgetter("scorer")):
        readers = [_Reader(measure, rows) for measure in some]
        readers = [reader for reader in readers if any(map(reader.asks, prompts.values()))]
        for prompt, key in cells:
            sample, judgement = rows.samples.get(key), rows.judgements.get((scorer, key))
            for reader in readers:
                reader.take(prompt, key, sample, judgement)
        for reader in readers:
            yield reader.measure, reader.taken(cells)


class _Reader:
    """A measure, what it asks of each prompt, and what it has read."""

    def __init__(self, measure: Measure, rows: Rows) -> None:
        self.measure = measure
        self._rows = rows
        self._kind = kind_of(measure)
        self._applies = condition(measure.applies)
        self._asked: dict[str, bool] = {}
        self._barred: set[str] = set()
        self._readings: list[Reading | None] = []
        self._same: dict[Reading, Reading] = {}

    def asks(self, prompt: Prompt) -> bool:
        """Whether the measure's conditions name a prompt."""
        if prompt.id not in self._asked:
            self._asked[prompt.id] = self._applies(prompt)
        return self._asked[prompt.id]

    def take(
        self, prompt: Prompt, key: Key, sample: Sample | None, judgement: Judgement | None
    ) -> None:
        """Read the next of a set's images."""
        asked, reading = self.asks(prompt), None
        if asked and judgement is not None and self.measure.field in judgement.not_applicable:
            self._barred.add(prompt.id)
        elif asked:
            reading = self.read(prompt, key, sample, judgement)
            reading = self._same.setdefault(reading, reading)
        self._readings.append(reading)

    def taken(self, cells: Cells) -> list[Reading | None]:
        """What was read of all images of the `cells`."""
        if self._barred:
            self._readings = [
                None if prompt.id in self._barred else reading
                for (prompt, _), reading in zip(cells, self._readings, strict=True)
            ]
        if self._kind.paired_by == "prompt":
            # Of two images three cannot be right: it does not apply, and nothing is missing.
            planned = Counter(r.prompt for r in self._readings if r is not None)
            least = self.measure.least
            self._readings = whole_prompts(
                [r if r is None or planned[r.prompt] >= least else None for r in self._readings]
            )
        return self._readings

    def read(
        self, prompt: Prompt, key: Key, sample: Sample | None, judgement: Judgement | None
    ) -> Reading:
        """The reading of one image, whether or not the measure applies to it."""
        measure, prompt_set = self.measure, self._rows.prompt_sets[key.prompt_set]
        value, reason, chance = _value(measure, sample, judgement)
        if self._kind.is_twins:
            value, reason = _pair(measure, self._rows, prompt, key, (value, reason))
            chance = None
        by_tag = self._kind.paired_by == "tag"
        return Reading(
            value=value,
            reason=reason,
            cluster=prompt.groups.get(measure.over) or prompt_set.family(prompt),
            chance=chance,
            prompt=prompt.id,
            stratum=prompt.tag if by_tag else prompt_set.stratum(prompt),
        )


def _value(
    measure: Measure, sample: Sample | None, judgement: Judgement | None
) -> tuple[float | str | None, str, float | None]:
    kind = kind_of(measure)
    if sample is None:
        return None, "not generated", None
    if kind.of_samples:
        found = kind.read(measure, sample.status)
        return found, "" if found is not None else sample.status, None
    if sample.status != "ok":
        return None, sample.status, None
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


def _pair(
    measure: Measure,
    rows: Rows,
    prompt: Prompt,
    key: Key,
    negated: tuple[float | str | None, str],
) -> tuple[float | None, str]:
    """The affirmative twin's value minus the negated prompt's, at the same index; or why not.

    Their seeds differ, as seeds depend on the prompt: what the two share is the scene.
    """
    twin = key._replace(prompt_id=prompt.twin or "")
    value, why = negated
    if value is None:
        return None, why
    if twin not in rows.planned:
        return None, "twin: not planned"
    judgement = rows.judgements.get((measure.scorer, twin))
    affirmative, why, _ = _value(measure, rows.samples.get(twin), judgement)
    if affirmative is None:
        return None, f"twin: {why}"
    return float(affirmative) - float(value), ""
