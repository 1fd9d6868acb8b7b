"""How things look: colour, material and size, of one thing and of two or three, all swaps."""

from itertools import permutations

from evalsuite.prompts.library._rows import Row, lines, listed, places, row, thing
from evalsuite.vocabulary.english import article
from evalsuite.vocabulary.looks import COLORS

PLACES = lines("""
car | on a quiet street
umbrella | on a park bench
suitcase | in a hallway
vase | on a window sill
chair | in an otherwise bare room
cup | on a wooden table
backpack | by a school gate
bus | at a bus stop
bicycle | against a brick wall
bowl | on a kitchen shelf
kite | in a clear sky
book | on a desk
clock | on a plain wall
boat | on a lake
bench | in a park
""")

MATERIALS = {
    "wooden": ("chair", "bowl", "bench"),
    "metal": ("cup", "bucket", "bed"),
    "glass": ("vase", "bottle", "teapot"),
    "leather": ("couch", "handbag", "suitcase"),
    "plastic": ("fork", "box", "toothbrush"),
    "stone": ("bridge", "sink", "statue"),
    "paper": ("plate", "lantern", "airplane"),
    "woollen": ("scarf", "blanket", "hat"),
}

PAIRS = {
    "color": """
car | bicycle | red | blue | on a driveway
cup | bowl | yellow | green | on a kitchen counter
couch | vase | orange | white | in a living room
dog | cat | black | white | on a doorstep
backpack | suitcase | purple | green | on a platform
chair | potted plant | pink | yellow | on a balcony
umbrella | bench | blue | brown | in the rain
bus | truck | green | white | at a crossroads
book | clock | black | orange | on a shelf
bottle | wine glass | brown | purple | on a bar
kite | boat | red | white | by the sea
horse | sheep | brown | black | behind a fence
teddy bear | blanket | pink | blue | in a nursery
tie | shirt | purple | yellow | on a hanger
surfboard | towel | orange | blue | on the sand
motorcycle | van | black | yellow | outside a shop
handbag | hat | red | green | on a hook
toothbrush | cup | pink | white | by a sink
laptop | cell phone | white | black | on a desk
skateboard | backpack | orange | purple | on a step
""",
    "material": """
chair | table | wooden | metal | on a terrace
cup | bowl | glass | wooden | on a counter
bottle | cup | plastic | metal | on a picnic blanket
bench | bucket | wooden | metal | in a yard
spoon | bowl | metal | wooden | in a kitchen
vase | bowl | glass | stone | on a sideboard
chair | couch | leather | wooden | in a lounge
handbag | suitcase | leather | plastic | in a shop window
fork | plate | plastic | wooden | at a picnic
box | basket | metal | plastic | in a garage
door | fence | metal | wooden | by a lane
lamp | clock | glass | wooden | in a study
""",
    "size": """
apple | orange | large | small | on a table
dog | cat | large | small | on a porch
cup | bowl | large | small | on a shelf
bird | squirrel | large | small | on a lawn
vase | bottle | tall | short | on a sill
backpack | suitcase | large | small | in a corridor
boat | buoy | large | small | at sea
cake | sandwich | huge | tiny | on a buffet
chair | table | tall | short | in a cafe
teddy bear | book | huge | tiny | on a bed
""",
}

TRIPLES = {
    "color": """
car | bus | bicycle | red, yellow and blue | on a city street
cup | bowl | bottle | green, white and orange | on a table
chair | couch | vase | purple, brown and white | in a living room
backpack | umbrella | suitcase | black, pink and green | in a station hall
dog | cat | horse | black, brown and white | in a farmyard
""",
    "material": """
chair | table | box | wooden, metal and plastic | on a patio
cup | bowl | spoon | glass, wooden and metal | on a counter
""",
    "size": """
dog | cat | sheep | large, medium-sized and small | on a farm track
cup | vase | bowl | large, medium-sized and small | on a long shelf
""",
}

SECOND_PAIRS = {
    "color": """
chair | bucket | pink | yellow | on a balcony
""",
    "size": """
vase | bottle | large | small | on a sill
cake | sandwich | large | small | on a buffet
lamp | clock | large | small | in a cafe
teddy bear | book | large | small | on a bed
""",
}
SECOND_TRIPLES = {
    "color": """
kite | boat | towel | red, white and green | by the sea
""",
    "material": """
vase | tray | basket | glass, metal and plastic | on a sideboard
""",
}
"""Those of version 2, for the retired ones."""

RETIRED = places("64-65 126-127 132-137 180-191")
"""A potted plant has two colours, the pot's and the plant's. Tall, short, huge and tiny are no
other sizes than large and small, and medium-sized is neither: no judge can hold them apart."""

TAG = "attribution"


def rows() -> list[Row]:
    """54 things alone, 84 of two things in both pairings, 54 of three in all six."""
    prompts = _alone()
    for number, blocks in ((2, PAIRS), (3, TRIPLES), (2, SECOND_PAIRS), (3, SECOND_TRIPLES)):
        for attribute, block in blocks.items():
            for fields in lines(block):
                nouns, place = fields[:number], fields[-1]
                looks = fields[2:4] if number == 2 else _apart(fields[3])
                prompts += _swaps(attribute, nouns, looks, place)
    return prompts


def _alone() -> list[Row]:
    prompts = []
    for start, color in enumerate(COLORS):
        for noun, place in (PLACES[(3 * start + k) % len(PLACES)] for k in range(3)):
            text = f"{article(color)} {noun} {place}"
            include = [thing(noun, color=color)]
            groups = {"attribute": "color", "objects": 1, "look": color}
            prompts.append(
                row(TAG, text, {**groups, "template": "[a look] [thing] [place]"}, include)
            )
    for material, nouns in MATERIALS.items():
        for noun in nouns:
            text = f"{article(material)} {noun}, seen up close"
            include = [thing(noun, material=material)]
            groups = {"attribute": "material", "objects": 1, "look": material}
            template = "[a look] [thing], seen up close"
            prompts.append(row(TAG, text, {**groups, "template": template}, include))
    return prompts


def _swaps(attribute: str, nouns: list[str], looks: list[str], place: str) -> list[Row]:
    """Every way of giving the looks to the things: two for two things, six for three."""
    family = f"{listed(nouns)}: {listed(looks)}"
    blank = listed(["[a look] [thing]"] * len(nouns))
    groups = {"attribute": attribute, "objects": len(nouns), "family": family}
    return [
        row(
            TAG,
            f"{listed([f'{article(look)} {noun}' for noun, look in pairs])} {place}",
            {**groups, "swap": listed(order), "template": f"{blank} [place]"},
            [{**thing(noun), attribute: look} for noun, look in pairs],
        )
        for order in permutations(looks)
        for pairs in [list(zip(nouns, order, strict=True))]
    ]


def _apart(words: str) -> list[str]:
    return words.replace(" and ", ", ").split(", ")
