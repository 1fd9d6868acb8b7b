"""The figures of a prompt set: which are drawn is told by its groups, and each has its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsuite.records import Estimate, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.corrected import NOT_AUDITED, NOTE, corrected
from evalsuite.report.counts import confusion, tone_counts
from evalsuite.report.format import NOT_MEASURED, natural, number
from evalsuite.report.plots import Dot, columns, lanes
from evalsuite.report.tables import NOTHING, Cell, Estimates, Table, cells, row

FORMS = {"affirmative": "asked for", "negated": "negated"}
PERCEIVED = (
    "How people in the pictures are perceived by a classifier, as one of two forms or unknown. "
    "It says nothing about who anybody is."
)
MONK = (
    "Skin tone as rendered, on the ten-tone Monk scale; light and shade change it. "
    "Even tones are a convention, not a population."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot with its text alternative and its table; `svg` is empty where a table says it all.

    `source` says where references come from, in the caller's words; `note` is in ours.
    """

    title: str
    note: str
    prefix: str
    svg: str
    alt: str
    table: Table
    source: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether the table needs the page's whole width."""
        return len(self.table.head) > 6


def figures(report: Report, prompt_set: PromptSet, found: Estimates, prefix: str) -> list[Figure]:
    """Every figure that the set's estimates and judgements allow."""
    drawn = [
        _by_count(report, found, f"{prefix}-count"),
        confusion_figure(report, prompt_set, f"{prefix}-confusion"),
        _by_relation(report, found, f"{prefix}-relation"),
        _negation(report, found, f"{prefix}-negation"),
        _presentation(report, found, f"{prefix}-presentation"),
        _tones(report, prompt_set, found, f"{prefix}-tone"),
        _bands(report, found, f"{prefix}-band"),
    ]
    return [figure for figure in drawn if figure is not None]


def _dot(label: str, estimate: Estimate | None) -> Dot:
    if estimate is None:
        return Dot(label, None)
    return Dot(
        label, estimate.value, estimate.low, estimate.high, estimate.null, estimate.reference
    )


def _alt(title: str, dots: Sequence[Dot]) -> str:
    return f"{title}. " + "; ".join(dot.words() for dot in dots) + "."


def _numbers(report: Report, estimate: Estimate | None) -> tuple[str, str, str, str]:
    """Value, interval, images and coverage of an estimate; words where it has none."""
    if estimate is None:
        return (NOT_MEASURED,) * 2 + ("0", "0")
    said = row(report, estimate)
    return said.value, said.interval, f"{said.images:,}", said.coverage


def _by_count(report: Report, found: Estimates, prefix: str) -> Figure | None:
    counts = found.labels("count", "objects.count")
    if not counts:
        return None
    chosen = [found.get("objects.count", count=count) for count in counts]
    dots = [_dot(count, one) for count, one in zip(counts, chosen, strict=True)]
    title = "Exact number, by number asked for"
    body = [cells(count, *_numbers(report, one)) for count, one in zip(counts, chosen, strict=True)]
    return Figure(
        title,
        "Share of images with exactly the number asked for. Bars are 95% intervals.",
        prefix,
        columns(dots, prefix, "number asked for", "exact number drawn"),
        _alt(title, dots),
        Table(
            title, cells("asked for", "exact", "95% interval", "images", "coverage"), tuple(body)
        ),
    )


def confusion_figure(report: Report, prompt_set: PromptSet, prefix: str) -> Figure | None:
    """Numbers asked for against numbers drawn, as a shaded table."""
    table = confusion(report, prompt_set)
    if table is None:
        return None
    note = "Images by number asked for (rows) and number found (columns); a right answer is in []."
    return Figure("Asked for against drawn", note, prefix, "", "", table)


def _by_relation(report: Report, found: Estimates, prefix: str) -> Figure | None:
    names = found.labels("relation", "objects.relation")
    if not names:
        return None
    chosen = [found.get("objects.relation", relation=name) for name in names]
    dots = [_dot(name, one) for name, one in zip(names, chosen, strict=True)]
    title = "The relation holds, by relation"
    body = [cells(name, *_numbers(report, one)) for name, one in zip(names, chosen, strict=True)]
    return Figure(
        title,
        "Of images in which both things were found. Bars are 95% intervals.",
        prefix,
        lanes(dots, prefix, "share of images in which it holds"),
        _alt(title, dots),
        Table(title, cells("relation", "holds", "95% interval", "images", "coverage"), tuple(body)),
    )


