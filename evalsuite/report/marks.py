"""The audit's word on a judge, which stands beside every number that the judge gives."""

from evalsuite.audits.record import Audited
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Measure

EVIDENCE = "evidence"
NOT_EVIDENCE = "not evidence"
FEW = "undecided"
UNKNOWN = "unknown"
"""Chance, where the audit saw images of one truth alone."""
NOT_AUDITED = "not audited"
NO_SCORER = "no scorer"

ORDER = (NOT_EVIDENCE, FEW, UNKNOWN, NOT_AUDITED, EVIDENCE)
"""The worst word first."""


def mark(audited: Audited | None) -> str:
    """What an audit says of a judge in a word; "not audited" where there is none."""
    if audited is None:
        return NOT_AUDITED
    if audited.is_evidence:
        return EVIDENCE
    return NOT_EVIDENCE if audited.is_guess else UNKNOWN if audited.chance is None else FEW


def mark_of(measure: Measure, audited: Audited | None) -> str:
    """The same for a measure; "no scorer" where none is asked, and nothing is there to audit."""
    return NO_SCORER if kind_of(measure).of_samples else mark(audited)


def worse(first: str, second: str) -> str:
    """The word that says less for the judge."""
    return min(first, second, key=ORDER.index)
