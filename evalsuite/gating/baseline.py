"""Baseline files: one side of a comparison as JSON, small, diffable and readable for ever.

The format: an object with sorted keys, each long list with one line
a prompt, or a prompt and measure, with its cluster and stratum. Readings are
`[index, value, reason, chance]`, shortened from the right where the rest says nothing.
`evalsuite-baseline-1` had of each measure its name and kind alone, and until `-2` prompts were the
clusters; such files are still read. A checksum over everything else finds what was cut, edited
or merged by hand: a baseline changes only by being blessed again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.files.atomic import naming, write_bytes
from evalsuite.files.credentials import conceal
from evalsuite.files.jsonlines import shown
from evalsuite.files.segments import canonical
from evalsuite.measures.declared import from_row, to_row
from evalsuite.measures.reading import Reading
from evalsuite.plugins.find import own_measures
from evalsuite.records import InputError, Json, Key, Measure

FORMAT = "evalsuite-baseline-3"
OLDER = ("evalsuite-baseline-1", "evalsuite-baseline-2")
FAMILY = "evalsuite-baseline-"
MEND = "bless a run anew with `evalsuite baseline RUN -o FILE`"


def write_baseline(path: Path, side: Side, manifest: str = "") -> None:
    """Put a side into a file, whole or not at all; `manifest` identifies the run that it was."""
    write_bytes(path, to_json(side, manifest).encode("ascii"), mend="choose another -o")


def read_baseline_file(path: Path) -> Side:
    """The side in a file; raises `InputError` for one that is damaged, foreign or newer."""
    try:
        with naming(f"--baseline {shown(path)}", MEND):
            text = path.read_bytes().decode("ascii")
    except UnicodeDecodeError:
        _refuse(path, "is no baseline file")
    return from_json(text, path)


def to_json(side: Side, manifest: str = "") -> str:
    """The file's text: the same side gives the same bytes."""
    content = {
        "format": FORMAT,
        "manifest": manifest,
        "name": side.name,
        "dialect": side.dialect,
        "seed": side.seed,
        "complete": side.complete,
        "prompt_sets": [list(pair) for pair in side.prompt_sets.items()],
        "scorers": dict(side.scorers),
        "measures": [to_row(measure) for measure in side.measures.values()],
        "prompts": [[*at, prompt.text, dict(prompt.groups)] for at, prompt in side.prompts.items()],
        "clusters": {name: list(labels) for name, labels in side.clusters.items()},
        **({} if side.keeps_seeds else {"keeps_seeds": False}),
        "planned": list(_planned(side)),
        "readings": list(_readings(side)),
    }
    content = _without_secrets(content)
    content["checksum"] = _checksum(content)
    return "{\n" + ",\n".join(f'"{k}": {_lines(content[k])}' for k in sorted(content)) + "\n}\n"


def _without_secrets(value: Any) -> Any:
    """A copy with every text concealed; what stands under a telling name is kept.

    A file's maps are by names that users gave to sets, scorers and labels: a label "token" tells
    of no credential.
    """
    if isinstance(value, Mapping):
        return {name: _without_secrets(held) for name, held in value.items()}
    return [*map(_without_secrets, value)] if isinstance(value, list) else conceal(value)


