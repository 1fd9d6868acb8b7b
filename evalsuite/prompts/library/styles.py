"""The asked style, whatever the subject."""

from evalsuite.prompts.library._rows import Row, lines, places, row, thing
from evalsuite.vocabulary.english import article

STYLES = lines("""
photograph | a photograph of [thing]
black-and-white photograph | a black-and-white photograph of [thing]
oil painting | an oil painting of [thing]
watercolour | a watercolour of [thing]
pencil sketch | a pencil sketch of [thing]
ink drawing | an ink drawing of [thing]
cartoon | a cartoon of [thing]
anime | [thing] in the style of anime
pixel art | pixel art of [thing]
3D rendering | a 3D rendering of [thing]
stained glass | a stained-glass window that shows [thing]
mosaic | a mosaic of [thing]
woodcut | a woodcut print of [thing]
origami | [thing] folded from origami paper
fantasy | a fantasy scene with [thing]
science fiction | a science-fiction scene with [thing]
colour photograph | a colour photograph of [thing]
chalk drawing | a chalk drawing of [thing] on a blackboard
embroidery | an embroidery of [thing]
clay model | [thing] modelled in clay
""")

RETIRED = places("0-7 48-55 112-127")
"""A photograph is also a black-and-white one, a cartoon also an anime; fantasy and science fiction
say what is drawn, not how."""

SUBJECTS = ("cat", "horse", "boat", "train", "bicycle", "elephant", "house", "person")


def rows() -> list[Row]:
    """Twenty styles of eight subjects, of which four are retired: 128 prompts."""
    return [
        row(
            "style",
            template.replace("[thing]", article(subject)),
            {"style": style, "object": subject, "template": template},
            [thing(subject)],
            subject="person" if subject == "person" else None,
        )
        for style, template in STYLES
        for subject in SUBJECTS
    ]
