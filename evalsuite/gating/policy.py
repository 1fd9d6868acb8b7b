"""The gate's policy: which measures decide, which way is better, and what difference matters.

A YAML file from whoever runs the gate, read strictly: every refusal is one line with the file,
the line and the key, and says how to mend it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from pydantic import BaseModel, Field

from evalsuite.files import strict_yaml
from evalsuite.files.jsonlines import Place, shown
from evalsuite.files.nearest import did_you_mean
from evalsuite.files.strict import STRICT, checked
from evalsuite.files.strict_yaml import Document
from evalsuite.files.values import as_key
from evalsuite.records import InputError, Tier

FORMAT = "evalsuite-policy-1"
BUNDLED = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class Rule:
    """One measure that the gate looks at, in one prompt set (None: in each) and one group.

    `margin` is the smallest difference that matters, in the measure's own unit. `missing` is by
    how much the share of planned images without a value may differ between the two runs.
    `accept_unreliable`: it may block although its judge's audit calls that no evidence.
    """

    measure: str
    margin: float
    higher_is_better: bool
    tier: Tier = "block"
    prompt_set: str | None = None
    group: Mapping[str, str] = field(default_factory=dict)
    missing: float = 0.05
    accept_unreliable: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides: the rules in the file's order, and the family's error level `alpha`."""

    rules: tuple[Rule, ...]
    alpha: float = 0.01
    name: str = "policy"


_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Share = Annotated[float, Field(ge=0, le=1)]


class _RuleRow(BaseModel):
    model_config = STRICT

    measure: _Name
    margin: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    tier: Tier = "block"
    direction: Literal["higher", "lower"] | None = None
    prompt_set: _Name | None = None
    # A count is written as a number and stands as text in a prompt's groups.
    group: dict[_Name, Annotated[str, Field(min_length=1)] | int] = {}
    missing: _Share | None = None
    accept_unreliable: bool = False


class _PolicyRow(BaseModel):
    model_config = STRICT

    format: Literal["evalsuite-policy-1"]
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    missing: _Share = 0.05
    measures: Annotated[list[_RuleRow], Field(min_length=1)]


def find(name: str) -> Path:
    """The file that `name` means: a path, or the name of a policy that came with the package."""
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    known = sorted(path.stem for path in BUNDLED.glob("*.yaml"))
    if name not in known:
        meant = did_you_mean(name, known)
        raise InputError(f"--policy {name}: no policy of that name{meant}; or give a .yaml file")
    return BUNDLED / f"{name}.yaml"


def read(
    path: Path, known: Mapping[str, bool | None], widths: Mapping[str, float] | None = None
) -> Policy:
    """Read and check a policy; `known` are the measures' names, each with `higher_is_better`.

    `widths` says how far apart a measure's values can lie, where that is known. Raises `InputError`
    for what is no YAML, unknown, missing, repeated and ill-typed keys, a measure that is not known
    (with the nearest), a measure without a direction of its own where none is given, a margin that
    no difference can exceed (5 for 5 %), and two rules about the same thing.
    """
    document = strict_yaml.read(path, f"--policy {shown(path)}")

    def refuse(place: Place, what: str) -> NoReturn:
        hint = f": 'format: {FORMAT}'" if place == ("format",) else ""
        document.refuse(place, what + hint)

    row = checked(_PolicyRow, document.values, refuse)
    rules = [_rule(document, at, stated, row, known) for at, stated in enumerate(row.measures)]
    _refuse_twice(document, rules)
    for at, rule in enumerate(rules):
        width = (widths or {}).get(rule.measure)
        if width is not None and rule.margin >= width:
            what = f"no difference of {rule.measure} is beyond {width:g}; a margin of 5 % is 0.05"
            what = f"margin {rule.margin:g} can never be lost: {what}"
            document.refuse(("measures", at, "margin"), what)
    return Policy(tuple(rules), row.alpha, path.stem)


def _rule(
    document: Document,
    at: int,
    stated: _RuleRow,
    row: _PolicyRow,
    known: Mapping[str, bool | None],
) -> Rule:
    name, place = stated.measure, ("measures", at, "measure")
    if name not in known:
        document.refuse(place, f"no measure {name!a}{did_you_mean(name, sorted(known))}")
    better = known[name] if stated.direction is None else stated.direction == "higher"
    if better is None:
        what = f"{name} is better neither way by itself; add direction: higher, or lower"
        document.refuse(place, what)
    return Rule(
        measure=name,
        margin=stated.margin,
        higher_is_better=better,
        tier=stated.tier,
        prompt_set=stated.prompt_set,
        group={label: str(value) for label, value in stated.group.items()},
        missing=row.missing if stated.missing is None else stated.missing,
        accept_unreliable=stated.accept_unreliable,
    )


def _refuse_twice(document: Document, rules: Sequence[Rule]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for at, rule in enumerate(rules):
        what = (rule.measure, rule.prompt_set, as_key(rule.group))
        place = ("measures", at, "measure")
        if what in seen:
            document.refuse(place, f"{rule.measure} stands in line {seen[what]} too; keep one")
        seen[what] = document.line(place)
