"""How many of a prompt's tokens the text encoders of a diffusers pipeline read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from evalsuite.encoders import marks
from evalsuite.records import Prompt

SENTINEL = 1_000_000
"""Tokenizers without a limit name an absurd one: transformers' is int(1e30)."""

SHOWN = 80
"""Characters of a dropped text that are shown."""


class PromptReader(NamedTuple):
    """A tokenizer, how many tokens its encoder reads (None: all), and whether that decides.

    Where another encoder (a T5) reads the whole prompt, as in SD3 and Flux, the CLIP encoders
    beside it add a summary of its first tokens, and their limit makes no prompt too long.
    """

    name: str
    tokenizer: Any
    limit: int | None
    decides: bool


def find_readers(pipeline: Any, max_sequence_length: int | None) -> tuple[PromptReader, ...]:
    """The tokenizers of a pipeline that have a text encoder, by component name.

    CLIP encoders read as many tokens as they have positions. Others are given as many as the
    pipeline's `max_sequence_length` says, or else as the tokenizer does.
    """
    readers = []
    for name, tokenizer in sorted(pipeline.components.items()):
        encoder = pipeline.components.get(name.replace("tokenizer", "text_encoder"))
        if "tokenizer" not in name or tokenizer is None or encoder is None:
            continue
        clip = type(encoder).__name__.startswith("CLIP")
        stated = getattr(tokenizer, "model_max_length", None)
        limits = [stated if isinstance(stated, int) and stated < SENTINEL else None]
        if clip:
            limits.append(getattr(encoder.config, "max_position_embeddings", None))
        elif max_sequence_length is not None:
            limits = [max_sequence_length]
        limit = min((limit for limit in limits if limit is not None), default=None)
        readers.append((name, tokenizer, limit, clip))
    long_reader = not all(clip for *_, clip in readers)
    return tuple(
        PromptReader(name, tokenizer, limit, decides=not (clip and long_reader))
        for name, tokenizer, limit, clip in readers
    )


def overlong(reader: PromptReader, text: str, model: str) -> str | None:
    """What is wrong if `model` cannot read the whole of `text`, and the mend; else None."""
    if reader.limit is None:
        return None
    ids = reader.tokenizer(text, truncation=False, verbose=False)["input_ids"]
    if len(ids) <= reader.limit:
        return None
    # The encoder keeps its closing token, so that the cut is one earlier on both sides.
    dropped = " ".join(reader.tokenizer.decode(ids[reader.limit - 1 : -1]).split())
    dropped = dropped if len(dropped) <= SHOWN else f"{dropped[: SHOWN - 3]}..."
    return (
        f"{len(ids)} tokens, specials included, but the {reader.name} of {model} passes on "
        f"{reader.limit}; shorten it by {len(ids) - reader.limit}, or {dropped!r} is not read"
    )


def unreadable(readers: Sequence[PromptReader], text: str, model: str) -> str | None:
    """Why a text is not drawn as it stands: a mark of a tokenizer's own in it, or its length.

    A tokenizer obeys its marks: after "<|endoftext|>" a CLIP reads no further.
    """
    for reader in readers:
        if mark := marks.first_in(text, marks.of_tokenizer(reader.tokenizer)):
            whose = f"the {reader.name} of {model}"
            return f"{whose} takes {mark!r} for a mark of its own; leave it out"
    deciding = (overlong(r, text, model) for r in readers if r.decides)
    return next((over for over in deciding if over is not None), None)


def problems(readers: Sequence[PromptReader], prompts: Sequence[Prompt], model: str) -> list[str]:
    """A line for each prompt that is not drawn as it stands."""
    found = ((prompt.id, unreadable(readers, prompt.text, model)) for prompt in prompts)
    return [f"prompt {name}: {why}" for name, why in found if why is not None]
