"""CLIPScore, zero-shot choice against hard negatives, and which style or region a picture shows.

What it sees: one vector for the picture and one for each text, from any CLIP of open_clip.
Why: CLIPScore is the field's usual number for how well a picture fits its text; the choice asks
whether the model saw the number, the side or the "no" at all.
How it errs: CLIP hardly reads counts (31.7 % on CountBench, arXiv 2302.12066), negation (6.8 % of
four-way choices on NegBench-COCO) or relations (What'sUp, arXiv 2310.19785). A low share right may
be the scorer's blindness and not the model's: read it beside the scorer's audit. What a region
looks like to CLIP is what its captions said, mostly tourists' and picture agencies'.
What it cannot show: where anything or anybody is from; a region is only what a picture suggests.
Source: Hessel et al. 2021, arXiv 2104.08718. `score` is 100 times the cosine, as torchmetrics and
HEIM print it, of the run's own CLIP and the bare prompt. `hessel` is the authors' own definition
(github.com/jmhessel/clipscore, clipscore.py): 2.5 * max(cosine, 0), of OpenAI's ViT-B/32 alone,
with "A photo depicts " before the text. Choices as in arXiv 2103.00020, sec. 3.1.
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.clip import BATCH, Clip, Vectors
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.clip import needed as clip_needed
from evalsuite.files.hub import Repository
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.prompts.hard_negatives import (
    RULES,
    other_attributes,
    other_counts,
    other_relations,
    swapped_attributes,
)
from evalsuite.records import Case, Choice, Json, Judgement, Measure, Prompt, Value
from evalsuite.scorers import _clip_probes as probes
from evalsuite.scorers._clip_probes import CITE as CITE

DEFAULTS = {"scenes": ("scenes-clip", None), "everyday": ("ViT-L-14-quickgelu", "openai")}
"""Model and pretrained tag for each dialect; the second is the one that GenEval uses."""

HESSEL = 2.5
"""Hessel et al.'s scale, which spreads the cosines of ViT-B/32 over most of 0 to 1."""
HESSEL_CLIP = "ViT-B-32-quickgelu:openai"
"""The one CLIP that their definition is of. open_clip prepares pictures for it as their code does:
the shorter side to 224 pixels (bicubic), the middle cut out, OpenAI's mean and deviation."""
DEPICTS = "A photo depicts "
CERTAINTY = 0.5
"""Below this probability no region is named: among seventeen, half is far more than any other."""


_BLIND = "Whether the model or CLIP is blind: hold it against the scorer's audit."
_SCORE = (
    "Number, side and negation: CLIP hardly reads them. Only comparable between runs with the "
    "same CLIP model."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="clip.score",
        title="CLIPScore",
        kind="mean",
        unit="100 * cosine",
        by=BY_ASKED,
        bounds=(-100.0, 100.0),
        prominence=10,
        ranks_images=True,
        cannot_show=_SCORE,
    ),
    Measure(
        name="clip.hessel",
        title="CLIPScore as Hessel et al. define it",
        kind="mean",
        unit="2.5 * max(cosine, 0)",
        by=(),
        bounds=(0.0, 2.5),
        cannot_show="Only with OpenAI's ViT-B/32, the CLIP that it is defined for. " + _SCORE,
    ),
    Measure(
        name="clip.choice",
        title="The prompt beats its hard negatives",
        applies=("has hard negatives",),
        by=("count", "relation", "form", "attribute"),
        prominence=20,
        cannot_show=_BLIND,
    ),
    Measure(
        name="clip.binding",
        title="The prompt beats its exchanged attributes",
        applies=("has exchangeable attributes",),
        by=("count", "relation", "form", "attribute"),
        cannot_show=_BLIND,
    ),
    Measure(
        name="clip.style",
        title="The asked style is chosen among all",
        applies=("tag:style", "group:style"),
        by=("style",),
        prominence=30,
        cannot_show="How well it is done. " + _BLIND,
    ),
    Measure(
        name="clip.region_asked",
        title="The named region is chosen among all",
        applies=("tag:culture", "names a region"),
        by=("region", "occasion", "marking"),
        cannot_show="Whether the picture is true to the region or to its cliche. " + _BLIND,
    ),
    Measure(
        name="clip.region",
        title="The region that an unmarked picture suggests",
        kind="labels",
        applies=("tag:culture", "group:region=none"),
        by=("occasion",),
        higher_is_better=None,
        # Pictures that suggest none are no part of the shares: sixteen are left to guess among.
        chance=1 / len(probes.REGIONS),
        cannot_show=(
            "Where anything is from: only what the picture suggests to CLIP, among sixteen "
            "countries. Believe it as far as clip.region_asked goes."
        ),
    ),
    Measure(
        name="clip.region_unknown",
        title="No one region is suggested",
        kind="unknown",
        field="region",
        applies=("tag:culture", "group:region=none"),
        by=("occasion",),
        higher_is_better=None,
        cannot_show="Whether the picture is neutral or CLIP is not sure.",
    ),
)

PROBES = tuple(
    measure.field
    for measure in MEASURES
    if measure.kind in ("share", "labels") or measure.name == "clip.hessel"
)
"""The fields that ask something of some prompts, or of one CLIP, only."""


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


