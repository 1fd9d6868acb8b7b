"""A scorer of somebody else's that says whether a prompt is true: always yes, by coin, or by eye.

The eye is the scene world's own reader of pixels, which no honest scorer could use.
"""

import zlib

from evalsuite.records import Judgement
from evalsuite.scenes.read import read
from evalsuite.scenes.truth import truth


def load(*, how="yes", name="opinions"):
    return Opinions(how, name)


class Opinions:
    batch_size = 4

    def __init__(self, how, name):
        self.how, self.name = how, name

    def describe(self):
        return {"how": self.how}

    def problems(self, prompts):
        return [f"prompt {p.id}: unreadable" for p in prompts if "unreadable" in p.text]

    def judge(self, cases):
        return [self.one(case) for case in cases]

    def one(self, case):
        if "break" in case.prompt.text:
            raise RuntimeError("no opinion")
        if self.how == "read":
            if "scene" not in case.picture.memo:
                case.picture.memo["scene"] = read(case.picture.pixels)
            told = truth(case.prompt, case.picture.memo["scene"])["correct"]
        else:
            told = 1.0 if self.how == "yes" else float(zlib.crc32(str(case.key).encode()) >> 16 & 1)
        return Judgement(self.name, case.key, {"says": told})
