"""GenEval's verdict on a picture: number, colour and place of COCO things, by its published rules.

What it sees: Mask2Former's boxes and masks of the 80 COCO classes, and CLIP's choice of a colour on
each masked crop.
Why: it is the field's usual number for following a prompt, and comparable with published tables.
How it errs: it knows 80 classes, misses small, crowded or drawn things, and drifts on pictures
unlike photographs: up to 17.7 points from people's verdicts on recent models (arXiv 2512.16853).
The published code's rule for positions is stricter than the paper's text; the code is followed.
The checkpoints are the model authors' own, not mmdetection's re-training: figures from here come
close to published ones, and are not the same to the last prompt.
Source: Ghosh et al. 2023, arXiv 2310.11513, and its `evaluation/evaluate_images.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.clip import needed as clip_needed
from evalsuite.encoders.looks import choose, crop
from evalsuite.encoders.segmenter import LONGEST, SHORTEST, Segmenter
from evalsuite.encoders.segmenter import load as load_segmenter
from evalsuite.encoders.weights import needed
from evalsuite.files.hub import Repository
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.prompts.references import GENEVAL
from evalsuite.records import (
    Box,
    Case,
    InputError,
    Json,
    Judgement,
    Measure,
    Picture,
    Prompt,
)
from evalsuite.scorers._geneval_verdict import COLORS, PUBLISHED, Rules, select, verdict

CITE = GENEVAL

MODEL = "facebook/mask2former-swin-small-coco-instance"
CLIP, PRETRAINED = "ViT-L-14-quickgelu", "openai"
"""OpenAI's ViT-L/14; open_clip's plain "ViT-L-14" would give these weights the wrong activation."""
BATCH = 8
RELATIONS = ("left of", "right of", "above", "below")
TEMPLATES = (
    "a photo of a {{word}} {name}",
    "a photo of a {{word}}-colored {name}",
    "a photo of a {{word}} object",
)
"""The published texts of the colour classifier; `name` is the class's."""


TASKS = {
    "single_object": "single object",
    "two_object": "two objects",
    "counting": "counting",
    "colors": "colours",
    "position": "position",
    "color_attr": "colour attribution",
}
"""GenEval's six tasks, by tag (Ghosh et al. 2023, arXiv 2310.11513, table 1)."""

_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."
_PLACES = (
    " A place must be clearer than the paper's text says, as the published code has it: two boxes "
    "of 100 pixels side by side must be over 40 pixels apart, centre to centre."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="geneval.score",
        title="GenEval: mean of the tasks",
        kind="mean of tags",
        field="correct",
        applies=(f"tag:{'|'.join(TASKS)}", "expects"),
        by=(),
        prominence=90,
        cannot_show=_DETECTOR + " The tasks that a set lacks are not in the mean.",
    ),
    Measure(
        name="geneval.correct",
        title="GenEval: images right",
        applies=("expects",),
        by=BY_ASKED,
        cannot_show=_DETECTOR + " Nothing about style, realism or beauty.",
    ),
    Measure(
        name="geneval.any",
        title="GenEval: prompts with any image right",
        kind="prompts",
        field="correct",
        applies=("expects",),
        by=(),
        cannot_show=(
            "It rises with the number of images per prompt; published figures have four. Prompts "
            "with a missing image are left out."
        ),
    ),
    *(
        Measure(
            name=f"geneval.{tag}",
            title=f"GenEval: {title}",
            field="correct",
            applies=(f"tag:{tag}", "expects"),
            by=(),
            cannot_show=_DETECTOR + (_PLACES if tag == "position" else ""),
        )
        for tag, title in TASKS.items()
    ),
)


class ClassBoxes(NamedTuple):
    """The selected boxes of one class, best first: (n, 5), their masks, and their colours."""

    boxes: NDArray[np.float32]
    masks: NDArray[np.bool_]
    colors: list[str]


def load(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    clip: str = CLIP,
    pretrained: str | None = None,
    device: str = "auto",
    precision: str = "auto",
    threshold: float = PUBLISHED.threshold,
    counting_threshold: float = PUBLISHED.counting_threshold,
    max_objects: int = PUBLISHED.max_objects,
    max_overlap: float = PUBLISHED.max_overlap,
    shortest: int = SHORTEST,
    longest: int = LONGEST,
) -> "GenEvalScorer":
    """Load the scorer; `model` is any Mask2Former and `clip` any CLIP, by hub id or folder.

    The thresholds are the published ones unless given. `shortest` and `longest` are the sides, in
    pixels, to which pictures are resized; `shortest` 0 leaves that to the checkpoint. Raises
    `InputError` for the bundled world, whose shapes no COCO model knows, unless a model is named.
    """
    if model is None and dialect != "everyday":
        raise InputError(
            "scorer geneval: its detector knows photographs of COCO classes, not the bundled "
            "world; leave it out, or name a model with --scorer-arg geneval.model=..."
        )
    rules = _checked(
        Rules(
            threshold=threshold,
            counting_threshold=counting_threshold,
            max_objects=max_objects,
            max_overlap=max_overlap,
        )
    )
    segmenter = load_segmenter(model or MODEL, device, precision, int(shortest), int(longest))
    tag = pretrained or (PRETRAINED if clip == CLIP else None)
    return GenEvalScorer(segmenter, load_clip(clip, tag, device), rules)


