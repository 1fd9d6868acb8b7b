"""A comparison read back from its `differences.json`: every number, and none of the pictures."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalsuite.files.values import as_key
from evalsuite.records import Difference, Estimate, InputError, Interval, Key, Measure, Pixels
from evalsuite.records.estimates import INTERVAL
from evalsuite.report.comparison.content import (
    Against,
    Board,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    FlippedImage,
    Standing,
    Unlike,
)
from evalsuite.report.format import visible
from evalsuite.report.marks import ORDER

FILE = "differences.json"
AGAIN = "run evalsuite compare again"

Row = Mapping[str, Any]


def read(folder: Path) -> ComparisonReport:
    """The comparison in a folder, numbers as they were written: to six significant digits.

    Raises `InputError` where the file cannot be read, or is an older version's.
    """
    path = folder / FILE
    try:
        whole = json.loads(path.read_text("utf-8"))
        return _report(whole, folder)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {AGAIN}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise InputError(f"{path}: is not what this version writes ({why}); {AGAIN}") from None


def _report(whole: Row, folder: Path) -> ComparisonReport:
    runs = {row["name"]: _run(row) for row in whole["runs"]}
    measures = {name: _measure(row) for name, row in whole["measures"].items()}
    return ComparisonReport(
        baseline=runs[whole["baseline"]],
        candidates=[_candidate(row, runs) for row in whole["candidates"]],
        prompt_sets=whole["prompt_sets"],
        measures=measures,
        tested=whole["tested"][0],
        tested_groups=whole["tested"][1],
        folder=folder.name,
        headlines=[
            (row["prompt_set"], row["measure"], as_key(row["group"])) for row in whole["headlines"]
        ],
        boards=[_board(row) for row in whole["leaderboard"]],
    )


def _measure(row: Row) -> Measure:
    own: dict[str, Any] = {n: tuple(p) if isinstance(p, list) else p for n, p in row.items()}
    return Measure(**own)


def _run(row: Row) -> ComparedRun:
    return ComparedRun(**row, images={}, judgements={}, load_image=_no_image)


def _no_image(sha256: str) -> Pixels:
    raise InputError(f"image {sha256[:12]}: the comparison's folder does not hold it")


def _candidate(row: Row, runs: Mapping[str, ComparedRun]) -> Against:
    return Against(
        run=runs[row["name"]],
        rows=[_contrasted(each) for each in row["differences"]],
        unkept=row["seeds_not_kept_by"],
        losses=[_contrasted(each) for each in row["missing"]],
        flips=[_flip(each) for each in row["flips"]],
        unlike=[Unlike(**each) for each in row["unlike"]],
    )


def _contrasted(row: Row) -> Contrasted:
    own = {name: part for name, part in row.items() if name not in ("q", "judge", *INTERVAL)}
    own |= {side: _estimate(row[side]) for side in ("baseline", "candidate")}
    own["missing"] = {reason: tuple(counts) for reason, counts in row["missing"].items()}
    return Contrasted(Difference(**own, interval=_interval(row)), row["q"], _word(row["judge"]))


def _word(judge: str) -> str:
    """A page prints it as its own word, so that it must be one."""
    if judge not in ORDER:
        raise ValueError(f"judge {visible(judge)!r}")
    return judge


def _estimate(row: Row) -> Estimate:
    own = {name: part for name, part in row.items() if name not in INTERVAL}
    return Estimate(**own, interval=_interval(row))


def _interval(row: Row) -> Interval:
    return Interval(*(row[name] for name in INTERVAL))


def _flip(row: Row) -> FlippedImage:
    key = Key(*(row[name] for name in Key._fields))
    return FlippedImage(key, row["prompt"], tuple(row["lost"]), tuple(row["gained"]))


def _board(row: Row) -> Board:
    standings = [_standing(each) for each in row["standings"]]
    return Board(**{**row, "judge": _word(row["judge"]), "standings": standings})


def _standing(row: Row) -> Standing:
    own = {name: part for name, part in row.items() if name not in INTERVAL}
    own["better_than"] = tuple(row["better_than"])
    return Standing(**own, interval=_interval(row))
