"""Perceived presentation by a classifier head that you trained: a group may bring its own.

What it sees: whether a detector finds exactly one person; then the picture's CLIP vector, by the
head that `evalsuite probe train` made of a labelled folder.
Why: the bundled instruments repeat their training data's stereotypes; a group that is drawn wrongly
can teach one from pictures that it labelled itself.
How it errs: as its training pictures and their labellers do; its card and audit say how often.
What it cannot show: who anybody is. It knows two presentations and "unknown"; never use it on
pictures of real people to decide anything about them.
Source: as `probe`.
"""

from collections.abc import Sequence

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.probe import UNKNOWN, Probe
from evalsuite.files.hub import Repository
from evalsuite.people import finding
from evalsuite.prompts.references import CLIP
from evalsuite.records import InputError, Json, Picture
from evalsuite.scorers._people import NOBODY, SEVERAL
from evalsuite.scorers._presentation_measures import measures
from evalsuite.scorers._probing import ProbeScorer, open_probe, probe_needed

CITE = CLIP

LABELS = {"woman", "man"}
PERSON = "person"

MEASURES = measures("presentation_probe", "by a trained probe", prominence=0)


def load(
    *,
    head: str,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    detector: str | None = None,
    device: str = "auto",
) -> "PresentationProbe":
    """Load the scorer; `head` is the folder of a probe with the labels woman and man.

    A third label may be "unknown". Raises `InputError` as `probe` does, and for other labels.
    """
    probe, clip = open_probe(head, model, pretrained, device)
    if set(probe.labels) - {UNKNOWN} != LABELS or probe.card["subject"] != PERSON:
        raise InputError(
            f"--scorers presentation_probe: the probe {probe.name} is not of a person's "
            "presentation, with the labels woman, man and perhaps unknown; use --scorers probe, "
            "or train it with --subject person"
        )
    return PresentationProbe(
        probe, clip, finding.load(detector or finding.DETECTORS[dialect], device)
    )


def needs(
    *,
    head: str,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    detector: str | None = None,
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    found = finding.needed(detector or finding.DETECTORS[dialect])
    return probe_needed(head, model, pretrained) + found


class PresentationProbe(ProbeScorer):
    """Field: `label` ("woman", "man" or unknown)."""

    name = "presentation_probe"

    def __init__(self, probe: Probe, clip: Clip, finder: finding.Finder) -> None:
        super().__init__(probe, clip)
        self._finder = finder

    def describe(self) -> dict[str, Json]:
        """The head and its CLIP, and the detector that finds the person."""
        return {**super().describe(), "detector": finding.describe(self._finder)}

    def look(self, pictures: Sequence[Picture]) -> None:
        """Find the people of several pictures at once."""
        self._finder.look(pictures)

    def unseen(self, picture: Picture) -> str:
        """Why there is nobody to read, or more than one."""
        people = finding.see(self._finder, picture)
        return "" if len(people) == 1 else SEVERAL if people else NOBODY
