"""Read one setting from what was typed, or from YAML; every refusal says what to write instead.

Each function takes text or a YAML value and raises `ValueError` with a clause that goes on from
the value: "'abc' is not a whole number".
"""

import math
import re
from collections.abc import Callable, Mapping

from evalsuite.records import InputError, Json


def text(value: Json) -> str:
    """Any non-empty text; numbers and booleans of a YAML file are taken as they are written."""
    if isinstance(value, (list, dict)) or value is None or str(value) == "":
        raise ValueError("is not a text")
    return str(value)


def folder(value: Json) -> str:
    """The path of a folder, and no address of a store."""
    path = text(value)
    if scheme := re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise ValueError(
            f"is an address, and a run's folder has to be a path: rows are appended to, which "
            f"{scheme[0]} cannot; draw into a folder and copy it there when the run is done"
        )
    return path


def any_text(value: Json) -> str:
    """Any text, the empty one too."""
    return "" if value in ("", None) else text(value)


def names(value: Json) -> tuple[str, ...]:
    """Names between commas, or a list of them; at least one, none twice."""
    parts = value if isinstance(value, list) else text(value).split(",")
    found = tuple("" if part is None else str(part).strip() for part in parts)
    if not found or "" in found:
        raise ValueError("is not a list of names; write them with commas between: a,b")
    if len(set(found)) < len(found):
        raise ValueError("names something twice")
    return found


def whole(value: Json, low: int = 0, high: int = 2**63 - 1) -> int:
    """A whole number from `low` to `high`."""
    try:
        number = int(str(value)) if not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None or not low <= number <= high:
        raise ValueError(
            "is not a whole number"
            + (f" from {low} on" if high >= 2**63 - 1 else f" from {low} to {high}")
        )
    return number


def count(value: Json) -> int:
    """A whole number from 1 on."""
    return whole(value, low=1)


def executor(value: Json) -> str:
    """The name of an executor."""
    if value not in ("inline", "processes", "ray"):
        raise ValueError("is neither inline, processes nor ray")
    return str(value)


def count_or_auto(value: Json) -> int | None:
    """A whole number from 1 on, or None for `auto`."""
    return None if value == "auto" else count(value)


def seed(value: Json) -> int:
    """A whole number from 0 to 2^32 - 1."""
    return whole(value, high=2**32 - 1)


def number(value: Json) -> float:
    """A finite number."""
    try:
        found = float(str(value)) if not isinstance(value, bool) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValueError("is not a number")
    return found


def amount(value: Json) -> float:
    """A sum of money in dollars, from 0 on."""
    found = number(value)
    if found < 0:
        raise ValueError("is less than nothing")
    return found


def size(value: Json) -> tuple[int, int]:
    """Width and height in pixels, written `WxH`."""
    pair = value if isinstance(value, list) else text(value).lower().split("x")
    if len(pair) != 2:
        raise ValueError("is not a size; write width and height in pixels: 512x512")
    try:
        return count(pair[0]), count(pair[1])
    except ValueError:
        raise ValueError("is not a size; write width and height in pixels: 512x512") from None


def span(value: Json) -> str:
    """Which prompts of each set: `N` for the first N, or `a-b`, counted from 1."""
    match = re.fullmatch(r"(?:([0-9]{1,9})-)?([0-9]{1,9})", text(value))
    if not match or not 1 <= int(match[1] or 1) <= int(match[2]):
        raise ValueError("is no range of prompts; write N for the first N, or a-b, from 1 on")
    return match[0]


def switch(value: Json) -> bool:
    """Yes or no."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("is neither yes nor no; write 1 or 0") from None


def pairs(value: Json) -> dict[str, Json]:
    """Options `k=v`, each value as YAML 1.2 reads it; or a mapping of them."""
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    found: dict[str, Json] = {}
    for part in value if isinstance(value, list) else text(value).split(","):
        key, equals, raw = str(part).partition("=")
        if not equals or not key.strip():
            raise ValueError("is no option; write name=value")
        if key.strip() in found:
            raise ValueError(f"gives {key.strip()} twice; keep one")
        found[key.strip()] = _option(raw.strip())
    return found


def _option(raw: str) -> Json:
    """A scalar, or what is in brackets or quotes; what is no YAML is a text."""
    from evalsuite.files import strict_yaml

    if not raw.startswith(("[", "{", '"', "'")):
        return strict_yaml.scalar(raw)
    try:
        return strict_yaml.parse(f"it: {raw}", "option").values["it"]
    except InputError:
        return raw


def scorer_pairs(value: Json) -> dict[str, dict[str, Json]]:
    """Options of scorers, `scorer.k=v`; or a mapping of mappings."""
    found: dict[str, dict[str, Json]] = {}
    for key, item in pairs(value).items():
        if isinstance(item, Mapping):
            found.setdefault(key, {}).update(item)
            continue
        scorer, dot, option = key.rpartition(".")
        if not dot or not scorer or not option:
            raise ValueError("is no option of a scorer; write scorer.name=value")
        found.setdefault(scorer, {})[option] = item
    return found


def worker_pairs(value: Json) -> dict[str, dict[str, Json]]:
    """What a worker of Ray asks of a node, `draw.k=v` or `judge.k=v`; or a mapping of mappings."""
    found: dict[str, dict[str, Json]] = {}
    try:
        asked = pairs(value)
    except ValueError:
        asked = {"": None}
    for key, item in asked.items():
        pool, dot, name = key.partition(".")
        options = {name: item} if dot else item
        is_known = isinstance(options, Mapping) and options.keys() <= _ASKED.keys()
        if pool not in ("draw", "judge") or not isinstance(options, Mapping) or not is_known:
            raise ValueError(f"is neither draw.K=V nor judge.K=V, with K of {', '.join(_ASKED)}")
        for name, held in options.items():
            is_right, what = _ASKED[name]
            if not is_right(held):
                raise ValueError(f"gives {pool}.{name} something that is not {what}")
        found.setdefault(pool, {}).update(options)
    return found


def _is_amount(value: Json) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= float(str(value)) < math.inf


def _are_amounts(value: Json) -> bool:
    return isinstance(value, Mapping) and all(map(_is_amount, value.values()))


_AMOUNT = (_is_amount, "a number from 0 on")
_ASKED: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "num_cpus": _AMOUNT,
    "num_gpus": _AMOUNT,
    "memory": (_is_amount, "a number of bytes"),
    "accelerator_type": (lambda value: bool(value) and isinstance(value, str), "a name"),
    "resources": (_are_amounts, "a map of amounts, {name: 1}"),
}
"""What a worker may ask of a node: what is right, and what that is."""