def from_json(text: str, path: Path = Path("baseline")) -> Side:
    """The side that `to_json` wrote; `path` is for the errors."""
    try:
        content = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        _refuse(path, f"line {error.lineno}: is damaged ({error.msg})")
    except (ValueError, RecursionError):
        _refuse(path, "is damaged")
    named = content.get("format") if isinstance(content, dict) else None
    if not isinstance(named, str) or not named.startswith(FAMILY):
        _refuse(path, "is no baseline file")
    if named not in (FORMAT, *OLDER):
        raise InputError(
            f"--baseline {shown(path)}: is in the format {named[:60]!a}, which this evalsuite does "
            f"not know; update evalsuite, or {MEND}"
        )
    told = content.pop("checksum", None)
    if told != _checksum(content):
        _refuse(path, "is damaged or was edited by hand: its checksum is wrong")
    try:
        return _side(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        _refuse(path, f"is damaged ({type(error).__name__})")


def _planned(side: Side) -> Iterator[list[Json]]:
    """The planned images in their order, a row for each run of images of one prompt."""
    for (name, prompt), keys in groupby(side.planned, key=lambda key: key[:2]):
        images = [[k.index, side.seeds[k], side.images.get(k)] for k in keys]
        yield [name, prompt, [image if image[2] else image[:2] for image in images]]


def _readings(side: Side) -> Iterator[list[Json]]:
    def design(item: tuple[tuple[str, Key], Reading]) -> tuple[str, str, str, str, str]:
        (measure, key), reading = item
        return measure, *key[:2], reading.cluster, reading.stratum

    found = sorted(side.readings.items(), key=lambda item: (*design(item), item[0][1].index))
    for place, group in groupby(found, key=design):
        yield [*place, [_short(at[1].index, entry) for at, entry in group]]


def _short(index: int, reading: Reading) -> list[Json]:
    row = [index, reading.value, reading.reason, reading.chance]
    return row if reading.chance is not None else row[:3] if reading.reason else row[:2]


def _side(content: Mapping[str, Any]) -> Side:
    planned: list[Key] = []
    seeds: dict[Key, int] = {}
    images: dict[Key, str] = {}
    for name, prompt, drawn in content["planned"]:
        for index, seed, *image in drawn:
            key = Key(_text(name), _text(prompt), _whole(index))
            planned.append(key)
            seeds[key] = _whole(seed)
            if image:
                images[key] = _text(*image)
    readings = {
        (_text(measure), Key(_text(name), _text(prompt), _whole(row[0]))): _reading(
            design, _text(prompt), *row
        )
        for measure, name, prompt, *design, rows in content["readings"]
        for row in rows
    }
    return Side(
        name=_text(content["name"]),
        dialect=_text(content["dialect"]),
        seed=_whole(content["seed"]),
        prompt_sets={_text(name): _text(digest) for name, digest in content["prompt_sets"]},
        prompts={
            (_text(name), _text(prompt)): Asked(_text(text), _texts(groups))
            for name, prompt, text, groups in content["prompts"]
        },
        planned=tuple(planned),
        seeds=seeds,
        measures={measure.name: measure for measure in map(_measure, content["measures"])},
        readings=readings,
        scorers=_texts(content["scorers"]),
        images=images,
        complete=content["complete"] is True,
        clusters={
            name: tuple(map(_text, labels)) for name, labels in content.get("clusters", {}).items()
        },
        keeps_seeds=content.get("keeps_seeds", True) is True,
    )


def _reading(
    design: Sequence[Json],
    prompt: str,
    index: int,
    value: Json,
    reason: Json = "",
    chance: Json = None,
) -> Reading:
    known = value if value is None or isinstance(value, str) else _number(value)
    guess = None if chance is None else _number(chance)
    cluster, stratum = map(_text, design) if len(design) > 1 else _older(*map(_text, design))
    return Reading(known, _text(reason), cluster, guess, prompt, stratum)


def _older(cluster: str) -> tuple[str, str]:
    """Cluster and stratum as they were until the second format: a mean over tags had "tag/id"."""
    tag, _, prompt = cluster.rpartition("/")
    return prompt, tag


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(value: Json) -> dict[str, str]:
    return {name: _text(entry) for name, entry in value.items()}


def _whole(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _number(value: Json) -> float:
    if not isinstance(value, float | int) or isinstance(value, bool) or not isfinite(value):
        raise TypeError("not a number")
    return float(value)


def _measure(row: Json) -> Measure:
    return _of_name_and_kind(*row) if isinstance(row, list) else from_row(row)


def _of_name_and_kind(name: Json, kind: Json) -> Measure:
    """A measure of the first format: one of our scorers', or one that nobody declared."""
    own = {measure.name: measure for measure in own_measures()}
    row = {"name": _text(name), "title": _text(name), "kind": _text(kind), "unit": "number"}
    return own.get(_text(name)) or from_row({**row, "higher_is_better": None})


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _lines(value: Json) -> str:
    """A value in one line, but a list of lists with one line each."""
    if not isinstance(value, list) or not value:
        return canonical(value)
    return "[\n" + ",\n".join(map(canonical, value)) + "\n]"


def _checksum(content: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def _refuse(path: Path, what: str) -> NoReturn:
    raise InputError(f"--baseline {shown(path)}: {what}; {MEND}")
