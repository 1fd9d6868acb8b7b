"""The asked style, whatever the subject."""

from evalsuite.prompts.library._rows import Row, lines, row, thing
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
""")

SUBJECTS = ("cat", "horse", "boat", "train", "bicycle", "elephant", "house", "person")


def rows() -> list[Row]:
    """Sixteen styles of eight subjects: 128 prompts."""
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
