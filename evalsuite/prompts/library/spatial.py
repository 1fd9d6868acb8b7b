"""Where: every pair of objects in both orders, so that habit and knowledge can be told apart."""

from evalsuite.prompts.library._rows import Row, lines, places, row, thing
from evalsuite.vocabulary.english import article

FIRST = {
    "left of": """
cup | laptop | to the left of | on a desk
cat | potted plant | to the left of | on a window sill
bicycle | bench | left of | in a park
apple | banana | to the left of | on a chopping board
chair | lamp | on the left of | in a plain room
car | bus | to the left of | on a city street
fork | plate | left of | on a white tablecloth
horse | cow | to the left of | in a meadow
backpack | suitcase | on the left of | on a station floor
clock | mirror | to the left of | on a bedroom wall
boat | lighthouse | to the left of | by the sea
""",
    "right of": """
dog | teddy bear | to the right of |
bottle | wine glass | to the right of | on a bar counter
sheep | tractor | right of | in a field
book | vase | to the right of | on a shelf
keyboard | cell phone | on the right of | on an office desk
motorcycle | truck | to the right of | outside a garage
umbrella | handbag | right of | by a front door
tent | campfire | to the right of | in a forest clearing
bed | bookshelf | on the right of | in a small bedroom
pizza | cake | to the right of | on a buffet table
guitar | piano | to the right of | on a stage
""",
    "above": """
clock | painting | above | on a hallway wall
kite | balloon | above | in a blue sky
vase | teapot | above | on kitchen shelves
hat | scarf | above | on a coat rack
airplane | helicopter | above | in the evening sky
teddy bear | toy car | above | on nursery shelves
bowl | plate | over | in a cupboard
butterfly | bee | above | on a garden wall
window | door | above | on the front of a house
pumpkin | basket | above | on stone steps
cat | dog | above | on a staircase
""",
    "below": """
fish | turtle | below | in an aquarium
bird | squirrel | below | in a tree
boot | hat | below | in an open wardrobe
radio | globe | below | on a bookcase
monkey | parrot | below | in a jungle tree
surfboard | skateboard | below | on a garage wall
goat | eagle | below | on a rocky cliff
basketball | helmet | below | on locker-room shelves
bell | lantern | under | on a porch
jar | bottle | below | in a pantry
bicycle | canoe | under | on a shed wall
""",
}
"""By relation, the pairs of version 1: one, the other, the wording, the setting."""

SIDES = lines("""
dog | cat | on a rug
toaster | microwave | on a kitchen counter
skateboard | suitcase | on a pavement
orange | bowl | on a picnic table
""")
LEVELS = lines("""
cup | book | on a bookcase
kite | bird | in a cloudy sky
backpack | umbrella | on shelves by a door
bottle | teddy bear | on bedroom shelves
""")
DEPTHS = lines("""
dog | bench | in a park
cat | potted plant | in a hallway
car | bus | on a straight road
bicycle | car | on a driveway
person | horse | in a field
chair | bed | in a bedroom
cow | sheep | in a green meadow
motorcycle | truck | outside a warehouse
cup | laptop | on an office desk
bottle | bowl | on a kitchen table
vase | clock | on a mantelpiece
suitcase | backpack | on a station platform
elephant | giraffe | on the savannah
umbrella | chair | on a beach
apple | wine glass | on a dining table
""")
NESTED = lines("""
box | basket |
bowl | box |
basket | bucket |
bowl | basket |
bowl | pot |
box | bucket |
backpack | box |
handbag | basket |
hat | box |
hat | basket |
crate | bucket |
crate | basket |
suitcase | box |
paper bag | basket |
vase | box |
""")
RESTING = lines("""
book | box | in an attic
book | laptop | in a study
plate | book | in a kitchen
bowl | plate | in a dining room
cushion | blanket | in a living room
hat | book | in a library
teddy bear | backpack | in a nursery
cell phone | book | in a cafe
keyboard | book | in an office
suitcase | box | in a storage room
tray | box | in a pantry
blanket | suitcase | in a guest room
skateboard | surfboard | in a garage
basket | box | in a shed
scarf | hat | in a hallway
""")

SECOND = (
    (("left of", "to the left of"), ("right of", "to the right of"), SIDES),
    (("above", "above"), ("below", "below"), LEVELS),
    (("in front of", "in front of"), ("behind", "behind"), DEPTHS),
)
"""Pairs of version 2, each asked for in two opposite relations."""

RETIRED = places("124-129 134-137 154-159 164-167")
"""Vehicles, a rider's horse and a screen have a front of their own: "in front" may mean before that
front, or nearer to the viewer."""

THIRD = lines("""
barrel | tree | in an orchard
pumpkin | watering can | in a vegetable garden
basket | bucket | on a jetty
candle | teapot | on a wooden table
potted plant | suitcase | on a tiled floor
""")
"""Pairs of version 3, for the retired ones, of things that look alike from all sides."""


def rows() -> list[Row]:
    """Fifteen pairs for each of eight relations, each pair in both orders."""
    prompts: list[Row] = []
    for relation, block in FIRST.items():
        for first, second, phrase, place in lines(block):
            prompts += _both_orders(relation, phrase, first, second, place)
    for *opposites, pairs in SECOND:
        for relation, phrase in opposites:
            for first, second, place in pairs:
                prompts += _both_orders(relation, phrase, first, second, place)
    for relation, pairs in (("inside", NESTED), ("on", RESTING)):
        for first, second, place in pairs:
            prompts += _both_orders(relation, relation, first, second, place)
    for relation in ("in front of", "behind"):
        for first, second, place in THIRD:
            prompts += _both_orders(relation, relation, first, second, place)
    return prompts


def _both_orders(relation: str, phrase: str, first: str, second: str, place: str) -> list[Row]:
    template = f"[a thing] {phrase} [a landmark]"
    pair = {"relation": relation, "pair": f"{first} and {second}", "phrase": phrase}
    return [
        row(
            "position",
            f"{article(subject)} {phrase} {article(landmark)} {place}".strip(),
            {**pair, "order": order, "template": template},
            [thing(landmark), thing(subject, position=[relation, 0])],
        )
        for order, subject, landmark in (("first", first, second), ("second", second, first))
    ]
