"""A scorer of somebody else's that breaks down on prompts with the word in MOODY, if any."""

import os

from evalsuite.records import Judgement


def load(*, mood=0):
    return Moody(mood)


class Moody:
    name = "moody"
    batch_size = 2

    def __init__(self, mood):
        self.mood = mood

    def describe(self):
        return {"mood": self.mood}

    def problems(self, prompts):
        return []

    def judge(self, cases):
        return [self._judge(case) for case in cases]

    def _judge(self, case):
        word = os.environ.get("MOODY")
        if word and word in case.prompt.text:
            raise RuntimeError("not today")
        return Judgement("moody", case.key, {"mood": float(self.mood)})
