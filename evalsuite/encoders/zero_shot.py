"""Zero-shot classification by a CLIP, with several texts for each label."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.clip import Clip, Vectors
from evalsuite.records import Picture


def centres(clip: Clip, texts: Sequence[Sequence[str]]) -> Vectors:
    """One unit vector per label, shape (labels, width): the mean of its texts' unit vectors.

    As in CLIP's own zero-shot classifiers (Radford et al. 2021, arXiv 2103.00020, 3.1.4). All
    labels have equally many texts.
    """
    vectors = clip.texts([text for own in texts for text in own])
    means: Vectors = vectors.reshape(len(texts), len(texts[0]), -1).mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return means


def chances(clip: Clip, picture: Picture, texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """The labels' probabilities, shape (labels,): softmax of the model's own scale times cosines.

    They are the model's, and no frequencies: how often a label is right at some probability is for
    an audit to say.
    """
    cosines = centres(clip, texts).astype(float) @ clip.images([picture])[0].astype(float)
    logits = clip.scale * cosines
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum())
