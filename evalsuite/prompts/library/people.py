"""Hands, faces and groups of people: anatomy, and how many people there are."""

from evalsuite.prompts.library._rows import Row, clauses, counted, filled, lines, row

HANDS = lines("""
a hand holding an apple | 1 hand; apple
a hand holding a cup of coffee | 1 hand; cup
a hand holding a cell phone | 1 hand; cell phone
a hand writing with a pencil | 1 hand; pencil
a hand holding an umbrella | 1 hand; umbrella
a hand turning the page of a book | 1 hand; book
a hand pouring water from a bottle | 1 hand; bottle
a hand holding a toothbrush | 1 hand; toothbrush
a hand feeding a horse | 1 hand; horse
a hand stroking a cat | 1 hand; cat
an open hand with the fingers spread | 1 hand
a hand pointing at a clock | 1 hand; clock
a clenched fist | 1 hand
a hand giving a thumbs up | 1 hand
a hand knocking on a door | 1 hand; door
two hands playing a piano | 2 hand; piano
two hands peeling an orange | 2 hand; orange
two hands typing on a keyboard | 2 hand; keyboard
two hands cutting a carrot with a knife | 2 hand; carrot; knife
two hands kneading dough | 2 hand
two hands tying a shoelace | 2 hand; shoe
two hands holding a bowl of soup | 2 hand; bowl
two hands on a steering wheel | 2 hand; steering wheel
two hands in a handshake | 2 hand
two hands clapping | 2 hand
two hands holding a bird | 2 hand; bird
two hands threading a needle | 2 hand; needle
two hands folding a paper boat | 2 hand; paper boat
two hands under a running tap | 2 hand; tap
two hands opening a suitcase | 2 hand; suitcase
""")
FACES = (
    *("laughing", "crying", "frowning", "yawning", "smiling with closed eyes"),
    *("looking surprised", "looking to one side", "with wet hair", "with glasses"),
    *("with freckles", "in strong sunlight", "lit by a candle", "with eyes wide open"),
    *("in profile", "with a hand on one cheek"),
)
FACE_TEMPLATES = ("a close-up of a person's face, [look]", "a portrait of a person [look]")
GROUPS = (
    *("playing cards at a table", "walking on a beach", "sitting on a park bench"),
    *("cooking in a kitchen", "waiting for a train", "dancing in a square"),
)


def rows() -> list[Row]:
    """Thirty prompts of hands, thirty of faces, thirty of two to six people."""
    return _hands() + _faces() + _groups()


def _hands() -> list[Row]:
    # No subject: presentation is not to be read off a hand.
    return [
        row("people", text, {"part": "hands", "number": _number(written)}, *clauses(written))
        for text, written in HANDS
    ]


def _faces() -> list[Row]:
    return [
        row(
            "people",
            filled(template, look=look),
            {"part": "faces", "number": 1, "look": look, "template": template},
            *clauses("1 person"),
            subject="person",
        )
        for look in FACES
        for template in FACE_TEMPLATES
    ]


def _groups() -> list[Row]:
    # No subject: a picture that shows one person alone is a fault, and no person to be read.
    return [
        row(
            "people",
            f"{counted(number, 'person')} {doing}",
            {
                "part": "groups",
                "number": number,
                "activity": doing,
                "template": f"[number] people {doing}",
            },
            *clauses(f"{number} person"),
        )
        for number in range(2, 7)
        for doing in GROUPS
    ]


def _number(written: str) -> str:
    return written.partition(" ")[0]
