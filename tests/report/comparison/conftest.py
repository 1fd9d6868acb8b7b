"""A tiny comparison written out: two candidates against a baseline, on two prompt sets."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Difference, Estimate, Judgement, Key
from evalsuite.report.comparison import Against, Compared, Comparison, Contrasted, Flipped, Unalike
from evalsuite.report.content import MeasureText


def pixels(sha256):
    """An 8x8 picture; every name has its own grey."""
    return np.full((8, 8, 3), 16 * len(sha256), dtype=np.uint8)


def estimate(topic, measure, group, value):
    low, high = (None, None) if value is None else (max(value - 0.125, 0), min(value + 0.125, 1))
    n = 0 if value is None else 8
    return Estimate(topic, measure, group, value, low, high, n, min(n, 4))


def difference(topic, measure, group, was, now, p, word="", pairing="seeds"):
    before, after = (estimate(topic, measure, group, one) for one in (was, now))
    value = None if was is None or now is None else now - was
    ends = (None, None) if value is None else (value - 0.25, value + 0.25)
    flips = (1, 2) if pairing == "seeds" and value else (None, None)
    return Difference(
        topic, measure, group, before, after, value, *ends, p, 8, 4, pairing, *flips, {},
        "a method" + word,
    )  # fmt: skip


def loss(topic, measure, reason, before, after, p, word):
    """A difference in the share of eight images that is missing."""
    one = difference(topic, measure, {"missing": reason}, before, after, p, word)
    return replace(one, baseline=replace(one.baseline, n=8), candidate=replace(one.candidate, n=8))


def compared(name, word, images):
    boxes = [{"class": "cat" + word, "score": 0.5, "box": [1, 1, 5, 6], "color": "red"}]
    judgements = {
        ("objects", key): Judgement(
            "objects", key, {"count": 1.0}, {}, {"boxes": boxes, "reason": "found 3" + word}
        )
        for key in images
    }
    return Compared(
        name + word, "a model" + word, 7, 8, 6, name != "third", images, judgements, pixels
    )


def make(word="", candidates=2, unalike=()):
    """The tiny comparison; `word` is added to every text that comes from outside."""
    counts, spatial = "counts" + word, "spatial" + word
    key = Key(counts, "c1" + word, 0)
    asked = {"count": "3" + word}
    rows = [
        difference(counts, "objects.count", {}, 0.75, 0.25, 0.001, word),
        difference(counts, "objects.count", {"count": "2"}, 0.5, 0.25, 0.25, word),
        difference(counts, "objects.count", asked, 0.5, None, None, word),
        difference(counts, "clip.score", {}, 0.5, 0.5, 1.0, word),
        difference(spatial, "other.thing" + word, {}, 0.25, 0.5, 0.001, word, "none"),
        difference(spatial, "objects.relation", {}, 0.25, 0.75, 0.002, word),
        difference(spatial, "objects.relation", {"relation": "left" + word}, 0.25, 0.75, 0.2, word),
    ]
    losses = [
        loss(counts, measure, reason, *shares, p, word)
        for measure in ("objects.count", "clip.score")
        for reason, shares, p in (
            ("abstained: dark" + word, (0.125, 0.125), 1.0),
            ("refused", (0.0, 0.25), 0.01),
        )
    ]
    flips = [
        Flipped(key, "two cats" + word, ("objects.count", "objects.correct"), ()),
        Flipped(key._replace(index=1), "two cats" + word, (), ("other.thing" + word,)),
    ]
    images = {key: "a", key._replace(index=1): "bb"}
    q_values = [0.004, 0.4, None, 1.0, 0.004, 0.005, 0.4]
    second = Against(
        compared("second", word, {key: "abc"}),
        [Contrasted(row, q) for row, q in zip(rows, q_values, strict=True)],
        [Contrasted(one, one.p) for one in losses],
        flips,
        unalike,
    )
    third = Against(
        compared("third", word, images),
        [Contrasted(difference(counts, "objects.count", {}, 0.75, 0.75, 1.0, word, "prompts"), 1)],
    )
    texts = {
        "objects.count": MeasureText("Exact" + word, "share", True),
        "objects.relation": MeasureText("Holds", "share", True),
        "other.thing" + word: MeasureText("Thing" + word, "furlongs" + word),
    }
    return Comparison(
        compared("first", word, images),
        [second, third][:candidates],
        [counts, spatial],
        texts,
        4,
        2,
        "evalsuite compare" + word,
    )


@pytest.fixture
def build():
    return make


@pytest.fixture
def tiny():
    return make(candidates=1)


@pytest.fixture
def odd():
    """Compared although they are not alike."""
    reasons = Unalike("prompts differ", "spatial"), Unalike("another clip", scorer="clip")
    return make(candidates=1, unalike=reasons)
