"""CLIP models that are saved in transformers' layout, with the same interface as open_clip's."""

from functools import cache
from typing import TYPE_CHECKING, Any

from evalsuite.encoders import golden
from evalsuite.encoders.clip import Clip
from evalsuite.encoders.weights import device_of, loading, source_of
from evalsuite.records import InputError

if TYPE_CHECKING:
    import torch


@cache
def load(model: str, processor: str | None = None, device: str = "auto") -> Clip:
    """Load a `CLIPModel` once per process: a folder or a hub id. Safetensors only.

    `processor` names the folder or hub id of the preprocessing and the tokenizer, where they are
    not beside the weights. Raises `InputError` for what cannot be loaded, and for weights that
    leave a part of the model at its random start.
    """
    from transformers import CLIPModel, CLIPProcessor

    what, where = f"CLIP model {model!r}", device_of(device)
    source = source_of("CLIP model", model)
    beside = source if processor is None else source_of("processor", processor, weights=())
    with loading(what, source.weights):
        network, report = CLIPModel.from_pretrained(
            source.path, use_safetensors=True, dtype="float32", output_loading_info=True
        )
        prepared = CLIPProcessor.from_pretrained(beside.path)
    lacking = sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"]))
    if lacking:
        raise InputError(f"{what}: its weights lack {lacking[0]}; download it again")
    towers = _towers(network).to(where).eval()
    prepare, words = _Preparation(prepared.image_processor), _Words(prepared.tokenizer, towers)
    clip = Clip(source.name, towers, prepare, words, where)
    clip.golden = golden.check(source.folder, clip.sha256, clip.golden_values, device=where)
    clip.images_encoded = 0
    return clip


def _towers(network: Any) -> Any:
    """The model with the names that open_clip gives to its parts."""
    from torch import Tensor, nn

    class Towers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network
            self.context_length = int(network.config.text_config.max_position_embeddings)

        @property
        def logit_scale(self) -> Tensor:
            scale: Tensor = network.logit_scale
            return scale

        def encode_image(self, pixels: Tensor) -> Tensor:
            features: Tensor = network.get_image_features(pixel_values=pixels).pooler_output
            return features

        def encode_text(self, tokens: Tensor) -> Tensor:
            # The text tower reads left to right: what pads the end cannot be seen.
            features: Tensor = network.get_text_features(input_ids=tokens).pooler_output
            return features

    return Towers()


class _Preparation:
    """From a picture to the model's input, as its own processor does it."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def __call__(self, image: Any) -> "torch.Tensor":
        pixels: torch.Tensor = self._processor(images=image, return_tensors="pt")["pixel_values"][0]
        return pixels


class _Words:
    """From texts to tokens, padded to the model's length; `tokenizer` counts without a cut."""

    def __init__(self, tokenizer: Any, towers: Any) -> None:
        self.tokenizer, self._length = tokenizer, towers.context_length

    def __call__(self, texts: list[str]) -> "torch.Tensor":
        tokens: torch.Tensor = self.tokenizer(
            texts, padding="max_length", max_length=self._length, return_tensors="pt"
        ).input_ids
        return tokens
