"""`bias.json`: the chapter's numbers; the same rows give the same bytes."""

import dataclasses
import json

from evalsuite.bias.record import Chapter
from evalsuite.files.values import rounded

NAME = "bias.json"
FORMAT = "evalsuite-bias-1"


def to_json(chapter: Chapter) -> str:
    """The chapter as JSON; keys sorted, numbers to six significant digits."""
    found = rounded({"format": FORMAT, **dataclasses.asdict(chapter)})
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
