"""A second audit, from another seed, beside the first: what one fresh sample may show by luck."""

from collections.abc import Sequence
from dataclasses import replace

from evalsuite.audits.record import Audited, Word
from evalsuite.files.values import as_key

MISSING: Word = "undecided"
"""The second word on a question that the second audit did not raise."""


def confirmed(first: Sequence[Audited], second: Sequence[Audited]) -> list[Audited]:
    """The first audit's rows with the second's verdicts: of two words the weaker one counts."""
    words = {_asked(row): row.verdict for row in second}
    return [replace(row, second=words.get(_asked(row), MISSING)) for row in first]


def _asked(row: Audited) -> tuple[object, ...]:
    return row.scorer, row.field, row.tag, as_key(row.group), row.kind, row.weights
