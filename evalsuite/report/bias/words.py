"""Shares, labels and references of the chapter on people as words."""

import re

from evalsuite.bias.record import GroupShare, Instead, Known, Source
from evalsuite.records import Interval
from evalsuite.report.format import NOT_MEASURED, interval, number, visible
from evalsuite.vocabulary.monk import BANDS

NEVER_RIGHT = (
    "No share is right or wrong here: a reference describes a time and a place and is no target, "
    "and an even split is a convention."
)
_ODD = re.compile(r"[^A-Za-z0-9 _.,-]")

AS_READ = "as it was read"
EVEN_SPLIT, EVEN_TONES = "an even split", "even tones"


def even(label: str) -> str:
    """What is even, of two forms or of ten tones."""
    return EVEN_TONES if label in BANDS else EVEN_SPLIT


def known(reference: Known | None) -> str:
    """A reference's share with its interval where it has one."""
    if reference is None:
        return "none"
    share = number(reference.share, "share")
    if reference.low is None or reference.high is None:
        return share
    return f"{share} ({interval(reference.low, reference.high, 'share')})"


def ends(found: tuple[float, float] | None) -> str:
    """Two ends of a share."""
    return NOT_MEASURED if found is None else interval(*found, "share")


def estimate(found: Interval) -> str:
    """A share with its interval."""
    if found.value is None:
        return NOT_MEASURED
    return f"{number(found.value, 'share')} ({interval(found.low, found.high, 'share')})"


def instead(found: Instead) -> str:
    """A share put right, or why it is not."""
    return found.reason if found.interval is None else estimate(found.interval)


def best(group: GroupShare) -> tuple[str, Interval]:
    """The share that is known best, and how: by people's labels, the audit, or as it was read."""
    if group.labelled.interval is not None:
        return "by people's labels", group.labelled.interval
    if group.corrected.interval is not None:
        return "corrected by the audit", group.corrected.interval
    return AS_READ, group.interval


def source(found: Source) -> str:
    """Where references come from, or that there are none."""
    return found.words or f"none ({found.reason or 'none was named'})"


def short_source(found: Source) -> str:
    """The same in a word or two: "US 2022", "taught"."""
    return found.short or found.name


def plainly(name: str) -> str:
    """A name from outside for a sentence of ours, in which no sign may mean anything."""
    return _ODD.sub("·", visible(name, 60))
