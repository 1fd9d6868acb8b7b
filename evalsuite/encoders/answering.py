"""What the models that answer questions about pictures have in common."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalsuite.encoders import answers, marks
from evalsuite.encoders.weights import digest
from evalsuite.records import Json, Picture, Question

if TYPE_CHECKING:
    import torch

TOGETHER = 16
"""Questions per forward pass, all about one picture."""

YES_OR_NO = "Please answer yes or no."

Probabilities = list[list[float]]
"""A question's probabilities: for every option, that of each of its spellings, the usual first."""


class Network(ABC):
    """What all kinds have: a network, its processor, its name and its weights' digest.

    Answers are kept with the picture's features: a question that was asked before costs nothing.
    """

    def __init__(self, name: str, model: Any, processor: Any, device: str) -> None:
        self.name = name
        self._model, self._processor, self._device = model, processor, device
        self._tokenizer = processor.tokenizer
        self.sha256 = digest(model)
        self.key = f"vqa-{self.sha256[:16]}"
        dtype = str(model.dtype).removeprefix("torch.")
        self.kept = f"{self.key}-{dtype}-answers"
        self.images_encoded = 0
        self._marks = marks.of_tokenizer(self._tokenizer)
        self._longest = int(model.config.get_text_config().max_position_embeddings)

    def describe(self) -> Mapping[str, Json]:
        """Name, class, precision and weights, for the manifest."""
        kind, dtype = type(self._model).__name__, str(self._model.dtype).removeprefix("torch.")
        return {"model": self.name, "class": kind, "dtype": dtype, "weights_sha256": self.sha256}

    def ask(self, picture: Picture, questions: Sequence[Question]) -> list[Probabilities]:
        """The probabilities of every question's options, shapes (options, spellings)."""
        known = answers.recall(picture, self.kept)
        fresh = {self._asked(q): q for q in questions if self._asked(q) not in known}
        if fresh:
            found = self._answer(picture, list(fresh.values()))
            answers.keep(picture, self.kept, dict(zip(fresh, found, strict=True)))
            known = answers.recall(picture, self.kept)
        return [known[self._asked(question)] for question in questions]

    def knows(self, picture: Picture, questions: Sequence[Question]) -> bool:
        """Whether the answers are kept with the picture, so that it need not be looked at."""
        return answers.are_known(picture, self.kept, map(self._asked, questions))

    def _asked(self, question: Question) -> str:
        """All that the answer depends on beside the picture and the model."""
        return json.dumps(self._spelt(question))

    @abstractmethod
    def _answer(self, picture: Picture, questions: Sequence[Question]) -> list[Probabilities]:
        """What the network itself says to the questions."""

    @abstractmethod
    def _spelt(self, question: Question) -> tuple[str, Sequence[Sequence[str]]]:
        """The question as it is put to the model, and the spellings of each option."""

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
