"""What all questions about one picture have in common, read by a chat model once.

A prompt begins with the template and the picture, hundreds of tokens, and ends in a question of a
few. The keys and values of the beginning are computed once a picture; each batch of questions goes
on from a copy of them.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.answering import finite


@dataclass(frozen=True, slots=True)
class Prefix:
    """The keys and values of a prompt's beginning, its length, and Qwen's shift of positions."""

    cache: Any
    length: int
    shift: Any


def parts(chat: str, image_token: str) -> tuple[str, str]:
    """A chat up to its picture, inclusive, and the rest; raises `ValueError` where it has not one.

    >>> parts("user: <image> Is it red?", "<image>")
    ('user: <image>', ' Is it red?')
    """
    if not image_token or chat.count(image_token) != 1:
        raise ValueError("not one picture")
    head, mark, tail = chat.partition(image_token)
    return head + mark, tail


def begun(model: Any, arguments: dict[str, Any]) -> Prefix:
    """Read the beginning; `arguments` are those of the model's forward pass, of one row."""
    import torch

    with torch.inference_mode():
        out = model(**arguments, use_cache=True)
    shift = getattr(model.model, "rope_deltas", None)
    return Prefix(out.past_key_values, int(arguments["input_ids"].shape[1]), shift)


def first_tokens(
    model: Any, prefix: Prefix, rows: Sequence[Sequence[int]], pad: int
) -> NDArray[np.float32]:
    """Probabilities of the token after each row, shape (rows, vocabulary).

    Rows are padded on the right, where no token that counts can see.
    """
    import torch

    longest, device = max(map(len, rows)), model.device
    tokens = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows]).to(device)
    cache = deepcopy(prefix.cache)
    cache.batch_repeat_interleave(len(rows))
    positions = torch.arange(prefix.length, prefix.length + longest, device=device)
    positions = positions.expand(len(rows), -1)
    if prefix.shift is not None:
        # Qwen counts a picture's tokens in three axes, so that what follows begins earlier.
        positions = (positions + prefix.shift.to(device)).expand(3, len(rows), -1)
    # Renamed in transformers 5.
    name = "cache" if "cache" in signature(model.forward).parameters else "past_key_values"
    with torch.inference_mode():
        logits = model(
            input_ids=tokens,
            attention_mask=torch.ones(
                len(rows), prefix.length + longest, dtype=torch.long, device=device
            ),
            position_ids=positions,
            use_cache=True,
            **{name: cache},
        ).logits
        last = torch.tensor([len(row) - 1 for row in rows], device=device)
        ends = logits[torch.arange(len(rows), device=device), last]
        return np.asarray(finite(ends).softmax(-1).numpy())
