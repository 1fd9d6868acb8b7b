"""What each class of diffusers' text-to-image pipelines takes, and when it acts.

One row a class, as read in the sources of diffusers 0.42.1; `tests/backends/test_families.py` draws
with a tiny random model of each that could be built, and docs/models.md has its table. Most rows
say nothing: a class that may be drawn in batches was seen there not to let an image depend on its
neighbours. A class that is not known is probed before its first image (`_prepared.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evalsuite.records import Json

BETWEEN = "pads all texts of a batch to the longest"
MIXED = "mixes the pictures of a batch"
ONE_PROMPT = "fails with several prompts"
ONE_NOISE = "draws a whole batch's noise at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How one class is called; the defaults are those of Stable Diffusion.

    `guidance` and `steps` are the arguments that `--guidance-scale` and `--steps` set, None where
    there is none that acts. Guidance acts `above` a value. `neutral` is the negative prompt that
    guidance needs where nobody gives one; `negative` is False where one is taken and does nothing.
    `forced` are arguments of every call, and `encoding` of every `encode_prompt`: what would
    rewrite the text is off. `alone` says why no two images share a batch. `dtype` is for a GPU,
    None by the denoiser's kind. `one_generator` is for a class that takes no list of them,
    `one_text` for one that takes no list of prompts. `around` are attributes and arguments that
    hold texts which are put around the prompt, for the manifest.
    """

    guidance: str | None = "guidance_scale"
    steps: str = "num_inference_steps"
    above: float = 1.0
    neutral: str | None = None
    negative: bool = True
    forced: Mapping[str, Json] = field(default_factory=dict)
    encoding: Mapping[str, Json] = field(default_factory=dict)
    alone: str = ""
    dtype: str | None = None
    one_generator: bool = False
    one_text: bool = False
    around: tuple[str, ...] = ()


_PLAIN = Family()
_VERBATIM = {"clean_caption": False}
_CASCADE = Family(guidance="prior_guidance_scale", dtype="bfloat16")

FAMILIES: Mapping[str, Family] = {
    **dict.fromkeys(
        (
            "AuraFlow",
            "Bria",
            "Chroma",
            "CogView3Plus",
            "Flux",
            "HiDreamImage",
            "HunyuanDiT",
            "HunyuanDiTPAG",
            "LatentConsistencyModel",
            "OvisImage",
            "StableDiffusion",
            "StableDiffusion3",
            "StableDiffusion3PAG",
            "StableDiffusionPAG",
            "StableDiffusionSAG",
            "StableDiffusionXL",
            "StableDiffusionXLPAG",
            "StableUnCLIP",
        ),
        _PLAIN,
    ),
    "Amused": Family(alone=ONE_NOISE, one_generator=True),
    "CogView4": Family(alone=BETWEEN),
    "DreamLite": Family(alone=ONE_PROMPT, one_text=True),
    "DreamLiteMobile": Family(guidance=None, alone=ONE_PROMPT, one_text=True),
    "ErnieImage": Family(forced={"use_pe": False}, alone=BETWEEN),
    "Flux2": Family(forced={"caption_upsample_temperature": None}),
    "Flux2Klein": _PLAIN,
    "Flux2KleinKV": Family(guidance=None),
    "FluxKontext": Family(forced={"_auto_resize": False}),
    "GlmImage": Family(alone=ONE_NOISE),
    "HunyuanImage": Family(
        guidance="distilled_guidance_scale",
        alone="guides a whole batch otherwise where one of its prompts has words in quotes",
    ),
    "IF": Family(forced=_VERBATIM),
    "Ideogram4": Family(forced={"prompt_upsampling": False}),
    "Kandinsky3": Family(alone=BETWEEN),
    "Kandinsky5T2I": Family(alone=BETWEEN),
    "KandinskyCombined": Family(alone="takes no texts that were encoded alone"),
    "KandinskyV22Combined": Family(alone="takes no texts that were encoded alone"),
    "Krea2": Family(above=0.0),
    "LDMTextToImage": Family(alone="takes no texts that were encoded alone"),
    "LongCatImage": Family(forced={"enable_prompt_rewrite": False}),
    "Lumina": Family(forced=_VERBATIM, encoding=_VERBATIM),
    "Lumina2": Family(around=("system_prompt",)),
    "NucleusMoEImage": Family(alone=BETWEEN),
    "OmniGen": Family(alone=BETWEEN),
    "PRX": Family(forced={"skip_text_cleaning": True}, alone=ONE_PROMPT),
    "PRXPixel": Family(encoding={"skip_text_cleaning": True}, alone=ONE_PROMPT),
    "PixArtAlpha": Family(forced=_VERBATIM),
    "PixArtSigma": Family(forced=_VERBATIM),
    "PixArtSigmaPAG": Family(forced=_VERBATIM),
    "QwenImage": Family(guidance="true_cfg_scale", neutral=" ", alone=BETWEEN),
    "QwenImage21": Family(guidance="true_cfg_scale", neutral=" ", alone=BETWEEN),
    "Sana": Family(forced=_VERBATIM, around=("complex_human_instruction",)),
    "SanaPAG": Family(forced=_VERBATIM, around=("complex_human_instruction",), alone=MIXED),
    "SanaSprint": Family(forced=_VERBATIM, around=("complex_human_instruction",)),
    "SemanticStableDiffusion": Family(alone="takes no texts that were encoded alone"),
    "StableDiffusionPanorama": Family(alone=MIXED),
    "StableCascadeCombined": _CASCADE,
    "VQDiffusion": Family(alone=ONE_NOISE, one_generator=True),
    "VersatileDiffusionTextToImage": _PLAIN,
    "AltDiffusion": _PLAIN,
    "UniDiffuser": Family(negative=False),
    "UnCLIP": Family(guidance="decoder_guidance_scale", steps="decoder_num_inference_steps"),
    "WuerstchenCombined": _CASCADE,
    "ZImage": Family(above=0.0),
    "ZImageOmni": Family(above=0.0, alone=BETWEEN),
}
"""By the class's name without "Pipeline"."""


def is_known(pipeline: Any) -> bool:
    """Whether the class has a row."""
    return _name(pipeline) in FAMILIES


def family_of(pipeline: Any) -> Family:
    """The row of a pipeline's class, or that of Stable Diffusion for one that is not known."""
    return FAMILIES.get(_name(pipeline), _PLAIN)


def dtype_of(class_name: str) -> str | None:
    """The number type on a GPU that a class needs, whatever its folders are called."""
    return FAMILIES.get(class_name.removesuffix("Pipeline"), _PLAIN).dtype


def _name(pipeline: Any) -> str:
    return type(pipeline).__name__.removesuffix("Pipeline")
