"""A comparison as JSON: every number of the page, and those that it leaves out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from evalsuite.records import Json, flat
from evalsuite.report.comparison.content import Against, Comparison, Contrasted


def to_json(comparison: Comparison) -> str:
    """`differences.json`: keys sorted, numbers to six significant digits, no NaN."""
    said = {
        "format": 1,
        "baseline": comparison.baseline.name,
        "candidates": [_candidate(one) for one in comparison.candidates],
    }
    text = json.dumps(_rounded(said), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
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


def _rounded(value: Json) -> Json:
    if isinstance(value, float):
        return float(f"{value:.6g}") + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(held) for held in value]
    return value
