"""A tiny comparison written out: two candidates against a baseline, on two prompt sets."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Box, Difference, Estimate, Interval, Judgement, Key, Measure
from evalsuite.report.comparison import (
    Against,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    FlippedImage,
    Unlike,
)


def pixels(sha256):
    """An 8x8 picture; every name has its own grey."""
    return np.full((8, 8, 3), 16 * len(sha256), dtype=np.uint8)


def estimate(topic, measure, group, value):
    low, high = (None, None) if value is None else (max(value - 0.125, 0), min(value + 0.125, 1))
    n = 0 if value is None else 8
    interval = Interval(value, low, high, n, min(n, 4))
    return Estimate(prompt_set=topic, measure=measure, group=group, interval=interval)


def difference(topic, measure, group, was, now, p, word="", pairing="seeds"):
    before, after = (estimate(topic, measure, group, value) for value in (was, now))
    value = None if was is None or now is None else now - was
    ends = (None, None) if value is None else (value - 0.25, value + 0.25)
    gained, lost = (1, 2) if pairing == "seeds" and value else (None, None)
    return Difference(
        prompt_set=topic,
        measure=measure,
        group=group,
        baseline=before,
        candidate=after,
        interval=Interval(value, *ends, 8, 4, "a method" + word),
        p=p,
        pairing=pairing,
        gained=gained,
        lost=lost,
    )


def loss(topic, measure, reason, before, after, p, word):
    """A difference in the share of eight images that is missing."""
    found = difference(topic, measure, {"missing": reason}, before, after, p, word)
    baseline, candidate = (
        replace(own, interval=replace(own.interval, n=8))
        for own in (found.baseline, found.candidate)
    )
    return replace(found, baseline=baseline, candidate=candidate)


def compared(name, word, images):
    box = Box("cat" + word, (1.0, 1.0, 5.0, 6.0), 0.5, {"color": "red"})
    judgements = {
        ("objects", key): Judgement(
            "objects", key, {"count": 1.0}, boxes=(box,), summary="found 3" + word
        )
        for key in images
    }
    return ComparedRun(
        name=name + word,
        model="a model" + word,
        seed=7,
        planned=8,
        drawn=6,
        complete=name != "third",
        images=images,
        judgements=judgements,
        load_image=pixels,
    )


def make(word="", candidates=2, unlike=()):
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
        FlippedImage(key, "two cats" + word, ("objects.count", "objects.correct"), ()),
        FlippedImage(key._replace(index=1), "two cats" + word, (), ("other.thing" + word,)),
    ]
    images = {key: "a", key._replace(index=1): "bb"}
    q_values = [0.004, 0.4, None, 1.0, 0.004, 0.005, 0.4]
    second = Against(
        run=compared("second", word, {key: "abc"}),
        rows=[Contrasted(row, q) for row, q in zip(rows, q_values, strict=True)],
        losses=[Contrasted(each, each.p) for each in losses],
        flips=flips,
        unlike=unlike,
    )
    unpaired = difference(counts, "objects.count", {}, 0.75, 0.75, 1.0, word, "prompts")
    third = Against(run=compared("third", word, images), rows=[Contrasted(unpaired, 1)])
    measures = [
        Measure(name="objects.count", title="Exact" + word, plot=("count",)),
        Measure(name="objects.relation", title="Holds", plot=("relation",)),
        Measure(
            name="other.thing" + word,
            title="Thing" + word,
            kind="mean",
            unit="furlongs" + word,
            higher_is_better=None,
        ),
    ]
    return ComparisonReport(
        baseline=compared("first", word, images),
        candidates=[second, third][:candidates],
        prompt_sets=[counts, spatial],
        measures={measure.name: measure for measure in measures},
        tested=4,
        tested_groups=2,
        command="evalsuite compare" + word,
    )


@pytest.fixture(scope="session")
def build():
    return make


@pytest.fixture
def tiny():
    return make(candidates=1)


@pytest.fixture
def odd():
    """Compared although they are not alike."""
    reasons = Unlike("prompts differ", "spatial"), Unlike("another clip", scorer="clip")
    return make(candidates=1, unlike=reasons)
