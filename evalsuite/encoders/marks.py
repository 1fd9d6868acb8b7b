"""Marks of a tokenizer's own in a text ("<|endoftext|>"), which it would obey instead of read."""

import html
import re
from typing import Any

MARK = re.compile(r"[<\[]\S+[>\]]")
"""How marks look; some tokenizers pad with "!", which a text may well have."""


def of_tokenizer(tokenizer: Any) -> tuple[str, ...]:
    """The marks of a tokenizer of transformers or open_clip, sorted."""
    if hasattr(tokenizer, "get_added_vocab"):
        words = {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}
    else:
        words = {tokenizer.decoder[number] for number in tokenizer.all_special_ids}
    return tuple(sorted(word for word in words if MARK.fullmatch(word)))


def first_in(text: str, marks: tuple[str, ...]) -> str | None:
    """The first of the marks that a text holds, in capitals, small letters or HTML's entities."""
    plain = html.unescape(html.unescape(text)).lower()  # as open_clip cleans every text
    return next((mark for mark in marks if mark.lower() in plain), None)
