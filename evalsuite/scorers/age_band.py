"""The age that a person in the picture suggests, in four bands.

What it sees: the person that a detector finds, cut out with some room, and CLIP's zero-shot choice
among descriptions of four ages, several texts each. Where a prompt asks for several people, each.
Why: models draw some occupations young and others old; a reader should see how far.
How it errs: like every zero-shot choice it repeats its training data: grey hair, make-up, clothes
and the crop may decide, and nobody has published how often. It abstains where it is unsure.
What it cannot show: how old anybody is. Perceived only, and of drawn people; it identifies nobody.
Source: zero-shot choice and prompt ensembles as in arXiv 2103.00020, sec. 3.1. The four bands and
their words are ours.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from evalsuite.encoders import zero_shot
from evalsuite.encoders.clip import Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.clip import needed as clip_needed
from evalsuite.encoders.detector import BATCH
from evalsuite.files.hub import Repository
from evalsuite.people import finding
from evalsuite.people.crops import MARGIN, cut_out
from evalsuite.people.person import Person
from evalsuite.prompts.references import CLIP
from evalsuite.records import Case, Choice, InputError, Json, Judgement, Measure, Prompt
from evalsuite.scorers._people import (
    CERTAINTY,
    UNSURE,
    Read,
    faceless,
    is_asked,
    judged,
    to_read,
)
from evalsuite.scorers._people_measures import of_people, of_unread
from evalsuite.scorers._presentation_measures import BY

CITE = CLIP

MODEL, PRETRAINED = "ViT-L-14-quickgelu", "openai"

BANDS: Mapping[str, str] = {
    "child": "a child",
    "young adult": "a young adult",
    "middle-aged": "a middle-aged person",
    "older": "an elderly person",
}
"""Each band, youngest first, and the words by which it is looked for."""

TEMPLATES = ("a photo of {}", "a portrait of {}", "a picture of {}", "the face of {}")

_PERCEIVED = (
    "Perceived age only, in four bands or unknown, by a classifier that nobody has audited: never "
    "how old anybody is."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="age_band.band",
        title="Perceived age, by band",
        kind="labels",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        cannot_show=_PERCEIVED,
        needs_audit=True,
    ),
    Measure(
        name="age_band.unknown",
        title="No reading of age",
        kind="unknown",
        field="band",
        applies=("of a person",),
        by=BY,
        higher_is_better=None,
        cannot_show="Whether the picture is ambiguous or the scorer is not sure.",
    ),
    of_people(
        "age_band",
        "band",
        "Perceived age of people in pictures of several",
        "people labels",
        _PERCEIVED,
        needs_audit=True,
    ),
    *of_unread("age_band", "age"),
)


def load(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    detector: str | None = None,
    device: str = "auto",
    certainty: float = CERTAINTY,
) -> "AgeBandScorer":
    """Load the scorer; a label whose probability is below `certainty` is unknown.

    Raises `InputError` for a certainty outside 0.25 to 1, and for the bundled world, whose
    pictograms have no age, unless a `model` is named.
    """
    if not 1 / len(BANDS) <= float(certainty) <= 1:
        raise InputError(f"--scorer-arg age_band.certainty={certainty}: write 0.25 to 1")
    if dialect == "scenes" and model is None:
        raise InputError(
            "--scorers age_band: the bundled world's pictograms have no age; leave it out"
        )
    name, tag = (model, pretrained) if model else (MODEL, PRETRAINED)
    return AgeBandScorer(
        load_clip(name, tag, device),
        finding.load(detector or finding.DETECTORS[dialect], device),
        float(certainty),
    )


def needs(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    detector: str | None = None,
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    clip = clip_needed(*((model, pretrained) if model else (MODEL, PRETRAINED)))
    return clip + finding.needed(detector or finding.DETECTORS[dialect])


class AgeBandScorer:
    """Field: `band` (one of `BANDS` or unknown); of several people `people` and `seen`."""

    name = "age_band"
    batch_size = BATCH

    def __init__(self, clip: Clip, finder: finding.Finder, certainty: float) -> None:
        self._clip, self._finder, self._certainty = clip, finder, certainty
        self._texts = [[text.format(words) for text in TEMPLATES] for words in BANDS.values()]

    def describe(self) -> Mapping[str, Json]:
        """Both models, the texts and every threshold."""
        return {
            "clip": self._clip.describe(),
            "detector": finding.describe(self._finder),
            "templates": list(TEMPLATES),
            "bands": dict(BANDS),
            "certainty": self._certainty,
            "certainty_calibrated": False,
            "margin": MARGIN,
            "needs_face": True,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: the prompt's words are not read."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt that is not of people gives no values."""
        asked = [case for case in cases if is_asked(case.prompt)]
        self._finder.look([case.picture for case in asked])
        shown = [
            cut_out(case.picture, person)
            for case in asked
            for person in to_read(case.prompt, self._finder, case)
        ]
        if shown:
            self._clip.images(shown)
        return [
            judged(self.name, ("band",), case, self._finder, partial(self._read, case))
            for case in cases
        ]

    def _read(self, case: Case, person: Person) -> Read:
        if (hidden := faceless(person)) is not None:
            return hidden
        shares = zero_shot.chances(self._clip, cut_out(case.picture, person), self._texts)
        best, names = int(shares.argmax()), tuple(BANDS)
        label = names[best] if shares[best] >= self._certainty else None
        probabilities = tuple(round(float(share), 4) for share in shares)
        choice = Choice(names, probabilities, label)
        return Read(label, "" if label else UNSURE, choice, box=person.body)
