"""Visual question answering by transformers' models: a probability for every answer offered.

Two kinds of model are read: BLIP's own for question answering, and every chat model of the task
`image-text-to-text` (Qwen-VL and its like). Either way a picture is encoded once, whatever the
number of questions, and the questions of one picture go through the model together; they share a
batch with no other picture's, so that an answer depends on its own case alone.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from evalsuite.encoders.answering import Probabilities
from evalsuite.encoders.blip import BlipAnswerer
from evalsuite.encoders.chat import ChatAnswerer
from evalsuite.encoders.weights import device_of, loading, source_of
from evalsuite.records import InputError, Json, Picture, Question


class Answerer(Protocol):
    """A loaded model that answers questions about pictures."""

    name: str
    images_encoded: int

    def describe(self) -> Mapping[str, Json]:
        """Name, weights and wording, for the manifest."""

    def look(self, pictures: Sequence[Picture]) -> None:
        """Encode the pictures that are not encoded yet."""

    def knows(self, picture: Picture, questions: Sequence[Question]) -> bool:
        """Whether the answers are kept with the picture, so that it need not be looked at."""

    def ask(self, picture: Picture, questions: Sequence[Question]) -> list[Probabilities]:
        """The probabilities of every question's options (`questions.options`), in order."""

    def problem(self, question: Question) -> str | None:
        """Why this model cannot be asked the question, if it cannot."""


@cache
def load(model: str, device: str = "auto") -> BlipAnswerer | ChatAnswerer:
    """Load a model once per process: a folder or a hub id. Safetensors only, and no remote code.

    Weights are float32 on the CPU. On a GPU they take half the space: float16 for BLIP, bfloat16
    for chat models, which were trained in it and overflow in float16. Raises `InputError` for a
    model that cannot be loaded whole, or answers no questions.
    """
    from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
    from transformers import BlipForQuestionAnswering as Blip

    source, where = source_of("answering model", model), device_of(device)
    with loading(f"answering model {model!r}", source.weights):
        config = AutoConfig.from_pretrained(source.path)
        blip = Blip.__name__ in (config.architectures or ())
        half = "float16" if blip else "bfloat16"
        network, info = (Blip if blip else AutoModelForImageTextToText).from_pretrained(
            source.path,
            use_safetensors=True,
            dtype=half if where.startswith("cuda") else "float32",
            output_loading_info=True,
        )
        processor = AutoProcessor.from_pretrained(source.path)
    weights = {key for key, _ in network.named_parameters()}  # tied ones once
    if lost := sorted(weights & set(info["missing_keys"])):
        raise InputError(f"answering model {model!r}: its files lack {lost[0]}; download it again")
    if not blip and not getattr(processor, "chat_template", None):
        raise InputError(
            f"answering model {model!r} is a {type(network).__name__} without a chat template; "
            "BLIP for question answering and chat models are read"
        )
    kind = BlipAnswerer if blip else ChatAnswerer
    try:
        return kind(source.name, network.to(where).eval(), processor, where)
    except ValueError as error:  # a chat model is tried out when it is loaded
        raise InputError(f"answering model {model!r}: {error}") from error
