"""What the models that answer questions about pictures have in common."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalsuite.encoders import marks
from evalsuite.encoders.weights import digest
from evalsuite.records import Json

if TYPE_CHECKING:
    import torch

TOGETHER = 16
"""Questions per forward pass, all about one picture."""

YES_OR_NO = "Please answer yes or no."

Probabilities = list[list[float]]
"""A question's probabilities: for every option, that of each of its spellings, the usual first."""


class Network:
    """What all kinds have: a network, its processor, its name and its weights' digest."""

    def __init__(self, name: str, model: Any, processor: Any, device: str) -> None:
        self.name = name
        self._model, self._processor, self._device = model, processor, device
        self._tokenizer = processor.tokenizer
        self.sha256 = digest(model)
        self.key = f"vqa-{self.sha256[:16]}"
        self.images_encoded = 0
        self._marks = marks.of_tokenizer(self._tokenizer)
        self._longest = int(model.config.get_text_config().max_position_embeddings)

    def describe(self) -> Mapping[str, Json]:
        """Name, class, precision and weights, for the manifest."""
        kind, dtype = type(self._model).__name__, str(self._model.dtype).removeprefix("torch.")
        return {"model": self.name, "class": kind, "dtype": dtype, "weights_sha256": self.sha256}

    def _unreadable(self, text: str) -> str | None:
        """Why the text cannot be read as it stands, if it cannot."""
        if mark := marks.first_in(text, self._marks):
            return f"{self.name} takes {mark!r} for a mark of its own; leave it out"
        tokens = len(self._tokenizer(text).input_ids)
        if tokens > self._longest:
            return f"{tokens} tokens, and {self.name} reads {self._longest}; shorten it"
        return None


def finite(logits: "torch.Tensor") -> "torch.Tensor":
    """The logits as float32 on the CPU; raises `ValueError` where one is not finite."""
    values = logits.float().cpu()
    if not bool(values.isfinite().all()):
        raise ValueError("the answering model's logits are not finite; try --device cpu")
    return values
