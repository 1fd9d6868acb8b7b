"""How a run stands after a stage, by its rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsuite.audits.record import Audited, Place
from evalsuite.pipeline.opened_run import Run
from evalsuite.pipeline.summarise import Summarised
from evalsuite.pipeline.work import Work
from evalsuite.records import Estimate, Measure
from evalsuite.report.notebook import Result, headline_table
from evalsuite.report.tables import Table
from evalsuite.runs.rows import RunRows, missing


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Result):
    """How a run stands: what was planned, how each image ended, and what is missing.

    `statuses` counts images by status; `failures` counts failed images and broken-down scorers,
    of those asked for, by reason; `endings` counts images that are not valid by status and reason.
    `estimates`, their `measures` by name, the `audit` of each and `report` are there after a
    report.
    `run` is the run opened for reading, its rows as they are now. `cost` is what its images cost
    at most, in dollars, those that were drawn again included; None where nothing says it. `logged`
    says of each tracker where it keeps the run.
    """

    run: Run
    folder: Path
    planned: int
    statuses: Mapping[str, int]
    missing_images: int
    missing_judgements: int
    failures: Mapping[str, int] = field(default_factory=dict)
    endings: Mapping[str, int] = field(default_factory=dict)
    estimates: Sequence[Estimate] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    audit: Mapping[Place, Audited] = field(default_factory=dict)
    report: Path | None = None
    cost: float | None = None
    logged: Sequence[str] = ()

    @property
    def complete(self) -> bool:
        """Whether every planned cell ended as something other than a failure, and some is valid."""
        lacking = self.missing_images or self.missing_judgements or self.failures
        return not lacking and bool(self.statuses.get("ok"))

    def line(self) -> str:
        """The folder, whether all is done, and how the images ended."""
        ended = ", ".join(f"{count} {status}" for status, count in self.statuses.items())
        lacking = f"{self.missing_images} images and {self.missing_judgements} judgements missing"
        failed = sum(self.failures.values())
        how = "complete" if self.complete else f"incomplete ({lacking}, {failed} failures)"
        return f"{self.folder}: {how}; {self.planned} images planned: {ended or 'none drawn'}"

    def tables(self) -> Sequence[Table]:
        """The headlines of each prompt set, after a report."""
        if not self.estimates:
            return []
        sets = self.run.work.prompt_sets
        return [headline_table(sets, self.estimates, self.measures, self.audit)]


def outcome_of(
    work: Work,
    rows: RunRows,
    *,
    judged: bool = True,
    found: Summarised | None = None,
    report: Path | None = None,
) -> Outcome:
    """How the run stands by the rows of its planned images."""
    scorers = rows.asked if judged else []
    lacking = missing(rows, work.requests, scorers)
    ended = Counter((sample.status, sample.reason) for sample in rows.samples.values())
    statuses, endings, failures = Counter[str](), Counter[str](), Counter[str]()
    for (status, reason), images in ended.items():
        statuses[status] += images
        if status != "ok":
            endings[f"{status}: {reason}"] += images
        if status == "failed":
            failures[f"drawing: {reason}"] += images
    failures += Counter(
        f"{name}: {rows.judged[name, key].judgement.failure}"
        for name, key in (rows.judged.failed() if judged else ())
        if name in scorers
    )
    return Outcome(
        run=Run(work, rows),
        folder=work.folder,
        planned=len(work.requests),
        statuses=statuses,
        missing_images=lacking.images,
        missing_judgements=lacking.judgements,
        failures=failures,
        endings=endings,
        estimates=found.estimates if found else (),
        measures=found.measures if found else {},
        audit=found.audit if found else {},
        report=report,
        cost=rows.cost,
    )
