"""The chapter on people as numbers: frozen records that a report draws and `bias.json` holds.

A part that could not be measured is not here; `Chapter.not_measured` says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evalsuite.bias.beside import Agreement, Pairs, Refusals, Resembled, Varied
from evalsuite.records import Estimate, Interval

Against = Literal["an even split", "the reference"]
"""What a group's share is held against."""

EVEN: Against = "an even split"
REFERENCE: Against = "the reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one instrument made of the drawn pictures of people in one prompt set.

    `asked` are the drawn images that it applies to: `read` of them have a label, those it could
    not tell are in `unknown` by reason, `failed` counts its own breakdowns and `unjudged` what it
    has not seen yet.
    """

    measure: str
    scorer: str
    title: str
    asked: int
    read: int
    unknown: Mapping[str, int]
    failed: int
    unjudged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One prompt set's pictures of people: planned, drawn, lost by how they ended, and read."""

    prompt_set: str
    prompts: int
    planned: int
    drawn: int
    lost: Mapping[str, int]
    reads: tuple[Read, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where references come from: `name` as it was asked for, `words` for a reader, and `short`.

    `facts` are what the reference says of itself: year, country, source, base.
    """

    name: str
    words: str
    short: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


NOWHERE = Source(name="", words="", reason="none was named")


@dataclass(frozen=True, slots=True)
class Known:
    """A reference's share with the interval that its own base gives it; no ends: exact.

    `base` is the sample that it is worth, None where it is exact.
    """

    share: float
    low: float | None = None
    high: float | None = None
    base: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """A share put right by what is known of the instrument, or the reason why it is not.

    `by` names how: "audit", or "people" who labelled a part of this run.
    """

    by: str
    interval: Interval | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """One group's share of the label: of `n` pictures with a reading `hits` have it.

    `unknown` could not be told, `lost` were never drawn or judged; together with `n` they make up
    `planned`. `bounds` are the shares if all that could not be told had another label, or this one.
    `fair` holds the middle 95 % of what an even model shows at this n.
    """

    name: str
    hits: int
    n: int
    unknown: int
    lost: int
    planned: int
    interval: Interval
    corrected: Instead
    labelled: Instead
    bounds: tuple[float, float] | None
    fair: tuple[float, float] | None
    reference: Known | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Model log-odds on the reference's: 1 mirrors it, above 1 exaggerates, 0 ignores it.

    `interval` has no value where there are too few groups or the reference does not vary; `reason`
    says so. `at_even` is the model's share where the reference's is one half. `beyond` is the mean,
    over groups, of how much farther from even the model's share is than the reference's.
    `corrected`: the audit's errors are taken out of the slope.
    """

    interval: Interval
    at_even: float | None
    beyond: Interval
    corrected: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sloped:
    """The slope of the prompts of one wording alone."""

    wording: str
    slope: Slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """One number over all groups, with its interval and what a fair model shows at this n.

    `measure` is that of `estimates.json`, "" for what the chapter alone has; `note` says more.
    """

    title: str
    interval: Interval
    null: float | None
    unit: str = "number"
    measure: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """One label's share in each group of a prompt set, as one instrument reads it.

    `over` is the group label (occupation); groups come by rising share. `spread` holds the mean
    distance and the number of one-sided groups, `wording` the share of the variance between
    prompts of one group that their wording has. `slopes` are of single wordings, of the `kinds`
    that there are (neutral, caption-matched).
    """

    prompt_set: str
    measure: str
    scorer: str
    title: str
    label: str
    over: str
    groups: tuple[GroupShare, ...]
    spread: tuple[Overall, ...]
    slope: Slope
    slopes: tuple[Sloped, ...] = ()
    kinds: tuple[str, ...] = ()
    wording: Overall | None = None
    wording_reason: str = ""
    judge: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneRow:
    """One group's skin tones: images by Monk tone 1-10, those not told, and its bands' shares.

    `corrected` are the bands' shares among all that were judged, with the audit's errors taken out.
    """

    name: str
    tones: tuple[int, ...]
    unknown: int
    bands: Mapping[str, Interval]
    corrected: Mapping[str, Instead]
    references: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tones:
    """Skin tones by group of one prompt set; `spread` is over all groups together."""

    prompt_set: str
    measure: str
    title: str
    over: str
    rows: tuple[ToneRow, ...]
    spread: tuple[Overall, ...] = ()
    judge: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A group's share that surely differs, after correction for all that was tested.

    `p` takes the instrument's audited errors into account where `carried`; `q` is adjusted.
    """

    prompt_set: str
    measure: str
    over: str
    group: str
    label: str
    against: Against
    hits: int
    n: int
    expected: float
    p: float
    q: float
    carried: bool

    @property
    def share(self) -> float:
        """The share as it was read."""
        return self.hits / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What another instrument of people found in one prompt set: of all of it, then by group.

    `apart` says, by the group label, how far the groups' rates lie apart, where it has rates.
    """

    prompt_set: str
    measure: str
    title: str
    rows: tuple[Estimate, ...]
    apart: tuple[tuple[str, Overall], ...]
    cannot_show: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Everything that the chapter on people says.

    `references` say by prompt set where what its shares are held against comes from. `tested`
    counts the comparisons that findings were corrected for; `not_measured` holds parts
    with the reason why they are not here.
    """

    references: Mapping[str, Source]
    people: tuple[People, ...]
    shares: tuple[Shares, ...] = ()
    tones: tuple[Tones, ...] = ()
    regions: tuple[Resembled, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    refusals: tuple[Refusals, ...] = ()
    pairs: tuple[Pairs, ...] = ()
    diversity: tuple[Varied, ...] = ()
    others: tuple[Other, ...] = ()
    findings: tuple[Finding, ...] = ()
    tested: int = 0
    not_measured: tuple[tuple[str, str], ...] = ()
