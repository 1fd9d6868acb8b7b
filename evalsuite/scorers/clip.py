"""CLIPScore, and zero-shot choice between a prompt and its hard negatives.

What it sees: one vector for the picture and one for each text, from any CLIP of open_clip.
Why: CLIPScore is the field's usual number for how well a picture fits its text; the choice asks
whether the model saw the number, the side or the "no" at all.
How it errs: CLIP hardly reads counts (31.7 % on CountBench, arXiv 2302.12066), negation (6.8 % of
four-way choices on NegBench-COCO) or relations (What'sUp, arXiv 2310.19785). A low share right may
be the scorer's blindness and not the model's: hold it against the scorer's audit.
Source: Hessel et al. 2021, arXiv 2104.08718. `score` is 100 times the cosine, without their 2.5.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.clip import BATCH, Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.hard_negatives import other_counts, other_relations, swapped_colors
from evalsuite.records import Case, Json, Judgement, Prompt, Value

DEFAULTS = {"scenes": ("scenes-clip", None), "everyday": ("ViT-L-14-quickgelu", "openai")}
"""Model and pretrained tag for each dialect; the second is the one that GenEval uses."""

NO_NEGATIVES = "no hard negatives: nothing in this prompt to exchange"


def load(
    *,
    dialect: str = "everyday",
    model: str | None = None,
    pretrained: str | None = None,
    device: str = "auto",
) -> "ClipScorer":
    """Load the scorer; without a `model`, the dialect's own."""
    name, tag = (model, pretrained) if model else DEFAULTS[dialect]
    return ClipScorer(load_clip(name, tag, device))


class ClipScorer:
    """Fields: `score`, `choice` among hard negatives, `binding` against exchanged colours."""

    name = "clip"
    batch_size = BATCH

    def __init__(self, clip: Clip) -> None:
        self._clip = clip

    def describe(self) -> Mapping[str, Json]:
        """The CLIP model, and the scale of `score`."""
        return {**self._clip.describe(), "score": "100 * cosine"}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that the text encoder would cut."""
        limit = self._clip.max_tokens
        return [
            f"prompt {prompt.id}: {tokens} tokens, and {self._clip.name} reads {limit}; shorten it"
            for prompt in prompts
            if (tokens := self._clip.tokens(prompt.text)) > limit
        ]

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement a case; each picture and each distinct text is encoded once."""
        vectors = self._clip.images([case.picture for case in cases])
        texts = self._clip.texts([case.prompt.text for case in cases])
        cosines = (vectors.astype(float) * texts.astype(float)).sum(axis=1)
        return [
            self._judge(case, 100 * float(cosine))
            for case, cosine in zip(cases, cosines, strict=True)
        ]

    def _judge(self, case: Case, score: float) -> Judgement:
        kind, others = negatives(case.prompt, case.twin)
        values: dict[str, Value] = {"score": round(score, 4), "choice": None, "binding": None}
        evidence: dict[str, Json] = {}
        reasons: dict[str, str] = {}
        if others:
            evidence = self._choose(case, others)
            values["choice"] = float(evidence["chosen"] == case.prompt.text)
            evidence["kind"] = kind
        else:
            reasons["choice"] = NO_NEGATIVES
        swapped = swapped_colors(case.prompt)
        if swapped:
            chosen = self._choose(case, swapped)
            values["binding"] = float(chosen["chosen"] == case.prompt.text)
            evidence["binding"] = chosen
        else:
            reasons["binding"] = NO_NEGATIVES
        return Judgement(self.name, case.key, values, reasons, evidence)

    def _choose(self, case: Case, others: Sequence[str]) -> dict[str, Json]:
        """The prompt first, then its negatives, with the probability of each."""
        options = [case.prompt.text, *others]
        shares = self._clip.probabilities(case.picture, options)
        # A tie goes to the negative: equal belief is no evidence for the prompt.
        best = len(options) - 1 - int(shares[::-1].argmax())
        return {
            "options": options,
            "probabilities": [round(float(share), 4) for share in shares],
            "chosen": options[best],
        }


def negatives(prompt: Prompt, twin: Prompt | None) -> tuple[str, list[str]]:
    """What the prompt's tag puts to the test, and the sentences that get it wrong."""
    if prompt.tag == "counting":
        return "count", other_counts(prompt)
    if prompt.tag == "position":
        return "relation", other_relations(prompt)
    if prompt.tag == "negation" and twin is not None:
        return "negation", [twin.text]
    return "none", []
