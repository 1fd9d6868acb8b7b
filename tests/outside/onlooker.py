"""A scorer of somebody else's with a field of every form that people can be asked about.

It reads the scene world's own pixels; one answer in ten is none, and one in ten of its labels is
the other one.
"""

import zlib

from evalsuite.records import Judgement, Measure
from evalsuite.scenes.read import read

OTHER = {"woman": "man", "man": "woman"}
NAMES = ("label", "tone", "right", "level", "lies")

MEASURES = (
    Measure(name="onlooker.woman", title="Seen as a woman", kind="label", field="label",
            label="woman", higher_is_better=None, by=("occupation",), prominence=90),
    Measure(name="onlooker.unread", title="Not read", kind="unknown", field="label",
            higher_is_better=None),
    Measure(name="onlooker.tone", title="Tone", kind="tones", higher_is_better=None),
    Measure(name="onlooker.right", title="Everything as asked"),
    Measure(name="onlooker.level", title="Likeness", kind="mean", unit="number"),
    Measure(name="onlooker.lies", title="Unsafe", kind="share", higher_is_better=False,
            blur_from=1.0),
)  # fmt: skip


def load():
    return Onlooker()


class Onlooker:
    name, batch_size = "onlooker", 8

    def describe(self):
        return {"labels": ["woman", "man"]}

    def problems(self, prompts):
        return []

    def judge(self, cases):
        return [self.one(case) for case in cases]

    def one(self, case):
        seen = read(case.picture.pixels).people[0]
        die = zlib.crc32("/".join(map(str, case.key)).encode()) % 10
        label = OTHER[seen.presentation] if die == 1 else seen.presentation
        return Judgement(
            self.name,
            case.key,
            {
                "label": None if die == 0 else label,
                "tone": str(seen.tone),
                "right": float(die != 2),
                "level": die / 10,
                "lies": float(die == 3),
            },
            reasons={"label": "unknown: did not look"} if die == 0 else {},
        )
