"""Any text-to-image pipeline of the diffusers library: a directory, a bundled name or a hub id.

An image's bytes depend on its prompt, its seed and the batch's shape, never on its neighbours:
batches are padded to one size, each image has a CPU generator of its own (PyTorch's takes 32 seed
bits), and each distinct text is encoded once, alone. On a GPU the batch is as large as memory
allows; networks are compiled on request (`_fast.py`). A run keeps what it began with.

Pixels are those of diffusers' own PIL output (`_decoded.py`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.backends._families import Family
from evalsuite.backends._stages import load_stage
from evalsuite.files.checkpoints import config_hashes, read_index, resolve, weight_hashes
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.hub import Repository
from evalsuite.records import Backend, InputError, Json, NoImage, Pixels, Prompt, Request

EXAMPLE = "stabilityai/stable-diffusion-xl-base-1.0"

Answers = Callable[[], Sequence[Pixels | NoImage]]

SLICE_PIXELS = 512 * 512
"""Larger images are decoded one at a time: the decoder's memory grows with batch times pixels."""


def load(
    *,
    model: str,
    revision: str | None = None,
    variant: str | None = None,
    dtype: str = "auto",
    device: str = "auto",
    steps: int | None = None,
    guidance_scale: float | None = None,
    size: tuple[int, int] | None = None,
    negative_prompt: str | None = None,
    batch_size: int | None = None,
    scheduler: str | None = None,
    compile: bool | None = None,
    true_cfg_scale: float | None = None,
    prior_steps: int | None = None,
    prior_guidance_scale: float | None = None,
    max_sequence_length: int | None = None,
    use_resolution_binning: bool | None = None,
    probe: bool | None = None,
    lora: str | None = None,
    lora_scale: float | None = None,
) -> Backend:
    """Load a pipeline by its directory, bundled name or hub id.

    `dtype` "auto" is fp32 on the CPU, and on a GPU bf16 for transformers without an fp16 variant,
    else fp16. `size` is (width, height) in pixels. `scheduler` names a diffusers class that the
    pipeline's own can be swapped for. A `batch_size` of None is 8 on the CPU, and on a GPU up to
    16, by memory; `compile` has the networks compiled, with which bytes may depend on an image's
    place in its batch. `steps` and `guidance_scale` that are None are what the model's card
    recommends; all else, and these without a card, is the pipeline's own default. The arguments
    from `true_cfg_scale` on are those of the classes that take them (`prior_steps` is
    `prior_num_inference_steps`). `probe` has a batch tried out before the first image, as a class
    that is not known here is in any case (`_families.py`). `lora` is a file of safetensors, fused
    in at `lora_scale` (1). Raises `InputError` for whatever cannot be loaded or honoured.
    """
    from evalsuite.backends import _call, _lora

    stage = load_stage(model, variant, dtype, device, revision)
    pipeline, name = stage.pipeline, stage.name
    added = _lora.fuse_asked(pipeline, lora, lora_scale, name)
    if scheduler is not None:
        _call.swap_scheduler(pipeline, scheduler)
    card = read_card(stage.folder)
    options = {
        "num_inference_steps": _call.recommended(steps, card, "steps", name, int),
        "guidance_scale": _call.recommended(guidance_scale, card, "guidance_scale", name, float),
        "negative_prompt": negative_prompt,
        "true_cfg_scale": true_cfg_scale,
        "prior_num_inference_steps": prior_steps,
        "prior_guidance_scale": prior_guidance_scale,
        "max_sequence_length": max_sequence_length,
        "use_resolution_binning": use_resolution_binning,
    }
    call = _call.arguments(pipeline, name, options, size)
    origin = {"model": name, "revision": stage.revision, "variant": variant}
    backend = Pipeline(pipeline, stage.folder, origin, call, batch_size, compile, probe)
    backend.asked_size, backend.lora = size, added
    return backend


