"""Chat models that see: probabilities of the first token of their reply to a question."""

import string
from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.answering import TOGETHER, YES_OR_NO, Network, Probabilities, finite
from evalsuite.encoders.chat_prefix import begun, first_tokens, parts
from evalsuite.prompts.questions import has_choices, is_open, options
from evalsuite.records import Picture, Question
from evalsuite.vocabulary.english import number_forms

AGREEMENT = 0.05
"""Largest total variation between two answers that differ by rounding in bfloat16 alone."""


class ChatAnswerer(Network):
    """A chat model: the first token of its reply, after the question in its own chat template.

    Choices are lettered, and the letters' probabilities are those of the choices.
    """

    def __init__(self, name: str, model: Any, processor: Any, device: str) -> None:
        super().__init__(name, model, processor, device)
        # The reply's first token follows the last one of every row.
        self._tokenizer.padding_side = "left"
        self._takes = signature(model.forward).parameters
        self._encodes_apart = False
        self._goes_on = False
        self._encodes_apart = "mm_encoder_outputs" in self._takes and self._agrees("_encodes_apart")
        self._goes_on = self._agrees("_goes_on")
        self.images_encoded = 0

    def _agrees(self, shortcut: str) -> bool:
        """Whether the network answers the same when a picture is not read anew for each question.

        Two shortcuts, tried on one made-up picture and left alone where the network disagrees or
        raises, as `images_encoded` then shows. `_encodes_apart`: recent transformers accept an
        encoded picture, but each network has its own format for it. `_goes_on`: questions go on
        from the keys and values of what stands before them (`chat_prefix`).
        """
        ramp = np.linspace(0, 255, 96 * 64 * 3).astype(np.uint8).reshape(96, 64, 3)
        chats = [self._chat(f"Is it {color}? {YES_OR_NO}") for color in ("dark", "light and grey")]
        in_full = self._first_token(Picture("", lambda: ramp), chats)
        setattr(self, shortcut, True)
        try:
            short = self._first_token(Picture("", lambda: ramp), chats)
        except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError):
            return False
        return bool(np.abs(in_full - short).sum(axis=1).max() / 2 < AGREEMENT)

    def look(self, pictures: Sequence[Picture]) -> None:
        """Nothing: pictures differ in size here, so each is encoded alone, when it is asked of."""

    def _spelt(self, question: Question) -> tuple[str, list[list[str]]]:
        return _worded(question), _replies(question)

    def _answer(self, picture: Picture, questions: Sequence[Question]) -> list[Probabilities]:
        answers: list[Probabilities] = []
        for start in range(0, len(questions), TOGETHER):
            some = questions[start : start + TOGETHER]
            chats = [self._chat(_worded(question)) for question in some]
            for question, row in zip(some, self._first_token(picture, chats), strict=True):
                tokens = [self._tokens(spelt) for spelt in _replies(question)]
                answers.append([[float(row[token]) for token in same] for same in tokens])
        picture.memo.pop(f"{self.key} prefix", None)  # many megabytes
        return answers

    def problem(self, question: Question) -> str | None:
        """A question that cannot be read, has too many choices, or an answer of many tokens."""
        if len(question.choices) > len(string.ascii_uppercase):
            return f"{len(question.choices)} choices, and there are 26 letters to name them by"
        for option, spelt in zip(options(question), _replies(question), strict=True):
            if not self._tokens(spelt):
                return f"{option!r} is no single token of {self.name}; give the question choices"
        return self._unreadable(_worded(question))

    def _chat(self, words: str) -> str:
        content = [{"type": "image"}, {"type": "text", "text": words}]
        messages = [{"role": "user", "content": content}]
        return str(self._processor.apply_chat_template(messages, add_generation_prompt=True))

    def _first_token(self, picture: Picture, chats: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities of the reply's first token, shape (chats, vocabulary)."""
        if self._goes_on:
            return self._after_prefix(picture, chats)
        import torch

        arguments = self._inputs(picture, chats)
        if "logits_to_keep" in self._takes:
            arguments["logits_to_keep"] = 1
        with torch.inference_mode():
            logits = self._model(**arguments, use_cache=False).logits[:, -1]
            return np.asarray(finite(logits).softmax(-1).numpy())

    def _after_prefix(self, picture: Picture, chats: Sequence[str]) -> NDArray[np.float32]:
        """The same, from the keys and values of what the chats begin with, kept with the picture.

        Raises `ValueError` where the chats have no such beginning, or do not end as they would in
        full.
        """
        mark = getattr(self._processor, "image_token", None) or ""
        heads, tails = zip(*(parts(chat, mark) for chat in chats), strict=True)
        at = f"{self.key} prefix"
        if at not in picture.memo:
            if len(set(heads)) > 1:
                raise ValueError("the chats begin differently")
            picture.memo[at] = begun(self._model, self._inputs(picture, heads[:1]))
        rows = [self._tokenizer(tail, add_special_tokens=False).input_ids for tail in tails]
        pad = self._tokenizer.pad_token_id or 0
        return first_tokens(self._model, picture.memo[at], rows, pad)

    def _inputs(self, picture: Picture, chats: Sequence[str]) -> dict[str, Any]:
        """The arguments of the network's forward pass, the picture once for every chat."""
        import torch
        from PIL import Image

        image = Image.fromarray(picture.pixels)
        begins = self._tokenizer.bos_token is not None and chats[0].startswith(
            self._tokenizer.bos_token
        )  # a template that writes it would otherwise get a second one
        inputs = self._processor(
            text=list(chats),
            images=[[image] for _ in chats],
            padding=True,
            return_tensors="pt",
            add_special_tokens=not begins,
        ).to(self._device, self._model.dtype)
        arguments = {name: value for name, value in inputs.items() if name in self._takes}
        if self._encodes_apart:
            del arguments["pixel_values"]
            with torch.inference_mode():
                encoded = self._repeated(picture, image, len(chats))
            arguments["mm_encoder_outputs"] = {"image": encoded}
        else:
            self.images_encoded += len(chats)
        return arguments

    def _repeated(self, picture: Picture, image: Any, times: int) -> Any:
        """The encoded picture as the network gives it for `times` pictures."""
        if self.key not in picture.memo:
            inputs = self._processor.image_processor(images=[image], return_tensors="pt")
            inputs = inputs.to(self._device, self._model.dtype)
            taken = signature(self._model.get_image_features).parameters
            arguments = {name: value for name, value in inputs.items() if name in taken}
            picture.memo[self.key] = self._model.get_image_features(**arguments, return_dict=True)
            self.images_encoded += 1
        encoded = picture.memo[self.key]
        return type(encoded)(**{name: _times(value, times) for name, value in encoded.items()})

    def _tokens(self, spellings: Sequence[str]) -> list[int]:
        """The tokens of those spellings that are one token, each once, in order."""
        rows = [self._tokenizer(s, add_special_tokens=False).input_ids for s in spellings]
        return list(dict.fromkeys(row[0] for row in rows if len(row) == 1))


def _times(value: Any, times: int) -> Any:
    """One picture's features repeated: along a tensor's first axis, or as items of a sequence."""
    import torch

    if isinstance(value, torch.Tensor):
        return torch.cat([value] * times)
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return [_times(layer, times) for layer in value]  # a sequence of layers, each of pictures
    return None if value is None else list(value) * times


def _worded(question: Question) -> str:
    """The question as it is put to a chat model."""
    if has_choices(question):
        named = zip(string.ascii_uppercase, question.choices, strict=False)
        listed = " ".join(f"({letter}) {choice}" for letter, choice in named)
        return f"{question.text} {listed} Please answer with the letter only."
    wish = "Please answer with one word." if is_open(question) else YES_OR_NO
    return question.text if question.text.endswith(wish) else f"{question.text} {wish}"


def _replies(question: Question) -> list[list[str]]:
    """The ways in which a chat model may begin to give each option; the usual one first.

    A number may come as a word or in digits, also where a letter was asked for.
    """
    offered = options(question)
    if has_choices(question):
        letters = string.ascii_uppercase[: len(question.choices)]
        numbers = [[f for form in forms for f in _forms(form)] for forms in _numbers(offered)]
        return [
            [letter, f" {letter}", f"({letter}", *forms]
            for letter, forms in zip(letters, numbers, strict=True)
        ]
    return [
        [f for form in (option, *number_forms(option)[1:]) for f in _forms(form)]
        for option in offered
    ]


def _forms(option: str) -> list[str]:
    title = option.capitalize()
    return list(dict.fromkeys([title, option, f" {title}", f" {option}", option.upper()]))


def _numbers(offered: Sequence[str]) -> list[tuple[str, ...]]:
    """Each option's word and digits, if it is a number; no digits with which another's begin."""
    all_forms = [
        number_forms(option) if len(number_forms(option)) > 1 else () for option in offered
    ]
    digits = [form for forms in all_forms for form in forms if form.isdigit()]
    return [
        tuple(f for f in forms if not any(d != f and d.startswith(f) for d in digits))
        for forms in all_forms
    ]