def needs(
    *, dialect: str = "everyday", model: str | None = None, pretrained: str | None = None
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return clip_needed(*((model, pretrained) if model else DEFAULTS[dialect]))


class ClipScorer:
    """Fields: `score`, `choice` among hard negatives, `binding` against exchanged looks.

    With the CLIP that it is defined for also `hessel`. Where the prompt asks for a style, `style`:
    whether that one is chosen among all. Where it names a region, `region_asked` likewise; where it
    could, `region`: the one that the picture suggests.
    """

    name = "clip"
    batch_size = BATCH

    def __init__(self, clip: Clip) -> None:
        self._clip, self.preprocess = clip, clip.preprocess
        self._has_hessel = clip.name == HESSEL_CLIP

    def describe(self) -> Mapping[str, Json]:
        """The CLIP model, the scales of the scores, and all styles and regions."""
        return {
            **self._clip.describe(),
            "negatives": RULES,
            "score": "100 * cosine",
            "hessel": f"{HESSEL} * max(cosine of {DEPICTS!r} + prompt, 0), {HESSEL_CLIP} alone",
            "styles": list(probes.STYLES),
            "regions": list(probes.REGIONS),
            "certainty": CERTAINTY,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that the text encoder would cut or misread, or whose probes it would."""
        return [
            f"prompt {prompt.id}: {why}"
            for prompt in prompts
            if (why := next(filter(None, map(self._clip.unreadable, self._longest(prompt))), None))
        ]

    def _longest(self, prompt: Prompt) -> list[str]:
        return sorted(_own_texts(prompt), key=self._clip.tokens, reverse=True)

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; each picture and each distinct text is encoded once."""
        vectors = self._clip.images([case.picture for case in cases])
        self._clip.texts([text for case in cases for text in self._texts(case)])
        return [self._judge(case, vector) for case, vector in zip(cases, vectors, strict=True)]

    def _judge(self, case: Case, vector: Vectors) -> Judgement:
        cosine = self._cosine(vector, case.prompt.text)
        values: dict[str, Value] = {"score": round(100 * cosine, 4)}
        choices: dict[str, Choice] = {}
        others = negatives(case.prompt, case.twin)
        for field, wrong in (("choice", others), ("binding", swapped_attributes(case.prompt))):
            if wrong:
                choices[field] = self._choose(case, [case.prompt.text, *wrong])
                values[field] = float(choices[field].chosen == case.prompt.text)
        reasons = self._probe(case, values, choices)
        if self._has_hessel:
            reasons |= self._add_hessel(case, vector, values)
        return Judgement(
            scorer=self.name,
            key=case.key,
            values=values,
            reasons=reasons,
            not_applicable=tuple(field for field in PROBES if field not in values),
            choices=choices,
        )

    def _probe(
        self, case: Case, values: dict[str, Value], choices: dict[str, Choice]
    ) -> dict[str, str]:
        """Add what style and which region the picture shows, where the prompt raises the question.

        Gives the reason where no one region is suggested.
        """
        if styles := probes.styles(case.prompt):
            asked = styles[case.prompt.groups["style"]]
            others = [text for text in styles.values() if text != asked]
            choices["style"] = self._choose(case, [asked, *others])
            values["style"] = float(choices["style"].chosen == asked)
        regions = probes.regions(case.prompt)
        if not regions:
            return {}
        named = case.prompt.groups["region"]
        if named != probes.NONE:
            asked = regions[named]
            others = [text for text in regions.values() if text != asked]
            choices["region_asked"] = self._choose(case, [asked, *others])
            values["region_asked"] = float(choices["region_asked"].chosen == asked)
            return {}
        choice = choices["region"] = self._choose(case, list(regions.values()))
        place = next(region for region, text in regions.items() if text == choice.chosen)
        if max(choice.probabilities) >= CERTAINTY and place != probes.NONE:
            values["region"] = place
            return {}
        values["region"] = None
        return {"region": "unknown: the picture suggests no one region"}

    def _add_hessel(self, case: Case, vector: Vectors, values: dict[str, Value]) -> dict[str, str]:
        """Add Hessel et al.'s score; gives the reason where the text is too long for it.

        Their code cuts such a text, and says nothing of it.
        """
        values["hessel"] = None
        if self._clip.unreadable(text := DEPICTS + case.prompt.text):
            return {"hessel": f"too long: with {DEPICTS.strip()!r} before it the text would be cut"}
        values["hessel"] = round(HESSEL * max(self._cosine(vector, text), 0.0), 6)
        return {}

    def _cosine(self, vector: Vectors, text: str) -> float:
        return float((vector.astype(float) * self._clip.texts([text])[0].astype(float)).sum())

    def _texts(self, case: Case) -> list[str]:
        """Every text that the case's picture is compared with."""
        prompt = case.prompt
        prefixed = DEPICTS + prompt.text
        asked = self._has_hessel and not self._clip.unreadable(prefixed)
        return [
            *_own_texts(prompt),
            *negatives(prompt, case.twin),
            *swapped_attributes(prompt),
            *([prefixed] if asked else []),
        ]

    def _choose(self, case: Case, options: Sequence[str]) -> Choice:
        """Among the options, what is asked for first."""
        shares = self._clip.probabilities(case.picture, options)
        # A tie goes to the last: an equal probability is no evidence for what is asked.
        best = len(options) - 1 - int(shares[::-1].argmax())
        probabilities = tuple(round(float(share), 4) for share in shares)
        return Choice(tuple(options), probabilities, options[best])


def negatives(prompt: Prompt, twin: Prompt | None) -> list[str]:
    """Sentences that get wrong what the prompt's tag puts to the test; else a look of it."""
    if prompt.tag == "counting":
        return other_counts(prompt)
    if prompt.tag == "position":
        return other_relations(prompt)
    if prompt.tag == "negation" and twin is not None:
        return [twin.text]
    return other_attributes(prompt)


def _own_texts(prompt: Prompt) -> list[str]:
    return [prompt.text, *probes.styles(prompt).values(), *probes.regions(prompt).values()]
