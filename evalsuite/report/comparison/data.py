"""A comparison as JSON: every number of the page, and those that it leaves out."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from evalsuite.files.values import rounded
from evalsuite.records import Json, flat
from evalsuite.report.comparison.content import Against, Comparison, Contrasted


def to_json(comparison: Comparison) -> str:
    """`differences.json`: keys sorted, numbers to six significant digits, no NaN."""
    said = {
        "format": 1,
        "baseline": comparison.baseline.name,
        "candidates": [_candidate(one) for one in comparison.candidates],
    }
    text = json.dumps(rounded(said), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def rows(contrasted: Sequence[Contrasted]) -> list[dict[str, Json]]:
    """Differences as plain maps, each with its `q`."""
    return [{**flat(one.difference), "q": one.q} for one in contrasted]


def _candidate(against: Against) -> Json:
    return {
        "name": against.run.name,
        "unlike": [asdict(one) for one in against.unalike],
        "differences": rows(against.rows),
        "missing": rows(against.losses),
        "flips": [
            {
                **one.key._asdict(),
                "prompt": one.prompt,
                "lost": list(one.lost),
                "gained": list(one.gained),
            }
            for one in against.flips
        ],
    }
