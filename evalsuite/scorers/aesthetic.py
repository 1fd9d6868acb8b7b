"""How a picture would be rated for its looks: LAION's predictors, a linear head on CLIP.

What it sees: the picture's CLIP vector alone, never the prompt.
Why: data sets were filtered, and models are tuned, by this number; a reader should see it.
How it errs: it was fitted to the ratings of a few hundred people, most of them of paintings,
photographs of a contest and early generated pictures; smooth portraits and landscapes score high.
What it cannot show: whether anything is as asked; nor beauty, which is not one number. A difference
between pictures of different people is a bias of its raters.
Source: github.com/christophschuhmann/improved-aesthetic-predictor and LAION-AI/aesthetic-predictor.
Both heads are chains of linear layers without activations, on vectors of unit length.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.clip import BATCH, Clip
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.clip import needed as clip_needed
from evalsuite.files.hub import Repository
from evalsuite.prompts.conditions import BY_ASKED
from evalsuite.records import Case, InputError, Json, Judgement, Measure, Prompt

CITE = r"""
@misc{schuhmann2022aesthetic,
  author = {Schuhmann, Christoph},
  title = {Improved Aesthetic Predictor},
  howpublished = {\url{https://github.com/christophschuhmann/improved-aesthetic-predictor}},
  year = {2022},
}
"""

MODEL = ("ViT-L-14-quickgelu", "openai")
"""The CLIP that both of LAION's heads were fitted on."""

Layer = tuple[NDArray[np.float64], NDArray[np.float64]]
"""A layer's weight, shape (outputs, inputs), and its bias."""


MEASURES: tuple[Measure, ...] = (
    Measure(
        name="aesthetic.score",
        title="Predicted rating of looks",
        kind="mean",
        unit="points of its raters",
        by=BY_ASKED,
        higher_is_better=None,
        cannot_show=(
            "Whether anything is as asked; the prompt is not read. It repeats its raters' taste."
        ),
    ),
)


def load(
    *, head: str, model: str | None = None, pretrained: str | None = None, device: str = "auto"
) -> "AestheticScorer":
    """Load the scorer; `head` is the path of the head's weights, a `.safetensors` file."""
    layers = read_head(Path(head))
    name, tag = (model, pretrained) if model else MODEL
    clip = load_clip(name, tag, device)
    width, expected = clip.texts(["a picture"]).shape[1], layers[0][0].shape[1]
    if width != expected:
        raise InputError(
            f"{Path(head).name}: reads vectors of {expected} numbers and {clip.name} gives "
            f"{width}; name the CLIP that it was fitted on with --scorer-arg aesthetic.model=..."
        )
    digest = hashlib.sha256(Path(head).read_bytes()).hexdigest()
    return AestheticScorer(clip, layers, Path(head).name, digest)


def needs(*, model: str | None = None, pretrained: str | None = None) -> list[Repository]:
    """The repositories of the hub that `load` reads with these options."""
    return clip_needed(*((model, pretrained) if model else MODEL))


def read_head(path: Path) -> list[Layer]:
    """The layers of a head in order, with the file's own shapes.

    Raises `InputError` for a file that is missing, pickled, or no chain that ends in one number.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if path.suffix != ".safetensors":
        raise InputError(
            f"{path.name}: pickled weights can run code and are never loaded; write them as "
            "safetensors (docs/scorers.md says how)"
        )
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path.name}: cannot be read ({str(error)[:120]})") from error
    names = sorted((n for n in tensors if n.endswith("weight")), key=_place)
    layers: list[Layer] = []
    for name in names:
        weight = tensors[name].astype(np.float64)
        bias = tensors.get(name.removesuffix("weight") + "bias", np.zeros(len(weight)))
        fits = weight.ndim == 2 and bias.shape == (len(weight),)
        if not fits or (layers and weight.shape[1] != len(layers[-1][0])):
            raise InputError(
                f"{path.name}: {name} of shape {weight.shape} does not follow the layer before; "
                "it is no chain of linear layers"
            )
        layers.append((weight, bias.astype(np.float64)))
    if not layers or len(layers[-1][0]) != 1:
        raise InputError(f"{path.name}: does not end in one number; it is no aesthetic head")
    return layers


def rate(vectors: NDArray[np.float64], layers: Sequence[Layer]) -> NDArray[np.float64]:
    """One rating per row of unit vectors, shape (pictures, width) to (pictures,)."""
    for weight, bias in layers:
        vectors = vectors @ weight.T + bias
    return vectors[:, 0]


class AestheticScorer:
    """Field: `score`."""

    name = "aesthetic"
    batch_size = BATCH

    def __init__(self, clip: Clip, layers: Sequence[Layer], head: str, digest: str) -> None:
        self._clip, self._layers, self._head, self._digest = clip, layers, head, digest
        self.preprocess = clip.preprocess

    def describe(self) -> Mapping[str, Json]:
        """The CLIP model, and the head's file, hash and widths."""
        widths = [self._layers[0][0].shape[1], *(len(weight) for weight, _ in self._layers)]
        head = {"file": self._head, "sha256": self._digest, "widths": widths}
        return {"clip": self._clip.describe(), "head": head}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: the prompt is not read."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case."""
        vectors = self._clip.images([case.picture for case in cases]).astype(np.float64)
        return [
            Judgement(scorer=self.name, key=case.key, values={"score": round(float(score), 4)})
            for case, score in zip(cases, rate(vectors, self._layers), strict=True)
        ]


def _place(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", name))
