"""Classifier heads on CLIP's vectors ("probes"), from a small file that can run nothing.

A probe is a folder with `probe.safetensors` (a weight of shape (labels, width) and a bias, float32,
nothing else) and `probe.json`, its card. What either says is checked before it is used.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from evalsuite.encoders.clip import Clip
from evalsuite.files.atomic import naming, write_bytes, write_text
from evalsuite.files.jsonlines import Line, Place, parse
from evalsuite.files.strict import STRICT, checked
from evalsuite.records import InputError, Json

WEIGHTS, CARD = "probe.safetensors", "probe.json"
FORMAT = "evalsuite-probe-1"
UNKNOWN = "unknown"
"""A label of this name is of pictures that people could not tell: it is answered by abstaining."""

MOST_LABELS, WIDEST = 64, 16_384
MOST_BYTES = 4 * MOST_LABELS * (WIDEST + 1) + 65_536
"""Nothing larger is read: the largest head and a header."""
MOST_CARD = 1 << 20
ROUNDING = 1e-9
"""Less than this apart, two probabilities are equal."""

LABEL = r"[^\W_][\w .,'()/+-]{0,59}"
Label = Annotated[str, Field(pattern=f"^{LABEL}$")]
_Words = Annotated[str, Field(max_length=300)]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Share = Annotated[float, Field(ge=0, le=1)]
_Counts = Annotated[int, Field(ge=0)]


class _Encoder(BaseModel):
    model_config = STRICT
    model: Annotated[str, Field(min_length=1, max_length=300)]
    pretrained: _Words | None
    weights_sha256: _Sha256
    width: Annotated[int, Field(ge=1, le=WIDEST)]


class _Data(BaseModel):
    model_config = STRICT
    folder: _Words
    digest: _Sha256
    licence: Annotated[str, Field(min_length=1, max_length=300)]
    n: dict[Label, _Counts]
    groups: _Counts


class _Card(BaseModel):
    """Strict, as prompt rows are; `fit` and `cross_validated` are there to be read by people."""

    model_config = STRICT
    format: Literal["evalsuite-probe-1"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
    labels: Annotated[list[Label], Field(min_length=2, max_length=MOST_LABELS)]
    subject: Literal["", "person"]
    dialect: Literal["everyday", "scenes"]
    encoder: _Encoder
    head_sha256: _Sha256
    margin: _Share
    data: _Data
    fit: dict[str, Any]
    cross_validated: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A head that was read and checked: softmax of `weight` times a unit vector plus `bias`.

    `weight` has shape (labels, width), float64. `margin` is the least distance of the likeliest
    label's probability from the next one's; below it the answer is unknown. `card` is the card.
    """

    name: str
    labels: tuple[str, ...]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    margin: float
    card: dict[str, Json]

    def probabilities(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """One row of probabilities per vector, shape (n, width) to (n, labels)."""
        return softmax(vectors.astype(np.float64) @ self.weight.T + self.bias)

    def refuse_other(self, clip: Clip) -> None:
        """Raise `InputError` if the head was not fitted on this very CLIP's vectors."""
        encoder = self.card["encoder"]
        if encoder["weights_sha256"] != clip.sha256:
            raise InputError(
                f"probe {self.name}: was fitted on the vectors of {encoder['model']} (weights "
                f"{encoder['weights_sha256'][:12]}) and not of {clip.name} ({clip.sha256[:12]}); "
                "name that CLIP as its model, or train the probe anew"
            )

    def describe(self) -> dict[str, Json]:
        """What identifies the head, for a manifest."""
        return {
            "name": self.name,
            "labels": list(self.labels),
            "margin": self.margin,
            "subject": self.card["subject"],
            "head_sha256": self.card["head_sha256"],
            "data": {key: self.card["data"][key] for key in ("digest", "licence", "n")},
        }


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of probabilities."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def chosen(shares: NDArray[np.float64], margin: float) -> int | None:
    """The place of the likeliest label; None where it is not `margin` ahead of the next."""
    order = np.argsort(-shares, kind="stable")
    ahead = float(shares[order[0]] - shares[order[1]])
    return int(order[0]) if ahead >= margin - ROUNDING and ahead > ROUNDING else None


def write(folder: Path, weight: NDArray[Any], bias: NDArray[Any], card: dict[str, Json]) -> None:
    """Write a probe's two files; the card gets the head's digest."""
    from safetensors.numpy import save

    data = save({"bias": bias.astype(np.float32), "weight": weight.astype(np.float32)})
    whole = {"format": FORMAT, **card, "head_sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_bytes(folder / WEIGHTS, data)
    write_text(folder / CARD, text + "\n")


def read(folder: Path) -> Probe:
    """The probe in a folder.

    Raises `InputError` in one line for what is no probe: files that are missing or too large, keys
    and tensors that do not belong, sizes that contradict each other, numbers that are not finite,
    labels that hide something, and a head that is not the card's.
    """
    card = read_card(folder)
    data = _bytes(folder / WEIGHTS, MOST_BYTES)
    where = _shown(folder / WEIGHTS)
    if hashlib.sha256(data).hexdigest() != card["head_sha256"]:
        raise InputError(f"{where}: is not the head that {CARD} describes; train it anew")
    tensors = _tensors(data, where)
    labels, width = tuple(card["labels"]), card["encoder"]["width"]
    shapes = {"weight": (len(labels), width), "bias": (len(labels),)}
    for name, shape in shapes.items():
        found = tensors[name]
        if found.dtype != np.float32 or found.shape != shape:
            raise InputError(
                f"{where}: {name} is {found.dtype} of shape {found.shape}, and {CARD} makes it "
                f"float32 of {shape}; train it anew"
            )
        if not np.isfinite(found).all():
            raise InputError(f"{where}: {name} holds numbers that are not finite; train it anew")
    return Probe(
        name=card["name"],
        labels=labels,
        weight=tensors["weight"].astype(np.float64),
        bias=tensors["bias"].astype(np.float64),
        margin=card["margin"],
        card=card,
    )


def read_card(folder: Path) -> dict[str, Json]:
    """The card of the probe in a folder, checked; raises `InputError` as `read` does."""
    where = _shown(folder / CARD)

    def refuse(place: Place, what: str) -> NoReturn:
        raise InputError(f"{where}: {what}; write it with evalsuite probe train")

    try:
        text = _bytes(folder / CARD, MOST_CARD).decode()
    except UnicodeDecodeError:
        refuse((), "is not UTF-8")
    card = checked(_Card, parse(Line(folder / CARD, 1, text)), refuse).model_dump()
    if len(set(card["labels"])) < len(card["labels"]):
        refuse(("labels",), "names a label twice")
    return card


def _tensors(data: bytes, where: str) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: cannot be read ({str(error)[:120]}); train it anew") from error
    if set(tensors) != {"weight", "bias"}:
        names = ", ".join(f"{name[:60]!a}" for name in sorted(tensors)[:5]) or "nothing"
        raise InputError(f"{where}: holds {names}, not a weight and a bias; train it anew")
    return dict(tensors)


def _bytes(path: Path, most: int) -> bytes:
    with naming(_shown(path), "give the folder of a probe that evalsuite probe train wrote"):
        if not path.is_file():
            raise InputError(f"{_shown(path)}: is not there; name the folder of a probe")
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    if len(data) > most:
        raise InputError(f"{_shown(path)}: is over {most} bytes; no probe is")
    return data


def _shown(path: Path) -> str:
    return repr(f"{path.parent.name}/{path.name}")[1:-1]
