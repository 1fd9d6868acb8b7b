"""The gate's policy: which measures decide, which way is better, and what difference matters.

A YAML file from whoever runs the gate, read strictly: every refusal is one line with the file,
the line and the key, and says how to mend it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evalsuite.files.jsonlines import Place, shown
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Tier

FORMAT = "evalsuite-policy-1"
BUNDLED = Path(__file__).parent / "policies"
SIZE_CAP = 1024 * 1024
"""Largest policy file, in bytes: some ten thousand measures."""

_CONTROL = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML 1.1 calls no printable character, and a byte order mark."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One measure that the gate looks at, in one prompt set (None: in each) and one group.

    `margin` is the smallest difference that matters, in the measure's own unit. `missing` is by
    how much the share of planned images without a value may differ between the two runs.
    """

    measure: str
    margin: float
    higher_is_better: bool
    tier: Tier = "block"
    prompt_set: str | None = None
    group: Mapping[str, str] = field(default_factory=dict)
    missing: float = 0.05


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides: the rules in the file's order, and the family's error level `alpha`."""

    rules: tuple[Rule, ...]
    alpha: float = 0.01
    name: str = "policy"


_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _RuleRow(_Strict):
    measure: _Name
    margin: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    tier: Tier = "block"
    direction: Literal["higher", "lower"] | None = None
    prompt_set: _Name | None = None
    # A count is written as a number and stands as text in a prompt's groups.
    group: dict[_Name, Annotated[str, Field(min_length=1)] | int] = {}
    missing: _Share | None = None


class _PolicyRow(_Strict):
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
    import yaml

    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            _refuse(path, 1, f"the file is empty; begin with 'format: {FORMAT}'")
        _refuse_repeated(path, node)
        value = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", None) or error).split())
        _refuse(path, mark.line + 1 if mark else 1, f"is not YAML: {why}; mend the line")
    except (RecursionError, ValueError) as error:
        _refuse(path, 1, f"cannot be read ({type(error).__name__}); write it as in docs/gating.md")
    row = _checked(path, value, node)
    rules = [
        _rule(path, _line(node, ("measures", place, "measure")), one, row, known)
        for place, one in enumerate(row.measures)
    ]
    _refuse_twice(path, rules, node)
    for place, rule in enumerate(rules):
        width = (widths or {}).get(rule.measure)
        if width is not None and rule.margin >= width:
            line = _line(node, ("measures", place, "margin"))
            what = f"no difference of {rule.measure} is beyond {width:g}; a margin of 5 % is 0.05"
            _refuse(path, line, f"margin {rule.margin:g} can never be lost: {what}")
    return Policy(tuple(rules), row.alpha, path.stem)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"--policy {shown(path)}: {error.strerror}; name a .yaml file") from None
    if len(data) > SIZE_CAP:
        raise InputError(f"--policy {shown(path)}: over {SIZE_CAP} bytes; name a policy's file")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        _refuse(path, line, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        _refuse(path, line, f"holds the control character U+{ord(bad[0]):04X}; take it out")
    return text


def _rule(
    path: Path, line: int, one: _RuleRow, row: _PolicyRow, known: Mapping[str, bool | None]
) -> Rule:
    if one.measure not in known:
        _refuse(path, line, f"no measure {one.measure!a}{did_you_mean(one.measure, sorted(known))}")
    better = known[one.measure]
    if one.direction is not None:
        better = one.direction == "higher"
    if better is None:
        _refuse(
            path, line, f"{one.measure} is better neither way by itself; add direction: higher, "
            "or lower"
        )  # fmt: skip
    return Rule(
        one.measure,
        one.margin,
        better,
        one.tier,
        one.prompt_set,
        {name: str(value) for name, value in one.group.items()},
        row.missing if one.missing is None else one.missing,
    )


def _refuse_twice(path: Path, rules: Sequence[Rule], node: Any) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for place, rule in enumerate(rules):
        what = (rule.measure, rule.prompt_set, tuple(sorted(rule.group.items())))
        line = _line(node, ("measures", place, "measure"))
        if what in seen:
            _refuse(path, line, f"{rule.measure} stands in line {seen[what]} too; keep one")
        seen[what] = line


def _checked(path: Path, value: Any, node: Any) -> _PolicyRow:
    if not isinstance(value, Mapping):
        _refuse(path, 1, f"is not a mapping; begin with 'format: {FORMAT}'")
    try:
        return _PolicyRow.model_validate(value)
    except ValidationError as error:
        flaws = error.errors(include_url=False, include_input=False, include_context=False)
    # A misspelt key before the missing one that it was meant to be.
    flaw = min(flaws, key=lambda one: one["type"] != "extra_forbidden")
    place = flaw["loc"]
    named = ".".join(str(step) for step in place)[:100]
    if flaw["type"] == "extra_forbidden":
        model = _RuleRow if place[0] == "measures" else _PolicyRow
        key = str(place[-1])
        what = f"unknown key {key[:60]!a}{did_you_mean(key, model.model_fields)}"
    elif flaw["type"] == "missing":
        what = f"{named} is missing; add it"
        what += f": 'format: {FORMAT}'" if place == ("format",) else ""
    else:
        what = f"{named!a}: {flaw['msg'][0].lower()}{flaw['msg'][1:]}; see docs/gating.md"
    _refuse(path, _line(node, place), what)


def _refuse_repeated(path: Path, node: Any) -> None:
    """YAML readers take the last of a key that comes twice, and nobody sees the first is void."""
    waiting, met = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in met:
            continue
        met.add(id(one))
        if one.id == "sequence":
            waiting += one.value
        elif one.id == "mapping":
            keys = [key.value for key, _ in one.value if key.id == "scalar"]
            for place, (key, inner) in enumerate(one.value):
                if key.id == "scalar" and key.value in keys[:place]:
                    line = key.start_mark.line + 1
                    _refuse(path, line, f"key {key.value[:60]!a} is there twice; keep one")
                waiting.append(inner)


def _line(node: Any, place: Place) -> int:
    """The line of what is at `place`, or of the nearest above it."""
    line = node.start_mark.line + 1
    for step in place:
        if node.id == "sequence" and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
            continue
        pairs = node.value if node.id == "mapping" else []
        found = [pair for pair in pairs if pair[0].value == str(step)]
        if not found:
            break
        line, node = found[0][0].start_mark.line + 1, found[0][1]
    return int(line)


def _refuse(path: Path, line: int, what: str) -> NoReturn:
    raise InputError(f"{shown(path)}:{line}: {what}")
