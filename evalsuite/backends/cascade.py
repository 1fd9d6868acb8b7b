"""Models in several stages under one name: DeepFloyd IF's three, or SDXL's base and refiner.

`cascade:deepfloyd-if` and `cascade:sdxl` are recipes; `cascade:A+B` names the stages by directories
or hub ids, of which the first draws from the text and the others enlarge or refine. Each stage has
a generator of its own, seeded by the image's seed and the stage's number, so that what one stage
draws of noise moves nothing in the next. Pictures are drawn one at a time.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from evalsuite.backends._stages import REFINING, Stage, load_stage, refuse_unchained
from evalsuite.files.checkpoints import config_hashes, read_index, resolve, weight_hashes
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.hub import Repository
from evalsuite.records import Backend, InputError, Json, NoImage, Pixels, Prompt, Request

EXAMPLE = "cascade:deepfloyd-if"

RECIPES: Mapping[str, str] = {
    "deepfloyd-if": (
        "DeepFloyd/IF-I-XL-v1.0+DeepFloyd/IF-II-L-v1.0+stabilityai/stable-diffusion-x4-upscaler"
    ),
    "sdxl": (
        "stabilityai/stable-diffusion-xl-base-1.0+stabilityai/stable-diffusion-xl-refiner-1.0"
    ),
}
"""As their authors' cards chain them."""

UPSCALER_NOISE = 100
"""The noise level at which DeepFloyd's card has its third stage begin."""
REFINED_FROM = 0.8
"""The share of denoising that SDXL's base does, by the refiner's card."""


def load(
    *,
    stages: str,
    dtype: str = "auto",
    device: str = "auto",
    variant: str | None = None,
    steps: int | None = None,
    guidance_scale: float | None = None,
    size: tuple[int, int] | None = None,
    negative_prompt: str | None = None,
    later_steps: int | None = None,
    refined_from: float = REFINED_FROM,
) -> Backend:
    """Load a cascade: a recipe's name, or two or more models joined by "+".

    `steps`, `guidance_scale`, `size` and the negative prompt are the first stage's; the negative
    prompt is also given to the later ones, and `later_steps` to each of them. `refined_from` is
    the share of denoising before an SDXL refiner. Raises `InputError` for whatever cannot be
    loaded, chained or honoured.
    """
    from evalsuite.backends import _call

    names = RECIPES.get(stages, stages).split("+")
    if len(names) < 2:
        raise InputError(
            f"cascade {stages!r}: name a recipe ({', '.join(RECIPES)}), or two or more models "
            "joined by '+'"
        )
    if not 0 < refined_from < 1:
        raise InputError(f"refined_from {refined_from}: give a share between 0 and 1")
    loaded = [load_stage(name, variant, dtype, device) for name in names]
    refuse_unchained(loaded)
    if later_steps is not None and later_steps < 1:
        raise InputError(f"later_steps {later_steps}: has to be 1 or more")
    options = {
        "num_inference_steps": steps,
        "guidance_scale": guidance_scale,
        "negative_prompt": negative_prompt,
    }
    call = _call.arguments(loaded[0].pipeline, loaded[0].name, options, size)
    name = stages if stages in RECIPES else " + ".join(stage.name for stage in loaded)
    return Cascade(name, loaded, call, later_steps, refined_from)


def needs(*, stages: str, variant: str | None = None) -> list[Repository]:
    """The hub's repositories of the stages; none for those that are directories."""
    from evalsuite.backends import _parts

    sources = [resolve(name) for name in RECIPES.get(stages, stages).split("+")]
    return [_parts.repository(s, None, variant) for s in sources if isinstance(s, str)]


def _shares(images: Any, kind: str) -> Any:
    """Pictures of 0 to 1 between stages: DeepFloyd's own are from -1 to 1 there."""
    return (images / 2 + 0.5).clamp(0, 1) if kind.startswith("IF") else images


def seed_of(seed: int, stage: int) -> int:
    """The seed of a stage's generator, 32 bits: the image's own for the first one."""
    if stage == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed}\nstage {stage}".encode()).digest()[:4])


