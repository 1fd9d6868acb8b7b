"""One measure's readings in one group, with the design that they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from evalsuite import stats
from evalsuite.measures.reading import Reading
from evalsuite.records import LIKE_THESE, THESE, Estimand, Interval, Measure, PromptSet

References = Mapping[str, Mapping[str, float]]


class Design(TypedDict):
    """What a mean is about, and what its values have in common: `stats` takes it as keywords."""

    clusters: list[str]
    strata: list[str] | None
    estimand: Estimand


def design_of(group: Mapping[str, str], readings: Sequence[Reading]) -> Design:
    """Families as clusters in the set's strata; or prompts, where a group is a single family.

    Such a group's prompts are fixed paraphrases ("a nurse at work"), no sample of others: its row
    is about these prompts, and only the seeds vary.
    """
    families = [reading.cluster for reading in readings]
    if group and len(set(families)) == 1:
        return Design(clusters=[r.asked for r in readings], strata=None, estimand=THESE)
    strata = [reading.stratum for reading in readings]
    fixed = strata if len(set(strata)) > 1 else None
    return Design(clusters=families, strata=fixed, estimand=LIKE_THESE)


def limit_of_set(prompt_set: PromptSet) -> str:
    """Why no number of images makes a share of the whole set sure; "" where nothing does."""
    prompts = prompt_set.prompts
    strata = [prompt_set.stratum(prompt) for prompt in prompts] if prompt_set.strata else None
    families = [prompt_set.family(prompt) for prompt in prompts]
    return stats.limit_of(clusters=families, strata=strata, scores="share")


class Summary(NamedTuple):
    """An estimate before it has its set and measure: group, interval, null and reference."""

    group: Mapping[str, str]
    interval: Interval
    null: float | None = None
    reference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One measure's readings in one group, and what they are summed up with.

    `labels` get a row each, even where no reading has them; None stands for the readings' own.
    """

    measure: Measure
    group: Mapping[str, str]
    readings: Sequence[Reading]
    references: References
    level: float
    labels: Sequence[str] | None = None

    @property
    def measured(self) -> list[Reading]:
        """The readings that have a value."""
        return [reading for reading in self.readings if reading.value is not None]

    @property
    def design(self) -> Design:
        """What varied, for the functions of `stats`; see `design_of`."""
        return design_of(self.group, self.measured)

    @property
    def numbers(self) -> list[float]:
        """The values of a measure whose values are numbers."""
        return [float(r.value) for r in self.readings if r.value is not None]

    @property
    def words(self) -> list[str]:
        """The values of a measure whose values are labels."""
        return [str(reading.value) for reading in self.measured]

    def reference(self, measure: str = "", group: Mapping[str, str] | None = None) -> float | None:
        """The known true value of a measure in a group; by default of this slice's own."""
        labels = (self.group if group is None else group).values()
        return self.references.get(measure or self.measure.name, {}).get("/".join(labels))
