"""BLIP for visual question answering: probabilities of the answers that it might write."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalsuite.encoders.answering import TOGETHER, Network, Probabilities, finite
from evalsuite.encoders.weights import padded
from evalsuite.prompts.questions import has_choices, options
from evalsuite.records import Picture, Question
from evalsuite.vocabulary.english import number_forms

if TYPE_CHECKING:
    import torch

BATCH = 8
"""Pictures per forward pass of the vision tower."""


class BlipAnswerer(Network):
    """BLIP for question answering (Li et al. 2022, arXiv 2201.12086): it writes its own answer.

    Yes and no are its first token's probabilities. Choices, which its input does not list, are
    ranked by the probability of writing each out and ending there, and those are made to sum to
    one: the rank inference of its authors. A number counts as a word and in digits, as in its
    training data.
    """

    def look(self, pictures: Sequence[Picture]) -> None:
        """Put the pictures through the vision tower, in batches of one shape."""
        import torch
        from PIL import Image

        pending = list({p.sha256: p for p in pictures if self.key not in p.memo}.values())
        for start in range(0, len(pending), BATCH):
            batch = pending[start : start + BATCH]
            images = padded([Image.fromarray(picture.pixels) for picture in batch], BATCH)
            inputs = self._processor.image_processor(images=images, return_tensors="pt")
            pixels = inputs["pixel_values"].to(self._device, self._model.dtype)
            with torch.inference_mode():
                encoded = self._model.vision_model(pixel_values=pixels).last_hidden_state
            self.images_encoded += len(batch)
            for picture, features in zip(batch, encoded, strict=False):
                picture.memo[self.key] = features
        for picture in pictures:
            if self.key not in picture.memo:
                twin = next(p for p in pending if p.sha256 == picture.sha256)
                picture.memo[self.key] = twin.memo[self.key]

    def _spelt(self, question: Question) -> tuple[str, list[list[str]]]:
        # Choices are written out to the end, and yes and no are not.
        ends = ["[end]"] if has_choices(question) else []
        return question.text, [_spellings(option) + ends for option in options(question)]

    def _answer(self, picture: Picture, questions: Sequence[Question]) -> list[Probabilities]:
        self.look([picture])
        answers: list[Probabilities] = []
        for start in range(0, len(questions), TOGETHER):
            answers += self._ask(picture.memo[self.key], questions[start : start + TOGETHER])
        return answers

    def problem(self, question: Question) -> str | None:
        """A question that is too long, or has one of the tokenizer's own marks in it."""
        return self._unreadable(question.text)

    def _ask(self, features: "torch.Tensor", questions: Sequence[Question]) -> list[Probabilities]:
        import torch

        words = [question.text for question in questions]
        tokens = self._tokenizer(words, padding=True, return_tensors="pt").to(self._device)
        with torch.inference_mode():
            hidden = self._model.text_encoder(
                input_ids=tokens.input_ids,
                attention_mask=tokens.attention_mask,
                encoder_hidden_states=features.expand(len(questions), -1, -1),
                encoder_attention_mask=tokens.attention_mask.new_ones(
                    len(questions), len(features)
                ),
            ).last_hidden_state
            return [
                # Cut, not masked: the decoder of transformers 5.23 looks at masked tokens too.
                self._probabilities(question, hidden[k][tokens.attention_mask[k] == 1])
                for k, question in enumerate(questions)
            ]

    def _probabilities(self, question: Question, hidden: "torch.Tensor") -> Probabilities:
        """Every spelling of every option, written out by the decoder in one batch."""
        import torch

        spelt = [_spellings(option) for option in options(question)]
        flat = [spelling for spellings in spelt for spelling in spellings]
        # Of yes and no the first token alone counts: "yes, it is" says no less.
        end = [self._tokenizer.sep_token_id] if has_choices(question) else []
        rows = [self._tokenizer(s, add_special_tokens=False).input_ids + end for s in flat]
        longest = max(map(len, rows))
        begin, pad = self._model.decoder_start_token_id, self._tokenizer.pad_token_id
        inputs = torch.tensor([[begin, *row, *[pad] * (longest - len(row))] for row in rows])
        logits = self._model.text_decoder(
            input_ids=inputs[:, :-1].to(self._device),
            encoder_hidden_states=hidden.expand(len(rows), -1, -1),
        ).logits
        logs = finite(logits).log_softmax(-1).gather(-1, inputs[:, 1:, None])[..., 0]
        is_real = torch.tensor([[k < len(row) for k in range(longest)] for row in rows])
        chances = (logs * is_real).sum(-1).exp()
        if has_choices(question):
            chances = chances / chances.sum()
        numbers = iter(chances.tolist())
        return [[next(numbers) for _ in spellings] for spellings in spelt]


def _spellings(option: str) -> list[str]:
    return list(number_forms(option))
