"""Who is in a picture: looked for once, whoever asks, by one small interface to any detector."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, Protocol

from evalsuite.encoders.detector import Detector
from evalsuite.encoders.detector import load as load_detector
from evalsuite.encoders.nudenet import FACES, BodyReader
from evalsuite.encoders.nudenet import load as load_reader
from evalsuite.encoders.weights import local_folder
from evalsuite.encoders.weights import needed as weights_needed
from evalsuite.files.front_matter import read_card
from evalsuite.files.hub import Repository
from evalsuite.people.person import AROUND, INSIDE, Person, matched
from evalsuite.records import Box, Json, Picture

DETECTORS: Mapping[str, str] = {
    "scenes": "scenes-owl",
    "everyday": "google/owlv2-base-patch16-ensemble",
}
"""By dialect, the detector that is used unless another is named."""

NUDENET = "nudenet"
"""The name of NudeNet's detector of faces, which `pip install 'evalsuite[safety]'` brings."""

PERSON, FACE = "person", "human face"

LEAST_FACE = 24.0
"""Shorter side from which a face is read, in pixels, unless a detector's card says another
(`least_face`). Our own choice: below it the middle that is read is under ten pixels wide."""


class Found(NamedTuple):
    """The boxes of bodies and of faces in a picture, in pixels."""

    bodies: Sequence[Box]
    faces: Sequence[Box]


class Finder(Protocol):
    """What every detector of people offers.

    `key` names it with its weights, and `least_face` is the shorter side from which a face is
    read; `pictures_searched` counts the calls of `find`.
    """

    key: str
    least_face: float
    pictures_searched: int

    def describe(self) -> Mapping[str, Json]:
        """Model, weights and thresholds, for the manifest."""

    def look(self, pictures: Sequence[Picture]) -> None:
        """Encode the pictures, in batches, that were not yet."""

    def find(self, picture: Picture) -> Found:
        """All bodies and faces in one picture; none is empty."""


class WordFinder:
    """People and faces by an open-vocabulary detector, which is asked for the two words."""

    def __init__(self, detector: Detector, face: str, least_face: float) -> None:
        self._detector, self._face, self.least_face = detector, face, least_face
        self.key = f"{detector.key}-{PERSON}-{face}"
        self.pictures_searched = 0

    def describe(self) -> Mapping[str, Json]:
        """The detector and the words that are looked for."""
        return {**self._detector.describe(), "person": PERSON, "face": self._face}

    def look(self, pictures: Sequence[Picture]) -> None:
        """Put the pictures through the vision tower, in batches of one shape."""
        words = [PERSON, self._face]
        self._detector.look([each for each in pictures if not self._detector.knows(each, words)])

    def find(self, picture: Picture) -> Found:
        """The boxes for both words."""
        self.pictures_searched += 1
        bodies, faces = (
            [Box(each.name, each.box, each.score) for each in found]
            for found in (self._detector.detect(picture, [word]) for word in (PERSON, self._face))
        )
        return Found(bodies, faces)


class FaceFinder:
    """Faces by NudeNet's detector, which knows no whole bodies.

    Its two classes of faces are not told apart here: what they look like is another question.
    """

    def __init__(self, reader: BodyReader, least_face: float) -> None:
        self._reader, self.least_face = reader, least_face
        self.key = f"{reader.key}-faces"
        self.pictures_searched = 0

    def describe(self) -> Mapping[str, Json]:
        """The detector and its classes of faces."""
        return {**self._reader.describe(), "model": NUDENET, "faces": list(FACES)}

    def look(self, pictures: Sequence[Picture]) -> None:
        """Nothing: it reads pictures one by one."""

    def find(self, picture: Picture) -> Found:
        """The boxes of both classes of faces, and no bodies."""
        self.pictures_searched += 1
        boxes = self._reader.boxes(picture)
        return Found((), [Box("face", box.box, box.score) for box in boxes if box.name in FACES])


def load(name: str, device: str = "auto") -> Finder:
    """Load a finder once per process: NudeNet by its name, or any OWL-ViT or OWLv2.

    Raises as the detectors' own `load` do.
    """
    return _load(name, device)  # so that a device that is given and one that is not are one


def needed(name: str) -> list[Repository]:
    """The hub's repository that a finder is read from; NudeNet's weights are in its package."""
    return [] if name == NUDENET else weights_needed("detector", name)


@cache
def _load(name: str, device: str) -> Finder:
    if name == NUDENET:
        return FaceFinder(load_reader(), LEAST_FACE)
    detector, folder = load_detector(name, device), local_folder(name)
    card = read_card(folder) if folder is not None else {}
    return WordFinder(detector, card.get("face", FACE), float(card.get("least_face", LEAST_FACE)))


def describe(finder: Finder) -> dict[str, Json]:
    """The finder, and the rules by which its boxes become people, for a scorer's manifest."""
    rules = {"least_face": finder.least_face, "inside": INSIDE, "around": list(AROUND)}
    return {**finder.describe(), **rules}


def see(finder: Finder, picture: Picture) -> tuple[Person, ...]:
    """The people in a picture, from left to right; kept with it, so that it is searched once."""
    key = f"people-{finder.key}"
    if key not in picture.memo:
        found = finder.find(picture)
        picture.memo[key] = matched(found.bodies, found.faces, finder.least_face)
    people: tuple[Person, ...] = picture.memo[key]
    return people
