"""Words to be written in the picture, by length and by how often a model may have read them."""

from evalsuite.prompts.library._rows import Row, lines, row, thing

WORDS = {
    "common word": """
3-4 letters | OPEN, SALE, CAFE, HOME, BOOK
5-6 letters | BREAD, COFFEE, MUSIC, GARDEN, WATER
7-8 letters | LIBRARY, KITCHEN, WEATHER, HOSPITAL, MOUNTAIN
9-11 letters | BREAKFAST, CHOCOLATE, RESTAURANT, PHOTOGRAPH, CELEBRATION
""",
    "rare word": """
3-4 letters | QUAY, SKEP, WOAD, YAWL, CWM
5-6 letters | ZEPHYR, QUINCE, PLINTH, SEDGE, GNOMON
7-8 letters | PIROGUE, BITTERN, GOSSAMER, SOLSTICE, FLUMMOX
9-11 letters | PALIMPSEST, SASSAFRAS, PETRICHOR, QUICKSILVER, MELLIFLUOUS
""",
    "made-up word": """
3-4 letters | BLIV, TROF, NASK, ZUPE, WEM
5-6 letters | GLORPH, VANTLE, SNERIX, BRUMO, KELPID
7-8 letters | TRAMBLEK, FLOVINTA, QUISPERN, MORVADEL, DRENTOW
9-11 letters | BLANTERWICK, SPONDREFLIN, GRAMBOLITE, VEXTORNIAL, CLUNDERSHAW
""",
    "phrase": """
2 words | GOOD MORNING, FRESH BREAD, KEEP LEFT, LOST DOG, WET PAINT
3 words | MIND THE STEP, OPEN ALL NIGHT, TWO FOR ONE, PLEASE RING BELL, BACK AT NOON
4 words | PLEASE CLOSE THE GATE, FRESH FISH EVERY DAY, DO NOT FEED DUCKS, THE TRAIN IS LATE, \
TURN LEFT AT BRIDGE
5 words | THE LIBRARY OPENS AT NINE, BEWARE OF THE SLEEPY DOG, ALL TICKETS ARE SOLD TODAY, \
WE WILL BE BACK SOON, WASH YOUR HANDS BEFORE EATING
""",
}

CARRIERS = lines("""
a wooden sign that says "[words]" | sign
a T-shirt with "[words]" printed on it | shirt
a birthday cake with "[words]" written in icing | cake
a blackboard with "[words]" written in chalk | blackboard
a neon sign that reads "[words]" | sign
a mug with "[words]" on its side | cup
a book whose cover says "[words]" | book
a poster on a brick wall that says "[words]" | poster
a shop window with "[words]" painted on the glass | window
a handwritten note that says "[words]" | note
""")


def rows() -> list[Row]:
    """Eighty texts, each on two of ten carriers: 160 prompts."""
    prompts: list[Row] = []
    for familiarity, block in WORDS.items():
        for length, words in lines(block):
            for place, written in enumerate(words.split(", ")):
                for template, noun in (CARRIERS[place], CARRIERS[place + 5]):
                    text = template.replace("[words]", written)
                    groups = {"familiarity": familiarity, "length": length, "text": written}
                    groups["template"] = template
                    prompts.append(row("text", text, groups, [thing(noun)], words=written))
    return prompts
