"""What both renderings of a comparison say: its data in words, ready for a template."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from evalsuite.files.values import Group, as_key
from evalsuite.records import scorer_of
from evalsuite.report.comparison.content import (
    Against,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    Unlike,
)
from evalsuite.report.comparison.figures import figures
from evalsuite.report.comparison.flips import Flips, flips, in_a_line
from evalsuite.report.comparison.missing import Lost, lost
from evalsuite.report.comparison.pairs import (
    Sentenced,
    headline_figure,
    headline_rows,
    sentences,
)
from evalsuite.report.comparison.people import by_group
from evalsuite.report.comparison.rows import NOTABLE, DifferenceRow, changes, is_overall, row
from evalsuite.report.comparison.standings import (
    TOLD,
    BoardWords,
    board_words,
    overview,
)
from evalsuite.report.comparison.standings import figures as board_figures
from evalsuite.report.figures import Figure
from evalsuite.report.format import plural, share
from evalsuite.report.tables import Table

FIRST = 12
"""How many changes beside the headlines the first screen names a candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run on the first screen."""

    name: str
    model: str
    seed: str
    drawn: str
    incomplete: bool
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What changed in one candidate: a sentence a headline, and the flips in a line.

    `rows` are other marked differences, and `more` counts those that are left out. `counts` says
    how many headlines surely changed. `shown` says whether there are images of flips to look at. A
    ceiling has no marked rows.
    """

    run: str
    findings: tuple[Sentenced, ...]
    counts: str
    rows: tuple[DifferenceRow, ...]
    more: int
    flips: str
    shown: bool
    is_ceiling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSection:
    """One prompt set. `anchor` is made by us and safe in an id; `name` is not."""

    anchor: str
    name: str
    unlike: tuple[str, ...]
    boards: tuple[BoardWords, ...]
    overall: tuple[DifferenceRow, ...]
    grouped: tuple[DifferenceRow, ...]
    figures: tuple[Figure, ...]
    people: tuple[Figure, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """A whole comparison in words."""

    title: str
    runs: tuple[RunRow, ...]
    unlike: tuple[str, ...]
    boards: tuple[BoardWords, ...]
    places: Table | None
    drawn: tuple[Figure, ...]
    told: str
    changed: tuple[Changed, ...]
    lost: tuple[Lost, ...]
    lost_differs: int
    sections: tuple[ComparisonSection, ...]
    flips: tuple[Flips, ...]
    methods: tuple[tuple[str, tuple[str, ...]], ...]
    family: str
    notable: str
    command: str
    exports: str

    @property
    def several(self) -> bool:
        """Whether more than one candidate is compared with the baseline."""
        return len(self.changed) > 1

    @property
    def ceilings(self) -> tuple[str, ...]:
        """The candidates that are ceilings, by name."""
        return tuple(change.run for change in self.changed if change.is_ceiling)


def compose(comparison: ComparisonReport) -> ComparisonPage:
    """Put a comparison into words, figures and pairs of images."""
    sections = tuple(
        _section(comparison, name, f"set-{number}")
        for number, name in enumerate(comparison.prompt_sets, 1)
    )
    everything = tuple(line for section in sections for line in section.lost)
    return ComparisonPage(
        title=_title(comparison),
        runs=(
            _run(comparison.baseline, "baseline"),
            *(_run(each.run, "candidate") for each in comparison.candidates),
        ),
        unlike=_unlike(comparison),
        boards=tuple(board_words(comparison, board) for board in comparison.boards),
        places=overview(comparison),
        drawn=_drawn(comparison),
        told=TOLD,
        changed=tuple(_changed(comparison, against) for against in comparison.candidates),
        lost=tuple(sorted(everything, key=lambda line: not line.differs)),
        lost_differs=sum(line.differs for line in everything),
        sections=sections,
        flips=tuple(
            flips(comparison, against, f"flips-{number}")
            for number, against in enumerate(comparison.candidates, 1)
            if not against.run.is_ceiling
        ),
        methods=_methods(comparison),
        family=_family(comparison),
        notable=f"{NOTABLE:g}",
        command=comparison.command,
        exports=_exports(comparison),
    )


def _exports(comparison: ComparisonReport) -> str:
    """The commands that take tables and figures from the folder of this page."""
    command = f"evalsuite export {shlex.quote(comparison.folder or 'FOLDER')}"
    files = ("--list", "-o table.csv", "-o table.tex", "-o figure.pdf")
    return "\n".join(f"{command} {each}" for each in files)


def _drawn(comparison: ComparisonReport) -> tuple[Figure, ...]:
    """The first screen's figures: the leaderboard's, or the differences of a single rival."""
    if comparison.boards:
        return board_figures(comparison)
    rivals = [each for each in comparison.candidates if not each.run.is_ceiling]
    figure = headline_figure(comparison, rivals[0]) if len(rivals) == 1 else None
    return () if figure is None else (figure,)


def _title(comparison: ComparisonReport) -> str:
    """The candidates against the baseline; a ceiling is against nobody."""
    runs = [against.run for against in comparison.candidates]
    rivals = ", ".join(run.name for run in runs if not run.is_ceiling)
    beside = ", ".join(run.name for run in runs if run.is_ceiling)
    title = f"{rivals} against {comparison.baseline.name}"
    if not rivals:
        return f"{comparison.baseline.name} below its ceiling {beside}"
    return f"{title}, below the ceiling {beside}" if beside else title


def _family(comparison: ComparisonReport) -> str:
    """What a q is corrected for."""
    whole = f"the {plural(comparison.tested, 'difference')} of whole prompt sets"
    if not comparison.tested_groups:
        return whole
    return f"{whole} and, apart from them, the {comparison.tested_groups:,} of groups"


def _run(run: ComparedRun, role: str) -> RunRow:
    drawn = share(run.drawn, run.planned)
    if run.is_ceiling:
        role = "baseline, a ceiling" if role == "baseline" else "ceiling"
    return RunRow(
        name=run.name,
        model=run.model,
        seed=str(run.seed),
        drawn=drawn,
        incomplete=not run.complete,
        role=role,
    )


def _changed(comparison: ComparisonReport, against: Against) -> Changed:
    named = {id(each) for each in headline_rows(comparison, against)}
    found = [each for each in changes(comparison, against.rows) if id(each) not in named]
    said = sentences(comparison, against)
    return Changed(
        run=against.run.name,
        findings=() if against.run.is_ceiling else said,
        counts=_counts(said),
        rows=tuple(row(comparison, against.run.name, each) for each in found[:FIRST]),
        more=max(0, len(found) - FIRST),
        flips=in_a_line(against),
        shown=bool(against.flips),
        is_ceiling=against.run.is_ceiling,
    )


def _counts(said: tuple[Sentenced, ...]) -> str:
    """How many headlines are worse, better, different and not told apart, in a sentence."""
    marks = [each.row.mark for each in said]
    words = (("worse", "worse"), ("better", "better"), ("differs", "different"))
    parts = [(marks.count(mark), word) for mark, word in words]
    parts = [*((n, word) for n, word in parts if n), (marks.count(""), "not told apart")]
    listed = [f"{n} {'is' if n == 1 else 'are'} {word}" for n, word in parts if n]
    if not listed:
        return ""
    joined = " and ".join(filter(None, [", ".join(listed[:-1]), listed[-1]]))
    return f"Of {plural(len(marks), 'headline')} {joined}."


def _section(comparison: ComparisonReport, prompt_set: str, anchor: str) -> ComparisonSection:
    found = [
        (against.run.name, contrasted)
        for against in comparison.candidates
        for contrasted in against.rows
        if contrasted.difference.prompt_set == prompt_set
    ]
    # The same measure and group of every candidate, one below the other.
    order = {key: n for n, key in enumerate(dict.fromkeys(_same(each) for _, each in found))}
    found.sort(key=lambda item: order[_same(item[1])])
    scorers = {scorer_of(each.difference.measure) for _, each in found}

    def rows(*, whole: bool) -> tuple[DifferenceRow, ...]:
        chosen = [(run, each) for run, each in found if is_overall(each.difference) is whole]
        return tuple(row(comparison, run, each) for run, each in chosen)

    def concerns(reason: Unlike) -> bool:
        is_general = not (reason.prompt_set or reason.scorer)
        return is_general or reason.prompt_set == prompt_set or reason.scorer in scorers

    return ComparisonSection(
        anchor=anchor,
        name=prompt_set,
        unlike=_unlike(comparison, concerns),
        boards=tuple(
            board_words(comparison, b) for b in comparison.boards if b.prompt_set == prompt_set
        ),
        overall=rows(whole=True),
        grouped=rows(whole=False),
        figures=tuple(figures(comparison, prompt_set, anchor)),
        people=tuple(by_group(comparison, prompt_set, anchor)),
        lost=tuple(lost(comparison, prompt_set)),
    )


def _same(contrasted: Contrasted) -> tuple[str, Group]:
    return contrasted.difference.measure, as_key(contrasted.difference.group)


def _unlike(
    comparison: ComparisonReport, concerns: Callable[[Unlike], bool] = lambda reason: True
) -> tuple[str, ...]:
    reasons = (reason for against in comparison.candidates for reason in against.unlike)
    return tuple(dict.fromkeys(reason.reason for reason in reasons if concerns(reason)))


def _methods(comparison: ComparisonReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How each measure's differences were made, whole sets only."""
    used: dict[str, dict[str, None]] = {}
    for against in comparison.candidates:
        for difference in (contrasted.difference for contrasted in against.rows):
            if is_overall(difference):
                used.setdefault(difference.method, {})[difference.measure] = None
    return tuple((method, tuple(names)) for method, names in used.items())
