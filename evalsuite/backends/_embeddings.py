"""Prompt embeddings of diffusers pipelines: each distinct text is encoded once, and alone.

Every pipeline has an `encode_prompt` with a signature of its own, but they all take lists of
texts and give tensors with one row per text. `Embeddings` takes the place of that method: it calls
the real one with one text at a time, keeps the results, and joins them as the pipeline expects. An
embedding's bytes therefore do not depend on the texts beside it.
"""

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import torch

BUDGET = 1 << 30
"""Bytes of embeddings that are kept; the oldest go first. A Flux text takes 4 MB, an SD one 0.2."""

PROBE = ("a dog", "two red circles and a blue square to the left of a cat")
"""Texts of different lengths, to see whether embeddings change shape with the text."""


class Embeddings:
    """Takes the place of a pipeline's `encode_prompt`; `encoded` counts the texts encoded."""

    def __init__(
        self,
        encode_prompt: Callable[..., Any],
        forced: Mapping[str, Any] | None = None,
        budget: int = BUDGET,
    ) -> None:
        self.encode_prompt, self.forced = encode_prompt, dict(forced or {})
        # What `inspect.signature` then says of this object as well.
        self.__signature__ = self.signature = inspect.signature(encode_prompt)
        self.budget = budget
        self.kept: OrderedDict[str, Any] = OrderedDict()
        self.bytes = 0
        self.encoded = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the real method would give; calls with other than plain values go straight to it."""
        arguments = self.signature.bind(*args, **kwargs).arguments
        if self.forced:
            arguments |= self.forced
            bound = inspect.BoundArguments(self.signature, arguments)
            args, kwargs = bound.args, bound.kwargs
        texts = arguments.get("prompt")
        others = [value for name, value in arguments.items() if name != "prompt"]
        if not isinstance(texts, list) or not all(_is_plain(value) for value in others):
            return self.encode_prompt(*args, **kwargs)
        return joined([self._alone(_slot(arguments, slot)) for slot in range(len(texts))])

    def _alone(self, arguments: Mapping[str, Any]) -> Any:
        key = repr(sorted(arguments.items()))
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        bound = inspect.BoundArguments(self.signature, OrderedDict(arguments))
        embeddings = self.encode_prompt(*bound.args, **bound.kwargs)
        self.encoded += 1
        self.kept[key] = embeddings
        self.bytes += _size(embeddings)
        while self.bytes > self.budget and len(self.kept) > 1:
            self.bytes -= _size(self.kept.popitem(last=False)[1])
        return embeddings


def has_fixed_shape(pipeline: Any, forced: Mapping[str, Any] | None = None) -> bool:
    """Whether texts encoded alone and joined have the shape of texts encoded together.

    False for pipelines that pad to the longest text of a batch, that have no `encode_prompt`, or
    whose `encode_prompt` needs arguments that are not known here: with those, what stands beside
    a text may change its picture.
    """
    encode = getattr(pipeline, "encode_prompt", None)
    if encode is None:
        return False
    arguments = _probe_arguments(encode, pipeline.device)
    if arguments is None:
        return False
    arguments |= forced or {}
    with torch.no_grad():
        try:
            alone = joined([encode(**_slot(arguments, slot)) for slot in range(len(PROBE))])
        except _Unjoinable:
            return False
        return bool(_shape(alone) == _shape(encode(**arguments)))


class _Unjoinable(ValueError):
    """Embeddings of several texts that have no common shape."""


def joined(answers: list[Any]) -> Any:
    """The embeddings of single texts as one for all: tensors concatenated along the first axis.

    A tensor without a row per text (Flux's text ids) must be the same for all texts, and is taken
    once. Raises `ValueError` if the answers do not fit together.
    """
    first = answers[0]
    if isinstance(first, tuple):
        return tuple(joined([answer[i] for answer in answers]) for i in range(len(first)))
    if isinstance(first, list):
        return [item for answer in answers for item in answer]
    if not isinstance(first, torch.Tensor):
        return first
    if any(answer.shape != first.shape for answer in answers):
        raise _Unjoinable("embeddings change their shape with the text; use a batch size of 1")
    if first.dim() > 0 and first.shape[0] == 1:
        return torch.cat(answers)
    if any(not torch.equal(answer, first) for answer in answers):
        raise _Unjoinable("embeddings have no row per text; use a batch size of 1")
    return first


def _slot(arguments: Mapping[str, Any], slot: int) -> dict[str, Any]:
    """The arguments for one text: lists of texts are cut down to it, the rest stays."""
    texts = len(arguments["prompt"])
    return {
        name: value[slot : slot + 1] if _is_texts(name, value, texts) else value
        for name, value in arguments.items()
    }


def _is_texts(name: str, value: Any, texts: int) -> bool:
    return (
        name.startswith(("prompt", "negative_prompt"))
        and isinstance(value, list)
        and len(value) == texts
    )


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, (str, bool, int, float, torch.device, torch.dtype))


def _probe_arguments(encode: Callable[..., Any], device: torch.device) -> dict[str, Any] | None:
    values = {
        "prompt": list(PROBE),  # Z-Image's writes its chat template into the very list
        "prompt_2": None,
        "prompt_3": None,
        "prompt_4": None,
        "device": device,
        "num_images_per_prompt": 1,
        "do_classifier_free_guidance": True,
    }
    arguments: dict[str, Any] = {}
    for name, parameter in inspect.signature(encode).parameters.items():
        if name in values and (parameter.default is parameter.empty or values[name] is not None):
            arguments[name] = values[name]
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            return None
    return arguments if "prompt" in arguments else None


def _shape(embeddings: Any) -> Any:
    if isinstance(embeddings, (tuple, list)):
        return [_shape(item) for item in embeddings]
    return tuple(embeddings.shape) if isinstance(embeddings, torch.Tensor) else None


def _size(embeddings: Any) -> int:
    if isinstance(embeddings, (tuple, list)):
        return sum(_size(item) for item in embeddings)
    if not isinstance(embeddings, torch.Tensor):
        return 0
    return embeddings.numel() * embeddings.element_size()
