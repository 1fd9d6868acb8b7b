"""What was found: intervals, estimates, differences of two runs, and the gate's verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from evalsuite.records.samples import Key

Pairing = Literal["seeds", "prompts", "none"]
Tier = Literal["block", "warn", "watch"]
Word = Literal["pass", "fail", "undecided"]
Estimand = Literal["prompts like these", "these prompts"]
"""What a value is about: prompts of which those drawn are a sample, or these alone."""

LIKE_THESE: Estimand = "prompts like these"
THESE: Estimand = "these prompts"


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its confidence interval; `low` and `high` are None where it is undecided.

    `n` counts values, `clusters` the families of prompts that they come from; `method` names the
    formula, or says why there is no interval. `value` is None where n is 0, and where the values
    make none: a ratio of nothing, a difference among one group. Of "these prompts" only the seeds
    could have been others, and `clusters` counts prompts.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    method: str = ""
    estimand: Estimand = LIKE_THESE


INTERVAL = ("value", "low", "high", "n", "prompts", "method", "estimand")
"""An interval's parts, by the names that files and records with an interval have for them."""


class WithInterval:
    """A record with an `interval`: its parts by their own names; `prompts` are its clusters."""

    __slots__ = ()
    interval: Interval

    @property
    def value(self) -> float | None:
        """None where there is too little data to say."""
        return self.interval.value

    @property
    def low(self) -> float | None:
        """The interval's lower end; None where it is undecided."""
        return self.interval.low

    @property
    def high(self) -> float | None:
        """The interval's upper end; None where it is undecided."""
        return self.interval.high

    @property
    def n(self) -> int:
        """How many values, or pairs of values."""
        return self.interval.n

    @property
    def prompts(self) -> int:
        """The families of prompts that the values come from (the clusters)."""
        return self.interval.clusters

    @property
    def method(self) -> str:
        """The formula, or why there is no interval."""
        return self.interval.method

    @property
    def estimand(self) -> Estimand:
        """Whether it is about prompts like these, or about these alone."""
        return self.interval.estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(WithInterval):
    """One measure in one group of one prompt set.

    `interval` counts measured samples; its ends, and its value, are None where there is too little
    data to say. `missing` holds the planned samples that gave no value, by reason. `null` is what
    chance, or a perfectly fair model, would show at this n; `reference` is what the card says is
    true (taught, or published).
    """

    prompt_set: str
    measure: str
    group: Mapping[str, str]
    interval: Interval
    missing: Mapping[str, int] = field(default_factory=dict)
    null: float | None = None
    reference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(WithInterval):
    """One measure in one group of one prompt set, in two runs: candidate minus baseline.

    `baseline` and `candidate` are each run's own estimates. `interval` is in the measure's unit
    and direction; it is taken over the pairs alone, so its value need not be the difference of the
    two estimates. Its `n` counts pairs, or the images of both runs where nothing is paired. `p` is
    two-sided, of no difference.

    `pairing` is "seeds" (same prompt, index and seed), "prompts" (same prompts, other seeds: the
    prompts' means are paired) or "none". `gained` and `lost` count pairs whose verdict went from
    wrong to right and from right to wrong; None where nothing is right or wrong, or nothing is
    paired by seed. `missing` holds, by reason, the baseline's and the candidate's count.
    """

    prompt_set: str
    measure: str
    group: Mapping[str, str]
    baseline: Estimate
    candidate: Estimate
    interval: Interval
    p: float | None
    pairing: Pairing
    gained: int | None = None
    lost: int | None = None
    missing: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flip:
    """An image whose verdict on one measure went from right to wrong (`lost`), or back.

    Both runs drew it from the same seed; `prompt` is the prompt's text.
    """

    key: Key
    measure: str
    lost: bool
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's word on one measure, and why; `p` is one-sided, of no loss, family-corrected.

    `would_decide` is about how many of the run's images would decide what is undecided.
    `judge` is the audit's word on the scorer: "evidence", "not evidence", "not audited", ...
    """

    measure: str
    prompt_set: str
    group: Mapping[str, str]
    tier: Tier
    word: Word
    reason: str
    margin: float
    unit: str
    p: float | None = None
    difference: Difference | None = None
    would_decide: int | None = None
    judge: str = ""


def flat(record: Estimate | Difference | Verdict) -> dict[str, Any]:
    """A record as a flat map, as files hold it: the interval's parts stand beside the rest."""
    row = {name: getattr(record, name) for name in record.__dataclass_fields__}
    if not isinstance(record, Verdict):
        del row["interval"]
        row |= {name: getattr(record, name) for name in INTERVAL}
    records = (Estimate, Difference)
    return {name: flat(part) if isinstance(part, records) else part for name, part in row.items()}
