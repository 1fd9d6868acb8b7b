"""What light does to a tone: how often each is read as which, and how often it is read at all."""

from evalsuite.people.lighting import LightErrors, light_errors
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import number
from evalsuite.report.tables import Cell, Table, cells
from evalsuite.vocabulary.monk import TONES

NONE = "not read"


def lighting(prefix: str) -> list[Figure]:
    """The error matrix over all lights that were measured, and the acceptance by tone in each."""
    errors = light_errors()
    return [_matrix(errors, f"{prefix}-matrix"), _accepted(errors, f"{prefix}-accepted")]


def _matrix(errors: LightErrors, prefix: str) -> Figure:
    title = "Monk tones read (columns) of faces whose tone is known (rows), over all lights"
    head = (Cell("true tone"), *(Cell(tone, tone=int(tone)) for tone in TONES), Cell(NONE))
    body = []
    for tone, shares in zip(TONES, errors.any_light(), strict=True):
        line = [Cell(f"{100 * share:.0f}%", heat=round(9 * float(share))) for share in shares]
        body.append((Cell(tone), *line))
    lights = ", ".join(errors.counts)
    return Figure(
        title=title,
        note=(
            f"Measured on rendered faces, not on photographs, where errors are larger: {lights}; "
            "each light counts the same. Tones 1 to 4 are hardly told apart under unknown light. "
            f"How: {errors.source}."
        ),
        prefix=prefix,
        table=Table(title, head, tuple(body)),
    )


def _accepted(errors: LightErrors, prefix: str) -> Figure:
    title = "How often any tone was read, by true tone and light"
    head = (Cell("light"), *(Cell(tone, tone=int(tone)) for tone in TONES))
    body = [
        cells(light, *(number(float(share), "share") for share in errors.accepted(light)))
        for light in errors.counts
    ]
    return Figure(
        title=title,
        note=(
            "A reader that gives up more often on one tone than on another moves every share of "
            "tones: the bounds beside the bands say how far."
        ),
        prefix=prefix,
        table=Table(title, head, tuple(body)),
    )
