"""Each group's share, ranked: with interval, reference and where a fair model would lie."""

from evalsuite.bias.record import GroupShare, Shares
from evalsuite.report.bias import words
from evalsuite.report.content import Report
from evalsuite.report.figures.record import Figure, alt
from evalsuite.report.format import number
from evalsuite.report.plots import Dot, lanes
from evalsuite.report.tables import Table, cells

EVEN = 0.5


def ranked(report: Report, shares: Shares, prefix: str) -> Figure:
    """The dot plot and its table: raw and corrected side by side, with bounds."""
    measure = report.measure(shares.measure)
    title = f"{measure.title}, by {shares.over}, ranked"
    dots = [_dot(group) for group in shares.groups]
    has_reference = any(group.reference is not None for group in shares.groups)
    note = (
        "Dots are shares as they were read, of images with a reading; bars are 95% intervals. The "
        "pale band is where 95 of 100 even models would lie at this number of images"
    )
    note += "; a diamond is the reference." if has_reference else "; there is no reference."
    return Figure(
        title=title,
        note=f"{note} {words.NEVER_RIGHT}",
        prefix=prefix,
        svg=lanes(dots, prefix, f"{measure.title}, of images with a reading", middle=EVEN),
        alt=alt(title, dots),
        table=_table(title, shares, has_reference),
        source=shares.source.words if has_reference else "",
        caution=measure.cannot_show,
    )


def _dot(group: GroupShare) -> Dot:
    found = group.interval
    return Dot(
        group.name,
        found.value,
        found.low,
        found.high,
        reference=None if group.reference is None else group.reference.share,
        band=group.fair,
    )


def _table(title: str, shares: Shares, has_reference: bool) -> Table:
    """One row per group, and no empty column: what nobody did is said in the note of the part."""
    has_audit = any(group.corrected.interval is not None for group in shares.groups)
    has_labels = any(group.labelled.interval is not None for group in shares.groups)
    head = [shares.over, "of read images", "as read (95%)"]
    head += ["corrected by the audit (95%)"] * has_audit
    head += ["by people's labels (95%)"] * has_labels
    head += ["not told", "share if all of these had, or had not"]
    head += ["reference"] * has_reference
    head += ["an even model, 95%"]
    body = []
    for group in shares.groups:
        line = [group.name, f"{group.hits:,} of {group.n:,}", words.estimate(group.interval)]
        line += [words.instead(group.corrected)] * has_audit
        line += [words.instead(group.labelled)] * has_labels
        line += [f"{group.unknown:,}", words.ends(group.bounds)]
        line += [words.known(group.reference)] * has_reference
        line += [words.ends(group.fair)]
        body.append(cells(*line))
    return Table(title, cells(*head), tuple(body))


def in_short(shares: Shares) -> str:
    """The lowest and the highest group, for the text of a part."""
    read = [group for group in shares.groups if group.interval.value is not None]
    if not read:
        return "No group has a reading."
    low, high = read[0], read[-1]
    return (
        f"{len(read)} of {len(shares.groups)} groups have a reading, from "
        f"{number(low.interval.value, 'share')} to {number(high.interval.value, 'share')}."
    )
