"""What the page over many runs is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from evalsuite.records import Estimate, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run with a report. `folder` is its path below the page's, `created` an ISO date or "".

    `headlines` stand for its prompt sets; `measures` are by name. `note` says what the reader
    should know: images that are missing, or rows that are newer than the report. `part` says which
    prompts of its sets were asked, "" for all; `gate` is the word of the gate that last held it.
    """

    folder: str
    model: str
    created: str
    commit: str
    seed: str
    headlines: Sequence[Estimate]
    measures: Mapping[str, Measure]
    digests: Mapping[str, str]
    note: str = ""
    part: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison's folder, and the names of the compared runs."""

    folder: str
    baseline: str
    candidates: tuple[str, ...]

    @property
    def address(self) -> str:
        """Of its page, from the folder above."""
        return f"{quote(self.folder)}/compare/index.html"


@dataclass(frozen=True, slots=True)
class Untold:
    """A folder of which nothing can be shown, and why; `model` is "" where that is not known."""

    folder: str
    model: str
    reason: str