def needs(
    *, model: str | None = None, clip: str = CLIP, pretrained: str | None = None
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    tag = pretrained or (PRETRAINED if clip == CLIP else None)
    return needed("segmenter", model or MODEL) + clip_needed(clip, tag)


class GenEvalScorer:
    """One field: `correct`."""

    name = "geneval"
    batch_size = BATCH

    def __init__(self, segmenter: Segmenter, clip: Clip, rules: Rules = PUBLISHED) -> None:
        self._segmenter, self._clip, self._rules = segmenter, clip, rules

    def describe(self) -> Mapping[str, Json]:
        """Both models and every threshold, for the manifest."""
        return {
            **self._segmenter.describe(),
            "clip": dict(self._clip.describe()),
            "rules": asdict(self._rules),
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: a prompt that GenEval cannot judge is an abstention, with its reason."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; the colours of all cases' crops are asked for together."""
        classes_by_place = {
            place: self._look(case)
            for place, case in enumerate(cases)
            if not self._cannot(case.prompt)
        }
        self._color(cases, classes_by_place)
        return [self._judge(case, classes_by_place.get(place)) for place, case in enumerate(cases)]

    def _cannot(self, prompt: Prompt) -> str:
        """Why GenEval has no verdict on a prompt; empty if it has one."""
        clauses = (*prompt.include, *prompt.exclude)
        unknown = [c.name for c in clauses if self._segmenter.name_of(c.name) is None]
        if unknown:
            return f"a class that the detector does not know: {', '.join(dict.fromkeys(unknown))}"
        if any(c.material or c.size for c in clauses) or any(c.color for c in prompt.exclude):
            return "something that GenEval has no rule for: material, size or an excluded colour"
        if any(c.color and c.color not in COLORS for c in clauses):
            return "a colour outside GenEval's ten"
        places = [c.position[0] for c in clauses if c.position]
        odd = [place for place in places if place not in RELATIONS]
        return f"a relation that GenEval has no rule for: {odd[0]}" if odd else ""

    def _look(self, case: Case) -> dict[str, ClassBoxes]:
        least = self._rules.threshold_for(case.prompt.tag)
        segments = self._segmenter.segment(case.picture, least)
        by_name = {}
        for name in dict.fromkeys(c.name for c in (*case.prompt.include, *case.prompt.exclude)):
            boxes, masks = segments.of(self._segmenter.name_of(name) or name)
            rows = select(boxes, case.prompt.tag, self._rules)
            by_name[name] = ClassBoxes(boxes[rows], masks[rows], [])
        return by_name

    def _color(
        self, cases: Sequence[Case], classes_by_place: Mapping[int, Mapping[str, ClassBoxes]]
    ) -> None:
        """Fill in the colours of the boxes that the rules look at, and of no others."""
        crops: list[tuple[str, ClassBoxes, list[Picture]]] = []
        for place, classes in classes_by_place.items():
            prompt, whole = cases[place].prompt, cases[place].picture
            for name, found in classes.items():
                counts = [c.count for c in prompt.include if c.name == name and c.color]
                number = max((n for n in counts if n <= len(found.boxes)), default=0)
                parts = zip(found.boxes[:number], found.masks[:number], strict=True)
                cut = [crop(whole, box, mask) for box, mask in parts]
                crops += [(name, found, cut)] if cut else []
        if pictures := [picture for _, _, cut in crops for picture in cut]:
            self._clip.images(pictures)
        for name, found, cut in crops:
            templates = [template.format(name=name) for template in TEMPLATES]
            found.colors.extend(choose(self._clip, cut, COLORS, templates))

    def _judge(self, case: Case, classes: Mapping[str, ClassBoxes] | None) -> Judgement:
        prompt = case.prompt
        if not prompt.include and not prompt.exclude:
            return Judgement(scorer=self.name, key=case.key, not_applicable=("correct",))
        if classes is None:
            reason = self._cannot(prompt)
            return Judgement(
                scorer=self.name,
                key=case.key,
                values={"correct": None},
                reasons={"correct": reason},
            )
        boxes = {name: found.boxes for name, found in classes.items()}
        colors = {name: found.colors for name, found in classes.items()}
        answer = verdict(prompt.include, prompt.exclude, boxes, colors, self._rules)
        return Judgement(
            scorer=self.name,
            key=case.key,
            values={"correct": float(answer.correct)},
            boxes=tuple(box for name, found in classes.items() for box in _boxes(name, found)),
            summary="; ".join(answer.faults),
        )


def _boxes(name: str, found: ClassBoxes) -> list[Box]:
    """The boxes of one class; with a colour only where the prompt asks for one."""
    colors = [*found.colors, *[None] * (len(found.boxes) - len(found.colors))]
    return [
        Box(
            name=name,
            box=(float(left), float(top), float(right), float(bottom)),
            score=round(float(score), 4),
            looks={"color": color} if color else {},
        )
        for (left, top, right, bottom, score), color in zip(found.boxes, colors, strict=True)
    ]


def _checked(rules: Rules) -> Rules:
    shares = {
        "threshold": rules.threshold,
        "counting_threshold": rules.counting_threshold,
        "max_overlap": rules.max_overlap,
    }
    for name, value in shares.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise InputError(f"--scorer-arg geneval.{name}={value}: give a number from 0 to 1")
    if not isinstance(rules.max_objects, int) or rules.max_objects < 1:
        what = f"--scorer-arg geneval.max_objects={rules.max_objects}"
        raise InputError(f"{what}: give a whole number from 1 up")
    return rules
