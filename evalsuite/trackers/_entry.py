"""What a tracker is told of a run: what its folder says, without a path or a secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsuite.files.redact import redact
from evalsuite.records import Json
from evalsuite.report import Report
from evalsuite.report.exports.numbers import record
from evalsuite.report.tables import is_overall

PARTS = ("value", "low", "high", "n", "missing")
"""What is logged of an estimate as a number each; what was not measured is left out, never 0."""

FILES = ("report/index.html", "report/report.md", "estimates.json")
"""What is handed over as files: the page is whole without what lies beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run, as a tracker keeps it.

    `configuration` holds the settings that can change a result, `manifest` all that the run was
    made with; neither has a path, a name of the machine or a secret. `numbers` are those of whole
    prompt sets, named "<set>/<measure>/<part>" with `PARTS`, and how the images ended; `rows` are
    all estimates, a map each. `files` are what to keep as a file, by its name in the run's folder.
    """

    name: str
    version: str
    configuration: Mapping[str, Json]
    manifest: Mapping[str, Json]
    numbers: Mapping[str, float]
    rows: Sequence[Mapping[str, Json]]
    files: Mapping[str, Path]

    def settings(self) -> dict[str, Json]:
        """The configuration without what nobody set, options of options by dotted names."""
        return dict(_flat(self.configuration, ""))


def entry(report: Report, folder: Path, endings: Mapping[str, int]) -> Entry:
    """The run in `folder` as its report has it; `endings` counts images by a word for each."""
    manifest = redact(report.manifest)
    rows = [record(report, estimate) for estimate in report.estimates]
    numbers: dict[str, float] = {f"images/{word}": float(n) for word, n in endings.items()}
    for estimate, row in zip(report.estimates, rows, strict=True):
        if is_overall(estimate.group):
            words = [estimate.prompt_set, estimate.measure, *estimate.group.values()]
            place = "/".join(map(_word, words))
            parts = {part: row[part] for part in PARTS if row[part] is not None}
            numbers |= {f"{place}/{part}": float(number) for part, number in parts.items()}
    return Entry(
        name=redact(folder.resolve().name),
        version=str((manifest.get("packages") or {}).get("evalsuite", "")),
        configuration=manifest["configuration"],
        manifest=manifest,
        numbers=numbers,
        rows=rows,
        files={name: folder / name for name in FILES if (folder / name).is_file()},
    )


def _word(text: str) -> str:
    """A part of a number's name: letters, digits and what every tracker takes between them."""
    return re.sub(r"[^\w.\- ]+", "-", text).strip(". ") or "-"


def _flat(values: Mapping[str, Json], above: str) -> list[tuple[str, Json]]:
    found: list[tuple[str, Json]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{above}{name}.")
        elif value is not None:
            found.append(
                (above + name, ",".join(map(str, value)) if isinstance(value, list) else value)
            )
    return found
