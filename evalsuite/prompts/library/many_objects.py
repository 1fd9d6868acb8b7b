"""Many kinds in one picture: three to eight, where models begin to drop or merge them."""

from evalsuite.prompts.library._rows import Row, lines, listed, row, spoken, thing

THEMES = lines("""
a breakfast table with [things] | cup, bowl, spoon, banana, orange, bottle, knife, plate
an office desk with [things] | laptop, keyboard, cup, book, clock, cell phone, lamp, scissors
a living room with [things] | couch, tv, vase, clock, chair, cat, lamp, book
a farmyard with [things] | cow, horse, sheep, dog, cat, tractor, chicken, bucket
a beach with [things] | umbrella, surfboard, kite, boat, dog, chair, bird, backpack
a bathroom with [things] | sink, toilet, toothbrush, mirror, towel, bottle, cup, hair drier
a picnic blanket with [things] | apple, sandwich, cake, bottle, basket, frisbee, book, cup
a city street with [things] | car, bus, bicycle, traffic light, stop sign, bench, person, truck
a shop window with [things] | handbag, suitcase, umbrella, tie, hat, backpack, teddy bear, clock
a wildlife park with [things] | elephant, zebra, giraffe, bear, bird, lion, monkey, camel
a kitchen counter with [things] | microwave, toaster, bowl, knife, carrot, bottle, kettle, banana
a sports shop wall with [things] | skateboard, snowboard, tennis racket, baseball bat, \
baseball glove, frisbee, surfboard, kite
a bedroom with [things] | bed, lamp, clock, chair, teddy bear, book, potted plant, mirror
a harbour with [things] | boat, truck, bird, person, dog, bicycle, lighthouse, bench
a buffet with [things] | pizza, cake, donut, hot dog, sandwich, wine glass, bowl, fork
""")


def rows() -> list[Row]:
    """Fifteen scenes with each of three to eight kinds; a scene starts elsewhere each time."""
    prompts = []
    for kinds in range(3, 9):
        for template, nouns in THEMES:
            names = nouns.split(", ")
            start = 2 * kinds % len(names)
            chosen = [names[(start + k) % len(names)] for k in range(kinds)]
            text = template.replace("[things]", listed([spoken(noun) for noun in chosen]))
            groups = {"kinds": kinds, "template": template}
            prompts.append(row("objects", text, groups, [thing(noun) for noun in chosen]))
    return prompts
