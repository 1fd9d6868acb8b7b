"""How many: one to ten of a thing, alone, beside something else, and two counted kinds at once."""

from evalsuite.prompts.library._rows import Row, clauses, counted, filled, lines, places, row

RETIRED = places("42 148 208")
"""Bananas: they come in bunches, and a bunch is boxed as one."""

KINDS = lines("""
dog | on a lawn
cup | on a tray
horse | in a paddock
bicycle | in front of a shop
apple | on a cutting board
sheep | in a green field
chair | in a bright room
boat | on a calm lake
orange | in a wooden crate
knife | on a kitchen counter
bird | on a fence
book | on a bench
person | in a park
elephant | on a dry plain
suitcase | in a hallway
bowl | on a shelf
cow | by a river
donut | on a baking sheet
car | in a wide car park
bottle | on a window sill
""")

PAIRS = lines("""
dog | cat | in a garden
cup | spoon | on a tablecloth
apple | banana | on a plate
fork | knife | on a kitchen counter
cow | horse | in a meadow
book | clock | on a shelf
bus | truck | on a wide road
chair | potted plant | in a room
orange | carrot | on a cutting board
suitcase | backpack | on a station platform
bottle | wine glass | on a bar
sheep | dog | on a hillside
bird | boat | on a lake
zebra | giraffe | on a plain
donut | cake | on a counter
""")

BESIDE = lines("""
cat | couch | on the floor beside [a other]
bowl | vase | next to [a other]
backpack | bench | next to [a other]
surfboard | umbrella | on the sand beside [a other]
motorcycle | bus | parked behind [a other]
teddy bear | bed | on the floor beside [a other]
sandwich | cup | on a table with [a other]
skateboard | bicycle | lined up beside [a other]
carrot | knife | on a board next to [a other]
kite | boat | in the sky above [a other]
""")

PLAIN = "[number] [things] [place]"
PHOTO = "a photograph of [number] [things]"
BOTH = "[number] [things] and [number] [things] [place]"

SLOTS = ("word", "word", "word", "word", "digits", "digits")
"""How the number is written in the plain sentences about each number."""


def rows() -> list[Row]:
    """21 prompts per number: nine by hand, six plain, two bare, three of two kinds, one beside."""
    prompts = [_by_hand(*fields) for fields in lines(HAND)]
    for number in range(1, 11):
        prompts += _plain(number) + _two_kinds(number) + [_beside(number)]
    return prompts + [_by_hand(*fields) for fields in lines(THIRD)]


def _by_hand(text: str, written: str, thing: str | None = None) -> Row:
    include, exclude = clauses(written)
    more = {"distractor": "yes" if len(include) > 1 else "no", "counted kinds": len(exclude)}
    groups = {"count": include[0]["count"], "number": _written(text), **more}
    if thing is not None:
        groups |= {"thing": thing, "template": BOTH}
    return row("counting", text, groups, include, exclude)


def _plain(number: int) -> list[Row]:
    prompts = []
    for slot, form in enumerate((*SLOTS, "word", "digits")):
        noun, place = KINDS[(8 * number + slot) % len(KINDS)]
        template = PLAIN if slot < len(SLOTS) else PHOTO
        phrase = counted(number, noun, digits=form == "digits")
        text = filled(template.replace("[number] [things]", phrase), place=place)
        groups = _groups(number, form, "no", 1, template, noun)
        prompts.append(row("counting", text, groups, *clauses(f"{number} {noun}")))
    return prompts


def _two_kinds(number: int) -> list[Row]:
    prompts = []
    for slot, form in enumerate(("word", "word", "digits")):
        first, second, place = PAIRS[(3 * number + slot) % len(PAIRS)]
        other = (number + 2 * slot + 1) % 5 + 1
        other += other == number
        nouns = ((number, first), (other, second))
        phrase = " and ".join(counted(n, noun, digits=form == "digits") for n, noun in nouns)
        groups = _groups(number, form, "yes", 2, BOTH, f"{first} and {second}")
        wanted = clauses(f"{number} {first}; {other} {second}")
        prompts.append(row("counting", f"{phrase} {place}", groups, *wanted))
    return prompts


def _beside(number: int) -> Row:
    noun, other, place = BESIDE[number - 1]
    template = f"[number] [things] {place}"
    text = filled(template.replace("[number] [things]", counted(number, noun)), other=other)
    wanted = clauses(f"{number} {noun}; {other}")
    return row("counting", text, _groups(number, "word", "yes", 1, template, noun), *wanted)


def _groups(
    number: int, form: str, distractor: str, kinds: int, template: str, thing: str
) -> dict[str, object]:
    named = {"count": number, "number": form, "distractor": distractor, "counted kinds": kinds}
    return {**named, "thing": thing, "template": template}


def _written(text: str) -> str:
    return "digits" if text[0].isdigit() else "word"


