"""What is known of a scorer's own errors: the record of an audit, its file, and its identity.

An audit is of one scorer with its weights and thresholds: `identity` is a digest of the scorer's
description, and an audit of any other identity is never quoted.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from evalsuite.files.redact import redact
from evalsuite.files.segments import canonical
from evalsuite.files.values import Group, as_key, differing, rounded
from evalsuite.records import Case, Estimate, InputError, Interval, Json, Value, WithInterval

SHIPPED = Path(__file__).parents[1] / "scenes" / "audits"
"""The audits of the bundled scorers at their default models, one file per scorer."""

NAME = "audit.json"

DIFFERS = "differs"
"""The group that says in what a false prompt differs from its picture; true ones have none."""
FORMAT = 1

BESIDE = ("packages", "measures")
"""The parts of a manifest's entry that are no part of a scorer's identity."""

ENOUGH = 30
"""Fewest pictures that can call a scorer no better than chance: with fewer, the 95 % interval of
even a faultless one is over 11 points wide."""

Form = Literal[
    "verdict",  # yes or no
    "choice",  # one text among several
    "label",  # a word or a whole number
    "pairs",  # a score, higher for the true caption than for the false one
]

INTERVAL_PARTS = ("accuracy", "low", "high", "n", "images")
"""An audited interval's parts in their order, by their names in files."""

UNWRITTEN = ("interval", "is_lacking")
"""What no file holds: the interval's parts stand by themselves, and a lack is no audit."""

Place = tuple[str, str, Group]
"""Where a report quotes an audit: an estimate's prompt set, measure and sorted group."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case whose truth is known: by field, the right value for a scorer to give.

    Truth is 0 or 1 for a verdict, a word or number for a label, and for a choice the option that
    is true, or 0 or 1 for whether the prompt is. "correct" says whether the prompt is true of the
    picture as a whole. A field that `truth` lacks is not asked of this case.
    """

    case: Case
    truth: Mapping[str, Value]


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
    tag, `group` the one group of prompts that this is about, or {}. `is_lacking`: there
    was no audit, and what needs one (`Measure.needs_audit`) is no evidence without.
    """

    interval: Interval
    chance: float | None
    scorer: str = ""
    field: str = ""
    form: Form = "verdict"
    tag: str = ""
    group: Mapping[str, str] = dataclasses.field(default_factory=dict)
    abstained: int = 0
    recalls: Mapping[str, Share] = dataclasses.field(default_factory=dict)
    balanced: Share | None = None
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
    def is_evidence(self) -> bool:
        """Whether the scorer is surely better than chance: its whole interval lies above it."""
        if self.low is None or self.chance is None or self.low <= self.chance:
            return False
        return self.balanced is None or (self.balanced.low is not None and self.balanced.low > 0.5)

    @property
    def is_guess(self) -> bool:
        """Whether there were enough pictures, and the scorer still was not surely above chance.

        Also where an audit is lacking.
        """
        if self.is_lacking:
            return True
        pictures = self.images or self.n
        return self.chance is not None and pictures >= ENOUGH and not self.is_evidence

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


def identity(description: Mapping[str, Json]) -> str:
    """The digest of a scorer's description: models, weights, thresholds.

    Packages, and how its answers are measured and named, are left out. Redacted first, as a
    manifest is, so that both give the same. "" for a description that says nothing: no audit can be
    known to be of that scorer, and none matches.
    """
    parts = {name: value for name, value in description.items() if name not in BESIDE}
    if not parts:
        return ""
    return hashlib.sha256(canonical(redact(parts)).encode()).hexdigest()


def to_row(audited: Audited) -> dict[str, Json]:
    """The record as a flat map, as files hold it: the interval's parts stand beside the rest."""
    names = ("accuracy", "low", "high", "chance", "n", "images")
    rest = {name: value for name, value in asdict(audited).items() if name not in UNWRITTEN}
    return {name: getattr(audited, name) for name in names} | rest


def from_row(row: Mapping[str, Json]) -> Audited:
    """The record that `to_row` made a map of; `TypeError` or `KeyError` if it is none."""
    rest = {name: value for name, value in row.items() if name not in INTERVAL_PARTS}
    rest["interval"] = Interval(*(row[name] for name in INTERVAL_PARTS))
    rest["recalls"] = {label: Share(*share) for label, share in row["recalls"].items()}
    rest["balanced"] = None if row["balanced"] is None else Share(*row["balanced"])
    return Audited(**rest)


def to_json(
    audited: Sequence[Audited],
    scorers: Mapping[str, Mapping[str, Json]],
    source: Mapping[str, Json],
) -> str:
    """An audit as JSON: `scorers` are the descriptions by name, `source` says what images it is of.

    The same answers give the same bytes: numbers have six significant digits.
    """
    content = {
        "format": FORMAT,
        "source": redact(source),
        "scorers": {
            name: {
                "identity": identity(description),
                "scorer": redact(description),
                "audited": [rounded(to_row(row)) for row in audited if row.scorer == name],
            }
            for name, description in scorers.items()
        },
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read(path: Path) -> dict[str, dict[str, Json]]:
    """The scorers of an audit's file by name: "identity", "scorer" and "audited", the records.

    Raises `InputError` where the file is no audit.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"its format is {content['format']!r}, not {FORMAT}")
        return {
            str(name): {
                "identity": str(entry["identity"]),
                "scorer": dict(entry["scorer"]),
                "audited": [from_row(row) for row in entry["audited"]],
            }
            for name, entry in content["scorers"].items()
        }
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; give a file that audit wrote") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: is no audit ({why}); write it anew with evalsuite audit") from (
            error
        )


def find(
    scorers: Mapping[str, Mapping[str, Json]], beside: Path | None = None, given: Path | None = None
) -> list[Audited]:
    """The audits of these very scorers; `scorers` are a manifest's entries by name.

    For each scorer the audit in the file `given` counts, and without one the largest of those of
    its identity, in the folders `audit-*` next to the run `beside` and among the shipped. Raises
    `InputError` if `given` is of another scorer of the same name; other stale audits are left out.
    """
    identities = {name: identity(description) for name, description in scorers.items()}
    from_given: dict[str, list[Audited]] = {}
    if given is not None:
        for name, entry in read(given).items():
            if name in identities and not identities[name]:
                raise InputError(
                    f"--audit {given}: {name} describes nothing of itself, so that no audit is "
                    "known to be its own; give it a describe() that names its weights and settings"
                )
            if name in identities and entry["identity"] != identities[name]:
                keys = ", ".join(differing(entry["scorer"], scorers[name], but=BESIDE))
                raise InputError(
                    f"--audit {given}: is of another {name} than the run's ({keys} differ); audit "
                    "the run's own"
                )
            from_given.setdefault(name, entry["audited"])
    largest: dict[str, list[Audited]] = {}
    for path in _candidates(beside):
        try:
            entries = read(path)
        except InputError:  # another audit may be half-written, and must not stop this report
            continue
        for name, entry in entries.items():
            is_larger = _size(entry["audited"]) > _size(largest.get(name, []))
            if identities.get(name) and entry["identity"] == identities[name] and is_larger:
                largest[name] = entry["audited"]
    return [row for name in scorers for row in from_given.get(name, largest.get(name, []))]


def _size(audited: Sequence[Audited]) -> int:
    """How many answers an audit rests on."""
    return sum(row.n for row in audited)


def _candidates(beside: Path | None) -> Iterable[Path]:
    if beside is not None:
        yield from sorted(beside.absolute().parent.glob(f"audit-*/{NAME}"))
    yield from sorted(SHIPPED.glob("*.json"))
