"""What both renderings of a comparison say: its data in words, ready for a template."""

from collections.abc import Callable
from dataclasses import dataclass

from evalsuite.report.comparison.content import (
    Against,
    Compared,
    Comparison,
    Contrasted,
    Unalike,
)
from evalsuite.report.comparison.figures import figures
from evalsuite.report.comparison.flips import Flips, flips
from evalsuite.report.comparison.rows import (
    NOTABLE,
    DifferenceRow,
    Lost,
    changes,
    is_overall,
    lost,
    row,
)
from evalsuite.report.figures import Figure
from evalsuite.report.format import plural, share

FIRST = 12
"""How many changes the first screen names a candidate."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run on the first screen."""

    name: str
    model: str
    seed: str
    drawn: str
    incomplete: bool
    role: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in one candidate: the marked rows, how many more, and the flips in a line.

    `shown` says whether there are images of flips to look at.
    """

    run: str
    rows: tuple[DifferenceRow, ...]
    more: int
    flips: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One prompt set. `anchor` is made by us and safe in an id; `name` is not."""

    anchor: str
    name: str
    unalike: tuple[str, ...]
    overall: tuple[DifferenceRow, ...]
    grouped: tuple[DifferenceRow, ...]
    figures: tuple[Figure, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole comparison in words."""

    title: str
    runs: tuple[Run, ...]
    unalike: tuple[str, ...]
    changed: tuple[Changed, ...]
    lost: tuple[Lost, ...]
    lost_differs: int
    sections: tuple[Section, ...]
    flips: tuple[Flips, ...]
    methods: tuple[tuple[str, tuple[str, ...]], ...]
    family: str
    notable: str
    command: str

    @property
    def several(self) -> bool:
        """Whether more than one candidate is compared with the baseline."""
        return len(self.changed) > 1


def compose(comparison: Comparison) -> Page:
    """Put a comparison into words, figures and pairs of images."""
    names = [against.run.name for against in comparison.candidates]
    sections = tuple(
        _section(comparison, name, f"set-{number}")
        for number, name in enumerate(comparison.prompt_sets, 1)
    )
    everything = tuple(line for section in sections for line in section.lost)
    return Page(
        title=f"{', '.join(names)} against {comparison.baseline.name}",
        runs=(
            _run(comparison.baseline, "baseline"),
            *(_run(against.run, "candidate") for against in comparison.candidates),
        ),
        unalike=_unalike(comparison),
        changed=tuple(_changed(comparison, against) for against in comparison.candidates),
        lost=tuple(sorted(everything, key=lambda line: not line.differs)),
        lost_differs=sum(line.differs for line in everything),
        sections=sections,
        flips=tuple(
            flips(comparison, against, f"flips-{number}")
            for number, against in enumerate(comparison.candidates, 1)
        ),
        methods=_methods(comparison),
        family=_family(comparison),
        notable=f"{NOTABLE:g}",
        command=comparison.command,
    )


def _family(comparison: Comparison) -> str:
    """What a q is corrected for."""
    whole = f"the {plural(comparison.tested, 'difference')} of whole prompt sets"
    if not comparison.tested_groups:
        return whole
    return f"{whole} and, apart from them, the {comparison.tested_groups:,} of groups"


def _run(run: Compared, role: str) -> Run:
    drawn = share(run.drawn, run.planned)
    return Run(run.name, run.model, str(run.seed), drawn, not run.complete, role)


def _changed(comparison: Comparison, against: Against) -> Changed:
    found = changes(comparison, against.rows)
    worse = sum(1 for one in against.flips if one.lost)
    better = len(against.flips) - worse
    pairs = "prompts" if any(o.difference.pairing == "prompts" for o in against.rows) else ""
    said = f"{plural(worse, 'image')} lost a verdict, {plural(better, 'image')} only gained."
    if not against.flips and pairs:
        said = "No verdict can flip: the seeds differ."
    rows = tuple(row(comparison, against.run.name, one) for one in found[:FIRST])
    return Changed(against.run.name, rows, max(0, len(found) - FIRST), said, bool(against.flips))


def _section(comparison: Comparison, prompt_set: str, anchor: str) -> Section:
    found = [
        (against.run.name, one)
        for against in comparison.candidates
        for one in against.rows
        if one.difference.prompt_set == prompt_set
    ]
    # The same measure and group of every candidate, one below the other.
    order = {key: n for n, key in enumerate(dict.fromkeys(_same(one) for _, one in found))}
    found.sort(key=lambda item: order[_same(item[1])])
    scorers = {one.difference.measure.partition(".")[0] for _, one in found}

    def told(whole: bool) -> tuple[DifferenceRow, ...]:
        chosen = [(run, one) for run, one in found if is_overall(one.difference) is whole]
        return tuple(row(comparison, run, one) for run, one in chosen)

    return Section(
        anchor=anchor,
        name=prompt_set,
        unalike=_unalike(
            comparison,
            lambda one: (
                not (one.prompt_set or one.scorer)
                or one.prompt_set == prompt_set
                or one.scorer in scorers
            ),
        ),
        overall=tuple(
            row(comparison, run, one) for run, one in found if is_overall(one.difference)
        ),
        grouped=tuple(
            row(comparison, run, one) for run, one in found if not is_overall(one.difference)
        ),
        figures=tuple(figures(comparison, prompt_set, anchor)),
        lost=tuple(lost(comparison, prompt_set)),
    )


def _same(one: Contrasted) -> tuple[str, tuple[tuple[str, str], ...]]:
    return one.difference.measure, tuple(sorted(one.difference.group.items()))


def _unalike(
    comparison: Comparison, concerns: Callable[[Unalike], bool] = lambda one: True
) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            one.reason
            for against in comparison.candidates
            for one in against.unalike
            if concerns(one)
        )
    )


def _methods(comparison: Comparison) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How each measure's differences were made, whole sets only."""
    used: dict[str, dict[str, None]] = {}
    for against in comparison.candidates:
        for one in against.rows:
            if not is_overall(one.difference):
                continue
            used.setdefault(one.difference.method, {})[one.difference.measure] = None
    return tuple((method, tuple(names)) for method, names in used.items())