HAND = """
one zebra drinking at a water hole | 1 zebra
a single red apple on a wooden table | 1 red apple
one bicycle leaning against a brick wall | 1 bicycle
a single candle burning on a window sill | 1 candle
1 lighthouse on a rocky coast at dusk | 1 lighthouse
one cat asleep on a blue sofa | 1 cat; blue couch
1 umbrella left open on an empty beach | 1 umbrella
one boat and two swans on a still lake | 1 boat; 2 swan
1 suitcase beside three folding chairs | 1 suitcase; 3 chair
two horses grazing behind a wooden fence | 2 horse
two cups of coffee on a marble counter | 2 cup
two rowing boats tied to a jetty | 2 boat
two children building a sandcastle | 2 child
2 elephants crossing a dusty road | 2 elephant
2 parrots on a branch | 2 parrot
two dogs and one cat by a fireplace | 2 dog; 1 cat
two lamps on either side of a bed | 2 lamp; bed
2 oranges next to a knife on a chopping board | 2 orange; knife
three sheep on a hillside under grey clouds | 3 sheep
three hot-air balloons above a valley at sunrise | 3 hot-air balloon
three teddy bears on a shelf in a nursery | 3 teddy bear
three bicycles parked outside a bakery | 3 bicycle
3 penguins standing on ice | 3 penguin
3 sunflowers in a glass vase | 3 sunflower; vase
three forks and two spoons on a linen napkin | 3 fork; 2 spoon
three surfboards leaning against a van | 3 surfboard; van
3 motorcycles in a garage | 3 motorcycle
four cows resting in the shade of an oak | 4 cow
four empty wine glasses on a white tablecloth | 4 wine glass
four kites flying over a beach | 4 kite
four people waiting at a bus stop | 4 person
4 cupcakes on a silver tray | 4 cupcake
4 giraffes walking in single file | 4 giraffe
four chairs around a round table | 4 chair; table
four pigeons and one dog in a town square | 4 pigeon; 1 dog
4 apples beside a loaf of bread | 4 apple; bread
five ducks swimming across a pond | 5 duck
five sailing boats on a calm bay | 5 boat
five books on an otherwise bare shelf | 5 book
five people sitting on the steps of a library | 5 person
5 onions on a kitchen scale | 5 onion
5 flamingos in shallow water | 5 flamingo
five bananas and one pineapple in a bowl | 5 banana; 1 pineapple
five cars parked along a canal beside a truck | 5 car; truck
5 candles around a birthday cake | 5 candle; cake
six donuts in an open cardboard box | 6 donut
six penguins lined up on a rocky shore | 6 penguin
six scooters parked outside a railway station | 6 scooter
six eggs in a woven basket | 6 egg
6 lanterns hanging from a tree | 6 lantern
6 dogs running along a beach | 6 dog
six bottles and two wine glasses on a garden wall | 6 bottle; 2 wine glass
six chairs facing a television in a waiting room | 6 chair; tv
6 goats around a red tractor | 6 goat; red tractor
seven swans on a river in winter | 7 swan
seven suitcases on an airport carousel | 7 suitcase
seven pumpkins on a farm stall | 7 pumpkin
seven camels crossing a sand dune | 7 camel
7 umbrellas hanging above a narrow street | 7 umbrella
7 strawberries on a white plate | 7 strawberry
seven children around a snowman | 7 child; snowman
seven mugs and one teapot on a kitchen shelf | 7 mug; 1 teapot
7 seagulls above a fishing boat | 7 seagull; boat
eight horses galloping through snow | 8 horse
eight macarons in a row on a slate board | 8 macaron
eight skateboards propped against a wall | 8 skateboard
eight people doing yoga in a park | 8 person
8 clocks on a workshop wall | 8 clock
8 tents on a mountain meadow | 8 tent
eight oranges and one glass jug on a breakfast table | 8 orange; 1 jug
eight bicycles in front of a red bus | 8 bicycle; red bus
8 sheep following a dog | 8 sheep; dog
nine elephants at a muddy river | 9 elephant
nine terracotta flower pots on a balcony | 9 flower pot
nine kayaks on a lake, seen from above | 9 kayak
nine geese flying over a frozen field | 9 goose
9 cookies cooling on a wire rack | 9 cookie
9 traffic cones on a wet road | 9 traffic cone
nine chairs and one piano in a rehearsal room | 9 chair; 1 piano
nine pencils beside a pair of scissors | 9 pencil; scissors
9 birds on a wire above a parked car | 9 bird; car
ten zebras on a field | 10 zebra
ten red balloons against a clear sky | 10 red balloon
ten sailing boats in a harbour | 10 boat
ten people queueing outside a museum | 10 person
10 lemons on a market stall | 10 lemon
10 butterflies in a display case | 10 butterfly
ten cups and one coffee machine on an office counter | 10 cup; 1 coffee machine
ten pigeons around a park bench | 10 pigeon; bench
10 cows beside a red barn | 10 cow; red barn
"""

THIRD = """
five lemons and one pineapple in a bowl | 5 lemon; 1 pineapple
5 apples and 1 orange on a plate | 5 apple; 1 orange | apple and orange
10 apples and 1 orange on a plate | 10 apple; 1 orange | apple and orange
"""
"""Those of version 3, for the retired ones."""
