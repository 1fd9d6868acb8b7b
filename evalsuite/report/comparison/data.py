"""A comparison as JSON: every number of the page, and those that it leaves out."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from evalsuite.files.values import rounded
from evalsuite.records import Json, flat
from evalsuite.report.comparison.content import (
    Against,
    ComparisonReport,
    Contrasted,
    FlippedImage,
)


def to_json(comparison: ComparisonReport) -> str:
    """`differences.json`: keys sorted, numbers to six significant digits, no NaN."""
    whole = {
        "format": 1,
        "baseline": comparison.baseline.name,
        "candidates": [_candidate(against) for against in comparison.candidates],
    }
    text = json.dumps(rounded(whole), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def rows(contrasted: Sequence[Contrasted]) -> list[dict[str, Json]]:
    """Differences as plain maps, each with its `q` and the audit's word on its `judge`."""
    return [{**flat(each.difference), "q": each.q, "judge": each.judge} for each in contrasted]


def _candidate(against: Against) -> Json:
    return {
        "name": against.run.name,
        "is_ceiling": against.run.is_ceiling,
        "unlike": [asdict(reason) for reason in against.unlike],
        "seeds_not_kept_by": against.unkept,
        "differences": rows(against.rows),
        "missing": rows(against.losses),
        "flips": [_flip(image) for image in against.flips],
    }


def _flip(image: FlippedImage) -> Json:
    turned = {"lost": list(image.lost), "gained": list(image.gained)}
    return {**image.key._asdict(), "prompt": image.prompt, **turned}
