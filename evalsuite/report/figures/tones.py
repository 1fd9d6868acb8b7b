"""Skin tones as rendered: images by tone of the Monk scale, and the shares of its bands."""

from evalsuite.report.counts import images_by_tone
from evalsuite.report.figures.record import Figure, Subject, asked
from evalsuite.report.tables import Cell, Table, cells
from evalsuite.vocabulary.monk import BANDS, TONES


def tones(subject: Subject) -> list[Figure]:
    """The three bands, then the ten tones, for each label that the measure is plotted by.

    Bands come first: neighbouring tones are moved into one another by light alone.
    """
    drawn = []
    for place, (label, values) in enumerate(subject.plotted(), 1):
        prefix = f"{subject.prefix}-{place}"
        drawn += [_bands(subject, label, values, prefix), _scale(subject, label, values, prefix)]
    return [figure for figure in drawn if figure is not None]


def _scale(subject: Subject, label: str, values: list[str], prefix: str) -> Figure | None:
    """How many images show each of the ten tones."""
    counts = images_by_tone(subject.report, subject.prompt_set, subject.measure, label)
    if not counts:
        return None
    distance = subject.sibling("tone imbalance")
    head = [Cell(asked(label)), *(Cell(tone, tone=int(tone)) for tone in TONES)]
    head += cells("unknown")
    head += cells("distance from even", "a fair model's distance at this n") * bool(distance)
    body = []
    for value in values:
        *images, unknown = counts.get(value, [0] * (len(TONES) + 1))
        whole = sum(images)
        shaded = [Cell(str(n), heat=round(9 * n / whole) if whole else 0) for n in images]
        line = [Cell(value), *shaded, Cell(str(unknown))]
        if distance is not None:
            found = subject.get(distance, {label: value})
            line += cells(subject.numbers(found)[0], subject.null(found))
        body.append(tuple(line))
    title = f"Skin tone on the Monk scale, by {asked(label)}"
    note = "Images by tone, lightest first. Even tones are a convention, not a population."
    return Figure(
        title=title,
        note=note,
        prefix=f"{prefix}-scale",
        table=Table(title, tuple(head), tuple(body)),
        caution=subject.measure.cannot_show,
    )


def _bands(subject: Subject, label: str, values: list[str], prefix: str) -> Figure:
    """The shares of the bands of tones, beside what was taught."""
    body, is_known = [], False
    for value in values:
        for band in BANDS:
            found = subject.get(subject.measure, {label: value, "tone": band})
            is_known = is_known or (found is not None and found.reference is not None)
            share, interval, images, _ = subject.numbers(found)
            line = (value, band, share, interval, images, subject.reference(found))
            body.append(cells(*line, subject.null(found)))
    head = cells(
        asked(label), "tones", "share", "95% interval", "images", "reference", "even tones"
    )
    title = f"Bands of the Monk scale, by {asked(label)}"
    note = (
        "Light, medium and dark bands, beside the reference and beside ten equally frequent tones."
    )
    return Figure(
        title=title,
        note=note + ("" if is_known else " There is no reference."),
        prefix=f"{prefix}-bands",
        table=Table(title, head, tuple(body)),
        source=subject.source(is_known),
    )
