"""Autoregressive image models that transformers knows: Janus and Janus-Pro.

`transformers:deepseek-community/Janus-Pro-1B`. The picture's tokens are sampled from torch's global
generator, as `generate` takes no other; it is seeded with the image's own seed, and pictures are
drawn one at a time. For models that their authors' script runs see docs/own-script.md.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from evalsuite.encoders.weights import Source, digest, loading, needed, source_of
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.hub import Repository
from evalsuite.records import Backend, InputError, Json, NoImage, Pixels, Prompt, Request

EXAMPLE = "transformers:deepseek-community/Janus-Pro-1B"

GUIDANCE = 5.0
"""Janus's own (`generation_inference.py`), and what transformers takes where none is said."""


def load(
    *,
    model: str,
    revision: str | None = None,
    dtype: str = "auto",
    device: str = "auto",
    guidance_scale: float | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
) -> Backend:
    """Load a Janus by its directory or hub id; safetensors only, and no code of its own.

    `dtype` "auto" is fp32 on the CPU and bf16 on a GPU. Guidance acts above 1 and is 5 by default;
    `temperature` and `top_p` are the checkpoint's own unless given. Raises `InputError` for
    whatever cannot be loaded or honoured.
    """
    import torch

    from evalsuite.backends import _pretrained

    if guidance_scale is not None and guidance_scale <= 1:
        raise InputError(f"--guidance-scale {guidance_scale:g}: Janus is guided by more than 1")
    place = _pretrained.find_device(device)
    if place.type == "cuda":
        _pretrained.deterministic_cuda()
    number = _pretrained.dtype_named(dtype)
    number = number or ("bfloat16" if place.type == "cuda" else "float32")
    source = source_of("model", model, revision=revision)
    network, processor = _load(model, source, getattr(torch, number))
    sampling = {"temperature": temperature, "top_p": top_p}
    return Janus(
        source,
        network.to(place).eval(),
        processor,
        {
            "guidance_scale": GUIDANCE if guidance_scale is None else guidance_scale,
            **{name: value for name, value in sampling.items() if value is not None},
        },
    )


def needs(*, model: str, revision: str | None = None) -> list[Repository]:
    """The hub's repository that `load` reads; none for a directory."""
    return needed("model", model, revision=revision)


def _load(model: str, source: Source, number: Any) -> tuple[Any, Any]:
    import transformers

    with loading(f"model {model!r}", source.weights):
        config = transformers.AutoConfig.from_pretrained(source.path)
        if config.model_type != "janus":
            raise InputError(
                f"model {model!r}: is a {config.model_type}, and of autoregressive models only "
                "Janus is drawn with natively; for others see docs/own-script.md"
            )
        kind, reader = transformers.JanusForConditionalGeneration, transformers.JanusProcessor
        network = kind.from_pretrained(source.path, use_safetensors=True, dtype=number)
        return network, reader.from_pretrained(source.path)


class Janus:
    """A loaded Janus that draws one picture at a time."""

    batch_size = 1

    def __init__(
        self,
        source: Source,
        network: Any,
        processor: Any,
        sampling: Mapping[str, float],
    ) -> None:
        from evalsuite.backends._tokens import PromptReader

        self.name, self.network, self.processor = source.name, network, processor
        self.sampling = sampling
        self.dialect = dialect_of(read_card(Path(source.path)), source.name)
        # A folder in the hub's cache is named after its commit.
        self.revision = Path(source.path).name if source.folder is None else None
        pictured = network.config.vision_config.num_image_tokens
        limit = network.config.text_config.max_position_embeddings - pictured
        self.readers = (PromptReader("tokenizer", processor.tokenizer, limit, decides=True),)

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request, or why there is none."""
        return [self._draw(request) for request in requests]

    def _draw(self, request: Request) -> Pixels | NoImage:
        import numpy as np
        import torch

        from evalsuite.backends import _pretrained, _seeds

        device = self.network.device
        content = [{"type": "text", "text": request.prompt.text}]
        chat = [{"role": "user", "content": content}]
        text = self.processor.apply_chat_template(chat, add_generation_prompt=True)
        told = self.processor(text=text, generation_mode="image", return_tensors="pt").to(device)
        with (
            _pretrained.mending_memory(1),
            torch.inference_mode(),
            _seeds.seeded(request.seed, device),
        ):
            tokens = self.network.generate(
                **told, generation_mode="image", do_sample=True, **self.sampling
            )
            decoded = self.network.decode_image_tokens(tokens).float()
        if not bool(decoded.isfinite().all()):
            return NoImage("invalid", "the decoder gave NaN or infinite pixels")
        made = self.processor.postprocess(list(decoded.cpu()), return_tensors="pt")
        return np.ascontiguousarray(made["pixel_values"][0].permute(1, 2, 0).numpy())

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """A line for each prompt that the model does not read as it stands."""
        from evalsuite.backends import _tokens

        return _tokens.problems(self.readers, prompts, self.name)

    def describe(self) -> Mapping[str, Json]:
        """Everything needed to draw the same pictures; hashes all weights at the first call."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        config = self.network.generation_config
        return {
            "backend": "transformers",
            "model": self.name,
            "revision": self.revision,
            "dialect": self.dialect,
            "class": type(self.network).__name__,
            "weights_sha256": digest(self.network),
            "dtype": str(self.network.dtype).removeprefix("torch."),
            "device": {"kind": self.network.device.type},
            "guidance_scale": self.sampling["guidance_scale"],
            "temperature": self.sampling.get("temperature", config.temperature),
            "top_p": self.sampling.get("top_p", config.top_p),
            "top_k": config.top_k,
            "image_tokens": self.network.config.vision_config.num_image_tokens,
            "batch_size": self.batch_size,
        }
