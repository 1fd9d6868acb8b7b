"""One plain object: the ceiling. What fails here fails everywhere, or is not seen by the judge."""

from evalsuite.prompts.library._rows import Row, row, spoken, thing
from evalsuite.vocabulary.coco import NAMES

WORDS = {"orange": "an orange fruit", "baseball bat": "a wooden baseball bat"}
"""Whose name alone is also that of a colour or an animal."""

TEMPLATE = "a plain photograph of [thing]"


def rows() -> list[Row]:
    """One prompt for each of COCO's 80 classes."""
    return [
        row(
            "control",
            TEMPLATE.replace("[thing]", WORDS.get(name, spoken(name))),
            {"object": name, "template": TEMPLATE},
            [thing(name)],
            subject="person" if name == "person" else None,
        )
        for name in NAMES
    ]
