"""What is known of a scorer's own errors: the record of an audit, and its identity.

An audit is of one scorer with its weights, thresholds, dialect and code: `identity` is a digest of
them, and an audit of any other identity is never quoted.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evalsuite.files.redact import redact
from evalsuite.files.segments import canonical
from evalsuite.files.values import Group, as_key
from evalsuite.records import Estimate, Interval, Json, WithInterval

DIFFERS = "differs"
"""The group that says in what a false prompt differs from its picture; true ones have none."""
PERTURBED = "perturbed"
"""The group that says what was changed in a picture, of the picture and of its changed copy."""

BESIDE = ("packages", "measures")
"""The parts of a manifest's entry that are no part of a scorer's identity."""

CODE = "evalsuite"
"""The package whose version is a part of a scorer's identity."""

ENOUGH = 30
"""Fewest pictures that can call a scorer of no use: with fewer, the 95 % interval of even a
faultless one is over 11 points wide."""

USEFUL = 0.5
"""The skill that a scorer must surely have to be evidence, unless its measure declares another:
halfway from guessing to never erring. Of a verdict that is an informedness (Youden 1950, Cancer
3:32-35: sensitivity + specificity - 1) of a half, of a score an AUC of 75 %."""

ALPHA = 0.025
"""The one-sided error allowed, over all rows of a scorer's audit, in calling it evidence."""

Word = Literal["evidence", "not evidence", "undecided", "unknown"]
WEAKEST: tuple[Word, ...] = ("unknown", "not evidence", "undecided", "evidence")

Form = Literal[
    "verdict",  # yes or no
    "choice",  # one text among several
    "label",  # a word or a whole number
    "pairs",  # a score, higher for the true caption than for the false one
]

Place = tuple[str, str, Group]
"""Where a report quotes an audit: an estimate's prompt set, measure and sorted group."""


class Share(NamedTuple):
    """A share of `n` answers with its 95 % interval, which has no ends where it is undecided."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited(WithInterval):
    """How often one field of a scorer was right on images whose truth is known.

    `interval` is the accuracy with its 95 % interval, of `n` answers on pictures as clusters;
    `chance` is what guessing would reach, None where the audit cannot tell. For verdicts and labels
    it is the mean of `recalls`, the shares right among the images of each truth ("1" and "0" for a
    verdict: its sensitivity and specificity), so that giving always the same answer reaches only
    chance. For choices it is the share of right choices, and `balanced` is that mean for "the
    prompt wins". The interval has no ends where the audit had too few images. `tag` is the prompts'
    tag, `group` the one group of prompts that this is about, or {}; `kind` and `weights` are those
    of the pictures (`PictureKind`).

    `bar` is the skill that is of use, `p` the one-sided p-value of no more than that, corrected
    for all rows of the audit (Holm); None in audits of format 1, whose interval must do. `second`
    is the verdict of a second audit from another seed, empty where there was none. `is_lacking`:
    there was no audit, and what needs one (`Measure.needs_audit`) is no evidence without.
    """

    interval: Interval
    chance: float | None
    scorer: str = ""
    field: str = ""
    form: Form = "verdict"
    tag: str = ""
    group: Mapping[str, str] = dataclasses.field(default_factory=dict)
    kind: str = ""
    weights: str = ""
    abstained: int = 0
    recalls: Mapping[str, Share] = dataclasses.field(default_factory=dict)
    balanced: Share | None = None
    bar: float = USEFUL
    p: float | None = None
    second: Word | Literal[""] = ""
    confusion: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    calibration: Mapping[str, Json] | None = None
    is_lacking: bool = False

    @property
    def accuracy(self) -> float | None:
        """The interval's value; None without answers."""
        return self.interval.value

    @property
    def images(self) -> int:
        """The pictures that the answers are of (the clusters)."""
        return self.interval.clusters

    @property
    def skill(self) -> float | None:
        """The accuracy above chance: 0 at chance, 1 where always right; None where not known.

        Of a choice the lesser of that and of telling whether the prompt is the right option.
        """
        return self._skill(self.accuracy, self.balanced and self.balanced.value)

    @property
    def verdict(self) -> Word:
        """What the audit says of the scorer; of two seeds the weaker word counts."""
        return min(self._own, self.second or self._own, key=WEAKEST.index)

    @property
    def is_evidence(self) -> bool:
        """Whether the scorer surely has the skill that is of use."""
        return self.verdict == "evidence"

    @property
    def is_guess(self) -> bool:
        """Whether there were enough pictures, and the scorer did not show that skill or any.

        Also where an audit is lacking.
        """
        return self.verdict == "not evidence"

    @property
    def _own(self) -> Word:
        skill, low = self.skill, self._skill(self.low, self.balanced and self.balanced.low)
        if self.chance is None:
            return "not evidence" if self.is_lacking else "unknown"
        if self.p is not None and self.p <= ALPHA:
            return "evidence"
        if self.p is None and low is not None and low > self.bar:
            return "evidence"
        is_shown = skill is not None and skill >= self.bar and low is not None and low > 0
        return "undecided" if is_shown or (self.images or self.n) < ENOUGH else "not evidence"

    def _skill(self, accuracy: float | None, guard: float | None) -> float | None:
        if accuracy is None or self.chance is None or (self.balanced and guard is None):
            return None
        above = (accuracy - self.chance) / (1 - self.chance)
        return above if guard is None else min(above, 2 * guard - 1)

    @property
    def sensitivity(self) -> Share | None:
        """Of a verdict: the share of yes where yes is true."""
        return self.recalls.get("1") if self.form in ("verdict", "choice") else None

    @property
    def specificity(self) -> Share | None:
        """Of a verdict: the share of no where no is true."""
        return self.recalls.get("0") if self.form in ("verdict", "choice") else None


def place(estimate: Estimate) -> Place:
    """The place of an estimate."""
    return estimate.prompt_set, estimate.measure, as_key(estimate.group)


def audited_interval(interval: Interval) -> Interval:
    """The interval as an audit's file keeps it: without its method."""
    return dataclasses.replace(interval, method="")


def identity(description: Mapping[str, Json], dialect: str = "") -> str:
    """The digest of a scorer's description (models, weights, thresholds), dialect and code.

    `description` is a manifest's entry: of the packages only evalsuite's version counts, and how
    answers are measured and named does not. Redacted first, as a manifest is, so that both give
    the same. "" for a description that says nothing: no audit can be known to be of that scorer,
    and none matches.
    """
    parts = {name: value for name, value in description.items() if name not in BESIDE}
    if not parts:
        return ""
    code = (description.get("packages") or {}).get(CODE, "")
    known = {"scorer": redact(parts), "dialect": dialect, CODE: code}
    return hashlib.sha256(canonical(known).encode()).hexdigest()
