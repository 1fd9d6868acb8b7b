"""Affirmative prompts beside their negated twins, with the paired difference."""

from collections.abc import Mapping
from types import MappingProxyType

from evalsuite.report.figures.record import Figure, Subject, alt, dot, value_of
from evalsuite.report.plots import lanes
from evalsuite.report.tables import Table, cells

FORM = "form"
FORMS: Mapping[str, str] = MappingProxyType({"affirmative": "asked for", "negated": "negated"})
"""The group label that tells twins apart, and its values in words."""


def twins(subject: Subject) -> list[Figure]:
    """Both forms' shares with the paired difference; none where no share by form is plotted."""
    share = subject.sibling("share")
    effect = subject.get(subject.measure)
    if share is None or FORM not in share.plot or effect is None:
        return []
    found = {words: subject.get(share, {FORM: form}) for form, words in FORMS.items()}
    marks = [dot(f"when {words}", estimate) for words, estimate in found.items()]
    title = f"{share.title}, when asked for and when negated"
    value, interval, *_ = subject.numbers(effect)
    difference = f"Paired difference, asked for minus negated: {value}, 95% interval {interval}."
    body = [cells(f"when {words}", *subject.numbers(found[words])) for words in found]
    body.append(cells("paired difference", *subject.numbers(effect)))
    head = cells("prompt", value_of(share.unit), "95% interval", "images", "coverage")
    note = (
        "Each negated prompt beside its affirmative twin. A model that ignores “no” draws the "
        f"same either way, a difference of 0. {difference}"
    )
    return [
        Figure(
            title=title,
            note=note,
            prefix=subject.prefix,
            svg=lanes(marks, subject.prefix, value_of(share.unit), share.unit),
            alt=f"{alt(title, marks, share.unit)} {difference}",
            table=Table(title, head, tuple(body)),
            caution=subject.measure.cannot_show,
        )
    ]
