"""A judgement as a row of a segment, and back; rows of older runs have fewer keys."""

from collections.abc import Mapping
from sys import intern
from typing import Any

from evalsuite.files.redact import redact
from evalsuite.records import Box, Choice, Json, Judgement, Key
from evalsuite.runs.images import SHA256

NOTHING: Mapping[str, Any] = {}
"""What most rows have of most things: one map for all of them."""


def to_row(judgement: Judgement, image: str | None = None, by: str = "") -> dict[str, Json]:
    """A judgement as a row of a segment; `by` is the scorer's fingerprint."""
    return {
        **judgement.key._asdict(),
        "scorer": judgement.scorer,
        "image": image,
        "values": dict(judgement.values),
        "reasons": redact(judgement.reasons),
        "evidence": dict(judgement.evidence),
        "failure": redact(judgement.failure),
        **({"by": by} if by else {}),
        **_seen(judgement),
    }


def parse(row: Any) -> tuple[Judgement, str | None]:
    """The judgement of a row and the SHA-256 of the image judged; raises for what is no row."""
    image = row["image"]
    if image is not None and not SHA256.fullmatch(image):
        raise ValueError("not a judgement")
    choices = {
        field: Choice(tuple(options), tuple(odds), chosen)
        for field, (options, odds, chosen) in row.get("choices", {}).items()
    }
    judgement = Judgement(
        scorer=intern(str(row["scorer"])),
        key=parse_key(row),
        values=_shared(row["values"]),
        reasons=_shared(row["reasons"]),
        evidence=_shared(row["evidence"]),
        failure=row["failure"],
        not_applicable=tuple(row.get("not_applicable", ())),
        boxes=tuple(_box(*box) for box in row.get("boxes", ())),
        choices=_shared(choices),
        summary=intern(str(row.get("summary", ""))),
    )
    return judgement, image and intern(image)


def _box(name: str, box: Any, *rest: Any) -> Box:
    left, top, right, bottom = box
    return Box(intern(str(name)), (left, top, right, bottom), *rest)


def _shared(found: Any) -> Mapping[str, Any]:
    """The map with its names interned; all empty ones are the same."""
    return {intern(name): value for name, value in dict(found).items()} or NOTHING


def _seen(judgement: Judgement) -> dict[str, Json]:
    """What a judgement has beside its values, where it has it: most rows have little."""
    boxes = [
        [b.name, list(b.box), b.score, *([dict(b.looks)] if b.looks else [])]
        for b in judgement.boxes
    ]
    choices = {
        field: [list(choice.options), list(choice.probabilities), choice.chosen]
        for field, choice in judgement.choices.items()
    }
    seen = {
        "not_applicable": list(judgement.not_applicable),
        "boxes": boxes,
        "choices": choices,
        "summary": judgement.summary,
    }
    return {name: value for name, value in seen.items() if value}


def parse_key(row: Any) -> Key:
    """The planned image that a row is of."""
    return Key(intern(str(row["prompt_set"])), intern(str(row["prompt_id"])), int(row["index"]))