def needs(
    *, model: str, revision: str | None = None, variant: str | None = None, lora: str | None = None
) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options; none for a directory."""
    from evalsuite.backends import _lora, _parts

    source = resolve(model)
    found = [_parts.repository(source, revision, variant)] if isinstance(source, str) else []
    return found + ([] if lora is None else _lora.needs(lora))


class Pipeline:
    """A loaded pipeline that draws batches of one fixed shape."""

    def __init__(
        self,
        pipeline: Any,
        folder: Path,
        origin: Mapping[str, str | None],
        call: Mapping[str, Any],
        batch_size: int | None,
        compile: bool | None = None,
        probe: bool | None = None,
    ) -> None:
        from evalsuite.backends import (
            _call,
            _decoded,
            _embeddings,
            _families,
            _fast,
            _tokens,
        )

        self.pipeline, self.folder, self.origin, self.call = pipeline, folder, origin, call
        self.name = str(origin["model"])
        self.dialect = dialect_of(read_card(folder), self.name)
        family = _families.family_of(pipeline)
        self.batch_size = _call.fixed_batch(batch_size, self._alone(family), self.name)
        self.one_generator, self.one_text = family.one_generator, family.one_text
        self.is_asked, self.probe = batch_size is not None, probe
        if probe is None:
            self.probe = not _families.is_known(pipeline)
        self.by_memory = batch_size is None and self.batch_size > 1 and self._is_on_gpu
        self.compile = compile
        self.asked_size: tuple[int, int] | None = None
        self.lora: Mapping[str, Json] | None = None
        self.compiled: Any = None
        self.embeddings = None
        if hasattr(pipeline, "encode_prompt"):
            self.embeddings = _embeddings.Embeddings(pipeline.encode_prompt, family.encoding)
            pipeline.encode_prompt = self.embeddings
        vae = getattr(pipeline, "vae", None)
        pixels = math.prod(call[side] for side in ("width", "height")) if "width" in call else 0
        self.pixels = pixels
        self.sliced = pixels > SLICE_PIXELS and hasattr(vae, "enable_slicing")
        if vae is not None and self.sliced:
            vae.enable_slicing()
        self._finite: list[Any] = []
        _decoded.watch(pipeline, self._finite)
        if self._is_on_gpu:
            _decoded.round_on_device(pipeline)
            _fast.step_without_waiting(getattr(pipeline, "scheduler", None))
        length = call.get("max_sequence_length")
        self.readers = _tokens.find_readers(pipeline, length)
        negative = call.get("negative_prompt")
        why = _tokens.unreadable(self.readers, negative or "", self.name)
        if why is not None:
            raise InputError(f"the negative prompt: {why}")

    def _alone(self, family: Family) -> str:
        """Why no two images share a batch; "" where they may."""
        from evalsuite.backends import _embeddings, _families, _pretrained, _seeds

        if family.alone or _seeds.shares_randomness(self.pipeline):
            return family.alone or _families.ONE_NOISE
        at = f"model {self.name!r}"
        with _pretrained.errors_in_one_line(at), _pretrained.mending_memory(1):
            if _embeddings.has_fixed_shape(self.pipeline, family.encoding):
                return ""
        return "encodes texts to different shapes"

    @property
    def _is_on_gpu(self) -> bool:
        return bool(self.pipeline.device.type == "cuda")

    def prepare(self, recorded: Mapping[str, Json] | None = None) -> None:
        """Settle the batch size and whether networks are compiled.

        A run that goes on gets what was `recorded` of it. Draws a few steps as a trial where there
        is a choice. Raises `InputError` where compiling was asked for and fails.
        """
        from evalsuite.backends import _prepared

        _prepared.prepare(self, recorded or {})

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request, or why there is none; fewer requests than a batch are padded.

        Raises `InputError` if the memory does not suffice.
        """
        return self.start(requests)()

    def start(self, requests: Sequence[Request], **changes: Json) -> Answers:
        """Begin to draw; what is returned waits for the pictures of `render`, in any thread.

        On a GPU the next batch can be started before. `changes` are arguments of the call.
        """
        import torch

        from evalsuite.backends import _decoded, _pretrained, _seeds

        if not requests:
            return list
        if len(requests) > self.batch_size:
            raise ValueError(f"{len(requests)} requests for a batch of {self.batch_size}")
        padding = [requests[-1]] * (self.batch_size - len(requests))
        batch = [*requests, *padding]
        arguments = {**self.call, **changes}
        texts = [request.prompt.text for request in batch]
        arguments["prompt"] = texts[0] if self.one_text else texts
        if "negative_prompt" in arguments and not self.one_text:
            # As many as prompts, and of the same type: Stable Diffusion asks for both.
            arguments["negative_prompt"] = [arguments["negative_prompt"]] * len(batch)
        generators = [torch.Generator("cpu").manual_seed(r.seed) for r in batch]
        arguments["generator"] = generators[0] if self.one_generator else generators
        self._finite.clear()
        seed = batch[0].seed if self.batch_size == 1 else 0
        # A safety checker casts NaN pixels on its way; those images are told apart below.
        with (
            _pretrained.mending_memory(self.batch_size),
            np.errstate(invalid="ignore"),
            _seeds.seeded(seed, self.pipeline.device) as is_drawn_from,
        ):
            output = self.pipeline(**arguments, output_type=_decoded.output_type(self.pipeline))
            if self.batch_size > 1 and is_drawn_from():
                raise InputError(
                    f"{self.name}: draws noise from elsewhere than its images' seeds, so that they "
                    "would depend on their neighbours; use --batch-size 1"
                )
            ready = _decoded.Ready(_decoded.images_of(output), self._finite)
        blocked = _decoded.blocked_in(output) or [False] * len(batch)
        blanks = [bool(b) for b in blocked]
        return lambda: self._answers(*ready.wait(), blanks)[: len(requests)]

    def _answers(
        self, images: Any, decoded: list[bool], blocked: list[bool]
    ) -> list[Pixels | NoImage]:
        from evalsuite.backends import _call, _decoded

        drawn = _decoded.pictures(images, self.name)
        finite = [is_finite for _, is_finite in drawn]
        if len(decoded) == len(finite):
            finite = [a and b for a, b in zip(finite, decoded, strict=True)]
        elif not all(decoded):
            # Decoded in parts that cannot be told apart: none of the batch can be trusted.
            finite = [False] * len(finite)
        answers: list[Pixels | NoImage] = []
        for (picture, _), is_finite, block in zip(drawn, finite, blocked, strict=True):
            if not is_finite:
                answers.append(NoImage("invalid", "the decoder gave NaN or infinite pixels"))
            elif block:
                checker = type(getattr(self.pipeline, "safety_checker", None)).__name__
                answers.append(NoImage("blocked", f"the safety checker ({checker}) blanked it"))
            else:
                _call.refuse_other_size(picture.shape, self.asked_size, self.name)
                answers.append(picture)
        return answers

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """A line for each prompt that the model does not read as it stands.

        It has more tokens, specials included, than the model reads, or a tokenizer's mark.
        """
        from evalsuite.backends import _tokens

        return _tokens.problems(self.readers, prompts, self.name)

    def describe(self) -> Mapping[str, Json]:
        """Everything needed to draw the same images; hashes all weights at the first call."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        from evalsuite.backends import _facts

        index = read_index(self.folder, self.origin["variant"])
        return {
            "backend": "diffusers",
            **self.origin,
            "dialect": self.dialect,
            "weights": weight_hashes(self.folder, index, self.origin["variant"]),
            "configs": config_hashes(self.folder, index),
            **_facts.facts(self.pipeline, self.call),
            "batch_size": self.batch_size,
            **({} if self.compiled is None else {"compile": self.compiled.facts}),
            **({} if self.lora is None else {"lora": dict(self.lora)}),
            "vae_slicing": self.sliced,
            "token_limits": {
                r.name: {"limit": r.limit, "decides": r.decides} for r in self.readers
            },
            "texts_encoded": "alone" if self.embeddings is not None else "by the pipeline",
        }
