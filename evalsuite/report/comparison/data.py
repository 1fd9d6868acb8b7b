"""A comparison as JSON: every number of the page, and those that it leaves out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice

from evalsuite.files.values import rounded
from evalsuite.records import Json, flat
from evalsuite.records.estimates import INTERVAL
from evalsuite.report.comparison.content import (
    Against,
    Board,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    FlippedImage,
)

COPIED = ("value", "low", "high", "n", "prompts", "p", "pairing", "gained", "lost", "method")
"""What of a difference goes into a flat table as it is."""


PIECES = 10_000
"""Pieces of JSON that are put together at once."""


def to_json(comparison: ComparisonReport) -> str:
    """`differences.json`: keys sorted, numbers to six significant digits, no NaN."""
    whole = {
        "format": 1,
        "baseline": comparison.baseline.name,
        "headlines": [
            {"prompt_set": prompt_set, "measure": measure, "group": dict(group)}
            for prompt_set, measure, group in comparison.headlines
        ],
        "leaderboard": [board_row(board) for board in comparison.boards],
        "measures": {name: asdict(each) for name, each in comparison.measures.items()},
        "prompt_sets": list(comparison.prompt_sets),
        "runs": [_run(run) for run in comparison.runs],
        "tested": [comparison.tested, comparison.tested_groups],
    }
    told = rounded(whole)
    told["candidates"] = [
        # There is no number to round in a flip, and of a large run there are many.
        rounded(_candidate(against)) | {"flips": [_flip(image) for image in against.flips]}
        for against in comparison.candidates
    ]
    encoder = json.JSONEncoder(indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    chunks = encoder.iterencode(told)
    # Some thousands at a time: a list of all pieces takes several times the text's room.
    parts = list(iter(lambda: "".join(islice(chunks, PIECES)), ""))
    return "".join([*parts, "\n"])


def rows(contrasted: Sequence[Contrasted]) -> list[dict[str, Json]]:
    """Differences as plain maps, each with its `q` and the audit's word on its `judge`."""
    return [{**flat(each.difference), "q": each.q, "judge": each.judge} for each in contrasted]


def board_row(board: Board) -> dict[str, Json]:
    """A board as a plain map: each run's interval by its parts' names, beside its places."""
    standings = [
        {
            **{
                name: getattr(each, name)
                for name in each.__dataclass_fields__
                if name != "interval"
            },
            **{n: getattr(each.interval, "clusters" if n == "prompts" else n) for n in INTERVAL},
        }
        for each in board.standings
    ]
    return {
        **{name: getattr(board, name) for name in board.__dataclass_fields__},
        "standings": standings,
    }


def _run(run: ComparedRun) -> Json:
    """A run without its images and rows."""
    names = ("name", "model", "seed", "planned", "drawn", "complete", "is_ceiling")
    return {name: getattr(run, name) for name in names}


def _candidate(against: Against) -> Json:
    return {
        "name": against.run.name,
        "is_ceiling": against.run.is_ceiling,
        "unlike": [asdict(reason) for reason in against.unlike],
        "seeds_not_kept_by": against.unkept,
        "differences": rows(against.rows),
        "missing": rows(against.losses),
    }


def _flip(image: FlippedImage) -> Json:
    turned = {"lost": list(image.lost), "gained": list(image.gained)}
    return {**image.key._asdict(), "prompt": image.prompt, **turned}
