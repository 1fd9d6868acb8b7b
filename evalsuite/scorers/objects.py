"""Counts, presence, absence, relation and looks, from an open-vocabulary detector's boxes.

What it sees: for every class that a prompt names, the boxes above the detector's threshold.
Colour, material and size are words that CLIP chooses on a box's crop; a detector that was trained
on colours chooses them itself. Why: a count or a side is a fact about boxes, not about likeness.
How it errs: it misses small, crowded or drawn things, and names what is not there; both look like
the model's fault. The threshold decides which: read every figure beside the scorer's audit.
Source: `relation` after the text of GenEval's paper (Ghosh et al. 2023, arXiv 2310.11513; its code
is stricter, see the scorer geneval), VISOR's fields after Gokhale et al. (arXiv 2212.10015).
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.clip import needed as clip_needed
from evalsuite.encoders.detector import BATCH, Detection, Finder
from evalsuite.encoders.grounding import load as load_detector
from evalsuite.encoders.weights import needed
from evalsuite.files.hub import Repository
from evalsuite.prompts.references import GENEVAL
from evalsuite.records import Box, Case, InputError, Json, Judgement, Prompt
from evalsuite.scorers._objects_looks import LOOKS, palette, with_looks
from evalsuite.scorers._objects_measures import MEASURES
from evalsuite.scorers._objects_verdict import DIRECTION, MARGIN, RULES, negated, verdicts
from evalsuite.vocabulary.relations import NEAR

CITE = (
    GENEVAL
    + r"""
@misc{gokhale2022visor,
  author = {Gokhale, Tejas and Palangi, Hamid and Nushi, Besmira and Vineet, Vibhav and Horvitz,
    Eric and Kamar, Ece and Baral, Chitta and Yang, Yezhou},
  title = {Benchmarking Spatial Relationships in Text-to-Image Generation},
  year = {2022},
  eprint = {2212.10015},
  archiveprefix = {arXiv},
}
"""
)

__all__ = ["MEASURES", "ObjectsScorer", "load"]

DEFAULTS = {"scenes": "scenes-owl", "everyday": "google/owlv2-base-patch16-ensemble"}
LOOKS_BY = {"scenes": "detector", "everyday": "ViT-L-14-quickgelu"}
"""What judges how a box looks: the detector itself, or the CLIP of that name."""
PRETRAINED = {"ViT-L-14-quickgelu": "openai"}


def load(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    clip: str | None = None,
    pretrained: str | None = None,
    device: str = "auto",
    precision: str = "auto",
    threshold: float | None = None,
    overlap: float | None = None,
) -> "ObjectsScorer":
    """Load the scorer; without a `model`, the dialect's own.

    `model` is any OWL-ViT, OWLv2 or Grounding DINO ("IDEA-Research/grounding-dino-tiny"). `clip`
    is the CLIP that judges how a box looks, or "detector" to have the detector name its colour.
    Boxes score at least `threshold`, and of two boxes of one class that overlap by more than
    `overlap` (IoU) the weaker is dropped; both are the detector's own unless given.
    """
    detector = load_detector(model or DEFAULTS[dialect], device, precision, threshold, overlap)
    looks = clip or LOOKS_BY[dialect]
    if looks == "detector":
        if not detector.names_colors:
            raise InputError(
                f"scorer objects: {detector.name} cannot say colours; name a CLIP model with "
                "--scorer-arg objects.clip=..."
            )
        return ObjectsScorer(detector)
    tag = pretrained or (PRETRAINED.get(looks) if clip is None else None)
    return ObjectsScorer(detector, load_clip(looks, tag, device))


def needs(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    clip: str | None = None,
    pretrained: str | None = None,
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    detector, looks = needed("detector", model or DEFAULTS[dialect]), clip or LOOKS_BY[dialect]
    tag = pretrained or (PRETRAINED.get(looks) if clip is None else None)
    return detector + ([] if looks == "detector" else clip_needed(looks, tag))


class ObjectsScorer:
    """Fields: `correct present count drawn absent excluded_drawn relation color material size`.

    For two things in a relation also VISOR's: `both visor visor_cond`.
    """

    name = "objects"
    batch_size = BATCH

    def __init__(self, detector: Finder, clip: Clip | None = None) -> None:
        self._detector, self._clip = detector, clip

    def describe(self) -> Mapping[str, Json]:
        """The detector, what judges how boxes look, and the rules' version and numbers."""
        looks = dict(self._clip.describe()) if self._clip else "detector"
        rule: dict[str, Json] = {"margin": MARGIN, "direction": DIRECTION, "rules": RULES}
        return {**self._detector.describe(), "looks": looks, **rule}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: what boxes in a plane cannot decide, a judgement abstains from."""
        return []

    def preprocess(self, case: Case) -> None:
        """Decode the picture where the detector does not know it yet; in any thread."""
        if not self._is_known(case):
            _ = case.picture.pixels

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; each picture goes through the vision tower once."""
        unknown = [case for case in cases if not self._is_known(case)]
        self._detector.look([case.picture for case in unknown])
        return [self._judge(case) for case in cases]

    def _is_known(self, case: Case) -> bool:
        """Whether its boxes are kept with its picture: no vision tower is needed then."""
        names, colored = self._asked(case)
        return self._detector.knows(case.picture, names, colored=colored)

    def _asked(self, case: Case) -> tuple[list[str], bool]:
        """The names that the detector is asked for, and whether it is asked for colours too."""
        prompt = case.prompt
        names = list(dict.fromkeys(c.name for c in (*prompt.include, *prompt.exclude)))
        if "absent" in prompt.groups:
            names += [name for name in negated(prompt, case.twin) if name not in names]
        return names, self._clip is None and bool(palette(prompt, "color"))

    def _judge(self, case: Case) -> Judgement:
        prompt = case.prompt
        if not prompt.include and not prompt.exclude:
            return Judgement(scorer=self.name, key=case.key, not_applicable=("correct",))
        palettes = {kind: palette(prompt, kind) for kind in LOOKS if palette(prompt, kind)}
        names, colored = self._asked(case)
        boxes: dict[str, list[Detection]] = {name: [] for name in names}
        for detection in self._detector.detect(case.picture, names, colored=colored):
            boxes[detection.name].append(detection)
        known_looks = LOOKS if self._clip is not None else LOOKS[:1]
        if self._clip is not None and palettes:
            boxes = with_looks(self._clip, case.picture, prompt, boxes, palettes)
        # A picture whose features are cached is decoded only for what its size decides.
        size = case.picture.pixels.shape[:2] if _asks_for_near(prompt) else None
        values, reasons, verdict = verdicts(prompt, boxes, known_looks, case.twin, size)
        return Judgement(
            scorer=self.name,
            key=case.key,
            values=values,
            reasons=reasons,
            boxes=tuple(_box(detection) for of in boxes.values() for detection in of),
            summary=verdict,
        )


def _asks_for_near(prompt: Prompt) -> bool:
    return any(clause.position and clause.position[0] in NEAR for clause in prompt.include)


def _box(detection: Detection) -> Box:
    looks = {kind: look for kind in LOOKS if (look := getattr(detection, kind))}
    return Box(detection.name, detection.box, detection.score, looks)