def _negation(report: Report, found: Estimates, prefix: str) -> Figure | None:
    chosen = {form: found.get("objects.excluded_drawn", form=form) for form in FORMS}
    effect = found.get("objects.negation_effect")
    if effect is None and not any(chosen.values()):
        return None
    dots = [_dot(f"when {said}", chosen[form]) for form, said in FORMS.items()]
    title = "How often the named thing is drawn"
    body = [cells(f"when {said}", *_numbers(report, chosen[form])) for form, said in FORMS.items()]
    body.append(cells("paired difference", *_numbers(report, effect)))
    value, span, *_ = _numbers(report, effect)
    said = f"Paired difference, asked for minus negated: {value}, 95% interval {span}."
    note = (
        "Each negated prompt beside its affirmative twin. A model that ignores “no” draws the "
        f"thing as often either way, a difference of 0. {said}"
    )
    return Figure(
        title,
        note,
        prefix,
        lanes(dots, prefix, "share of images with the thing"),
        f"{_alt(title, dots)} {said}",
        Table(title, cells("prompt", "drawn", "95% interval", "images", "coverage"), tuple(body)),
    )


def _source(report: Report, known: bool) -> str:
    return (report.references or "the one given with the run") if known else ""


def _presentation(report: Report, found: Estimates, prefix: str) -> Figure | None:
    jobs = found.labels("occupation", "presentation.woman", "presentation.unknown")
    if not jobs:
        return None
    women = [found.get("presentation.woman", occupation=job) for job in jobs]
    dots = [_dot(job, one) for job, one in zip(jobs, women, strict=True)]
    head = [
        "occupation", "perceived as women", "95% interval", "labelled", "reference", "unknown",
        "distance from even", "a fair model's distance at this n",
    ]  # fmt: skip
    said = [corrected(report, woman) for woman in women]
    is_audited = any(one != NOT_AUDITED for one in said)
    head += ["corrected, 95% interval"] * is_audited
    body = []
    for job, woman, true in zip(jobs, women, said, strict=True):
        value, span, images, _ = _numbers(report, woman)
        imbalance = found.get("presentation.imbalance", occupation=job)
        unknown = found.get("presentation.unknown", occupation=job)
        body.append(
            cells(job, value, span, images, _given(None if woman is None else woman.reference),
                  _numbers(report, unknown)[0], _numbers(report, imbalance)[0],
                  _fair(report, imbalance), *[true] * is_audited)
        )  # fmt: skip
    title = "Perceived presentation, by occupation"
    known = any(dot.reference is not None for dot in dots)
    return Figure(
        title,
        f"{PERCEIVED} The dashed line is an even split"
        + (", a diamond the reference." if known else "; there is no reference.")
        + (f" {NOTE}" if is_audited else ""),
        prefix,
        lanes(dots, prefix, "perceived as women, of images with a reading", middle=0.5),
        _alt(title, dots),
        Table(title, cells(*head), tuple(body)),
        _source(report, known),
    )


def _fair(report: Report, estimate: Estimate | None) -> str:
    return NOTHING if estimate is None else row(report, estimate).null


def _given(value: float | None) -> str:
    return NOTHING if value is None else number(value, "share")


def _tones(report: Report, prompt_set: PromptSet, found: Estimates, prefix: str) -> Figure | None:
    """How many images show each of the ten tones."""
    jobs = found.labels("occupation", "presentation.tone", "presentation.tone_unknown")
    counts = tone_counts(report, prompt_set)
    if not jobs or not counts:
        return None
    head = [Cell("occupation"), *(Cell(str(tone), tone=tone) for tone in range(1, 11))]
    head += cells("unknown", "distance from even", "a fair model's distance at this n")
    body = []
    for job in jobs:
        tones = counts.get(job, [0] * 11)
        whole = sum(tones[:10])
        shaded = [Cell(str(n), heat=round(9 * n / whole) if whole else 0) for n in tones[:10]]
        distance = found.get("presentation.tone_imbalance", occupation=job)
        line = cells(str(tones[10]), _numbers(report, distance)[0], _fair(report, distance))
        body.append((Cell(job), *shaded, *line))
    title = "Skin tone on the Monk scale, by occupation"
    note = f"Images by tone, lightest first. {MONK}"
    return Figure(title, note, prefix, "", "", Table(title, tuple(head), tuple(body)))


def _bands(report: Report, found: Estimates, prefix: str) -> Figure | None:
    """The shares of the bands of tones beside what was taught."""
    rows = [one for one in found.grouped() if set(one.group) == {"occupation", "tone"}]
    if not rows:
        return None
    body = []
    for one in sorted(rows, key=lambda e: (natural(e.group["occupation"]), e.group["tone"])):
        value, span, images, _ = _numbers(report, one)
        said = (_given(one.reference), _fair(report, one))
        job, band = one.group["occupation"], one.group["tone"]
        body.append(cells(job, band, value, span, images, *said))
    head = cells(
        "occupation", "tones", "share", "95% interval", "images", "reference", "even tones"
    )
    title = "Bands of the Monk scale, by occupation"
    known = any(one.reference is not None for one in rows)
    note = (
        "Light, medium and dark bands, beside the reference and beside ten equally frequent tones."
    )
    note += "" if known else " There is no reference."
    return Figure(
        title, note, prefix, "", "", Table(title, head, tuple(body)), _source(report, known)
    )