class Cascade:
    """Draws one picture at a time through all stages."""

    batch_size = 1

    def __init__(
        self,
        name: str,
        stages: Sequence[Stage],
        call: Mapping[str, Any],
        later_steps: int | None,
        refined_from: float,
    ) -> None:
        from evalsuite.backends import _decoded, _tokens

        self.name, self.stages, self.call = name, stages, call
        self.later_steps, self.refined_from = later_steps, refined_from
        first = stages[0]
        self.dialect = dialect_of(read_card(first.folder), first.name)
        self._finite: list[Any] = []
        for stage in stages:
            _decoded.watch(stage.pipeline, self._finite)
        self.readers = _tokens.find_readers(first.pipeline, call.get("max_sequence_length"))
        if why := _tokens.unreadable(self.readers, call.get("negative_prompt") or "", name):
            raise InputError(f"the negative prompt: {why}")

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request, or why there is none."""
        return [self._draw(request) for request in requests]

    def _draw(self, request: Request) -> Pixels | NoImage:
        from evalsuite.backends import _decoded, _pretrained, _seeds

        self._finite.clear()
        device = self.stages[0].pipeline.device
        with _pretrained.mending_memory(1), _seeds.seeded(request.seed, device):
            output, texts = None, self._encoded(request.prompt.text)
            for number, stage in enumerate(self.stages):
                output = self._run(number, stage, output, texts, request)
        ready = _decoded.Ready(_decoded.images_of(output), self._finite)
        images, decoded = ready.wait()
        ((picture, is_finite),) = _decoded.pictures(images, self.name)
        if not is_finite or not all(decoded):
            return NoImage("invalid", "a stage gave NaN or infinite pixels")
        if (checker := self._blocking(output, picture)) is not None:
            return NoImage("blocked", f"the safety checker ({checker}) blanked it")
        return picture

    def _encoded(self, text: str) -> dict[str, Any]:
        """What tells the stages the text: DeepFloyd's second reuses the first one's encoding."""
        negative = self.call.get("negative_prompt")
        told: dict[str, Any] = {"prompt": [text]}
        if negative is not None:
            told["negative_prompt"] = [negative]
        first = self.stages[0].pipeline
        if type(first).__name__ != "IFPipeline":
            return told
        embeds, unguided = first.encode_prompt(**told, clean_caption=False)
        return {**told, "prompt_embeds": embeds, "negative_prompt_embeds": unguided}

    def _run(
        self, number: int, stage: Stage, before: Any, texts: Mapping[str, Any], request: Request
    ) -> Any:
        import torch

        from evalsuite.backends import _decoded

        pipeline, following = stage.pipeline, self.stages[number + 1 : number + 2]
        call: dict[str, Any] = {
            "generator": [torch.Generator("cpu").manual_seed(seed_of(request.seed, number))]
        }
        encoded = {name: value for name, value in texts.items() if "embeds" in name}
        plain = {name: value for name, value in texts.items() if "embeds" not in name}
        if number == 0:
            own = {k: v for k, v in self.call.items() if k != "negative_prompt"}
            call |= {**own, **(encoded or plain)}
        elif stage.kind == "IFSuperResolutionPipeline":
            call |= {**(encoded or plain), "image": before.images, "clean_caption": False}
        elif stage.kind == "StableDiffusionUpscalePipeline":
            call |= {
                **plain,
                "image": _shares(before.images, self.stages[number - 1].kind),
                "noise_level": UPSCALER_NOISE,
            }
        else:
            call |= {**plain, "image": before.images, "denoising_start": self.refined_from}
        if number and self.later_steps is not None:
            call["num_inference_steps"] = self.later_steps
        if not following:
            call["output_type"] = _decoded.output_type(pipeline)
        elif following[0].kind in REFINING:
            call |= {"output_type": "latent", "denoising_end": self.refined_from}
        else:
            call["output_type"] = "pt"
        return pipeline(**call)

    def _blocking(self, output: Any, picture: Pixels) -> str | None:
        """The safety checker that blocks the picture, if any: the last stage's, or the first one's.

        Between stages DeepFloyd's is left out by the pipeline itself, so that the first stage's
        looks at what came of it in the end.
        """
        last, first = self.stages[-1].pipeline, self.stages[0].pipeline
        from evalsuite.backends import _decoded

        said = _decoded.blocked_in(output)
        if said is not None and any(said):
            return type(last.safety_checker).__name__
        checker = getattr(first, "safety_checker", None)
        if checker is None or last is first or not hasattr(first, "run_safety_checker"):
            return None
        shares = picture[None].astype("float32") / 255
        _, found, _ = first.run_safety_checker(shares, first.device, first.dtype)
        return type(checker).__name__ if found is not None and any(found) else None

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """A line for each prompt that the first stage does not read as it stands."""
        from evalsuite.backends import _tokens

        return _tokens.problems(self.readers, prompts, self.name)

    def describe(self) -> Mapping[str, Json]:
        """Every stage as a pipeline by itself is described, and how they are chained."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        from evalsuite.backends import _facts

        stages: list[Json] = []
        for number, stage in enumerate(self.stages):
            index = read_index(stage.folder, stage.variant)
            call = dict(self.call) if number == 0 else {"num_inference_steps": self.later_steps}
            stages.append(
                {
                    "model": stage.name,
                    "revision": stage.revision,
                    "variant": stage.variant,
                    "weights": weight_hashes(stage.folder, index, stage.variant),
                    "configs": config_hashes(stage.folder, index),
                    **_facts.facts(stage.pipeline, call),
                }
            )
        return {
            "backend": "cascade",
            "model": self.name,
            "dialect": self.dialect,
            "stages": stages,
            "refined_from": self.refined_from,
            "upscaler_noise": UPSCALER_NOISE,
            "batch_size": self.batch_size,
        }
