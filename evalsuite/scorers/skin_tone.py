"""The skin tone that a person's face shows, on Monk's scale.

What it sees: the median colour, in linear light, in the middle of the face, and the tone of Monk's
ten that lies nearest to it. Where a prompt asks for several people, each of them.
Why: models draw few tones, and some occupations in one alone; a reader should see how far.
How it errs: light moves a tone, by up to four steps of the scale at one stop less; tones 1 to 4 are
hardly told apart in any but neutral light (`evalsuite.people.lighting` has how often). Where the
colour is far from every tone, or no face can be used, it abstains, and the abstentions are counted.
What it cannot show: who anybody is, or where anybody is from. It names no race; never use it on
pictures of real people to decide anything about them.
Source: Monk Skin Tone scale (`evalsuite.vocabulary.monk`); individual typology angle: Chardon,
Cretois and Hourseau 1991, Int. J. Cosmet. Sci. 13:191-208.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from evalsuite.encoders.detector import BATCH
from evalsuite.files.hub import Repository
from evalsuite.people import finding
from evalsuite.people.person import Person
from evalsuite.people.skin import CORE, FAR, GREY, read_skin
from evalsuite.records import Case, Json, Judgement, Prompt
from evalsuite.scorers._people import Read, is_asked, judged
from evalsuite.scorers._skin_tone_measures import MEASURES as MEASURES

CITE = r"""
@misc{monk2023scale,
  author = {Monk, Ellis P.},
  title = {The {Monk} Skin Tone Scale},
  doi = {10.31235/osf.io/pdf4c},
  year = {2023},
}
@article{chardon1991skin,
  author = {Chardon, A. and Cretois, I. and Hourseau, C.},
  title = {Skin Colour Typology and Suntanning Pathways},
  journal = {International Journal of Cosmetic Science},
  year = {1991},
  volume = {13},
  pages = {191--208},
}
"""

FIELDS = ("tone", "ita")


def load(
    *, dialect: str = "everyday", detector: str | None = None, device: str = "auto"
) -> "SkinToneScorer":
    """Load the scorer; without a detector, the dialect's own."""
    return SkinToneScorer(finding.load(detector or finding.DETECTORS[dialect], device))


def needs(*, dialect: str = "everyday", detector: str | None = None) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return finding.needed(detector or finding.DETECTORS[dialect])


class SkinToneScorer:
    """Fields: `tone` ("1" to "10" or unknown) and `ita`, the mean colour's angle in degrees.

    Of several people `people`, their tones from left to right, and `seen`.
    """

    name = "skin_tone"
    batch_size = BATCH

    def __init__(self, finder: finding.Finder) -> None:
        self._finder = finder

    def describe(self) -> Mapping[str, Json]:
        """The detector, the words that are looked for, and every threshold."""
        return {
            "detector": finding.describe(self._finder),
            "core": CORE,
            "far": FAR,
            "grey": GREY,
            "light": "median in linear light",
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: the prompt's words are not read."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt that is not of people gives no values."""
        self._finder.look([case.picture for case in cases if is_asked(case.prompt)])
        return [
            judged(self.name, FIELDS, case, self._finder, partial(self._read, case))
            for case in cases
        ]

    def _read(self, case: Case, person: Person) -> Read:
        if person.face is None:
            return Read(None, f"unknown: {person.why}")
        skin = read_skin(case.picture.pixels, person.face.box)
        evidence: dict[str, Json] = {}
        if skin.color is not None:
            evidence = {
                "the face's colour (sRGB)": list(skin.color),
                "its distance from the nearest tone": skin.distance,
            }
        return Read(
            None if skin.tone is None else str(skin.tone),
            f"unknown: {skin.why}" if skin.why else "",
            beside={"ita": skin.ita},
            evidence=evidence,
            box=person.face,
        )
