"""Which picture people would choose for a prompt: PickScore, a CLIP tuned on their choices.

What it sees: one vector for the picture and one for the prompt, from a CLIP that was tuned on half
a million choices between two pictures of one prompt.
Why: it follows people's choices more closely than CLIPScore does, and is what many papers report.
How it errs: it likes what the visitors of one web site liked in 2023: polish, contrast, faces;
counts, sides and negation it reads no better than CLIP.
What it cannot show: whether the picture is right; and never compare it across prompts or models of
preference: only differences on the same prompts mean something.
Source: Kirstain et al. 2023, arXiv 2305.01569: the model's scale times the cosine.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.clip import BATCH, Clip
from evalsuite.encoders.hub_clip import load as load_clip
from evalsuite.encoders.weights import needed
from evalsuite.files.hub import Repository
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.records import Case, Json, Judgement, Measure, Prompt

CITE = r"""
@inproceedings{kirstain2023pickapic,
  author = {Kirstain, Yuval and Polyak, Adam and Singer, Uriel and Matiana, Shahbuland and Penna,
    Joe and Levy, Omer},
  title = {{Pick-a-Pic}: An Open Dataset of User Preferences for Text-to-Image Generation},
  booktitle = {NeurIPS},
  year = {2023},
  eprint = {2305.01569},
  archiveprefix = {arXiv},
}
"""

MODEL = "yuvalkirstain/PickScore_v1"
PROCESSOR = "laion/CLIP-ViT-H-14-laion2B-s32B-b79K"
"""PickScore's own repository has weights alone; its authors name this processor."""


MEASURES: tuple[Measure, ...] = (
    Measure(
        name="preference.score",
        title="PickScore",
        kind="mean",
        unit="scale * cosine",
        by=BY_ASKED,
        ranks_images=True,
        cannot_show=(
            "Whether the picture is right, only whether it would be chosen. Only comparable on "
            "the same prompts with the same model."
        ),
    ),
)


def load(
    *, model: str = MODEL, processor: str | None = None, device: str = "auto"
) -> "PreferenceScorer":
    """Load the scorer; another model's processor is looked for beside its weights."""
    if model == MODEL and processor is None:
        processor = PROCESSOR
    return PreferenceScorer(load_clip(model, processor, device))


def needs(*, model: str = MODEL, processor: str | None = None) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    if model == MODEL and processor is None:
        processor = PROCESSOR
    beside = [] if processor is None else needed("processor", processor, weights=())
    return needed("CLIP model", model) + beside


class PreferenceScorer:
    """Field: `score`."""

    name = "preference"
    batch_size = BATCH

    def __init__(self, clip: Clip) -> None:
        self._clip, self.preprocess = clip, clip.preprocess

    def describe(self) -> Mapping[str, Json]:
        """The model, and how its score is made."""
        return {**self._clip.describe(), "score": "scale * cosine", "scale": self._clip.scale}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that the text encoder would cut."""
        return self._clip.problems(prompts)

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case."""
        vectors = self._clip.images([case.picture for case in cases]).astype(float)
        texts = self._clip.texts([case.prompt.text for case in cases]).astype(float)
        scores = self._clip.scale * (vectors * texts).sum(axis=1)
        return [
            Judgement(scorer=self.name, key=case.key, values={"score": round(float(score), 4)})
            for case, score in zip(cases, scores, strict=True)
        ]
