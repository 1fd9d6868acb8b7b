"""CLIPScore, zero-shot choice against hard negatives, and which style or region a picture shows.

What it sees: one vector for the picture and one for each text, from any CLIP of open_clip.
Why: CLIPScore is the field's usual number for how well a picture fits its text; the choice asks
whether the model saw the number, the side or the "no" at all.
How it errs: CLIP hardly reads counts (31.7 % on CountBench, arXiv 2302.12066), negation (6.8 % of
four-way choices on NegBench-COCO) or relations (What'sUp, arXiv 2310.19785). A low share right may
be the scorer's blindness and not the model's: hold it against the scorer's audit. What a region
looks like to CLIP is what its captions said, mostly tourists' and picture agencies'.
What it cannot show: where anything or anybody is from; a region is only what a picture suggests.
Source: Hessel et al. 2021, arXiv 2104.08718. `score` is 100 times the cosine, as torchmetrics and
HEIM print it; `hessel` is theirs, 2.5 * max(cosine, 0). Choices as in arXiv 2103.00020, sec. 3.1.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.clip import BATCH, Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.prompts.hard_negatives import (
    other_attributes,
    other_counts,
    other_relations,
    swapped_attributes,
)
from evalsuite.records import Case, Json, Judgement, Prompt, Value
from evalsuite.scorers import _clip_probes as probes

DEFAULTS = {"scenes": ("scenes-clip", None), "everyday": ("ViT-L-14-quickgelu", "openai")}
"""Model and pretrained tag for each dialect; the second is the one that GenEval uses."""

HESSEL = 2.5
"""Hessel et al.'s scale, which spreads the cosines of ViT-B/32 over most of 0 to 1."""
CERTAINTY = 0.5
"""Below this probability no region is named: among seventeen, half is far more than any other."""

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
    """Fields: `score`, `hessel`, `choice` among hard negatives, `binding` against exchanged looks.

    Where the prompt asks for a style, `style`: whether that one is chosen among all. Where it names
    a region, `region_asked` likewise; where it could, `region`: the one that the picture suggests.
    """

    name = "clip"
    batch_size = BATCH

    def __init__(self, clip: Clip) -> None:
        self._clip = clip

    def describe(self) -> Mapping[str, Json]:
        """The CLIP model, the scales of the scores, and all styles and regions."""
        return {
            **self._clip.describe(),
            "score": "100 * cosine",
            "hessel": f"{HESSEL} * max(cosine, 0)",
            "styles": list(probes.STYLES),
            "regions": list(probes.REGIONS),
            "certainty": CERTAINTY,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that the text encoder would cut, or whose probes it would."""
        limit = self._clip.max_tokens
        return [
            f"prompt {prompt.id}: {tokens} tokens, and {self._clip.name} reads {limit}; shorten it"
            for prompt in prompts
            if (tokens := max(map(self._clip.tokens, _own_texts(prompt)))) > limit
        ]

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement a case; each picture and each distinct text is encoded once."""
        vectors = self._clip.images([case.picture for case in cases])
        self._clip.texts([text for case in cases for text in _texts(case.prompt, case.twin)])
        texts = self._clip.texts([case.prompt.text for case in cases])
        cosines = (vectors.astype(float) * texts.astype(float)).sum(axis=1)
        return [
            self._judge(case, float(cosine)) for case, cosine in zip(cases, cosines, strict=True)
        ]

    def _judge(self, case: Case, cosine: float) -> Judgement:
        kind, others = negatives(case.prompt, case.twin)
        values: dict[str, Value] = {
            "score": round(100 * cosine, 4),
            "hessel": round(HESSEL * max(cosine, 0.0), 6),
            "choice": None,
            "binding": None,
        }
        evidence: dict[str, Json] = {}
        reasons: dict[str, str] = {}
        if others:
            evidence = self._choose(case, [case.prompt.text, *others])
            values["choice"] = float(evidence["chosen"] == case.prompt.text)
            evidence["kind"] = kind
        else:
            reasons["choice"] = NO_NEGATIVES
        swapped = swapped_attributes(case.prompt)
        if swapped:
            evidence["binding"] = self._choose(case, [case.prompt.text, *swapped])
            values["binding"] = float(evidence["binding"]["chosen"] == case.prompt.text)
        else:
            reasons["binding"] = NO_NEGATIVES
        self._probe(case, values, reasons, evidence)
        return Judgement(self.name, case.key, values, reasons, evidence)

    def _probe(
        self, case: Case, values: dict[str, Value], reasons: dict[str, str], said: dict[str, Json]
    ) -> None:
        """Add what style and which region the picture shows, where the prompt raises the question.

        Fields that do not apply are left out.
        """
        if styles := probes.styles(case.prompt):
            asked = styles[case.prompt.groups["style"]]
            said["style"] = self._choose(case, [asked, *(t for t in styles.values() if t != asked)])
            values["style"] = float(said["style"]["chosen"] == asked)
        regions = probes.regions(case.prompt)
        if not regions:
            return
        named = case.prompt.groups["region"]
        if named != probes.NONE:
            asked = regions[named]
            others = [text for text in regions.values() if text != asked]
            said["region_asked"] = self._choose(case, [asked, *others])
            values["region_asked"] = float(said["region_asked"]["chosen"] == asked)
            return
        said["region"] = self._choose(case, list(regions.values()))
        place = {text: region for region, text in regions.items()}[said["region"]["chosen"]]
        sure = max(said["region"]["probabilities"]) >= CERTAINTY and place != probes.NONE
        values["region"] = place if sure else None
        if not sure:
            reasons["region"] = "unknown: the picture suggests no one region"

    def _choose(self, case: Case, options: Sequence[str]) -> dict[str, Json]:
        """The options, what is asked for first, with the probability of each."""
        shares = self._clip.probabilities(case.picture, options)
        # A tie goes to the last: equal belief is no evidence for what is asked.
        best = len(options) - 1 - int(shares[::-1].argmax())
        return {
            "options": list(options),
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
    return "attribute", other_attributes(prompt)


def _texts(prompt: Prompt, twin: Prompt | None) -> list[str]:
    """Every text that a picture of the prompt is compared with."""
    return [*_own_texts(prompt), *negatives(prompt, twin)[1], *swapped_attributes(prompt)]


def _own_texts(prompt: Prompt) -> list[str]:
    return [prompt.text, *probes.styles(prompt).values(), *probes.regions(prompt).values()]
