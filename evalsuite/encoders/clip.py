"""CLIP through open_clip's own factory: one unit vector per picture and per text."""

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders import golden, marks
from evalsuite.encoders.clip_config import WEIGHTS, check_folder, check_tag
from evalsuite.encoders.weights import (
    CONFIGS,
    device_of,
    digest,
    loading,
    local_folder,
    padded,
)
from evalsuite.encoders.weights import needed as weights_needed
from evalsuite.files.hub import ROOT_ALONE, Repository, fetch
from evalsuite.records import Case, InputError, Json, Picture, Prompt

if TYPE_CHECKING:
    import torch

BATCH = 32
TEXT_BATCH = 8
GOLDEN_TEXTS = ("a red circle", "a blue square", "no circle", "two stars to the left of a square")

Vectors = NDArray[np.float32]


class Clip:
    """A loaded model. Vectors are float32, of unit length; equal texts are encoded once."""

    def __init__(self, name: str, model: Any, preprocess: Any, tokenizer: Any, device: str) -> None:
        self.name = name
        self._model, self._preprocess, self._tokenizer = model, preprocess, tokenizer
        self._device = device
        self._texts: dict[str, Vectors] = {}
        self.sha256 = digest(model)
        self.key = features_key(self.sha256)
        self._ready = f"{self.key} input"
        self.scale = float(model.logit_scale.detach().exp())
        self.images_encoded = 0
        self._marks = marks.of_tokenizer(getattr(tokenizer, "tokenizer", tokenizer))
        self.golden: golden.Status = "unchecked"

    @property
    def max_tokens(self) -> int:
        """How many tokens a text may have, its start and end included."""
        return int(self._model.context_length)

    def describe(self) -> Mapping[str, Json]:
        """Name, weights and input size, for the manifest."""
        return {
            "model": self.name,
            "weights_sha256": self.sha256,
            "max_tokens": self.max_tokens,
            "golden_values": self.golden,
        }

    def golden_values(self) -> dict[str, float]:
        """The cosine of each golden picture with each golden text, for `encoders.golden`."""
        pictures = golden.pictures()
        images = self.images(list(pictures.values())).astype(float)
        cosines = images @ self.texts(GOLDEN_TEXTS).astype(float).T
        return {
            f"{name} | {text}": float(cosines[row, column])
            for row, name in enumerate(pictures)
            for column, text in enumerate(GOLDEN_TEXTS)
        }

    def tokens(self, text: str) -> int:
        """How many tokens the text has before any cut, its start and end included."""
        inner = getattr(self._tokenizer, "tokenizer", None)
        if inner is not None:
            return len(inner(text).input_ids)
        return len(self._tokenizer.encode(text)) + 2

    def unreadable(self, text: str) -> str | None:
        """Why the text cannot be read as it stands, if it cannot: a mark in it, or its length."""
        if mark := marks.first_in(text, self._marks):
            return f"{self.name} takes {mark!r} for a mark of its own; leave it out"
        if (tokens := self.tokens(text)) > self.max_tokens:
            return f"{tokens} tokens, and {self.name} reads {self.max_tokens}; shorten it"
        return None

    def problems(self, prompts: Sequence[Prompt]) -> list[str]:
        """Prompts that cannot be read as they stand, one line each, for a scorer's `problems`."""
        return [
            f"prompt {prompt.id}: {why}"
            for prompt in prompts
            if (why := self.unreadable(prompt.text)) is not None
        ]

    def images(self, pictures: Sequence[Picture]) -> Vectors:
        """One vector per picture, shape (pictures, width); kept in each picture's features."""
        import torch

        pending = {p.sha256: p for p in pictures if self.key not in p.features}
        distinct = list(pending.values())
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            inputs = [self._input(picture) for picture in batch]
            with torch.inference_mode():
                vectors = self._unit(
                    self._model.encode_image(torch.stack(padded(inputs, BATCH)).to(self._device))
                )
            self.images_encoded += len(batch)
            for picture, vector in zip(batch, vectors, strict=False):
                picture.features[self.key] = vector
        for picture in pictures:
            if self.key not in picture.features:
                picture.features[self.key] = pending[picture.sha256].features[self.key]
        return np.stack([p.features[self.key] for p in pictures]).astype(np.float32)

    def preprocess(self, case: Case) -> None:
        """Decode and resize a picture that is not encoded yet, for a scorer; in any thread."""
        picture = case.picture
        if self.key not in picture.features and self._ready not in picture.memo:
            picture.memo[self._ready] = self._input(picture)

    def _input(self, picture: Picture) -> "torch.Tensor":
        """What the network reads of a picture; one that is `preprocess`ed is given up."""
        from PIL import Image

        if (ready := picture.memo.pop(self._ready, None)) is not None:
            return cast("torch.Tensor", ready)
        return cast("torch.Tensor", self._preprocess(Image.fromarray(picture.pixels)))

    def texts(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, shape (texts, width). Raises `InputError` for one `unreadable`.

        Texts that come in one call are encoded in one batch, so a scorer should begin with a call
        that has all the texts that it will need.
        """
        import torch

        pending = [text for text in dict.fromkeys(texts) if text not in self._texts]
        for text in pending:
            if (why := self.unreadable(text)) is not None:
                raise InputError(f"{text[:60]!r}: {why}, or choose another CLIP model")
        for start in range(0, len(pending), TEXT_BATCH):
            batch = pending[start : start + TEXT_BATCH]
            tokens = self._tokenizer(padded(batch, TEXT_BATCH)).to(self._device)
            with torch.inference_mode():
                vectors = self._unit(self._model.encode_text(tokens))
            self._texts.update(zip(batch, vectors, strict=False))
        return np.stack([self._texts[text] for text in texts])

    @property
    def texts_known(self) -> int:
        """How many texts are encoded and kept."""
        return len(self._texts)

    def forget_texts(self) -> None:
        """Encode every text anew from here on."""
        self._texts.clear()

    def probabilities(self, picture: Picture, texts: Sequence[str]) -> NDArray[np.float64]:
        """Zero-shot choice: softmax over the texts of the model's own scale times the cosine."""
        cosines = self.texts(texts).astype(float) @ self.images([picture])[0].astype(float)
        logits = self.scale * cosines
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum())

    @staticmethod
    def _unit(vectors: "torch.Tensor") -> Vectors:
        vectors = vectors.float()
        return np.asarray((vectors / vectors.norm(dim=-1, keepdim=True)).cpu().numpy())


