"""What must not be there, each beside its affirmative twin, so that "no" is a difference in pairs.

A line is `text / what is there / what is not`. In the text, <affirmative|negated>. What the
affirmative prompt does not ask for and the negated one excludes too stands in a fourth field.
"""

import re
from collections.abc import Sequence

from evalsuite.prompts.library._rows import Row, lines, places, row, thing

FIRST = {
    "no": """
a street with <|no> cars / street / car
a living room with a sofa and <a|no> television / couch / tv
a beach with <|no> people / beach / person
a bowl with apples and <|no> bananas / bowl; apple / banana
a garden with a bench and <|no> flowers / bench / flower
a harbour with <|no> boats / harbour / boat
a desk with a laptop and <a|no> lamp / desk; laptop / lamp
a mountain road with <a|no> truck on it / road / truck
a pizza with <|no> mushrooms / pizza / mushroom
a birthday cake with <|no> candles / cake / candle
a park with trees and <a|no> dog / tree / dog
a wheat field under a sky with <|no> clouds / wheat field / cloud
a bathroom sink with <a|no> mirror above it / sink / mirror
a railway platform with <a|no> train / railway platform / train
""",
    "without": """
a bed beside a window <with|without> curtains / bed; window / curtain
a person <with|without> a hat on a park bench / person; bench / hat
a snowman <with|without> a scarf / snowman / scarf
a cup of tea <with|without> a spoon / cup / spoon
a house <with|without> a chimney / house / chimney
a horse <with|without> a saddle in a paddock / horse / saddle
a bicycle <with|without> a basket / bicycle / basket
a hamburger <with|without> fries on a plate / hamburger / french fries
a fir tree <with|without> a star on top / tree / star
a violin <and|without> its bow on a chair / violin; chair / violin bow
a dining table <with|without> plates / dining table / plate
a dog <with|without> a collar / dog / collar
""",
    "empty": """
<a car park full of cars|an empty car park> / car park / car
<a vase holding flowers|an empty vase> / vase / flower
<a classroom full of pupils|an empty classroom> / classroom / person
<a bird cage with a bird inside|an empty bird cage> / bird cage / bird
<a park bench with people sitting on it|an empty park bench> / bench / person
<a fruit bowl full of oranges|an empty fruit bowl> / bowl / orange / apple; banana; fruit
<a bookshelf filled with books|an empty bookshelf> / bookshelf / book
<a swimming pool with swimmers|an empty swimming pool> / swimming pool / person
""",
    "not": """
a plate that <has|does not have> a fork beside it / plate / fork
a cat that is <|not> wearing a bow tie / cat / bow tie
a cyclist who is <|not> wearing a helmet / person; bicycle / helmet
a stone bridge that <has|does not have> people on it / bridge / person
a kitchen wall that <has|does not have> a clock on it / wall / clock
a market stall that is <|not> selling bananas / market stall / banana
a rooftop where <a|not a single> bird is sitting / roof / bird
a child who is <|not> carrying a backpack to school / child / backpack
""",
    "neither nor": """
a table with <both knives and|neither knives nor> forks / table / knife; fork
a playground with <both swings and|neither swings nor> children / playground / swing; child
a road with <both cars and|neither cars nor> buses / road / car; bus
a sofa with <both a cushion and|neither a cushion nor> a blanket / couch / cushion; blanket
a lake with <both ducks and|neither ducks nor> boats / lake / duck; boat
a sandwich with <both lettuce and|neither lettuce nor> tomato / sandwich / lettuce; tomato
a hallway with <both shoes and|neither shoes nor> umbrellas / hallway / shoe; umbrella
a meadow with <both cows and|neither cows nor> sheep / meadow / cow; sheep
""",
}
"""By phrase: the pairs of version 1."""

