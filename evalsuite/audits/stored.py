"""The file of an audit, and which audits there are of a run's scorers."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from evalsuite.audits.boxes import AuditedBoxes, box_from_row, box_row
from evalsuite.audits.known import CLEAN, OWN
from evalsuite.audits.record import BESIDE, CODE, Audited, Share, identity
from evalsuite.files.redact import redact
from evalsuite.files.segments import canonical
from evalsuite.files.values import differing, rounded
from evalsuite.labels.drawing import seed_of
from evalsuite.records import InputError, Interval, Json

SHIPPED = Path(__file__).parents[1] / "scenes" / "audits"
"""The audits of the bundled scorers at their default models, one file per scorer."""

NAME = "audit.json"

FORMAT = 2
"""1 had no kinds of pictures, no bars and no boxes; it is read, and quoted for no scorer of today,
as its identities hold neither dialect nor code."""

BESIDE_RUNS = ("audit", "probe")
"""What the folders next to a run that hold an audit begin with."""

INTERVAL_PARTS = ("accuracy", "low", "high", "n", "images")
"""An audited interval's parts in their order, by their names in files."""

UNWRITTEN = ("interval", "is_lacking")
"""What no file holds: the interval's parts stand by themselves, and a lack is no audit."""


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
    boxes: Sequence[AuditedBoxes] = (),
    dialect: str = "",
) -> str:
    """An audit as JSON: `scorers` are the descriptions by name, `source` says what images it is of.

    The same answers give the same bytes: numbers have six significant digits.
    """
    content: dict[str, Json] = {
        "format": FORMAT,
        "source": redact(source),
        "dialect": dialect,
        "scorers": {
            name: {
                "identity": identity(description, dialect),
                "scorer": redact(description),
                "audited": [rounded(to_row(row)) for row in audited if row.scorer == name],
                "boxes": [rounded(box_row(row)) for row in boxes if row.scorer == name],
            }
            for name, description in scorers.items()
        },
    }
    content["checksum"] = _checksum(content)
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _checksum(content: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def read(path: Path) -> dict[str, dict[str, Json]]:
    """The scorers of an audit's file by name: "identity", "scorer", "dialect", "audited", "boxes".

    The last two are records. Raises `InputError` where the file is no audit, or was changed since;
    one of an earlier evalsuite has no checksum.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        told = content.pop("checksum", None)
        if told not in (None, _checksum(content)):
            raise ValueError("its checksum is wrong, so it was changed since it was written")
        if content["format"] not in (1, FORMAT):
            raise ValueError(f"its format is {content['format']!r}, not {FORMAT}")
        # Format 1 asked about the scene world's clean renders, or a folder's pictures.
        is_clean = content["format"] == 1 and "scenes" in content.get("source", {})
        return {
            str(name): {
                "identity": str(entry["identity"]),
                "scorer": dict(entry["scorer"]),
                "dialect": str(content.get("dialect", "")),
                "audited": [
                    from_row({"kind": CLEAN} | row if is_clean else row) for row in entry["audited"]
                ],
                "boxes": [box_from_row(row) for row in entry.get("boxes", ())],
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


class Found(NamedTuple):
    """What is known of some scorers: how often they are right, and how their boxes lie."""

    audited: Sequence[Audited] = ()
    boxes: Sequence[AuditedBoxes] = ()


def find(
    manifest: Mapping[str, Json], beside: Path | None = None, given: Path | None = None
) -> Found:
    """The audits of a run's very scorers; of its manifest "scorers" and "dialect" count.

    For each scorer the audit in the file `given` counts, and without one the largest of those of
    its identity, in the folders `audit-*` and `probe-*` next to the run `beside` and among the
    shipped; and with it the rows on the run's own images, by people's labels. Raises `InputError`
    if `given` is of another scorer of the same name, or of another run's own images; other stale
    audits are left out.
    """
    scorers, dialect = manifest["scorers"], str(manifest.get("dialect", ""))
    identities = {name: identity(entry, dialect) for name, entry in scorers.items()}
    best: dict[str, dict[str, Json]] = {}
    labelled: dict[str, list[Audited]] = {}
    run = seed_of(manifest)
    for path in _candidates(beside):
        try:
            entries = read(path)
        except InputError:  # another audit may be half-written, and must not stop this report
            continue
        for name, entry in entries.items():
            is_own = bool(identities.get(name)) and entry["identity"] == identities[name]
            if own := [row for row in entry["audited"] if row.kind == OWN]:
                same = [row for row in own if is_own and row.weights == run]
                labelled[name] = max(labelled.get(name, []), same, key=_size)
                continue
            is_larger = name not in best or _size(entry["audited"]) > _size(best[name]["audited"])
            if is_own and is_larger:
                best[name] = entry
    for name, entry in read(given).items() if given is not None else ():
        if name in identities and not identities[name]:
            raise InputError(
                f"--audit {given}: {name} describes nothing of itself, so that no audit is known "
                "to be its own; give it a describe() that names its weights and settings"
            )
        if name in identities and entry["identity"] != identities[name]:
            raise InputError(
                f"--audit {given}: is of another {name} than the run's "
                f"({_unlike(entry, scorers[name], dialect)} differ); audit the run's own"
            )
        if any(row.kind == OWN and row.weights != run for row in entry["audited"]):
            raise InputError(
                f"--audit {given}: is of another run's own images, labelled by people; label this "
                "run and make its own with evalsuite audit --from-labels"
            )
        if any(row.kind == OWN for row in entry["audited"]):
            labelled[name] = entry["audited"]
        else:
            best[name] = entry
            labelled.pop(name, None)
    found = [best[name] for name in scorers if name in best]
    own = [row for name in scorers for row in labelled.get(name, ())]
    return Found(
        audited=[row for entry in found for row in entry["audited"]] + own,
        boxes=[row for entry in found for row in entry["boxes"]],
    )


def _unlike(entry: Mapping[str, Json], scorer: Mapping[str, Json], dialect: str) -> str:
    """The parts of a scorer's identity that are not an audit's."""
    keys = differing(entry["scorer"], scorer, but=BESIDE)
    keys += ["dialect"] * (entry["dialect"] != dialect)
    codes = [(each.get("packages") or {}).get(CODE, "") for each in (entry["scorer"], scorer)]
    return ", ".join([*keys, *[f"{CODE}'s version"] * (codes[0] != codes[1])])


def _size(audited: Sequence[Audited]) -> int:
    """How many answers an audit rests on."""
    return sum(row.n for row in audited)


def _candidates(beside: Path | None) -> Iterable[Path]:
    if beside is not None:
        for kind in BESIDE_RUNS:
            yield from sorted(beside.absolute().parent.glob(f"{kind}-*/{NAME}"))
    yield from sorted(SHIPPED.glob("*.json"))
