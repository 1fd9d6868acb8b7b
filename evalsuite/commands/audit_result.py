"""What `evalsuite.audit` returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.audits.record import Audited
from evalsuite.audits.run import AuditOutcome
from evalsuite.records import Json
from evalsuite.report.notebook import Result, group_words
from evalsuite.report.reliability import box_table, reliability_table
from evalsuite.report.tables import Table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Audit(Result):
    """What was found, in which folder it lies, and where the truth came from."""

    folder: Path
    outcome: AuditOutcome
    source: Mapping[str, Json]

    def to_pandas(self) -> "pd.DataFrame":
        """One row per scorer, field, kind of pictures and prompt, and group; shares are 0 to 1."""
        import pandas as pd

        return pd.DataFrame([_row(audited) for audited in self.outcome.audited])

    def line(self) -> str:
        """How much was asked, and where the card is."""
        count = f"{self.outcome.questions} questions about {self.outcome.images} images"
        failed = sum(self.outcome.failures.values())
        return f"{self.folder / 'audit.md'}: {count}" + (f", {failed} failures" if failed else "")

    def tables(self) -> Sequence[Table]:
        """How often each scorer was right, by kind of prompt."""
        boxes = box_table(self.outcome.boxes)
        return [reliability_table(self.outcome.audited), *[boxes] * bool(boxes.rows)]


def _row(audited: Audited) -> dict[str, Json]:
    names = ("scorer", "field", "kind", "tag", "form", "accuracy", "low", "high", "chance")
    counts = ("n", "images", "abstained", "verdict", "is_evidence")
    sensitivity, specificity = audited.sensitivity, audited.specificity
    return {
        **{name: getattr(audited, name) for name in names},
        "sensitivity": sensitivity.value if sensitivity else None,
        "specificity": specificity.value if specificity else None,
        **{name: getattr(audited, name) for name in counts},
        "group": group_words(audited.group),
    }
