"""The instruments: confusion in their audits, by group, and how far they agree on this run."""

from collections.abc import Iterable

from evalsuite.audits.record import Audited, Share
from evalsuite.bias.beside import Agreement
from evalsuite.bias.record import Chapter
from evalsuite.files.values import as_key
from evalsuite.report.bias import words
from evalsuite.report.content import Report
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import DASH, group_words, interval, number
from evalsuite.report.reliability import confusions
from evalsuite.report.tables import Table, cells

GROUPS = 40
"""How many groups' audits a card lists."""


def cards(report: Report, chapter: Chapter, prefix: str) -> list[Figure]:
    """For every instrument of people that was audited its confusions, whole and by group."""
    drawn = []
    for place, measure in enumerate(_measures(chapter), 1):
        audits = _audits(report, measure)
        if not audits:
            continue
        whole = [each for each in audits if not each.group]
        tables = confusions(whole)
        for at, table in enumerate(tables, 1):
            drawn.append(
                Figure(
                    title=table.caption,
                    note="Pictures by what is true (rows) and what was said (columns).",
                    prefix=f"{prefix}-{place}-{at}",
                    table=table,
                )
            )
        if grouped := [each for each in audits if each.group and each.recalls]:
            drawn.append(_by_group(measure, grouped[:GROUPS], f"{prefix}-{place}-groups"))
    return drawn


def _measures(chapter: Chapter) -> Iterable[str]:
    found = [shares.measure for shares in chapter.shares] + [t.measure for t in chapter.tones]
    return dict.fromkeys(found)


def _audits(report: Report, measure: str) -> list[Audited]:
    """The audits that this report quotes beside a measure, each once."""
    found = {
        (a.tag, a.kind, as_key(a.group)): a
        for (_, name, _), a in report.audit.items()
        if name == measure and not a.is_lacking
    }
    return [found[key] for key in sorted(found)]


def _by_group(measure: str, audits: list[Audited], prefix: str) -> Figure:
    truths = list(dict.fromkeys(truth for each in audits for truth in each.recalls))
    title = f"{measure}: how often it was right, by group"
    if len(truths) > 3:
        truths = []
    head = ["group", "right", "95% interval", *(f"right where {truth}" for truth in truths)]
    body = []
    for each in audits:
        line = [
            group_words(each.group),
            number(each.accuracy, "share"),
            interval(each.low, each.high, "share"),
            *(_share(each.recalls.get(truth)) for truth in truths),
            f"{each.abstained:,}",
            f"{each.images:,}",
        ]
        body.append(cells(*line))
    head += ["no answer", "images"]
    return Figure(
        title=title,
        note=(
            "An instrument that errs more on one group than on another makes a difference between "
            "groups that no model drew."
        ),
        prefix=prefix,
        table=Table(title, cells(*head), tuple(body)),
    )


def _share(share: Share | None) -> str:
    if share is None or share.value is None:
        return DASH
    return f"{number(share.value, 'share')} of {share.n:,}"


def agreement(found: Agreement, prefix: str) -> list[Figure]:
    """Each pair of instruments, and where the first two differ most."""
    title = "How far the instruments agree on this run's pictures"
    alpha = f"not known ({found.reason})" if found.alpha is None else f"{found.alpha:.2f}"
    body = [
        cells(
            f"{a} and {b}", f"{same:,} of {both:,}", number(same / both if both else None, "share")
        )
        for a, b, both, same in found.pairs
    ]
    drawn = [
        Figure(
            title=title,
            note=(
                f"Krippendorff's alpha over {found.images:,} images that two or more could read is "
                f"{alpha}: 1 is full agreement, 0 is chance. Instruments that learnt from the same "
                "pictures may agree and be wrong."
            ),
            prefix=prefix,
            table=Table(title, cells("instruments", "say the same", "share"), tuple(body)),
        )
    ]
    if found.apart:
        apart = "Where the first two differ"
        rows = [cells(name, f"{differ:,} of {both:,}") for name, both, differ in found.apart]
        drawn.append(
            Figure(
                title=apart,
                note=" and ".join(map(words.plainly, found.instruments[:2])) + ", by group.",
                prefix=f"{prefix}-apart",
                table=Table(
                    apart, cells("group", "images that they call differently"), tuple(rows)
                ),
            )
        )
    return drawn
