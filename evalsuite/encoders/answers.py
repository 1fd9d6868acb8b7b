"""What models answered about a picture, kept with its features: asked again, nothing is computed.

A detector's boxes, a reader's lines and the probabilities of replies are small, and computing them
is not. They are JSON by question, compressed into an array of bytes, so that they are stored,
checked and found as an encoder's features are: by the picture's hash and a key that names the
model, its weights and its precision.
"""

import json
import zlib
from collections.abc import Iterable, Mapping

import numpy as np

from evalsuite.records import Json, Picture


def recall(picture: Picture, key: str) -> Mapping[str, Json]:
    """The answers about a picture under a key, by question; none is an empty map."""
    at = f"{key} answers"
    stored = picture.features.get(key)
    if at not in picture.memo:
        known = {} if stored is None else json.loads(zlib.decompress(stored.tobytes()))
        picture.memo[at] = known
    found: dict[str, Json] = picture.memo[at]
    return found


def keep(picture: Picture, key: str, answers: Mapping[str, Json]) -> None:
    """Add answers to those that are there; floats come back as they were, to the last bit."""
    if not answers:
        return
    every = {**recall(picture, key), **answers}
    data = json.dumps(every, sort_keys=True, separators=(",", ":"), allow_nan=False)
    picture.memo[f"{key} answers"] = every
    picture.features[key] = np.frombuffer(zlib.compress(data.encode(), 1), dtype=np.uint8)


def are_known(picture: Picture, key: str, questions: Iterable[str]) -> bool:
    """Whether every one of the questions has its answer."""
    known = recall(picture, key)
    return all(question in known for question in questions)
