"""The two sides of `peers.py`: models of random weights, ours and the peers' loops over them."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.encoders import clip, vqa
from evalsuite.files.images import decode_image, encode_png
from evalsuite.records import Picture, Question
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import any_scene

TESTS = Path(__file__).parent.parent / "tests"
EACH = 8
"""Images a prompt, and questions a picture."""
SIDE = 224
CLIP: dict[str, Any] = {
    "embed_dim": 128,
    "quick_gelu": True,
    "vision_cfg": {
        **{"image_size": SIDE, "layers": 4, "width": 192, "head_width": 64, "patch_size": 32},
    },
    "text_cfg": {
        **{"context_length": 77, "vocab_size": 49408, "width": 128, "heads": 2, "layers": 4},
    },
}
TOWER = {
    **{"hidden_size": 192, "intermediate_size": 768, "num_hidden_layers": 4},
    "num_attention_heads": 4,
}
"""Of the BLIP's vision and of its texts."""
Counted = tuple[list[float], dict[str, int]]


def tiny(name: str) -> Any:
    """A module of the tests that saves models in the hub's layout."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def files(images: int) -> list[bytes]:
    """Renders of random scenes, enlarged to what a CLIP takes, as PNG."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(images):
        small = draw(any_scene(rng))
        times = -(-SIDE // small.shape[0])
        large = small.repeat(times, axis=0).repeat(times, axis=1)
        found.append(encode_png(np.ascontiguousarray(large[:SIDE, :SIDE])))
    return found


def pictures(stock: Sequence[bytes]) -> list[Picture]:
    """The files as nobody has seen them yet."""
    names = [sha256(data).hexdigest() for data in stock]
    return [
        Picture(name, lambda data=data, name=name: decode_image(data, name))
        for data, name in zip(stock, names, strict=True)
    ]


@dataclass(frozen=True)
class Clips:
    """CLIPScore of the files, `EACH` a prompt, by one set of weights in two layouts."""

    stock: Sequence[bytes]
    texts: Sequence[str]
    model: clip.Clip
    metric: Any

    def ours(self) -> Counted:
        """Pictures in batches, each text once."""
        before = self.model.images_encoded
        self.model.forget_texts()
        images = self.model.images(pictures(self.stock)).astype(float)
        texts = self.model.texts(self.texts).astype(float)
        scores = [100 * max(0.0, float(value)) for value in (images * texts).sum(axis=1)]
        seen = self.model.images_encoded - before
        return scores, {"images encoded": seen, "texts encoded": self.model.texts_known}

    def torchmetrics(self) -> Counted:
        """The library's own metric, updated with one image and its text at a time."""
        import torch

        scores = []
        for data, text in zip(self.stock, self.texts, strict=True):
            pixels = torch.tensor(decode_image(data, "peer")).permute(2, 0, 1)
            scores.append(float(self.metric(pixels, text).detach()))
        return scores, {"images encoded": len(scores), "texts encoded": len(scores)}


def clips(place: Path, images: int) -> Clips:
    """A small CLIP of random weights, as open_clip and as transformers read it."""
    from torchmetrics.multimodal import CLIPScore
    from transformers import CLIPModel, CLIPProcessor

    class Plain(CLIPModel):  # type: ignore[misc]
        """Gives features as torchmetrics expects them: transformers 5 wraps them in a record."""

        def get_image_features(self, *args: Any, **kwargs: Any) -> Any:
            return super().get_image_features(*args, **kwargs).pooler_output

        def get_text_features(self, *args: Any, **kwargs: Any) -> Any:
            return super().get_text_features(*args, **kwargs).pooler_output

    source = tiny("tiny_clips").open_clip_folder(place / "clip", CLIP)
    folder = tiny("tiny_clips").transformers_folder(source, place / "clip-transformers")
    parts = (Plain.from_pretrained(folder).eval(), CLIPProcessor.from_pretrained(folder))
    words = ("a red circle", "a blue star", "two green squares", "a yellow triangle")
    texts = [f"{words[n // EACH % 4]}, picture {n // EACH}" for n in range(images)]
    return Clips(
        stock=files(images),
        texts=texts,
        model=clip.load(str(source)),
        metric=CLIPScore(model_name_or_path=lambda: parts),
    )


@dataclass(frozen=True)
class Questions:
    """The probability of "yes" to questions about the files, by one BLIP's weights."""

    stock: Sequence[bytes]
    folder: Path
    questions: Sequence[Question]

    def ours_of_one(self) -> Counted:
        """The first question of each picture."""
        return self._ours(self.questions[:1])

    def ours_of_eight(self) -> Counted:
        """All questions of each picture."""
        return self._ours(self.questions)

    def _ours(self, asked: Sequence[Question]) -> Counted:
        vqa.load.cache_clear()
        model, seen = vqa.load(str(self.folder), "cpu"), pictures(self.stock)
        model.look(seen)
        answers = [model.ask(picture, asked) for picture in seen]
        values = [of[question][0][0] for of in answers for question in range(len(asked))]
        return values, {"loads": 1, "images encoded": model.images_encoded}

    def a_pair_at_a_time(self) -> Counted:
        """As t2v_metrics does whatever its batch size: the model is loaded once."""
        peer = Peer(self.folder)
        text = self.questions[0].text
        return [peer.yes(data, text) for data in self.stock], {
            "loads": 1,
            "images encoded": peer.encoded,
        }

    def eight_passes(self) -> Counted:
        """As T2I-CompBench does: for every question the model anew, over every picture."""
        columns, encoded = [], 0
        for question in self.questions:
            peer = Peer(self.folder)
            columns.append([peer.yes(data, question.text) for data in self.stock])
            encoded += peer.encoded
        values = [value for row in zip(*columns, strict=True) for value in row]
        return values, {"loads": len(self.questions), "images encoded": encoded}


class Peer:
    """BLIP by transformers alone, one pair a call."""

    def __init__(self, folder: Path) -> None:
        from transformers import BlipForQuestionAnswering, BlipProcessor

        self.model = BlipForQuestionAnswering.from_pretrained(folder).eval()
        self.processor = BlipProcessor.from_pretrained(folder)
        self.encoded = 0

    def yes(self, data: bytes, text: str) -> float:
        """The probability that the answer begins with "yes"."""
        import torch
        from PIL import Image

        image = Image.fromarray(decode_image(data, "peer"))
        inputs = self.processor(images=image, text=text, return_tensors="pt")
        self.encoded += 1
        with torch.inference_mode():
            seen = self.model.vision_model(pixel_values=inputs.pixel_values).last_hidden_state
            read = self.model.text_encoder(
                input_ids=inputs.input_ids,
                attention_mask=inputs.attention_mask,
                encoder_hidden_states=seen,
            ).last_hidden_state
            begin = torch.tensor([[self.model.decoder_start_token_id]])
            logits = self.model.text_decoder(input_ids=begin, encoder_hidden_states=read).logits
        yes = self.processor.tokenizer.convert_tokens_to_ids("yes")
        return float(logits[0, -1].softmax(-1)[yes])


def questions(place: Path, images: int) -> Questions:
    """A small BLIP of random weights, and eight questions."""
    words = ("red", "blue", "one", "two", "three", "four", "five", "six")
    folder = tiny("tiny_vqa").blip(place / "blip", TOWER, side=SIDE, patch=16)
    asked = [Question(f"is there {word} in the picture?", "yes") for word in words]
    return Questions(files(images), folder, asked)
