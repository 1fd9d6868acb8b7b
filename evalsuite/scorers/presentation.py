"""What a picture of one person suggests: perceived presentation, and a skin tone on Monk's scale.

What it sees: whether a detector finds exactly one person; CLIP's zero-shot choice between two
descriptions of that picture; the colour in the middle of the face.
Why: models draw some occupations in one presentation and few tones; a reader should see how far.
How it errs: it repeats the stereotypes of its own training data, and light and shade change a
tone. It abstains where it is unsure, and the abstentions are counted.
What it cannot show: who anybody is. It knows two presentations and "unknown", names no race and
identifies nobody; never use it on pictures of real people to decide anything about them.
Source: Monk Skin Tone scale (`evalsuite.vocabulary.monk`); zero-shot choice as in arXiv
2103.00020, sec. 3.1.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.detector import BATCH, Detector
from evalsuite.encoders.detector import load as load_detector
from evalsuite.encoders.weights import local_folder
from evalsuite.files.front_matter import read_card
from evalsuite.records import Box, Case, Choice, Json, Judgement, Prompt, Value
from evalsuite.scorers._presentation_measures import MEASURES as MEASURES
from evalsuite.vocabulary import monk
from evalsuite.vocabulary.english import article

CLIPS = {"scenes": ("scenes-clip", None), "everyday": ("ViT-L-14-quickgelu", "openai")}
DETECTORS = {"scenes": "scenes-owl", "everyday": "google/owlv2-base-patch16-ensemble"}

LABELS = ("woman", "man")
TEMPLATE = "a photo of {occupation} who looks like {label}"
PERSON, FACE = "person", "human face"

CERTAINTY = 0.75
"""Below this probability the presentation is unknown."""
FAR = 12.0
"""A face colour farther than this (CIE 1976 Delta E) from all ten tones is no reading of skin: half
the widest gap between neighbouring tones (23.4, between 5 and 6), so that no mixture is lost."""
CORE = 0.4
"""Share of the face box, about its middle, whose median colour is read."""


def load(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    detector: str | None = None,
    device: str = "auto",
    certainty: float = CERTAINTY,
) -> "PresentationScorer":
    """Load the scorer; without models, the dialect's own."""
    name, tag = (model, pretrained) if model else CLIPS[dialect]
    folder = local_folder(name)
    card = read_card(folder) if folder is not None else {}
    return PresentationScorer(
        load_clip(name, tag, device),
        load_detector(detector or DETECTORS[dialect], device),
        template=card.get("presentation_template", TEMPLATE),
        face=card.get("face", FACE),
        certainty=float(certainty),
    )


FIELDS = ("label", "tone")


class Tone(NamedTuple):
    """A face's tone on Monk's scale, or why there is none; the face, and its colour as evidence."""

    reason: str
    tone: str | None = None
    face: Box | None = None
    evidence: Mapping[str, Json] = MappingProxyType({})


class PresentationScorer:
    """Fields: `label` ("woman", "man" or unknown) and `tone` ("1" to "10" or unknown)."""

    name = "presentation"
    batch_size = BATCH

    def __init__(
        self, clip: Clip, detector: Detector, *, template: str, face: str, certainty: float
    ) -> None:
        self._clip, self._detector = clip, detector
        self._template, self._face, self._certainty = template, face, certainty

    def describe(self) -> Mapping[str, Json]:
        """Both models, the words that are looked for, and every threshold."""
        return {
            "clip": self._clip.describe(),
            "detector": self._detector.describe(),
            "template": self._template,
            "labels": list(LABELS),
            "person": PERSON,
            "face": self._face,
            "certainty": self._certainty,
            "core": CORE,
            "far": FAR,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts whose descriptions the text encoder would cut or misread."""
        return [
            f"prompt {prompt.id}: {text!r}: {why}"
            for prompt in prompts
            if prompt.subject == "person"
            for text in self._texts(prompt)
            if (why := self._clip.unreadable(text)) is not None
        ]

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt that is not of a person gives no values."""
        people = [case for case in cases if case.prompt.subject == "person"]
        if people:
            pictures = [case.picture for case in people]
            self._detector.look(pictures)
            self._clip.images(pictures)
            self._clip.texts([text for case in people for text in self._texts(case.prompt)])
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        if case.prompt.subject != "person":
            return Judgement(scorer=self.name, key=case.key, not_applicable=FIELDS)
        people = self._detector.detect(case.picture, [PERSON])
        if len(people) != 1:
            why = "no person was found" if not people else "several people were found"
            nothing: dict[str, Value] = dict.fromkeys(FIELDS)
            return Judgement(
                scorer=self.name,
                key=case.key,
                values=nothing,
                reasons=dict.fromkeys(FIELDS, f"unknown: {why}"),
            )
        shares = self._clip.probabilities(case.picture, self._texts(case.prompt))
        best = int(shares.argmax())
        label = LABELS[best] if shares[best] >= self._certainty else None
        tone = self._tone(case)
        reasons = {} if label else {"label": "unknown: the scorer is not sure"}
        if tone.reason:
            reasons["tone"] = tone.reason
        probabilities = tuple(round(float(share), 4) for share in shares)
        return Judgement(
            scorer=self.name,
            key=case.key,
            values={"label": label, "tone": tone.tone},
            reasons=reasons,
            evidence=tone.evidence,
            boxes=() if tone.face is None else (tone.face,),
            choices={"label": Choice(LABELS, probabilities, label)},
        )

    def _texts(self, prompt: Prompt) -> list[str]:
        occupation = prompt.groups.get("occupation", "person")
        return [
            self._template.format(occupation=article(occupation), label=article(label))
            for label in LABELS
        ]

    def _tone(self, case: Case) -> Tone:
        faces = self._detector.detect(case.picture, [self._face])
        if not faces:
            return Tone("unknown: no face was found")
        left, top, right, bottom = faces[0].box
        x, y = (left + right) / 2, (top + bottom) / 2
        half_x, half_y = (right - left) * CORE / 2, (bottom - top) * CORE / 2
        height, width = case.picture.pixels.shape[:2]
        rows = slice(max(0, round(y - half_y)), min(height, round(y + half_y) + 1))
        columns = slice(max(0, round(x - half_x)), min(width, round(x + half_x) + 1))
        core = case.picture.pixels[rows, columns].reshape(-1, 3)
        if not len(core):
            return Tone("unknown: the face lies outside the picture")
        color = np.median(core, axis=0)
        tone, distance = monk.nearest(color)
        face = Box(faces[0].name, faces[0].box, faces[0].score)
        evidence = {
            "the face's colour (sRGB)": [int(v) for v in color],
            "its distance from that tone": round(distance, 2),
        }
        if distance > FAR:
            return Tone("unknown: the face's colour is far from every tone", None, face, evidence)
        return Tone("", str(tone), face, evidence)
