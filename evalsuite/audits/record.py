"""What is known of a scorer's own errors: the record of an audit, its file, and whose it is.

An audit speaks of one scorer with its weights and thresholds: `identity` is a digest of what the
scorer says of itself, and an audit of any other identity is never quoted.
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
from evalsuite.records import Case, Estimate, InputError, Json, Value

SHIPPED = Path(__file__).parents[1] / "scenes" / "audits"
"""The audits of the bundled scorers at their default models, a file a scorer."""

NAME = "audit.json"

DIFFERS = "differs"
"""The group that says in what a false prompt differs from its picture; true ones have none."""
FORMAT = 1

BESIDE = ("packages", "measures")
"""What a manifest's entry of a scorer says beside who judges."""

ENOUGH = 30
"""Fewest pictures that can call a scorer no better than chance: with fewer, the 95 % interval of
even a faultless one is over 11 points wide."""

Form = Literal[
    "verdict",  # yes or no
    "choice",  # one text among several
    "label",  # a word or a whole number
    "pairs",  # a score, higher for the true caption than for the false one
]

Place = tuple[str, str, Group]
"""Where a report quotes an audit: an estimate's prompt set, measure and sorted group."""


@dataclass(frozen=True, slots=True)
class Known:
    """A case whose truth is known: by field, what a scorer that is right would say.

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


@dataclass(frozen=True, slots=True)
class Audited:
    """How often one field of a scorer was right on images whose truth is known.

    `accuracy` and its 95 % interval are of `n` answers on `images` pictures; `chance` is what
    guessing would reach, None where the audit cannot tell. For verdicts and labels it is the mean
    of `recalls`, the shares right among the images of each truth ("1" and "0" for a verdict: its
    sensitivity and specificity), so that saying always the same reaches only chance. For choices
    it is the share of right choices, and `balanced` is that mean for "the prompt wins". `low` and
    `high` are None where the audit had too few images to say. `tag` is the prompts' tag, `group`
    the one group of prompts that this is about, or {}.
    """

    accuracy: float | None
    low: float | None
    high: float | None
    chance: float | None
    n: int
    images: int = 0
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

    @property
    def is_evidence(self) -> bool:
        """Whether the scorer is surely better than chance: its whole interval lies above it."""
        if self.low is None or self.chance is None or self.low <= self.chance:
            return False
        return self.balanced is None or (self.balanced.low is not None and self.balanced.low > 0.5)

    @property
    def is_guess(self) -> bool:
        """Whether enough pictures were seen, and the scorer still was not surely above chance."""
        seen = self.images or self.n
        return self.chance is not None and seen >= ENOUGH and not self.is_evidence

    @property
    def sensitivity(self) -> Share | None:
        """Of a verdict: the share of yes where yes is true."""
        return self.recalls.get("1") if self.form in ("verdict", "choice") else None

    @property
    def specificity(self) -> Share | None:
        """Of a verdict: the share of no where no is true."""
        return self.recalls.get("0") if self.form in ("verdict", "choice") else None


def place(estimate: Estimate) -> Place:
    """Where an estimate stands."""
    return estimate.prompt_set, estimate.measure, as_key(estimate.group)


def identity(said: Mapping[str, Json]) -> str:
    """The digest of what a scorer says of itself: models, weights, thresholds.

    Packages, and how its answers are measured and named, are left aside.

    Redacted first, as a manifest is, so that both give the same.
    """
    kept = {k: value for k, value in said.items() if k not in ("packages", "measures")}
    return hashlib.sha256(canonical(redact(kept)).encode()).hexdigest()


def to_json(
    audited: Sequence[Audited],
    scorers: Mapping[str, Mapping[str, Json]],
    source: Mapping[str, Json],
) -> str:
    """An audit as JSON: `scorers` are by name what each says of itself, `source` says of what.

    The same answers give the same bytes: numbers have six significant digits.
    """
    whole = {
        "format": FORMAT,
        "source": redact(source),
        "scorers": {
            name: {
                "identity": identity(said),
                "scorer": redact(said),
                "audited": [rounded(asdict(one)) for one in audited if one.scorer == name],
            }
            for name, said in scorers.items()
        },
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read(path: Path) -> dict[str, dict[str, Json]]:
    """The scorers of an audit's file by name: "identity", "scorer" and "audited", the records.

    Raises `InputError` where the file is no audit.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        if whole["format"] != FORMAT:
            raise ValueError(f"its format is {whole['format']!r}, not {FORMAT}")
        return {
            str(name): {
                "identity": str(one["identity"]),
                "scorer": dict(one["scorer"]),
                "audited": [_record(row) for row in one["audited"]],
            }
            for name, one in whole["scorers"].items()
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
    """What audits say of these very scorers; `scorers` are a manifest's entries by name.

    For each scorer the audit in the file `given` counts, and without one the largest of those of
    its identity, in the folders `audit-*` next to the run `beside` and among the shipped. Raises
    `InputError` if `given` is of another scorer of the same name; elsewhere a stale audit is
    passed over.
    """
    wanted = {name: identity(said) for name, said in scorers.items()}
    found: dict[str, list[Audited]] = {}
    if given is not None:
        for name, one in read(given).items():
            if name in wanted and one["identity"] != wanted[name]:
                keys = ", ".join(differing(one["scorer"], scorers[name], but=BESIDE))
                raise InputError(
                    f"--audit {given}: is of another {name} than the run's ({keys} differ); audit "
                    "the run's own"
                )
            found.setdefault(name, one["audited"])
    others: dict[str, list[Audited]] = {}
    for path in _candidates(beside):
        try:
            known = read(path)
        except InputError:  # a neighbour's half-written file is nobody's business here
            continue
        for name, one in known.items():
            larger = _size(one["audited"]) > _size(others.get(name, []))
            if one["identity"] == wanted.get(name) and larger:
                others[name] = one["audited"]
    return [one for name in scorers for one in found.get(name, others.get(name, []))]


def _size(audited: Sequence[Audited]) -> int:
    """How many answers an audit rests on."""
    return sum(one.n for one in audited)


def _candidates(beside: Path | None) -> Iterable[Path]:
    if beside is not None:
        yield from sorted(beside.absolute().parent.glob(f"audit-*/{NAME}"))
    yield from sorted(SHIPPED.glob("*.json"))


def _record(row: Mapping[str, Json]) -> Audited:
    shares = {label: Share(*share) for label, share in row["recalls"].items()}
    balanced = None if row["balanced"] is None else Share(*row["balanced"])
    return Audited(**{**row, "recalls": shares, "balanced": balanced})
