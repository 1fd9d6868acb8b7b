"""The skin tone that a picture of one person shows, on Monk's scale.

What it sees: the median colour in the middle of the one person's face, and the tone of Monk's ten
that lies nearest to it.
Why: models draw few tones, and some occupations in one alone; a reader should see how far.
How it errs: light and shade change a tone, by up to four steps of the scale. Where the colour is
far from every tone, or no face is found, it abstains, and the abstentions are counted.
What it cannot show: who anybody is, or where anybody is from. It names no race; never use it on
pictures of real people to decide anything about them.
Source: Monk Skin Tone scale (`evalsuite.vocabulary.monk`); individual typology angle: Chardon,
Cretois and Hourseau 1991, Int. J. Cosmet. Sci. 13:191-208.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from evalsuite.encoders.detector import BATCH, Detector
from evalsuite.encoders.detector import load as load_detector
from evalsuite.encoders.weights import local_folder
from evalsuite.files.front_matter import read_card
from evalsuite.records import Box, Case, Json, Judgement, Prompt, Value
from evalsuite.scorers._skin_tone_measures import MEASURES as MEASURES
from evalsuite.vocabulary import monk

DETECTORS = {"scenes": "scenes-owl", "everyday": "google/owlv2-base-patch16-ensemble"}
PERSON, FACE = "person", "human face"

FAR = 12.0
"""A face colour farther than this (CIE 1976 Delta E) from all ten tones is no reading of skin: half
the widest gap between neighbouring tones (23.4, between 5 and 6), so that no mixture is lost."""
CORE = 0.4
"""Share of the face box, about its middle, whose median colour is read."""

FIELDS = ("tone", "ita")


def load(
    *, dialect: str = "everyday", detector: str | None = None, device: str = "auto"
) -> "SkinToneScorer":
    """Load the scorer; without a detector, the dialect's own."""
    name = detector or DETECTORS[dialect]
    folder = local_folder(name)
    card = read_card(folder) if folder is not None else {}
    return SkinToneScorer(load_detector(name, device), face=card.get("face", FACE))


class Tone(NamedTuple):
    """A face's tone on Monk's scale, or why there is none; the face, and its colour as evidence."""

    reason: str
    tone: str | None = None
    ita: float | None = None
    face: Box | None = None
    evidence: Mapping[str, Json] = MappingProxyType({})


class SkinToneScorer:
    """Fields: `tone` ("1" to "10" or unknown) and `ita`, the colour's angle in degrees."""

    name = "skin_tone"
    batch_size = BATCH

    def __init__(self, detector: Detector, *, face: str) -> None:
        self._detector, self._face = detector, face

    def describe(self) -> Mapping[str, Json]:
        """The detector, the words that are looked for, and every threshold."""
        return {
            "detector": self._detector.describe(),
            "person": PERSON,
            "face": self._face,
            "core": CORE,
            "far": FAR,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: the prompt's words are not read."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt that is not of a person gives no values."""
        self._detector.look([case.picture for case in cases if case.prompt.subject == "person"])
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        if case.prompt.subject != "person":
            return Judgement(scorer=self.name, key=case.key, not_applicable=FIELDS)
        seen = self._tone(case)
        values: dict[str, Value] = {"tone": seen.tone, "ita": seen.ita}
        return Judgement(
            scorer=self.name,
            key=case.key,
            values=values,
            reasons=dict.fromkeys(FIELDS, seen.reason) if seen.reason else {},
            evidence=seen.evidence,
            boxes=() if seen.face is None else (seen.face,),
        )

    def _tone(self, case: Case) -> Tone:
        people = self._detector.detect(case.picture, [PERSON])
        if len(people) != 1:
            found = "no person was found" if not people else "several people were found"
            return Tone(f"unknown: {found}")
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
            reason = "unknown: the face's colour is far from every tone"
            return Tone(reason, face=face, evidence=evidence)
        return Tone("", str(tone), round(monk.ita(color), 2), face, evidence)
