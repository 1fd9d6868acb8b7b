"""What `compare` returns: the differences, and where the page is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.audits.record import Place
from evalsuite.comparison.tables import HEAD, difference_table, short_rows, standing_table
from evalsuite.records import Measure
from evalsuite.report.comparison import Against, Board
from evalsuite.report.notebook import Result
from evalsuite.report.tables import Table, cells

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Result):
    """The result: the baseline's name, every candidate, and where it was written.

    `tested` counts the differences with a p-value: of whole prompt sets, and of groups.
    `measures` are by name; `headlines` are the places of what stands for each prompt set, and
    `boards` rank three runs or more by them.
    `incomplete` names the runs of which a planned image or judgement is missing.
    """

    baseline: str
    candidates: Sequence[Against]
    tested: tuple[int, int]
    measures: Mapping[str, Measure]
    headlines: Sequence[Place]
    boards: Sequence[Board]
    incomplete: Sequence[str]
    folder: Path
    report: Path

    def to_pandas(self) -> "pd.DataFrame":
        """Every difference as a table (`tables.difference_table`)."""
        return difference_table(self.candidates, self.measures)

    def leaderboard(self) -> "pd.DataFrame":
        """Every run's places by every headline (`tables.standing_table`); empty for two runs."""
        return standing_table(self.boards)

    def line(self) -> str:
        """What was compared, and where the page is."""
        names = ", ".join(against.run.name for against in self.candidates)
        lacking = f"; incomplete: {', '.join(self.incomplete)}" if self.incomplete else ""
        return f"{names} against {self.baseline}: {self.report}{lacking}"

    def tables(self) -> Sequence[Table]:
        """One table per candidate and prompt set: the differences over the whole set."""
        found = []
        for against in self.candidates:
            for prompt_set in dict.fromkeys(row.difference.prompt_set for row in against.rows):
                rows = short_rows(against, prompt_set, self.measures)
                caption = f"{prompt_set}: {against.run.name} against {self.baseline}"
                found.append(Table(caption, cells(*HEAD), tuple(cells(*row) for row in rows)))
        return found