SECOND = {
    "no": """
a lake shore with <|no> ducks / lake / duck
a kitchen counter with a microwave and <a|no> toaster / microwave / toaster
a bedroom with a bed and <a|no> clock / bed / clock
a grassy field with <|no> sheep / field / sheep
a desk with a keyboard and <a|no> computer mouse / keyboard / computer mouse
a window sill with <|no> potted plants / window sill / potted plant
""",
    "without": """
a tennis player <with|without> a racket / person / tennis racket
a salad <with|without> tomatoes / salad / tomato
a park lawn <with|without> people / lawn / person
a sandwich on a plate <with|without> a knife beside it / sandwich; plate / knife
a sofa <with|without> cushions / couch / cushion
a traveller <with|without> a suitcase at a bus stop / person / suitcase
a wooden jetty <with|without> a boat beside it / jetty / boat
a snowy street <with|without> a bus / street / bus
""",
    "empty": """
<a parking space with a car in it|an empty parking space> / parking space / car
<a dog bed with a dog in it|an empty dog bed> / dog bed / dog
<a bus full of passengers|an empty bus> / bus / person
<a shelf full of bottles|an empty shelf> / shelf / bottle / book; vase; box
<a paddock with horses|an empty paddock> / paddock / horse / cow; sheep; animal
<a skate park full of skateboarders|an empty skate park> / skate park / person
<a bird's nest with eggs|an empty bird's nest> / nest / egg
<a cinema full of people|an empty cinema> / cinema / person
<a bicycle rack full of bicycles|an empty bicycle rack> / bicycle rack / bicycle
<a baking sheet full of cookies|an empty baking sheet> / baking sheet / cookie / bread; cake; food
<a mooring with a boat tied to it|an empty mooring> / mooring / boat
<a refrigerator full of bottles|an empty refrigerator> / refrigerator / bottle / fruit; food
""",
    "not": """
a dog that is <|not> carrying a frisbee / dog / frisbee
a person who is <|not> holding an umbrella in the rain / person / umbrella
a desk that <has|does not have> a laptop on it / desk / laptop
a bench that <has|does not have> a backpack on it / bench / backpack
a bowl that <contains|does not contain> carrots / bowl / carrot
a couch that <has|does not have> a cat on it / couch / cat
a table that <has|does not have> a cup on it / table / cup
an office worker who is <|not> wearing a tie / person / tie
a beach that <has|does not have> a kite above it / beach / kite
a bathroom that <has|does not have> a toilet / bathroom / toilet
a snowy slope that <has|does not have> skiers on it / slope / person
a street corner that <has|does not have> a traffic light / street corner / traffic light
""",
    "neither nor": """
a desk with <both a laptop and|neither a laptop nor> a lamp on it / desk / laptop; lamp
a farmyard with <both chickens and|neither chickens nor> goats / farmyard / chicken; goat
a tray with <both cups and|neither cups nor> spoons / tray / cup; spoon
a beach with <both umbrellas and|neither umbrellas nor> chairs / beach / umbrella; chair
a plate with <both broccoli and|neither broccoli nor> carrots / plate / broccoli; carrot
an airport with <both people and|neither people nor> suitcases / airport / person; suitcase
a living room with <both a couch and|neither a couch nor> a television / living room / couch; tv
a shelf with <both books and|neither books nor> vases / shelf / book; vase
a fruit stall with <both oranges and|neither oranges nor> apples / fruit stall / orange; apple
a car park with <both cars and|neither cars nor> motorcycles / car park / car; motorcycle
a garden with <both a dog and|neither a dog nor> a cat / garden / dog; cat
a river with <both swans and|neither swans nor> boats / river / swan; boat
""",
}
"""Those of version 2."""

THIRD = {
    "no": """
a bathroom with a sink and <a|no> mirror / sink / mirror
a mountain road with <a|no> truck / road / truck
""",
    "without": """
a decorated fir tree <with|without> candles / tree / candle
a sandwich on a plate <with|without> a knife / sandwich; plate / knife
a wooden jetty <with|without> boats / jetty / boat
""",
    "empty": """
<a playground full of children|an empty playground> / playground / person
<an ice rink full of skaters|an empty ice rink> / ice rink / person
<an airfield with parked airplanes|an empty airfield> / airfield / airplane
<an aquarium with fish|an empty aquarium> / aquarium / fish
<a lecture hall full of students|an empty lecture hall> / lecture hall / person
<a marina full of boats|an empty marina> / marina / boat
""",
    "not": """
a place setting that <has|does not have> a fork / plate / fork
a stone bridge where people are <|not> to be seen / bridge / person
a kitchen that <has|does not have> a clock / kitchen / clock
a market where bananas are <|not> on display / market stall / banana
rooftops where <a|not a single> bird can be seen / roof / bird
a child in a field who <has|does not have> a backpack / child / backpack
a garden that has a dog <and|but does not have> a frisbee / dog / frisbee
a rainy street where umbrellas are <|not> to be seen / street / umbrella
an office that has a desk <and|but does not have> a laptop / desk / laptop
a hallway that has a bench <and|but does not have> a backpack / bench / backpack
a living room that has a couch <and|but does not have> a cat / couch / cat
a room that has a table <and|but does not have> a cup / table / cup
a beach where kites are <|not> to be seen / beach / kite
a snowy slope where people are <|not> to be seen / slope / person
""",
    "neither nor": """
a desk with <both a laptop and|neither a laptop nor> a lamp / desk / laptop; lamp
""",
}
"""Those of version 3, for the retired ones; together twenty pairs per phrase."""

RETIRED = places(
    "14-15 24-25 44-45 60-61 66-69 74-83 118-119 124-125 128-133 148-149 152-159 162-165 168-169 "
    "172-173 176-177"
)
"""What they negate is a place or an act ("no mirror above it", "not carrying a frisbee", "an empty
bench"), and what they excluded was the thing anywhere in the picture."""


def rows() -> list[Row]:
    """100 pairs, the affirmative prompt first."""
    prompts: list[Row] = []
    for blocks in (FIRST, SECOND, THIRD):
        for phrase, block in blocks.items():
            for text, *fields in lines(block, " / "):
                prompts += _pair(len(prompts), phrase, text, *(f.split("; ") for f in fields))
    return prompts


def _pair(
    place: int,
    phrase: str,
    text: str,
    present: list[str],
    absent: list[str],
    also: Sequence[str] = (),
) -> list[Row]:
    include, asked = [thing(name) for name in present], [thing(name) for name in absent]
    exclude = [*asked, *(thing(name) for name in also)]
    more = {"absent": ", ".join(clause["class"] for clause in exclude), "phrase": phrase}
    yes, no = (_chosen(text, side) for side in (1, 2))
    return [
        row("negation", yes, {"form": "affirmative", **more}, [*include, *asked]),
        row("negation", no, {"form": "negated", **more}, include, exclude, twin=place),
    ]


def _chosen(text: str, side: int) -> str:
    chosen = re.sub("<(.*)[|](.*)>", rf"\{side}", text)
    return " ".join(chosen.split())