def features_key(sha256: str) -> str:
    """Under which name the vectors of the model with these weights are cached."""
    return f"clip-{sha256[:16]}"


def needed(model: str, pretrained: str | None = None) -> list[Repository]:
    """The hub's repository that a CLIP model is read from; none for a bundled name or a folder.

    Raises `InputError` for weights of open_clip's own list that are no safetensors on the hub.
    """
    if local_folder(model) is not None:
        return []
    what = "CLIP model"
    if "/" in model:
        return weights_needed(what, model, weights=[WEIGHTS])
    import open_clip

    check_tag(model, pretrained)
    config = open_clip.get_pretrained_cfg(model, pretrained) or {}
    repository, _, file = str(config.get("hf_hub", "")).rpartition("/")
    if not repository:
        raise InputError(
            f"CLIP model {model!r}: its weights {pretrained!r} are in no repository of the hub; "
            "load them once while they can be reached"
        )
    # Beside each pickle of its list open_clip looks for safetensors first.
    safe = f"{file[:-4]}.safetensors" if file else WEIGHTS
    text = (open_clip.get_model_config(model) or {})["text_cfg"]
    towers = dict.fromkeys(text.get(name) for name in ("hf_tokenizer_name", "hf_model_name"))
    beside = [
        Repository("tokenizer", name, CONFIGS, ROOT_ALONE) for name in towers if name is not None
    ]
    return [Repository(what, repository, (safe,)), *beside]


@cache
def load(model: str, pretrained: str | None = None, device: str = "auto") -> Clip:
    """Load a CLIP model once per process.

    `model` is a bundled name, a folder with `open_clip_config.json`, a hub id (`org/name`), or one
    of open_clip's own names with a `pretrained` tag. Errors, not warnings, as each changes every
    score: another activation than the weights were trained with (open_clip#771), preprocessing
    that is not stated or does not fit the model, weights that are not there, and golden values
    (`encoders.golden`) that the model does not repeat. Raises `InputError`.
    """
    import open_clip

    what, folder = f"CLIP model {model!r}", local_folder(model)
    found = folder
    name, where = model if folder is None else folder.name, device_of(device)
    if found is None and "/" in model:
        found = fetch(*needed(model))
    if found is None:
        check_tag(model, pretrained)
    else:
        check_folder(found, name)
    identifier = model if found is None else f"local-dir:{found}"
    weights = None if found is None else [found / WEIGHTS]
    try:
        with warnings.catch_warnings(), loading(what, weights):
            warnings.filterwarnings("error", message=".*QuickGELU.*")
            network, preprocess = open_clip.create_model_from_pretrained(
                identifier, pretrained=pretrained
            )
            tokenizer = open_clip.get_tokenizer(identifier)
    except InputError as error:
        if isinstance(error.__cause__, UserWarning):
            raise InputError(f"{what}: {error.__cause__}; choose the -quickgelu variant") from error
        raise
    label = f"{name}:{pretrained}" if pretrained else name
    clip = Clip(label, network.to(where).eval(), preprocess, tokenizer, where)
    clip.golden = golden.check(folder, clip.sha256, clip.golden_values, device=where)
    clip.images_encoded = 0
    return clip
