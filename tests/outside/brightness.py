"""A scorer of somebody else's: how bright a picture is, with an abstention and a breakdown."""

from evalsuite.records import Judgement


def load(*, threshold: float = 127.0, dialect: str = "everyday"):
    return Brightness(threshold, dialect)


class Brightness:
    name = "brightness"
    batch_size = 2

    def __init__(self, threshold, dialect):
        self.threshold, self.dialect = threshold, dialect

    def describe(self):
        return {"threshold": self.threshold, "dialect": self.dialect}

    def problems(self, prompts):
        if any("problems break" in prompt.text for prompt in prompts):
            raise ValueError("no such light")
        return [f"prompt {p.id}: not for brightness" for p in prompts if "unjudgeable" in p.text]

    def judge(self, cases):
        return [self._judge(case) for case in cases]

    def _judge(self, case):
        if "scorer breaks" in case.prompt.text:
            raise RuntimeError("brightness broke")
        level = float(case.picture.pixels.mean())
        if "abstain" in case.prompt.text:
            why = {"level": "unknown: asked to"}
            return Judgement("brightness", case.key, {"level": None}, reasons=why)
        word = "bright" if level > self.threshold else "dark"
        return Judgement("brightness", case.key, {"level": level, "word": word})
