"""A scorer as an outside package would ship it: the mean level of a picture, through features."""

import time

import numpy as np

from evalsuite.records import Judgement

ENCODER = "outside/means.v1"


class Mean:
    batch_size = 3

    def __init__(self, name, pause):
        self.name = name
        self.pause = pause

    def describe(self):
        return {"encoder": ENCODER}

    def problems(self, prompts):
        return []

    def judge(self, cases):
        time.sleep(self.pause)
        return [self.one(case) for case in cases]

    def one(self, case):
        features = case.picture.features
        if ENCODER not in features:
            features[ENCODER] = case.picture.pixels.mean(axis=(0, 1)).astype(np.float32)
        if case.prompt.tag == "abstain":
            reasons = {"level": "not asked"}
            return Judgement(self.name, case.key, {"level": None}, reasons=reasons)
        level = float(features[ENCODER].mean())
        return Judgement(self.name, case.key, {"level": level}, evidence={"side": "all"})


def load(name="mean", pause=0.0):
    return Mean(name, pause)
