"""Two concepts in one body: a capybara and zebra hybrid, not a capybara beside a zebra."""

from evalsuite.prompts.library._rows import Row, filled, lines, row, thing
from evalsuite.vocabulary.english import article

ANIMALS = lines("""
capybara | zebra
cat | owl
dog | sheep
elephant | giraffe
horse | zebra
bear | rabbit
cow | penguin
lion | parrot
fox | squirrel
frog | tiger
kangaroo | mouse
duck | cat
bird | dog
goat | leopard
camel | flamingo
turtle | hedgehog
deer | peacock
pig | elephant
monkey | wolf
crocodile | swan
""")
OBJECTS = lines("""
chair | guitar
bicycle | boat
teapot | clock
lamp | umbrella
car | shoe
piano | suitcase
bus | train
toaster | camera
cup | vase
skateboard | surfboard
""")

TEMPLATES = {
    "animal": (
        "[a one] and [other] hybrid",
        "a photo of a single animal that is half [one] and half [other]",
        "one animal that looks like a cross between [a one] and [a other]",
    ),
    "object": (
        "[a one] and [other] hybrid",
        "a photo of a single object that is half [one] and half [other]",
        "one object that looks like a cross between [a one] and [a other]",
    ),
}


def rows() -> list[Row]:
    """Thirty pairs in three wordings; the questions ask for one body with both in it."""
    return [
        row(
            "hybrid",
            filled(template, one=first, other=second),
            {"pair": f"{first} and {second}", "kind": kind, "template": template},
            [thing(first), thing(second)],
            questions=_questions(kind, first, second),
        )
        for kind, pairs in (("animal", ANIMALS), ("object", OBJECTS))
        for first, second in pairs
        for template in TEMPLATES[kind]
    ]


def _questions(kind: str, first: str, second: str) -> list[Row]:
    alone = {"question": f"Is there exactly one {kind} in the picture?"}
    parts = [f"Does the {kind} look partly like {article(name)}?" for name in (first, second)]
    return [alone, *({"question": part} for part in parts)]
