"""Two and three clauses joined: all that was said is to be drawn, not its beginning."""

from evalsuite.prompts.library._rows import Row, capital, lines, row, thing

SCENES = lines("""
a dog sleeps on the rug / dog | a cat sits in the window / cat | a clock hangs on the wall / clock
a horse drinks from a stream / horse | a bird sits on a fence / bird | a cow lies in the grass / cow
a bus waits at a stop / bus | a cyclist rides past / bicycle; person \
| a dog runs along the pavement / dog
a boat lies on the sand / boat | a kite flies overhead / kite | a child builds a castle / person
a laptop stands open on a desk / laptop | a cup steams beside it / cup | a cat watches / cat
a cake cools on a counter / cake | a knife lies beside it / knife | an apple rests in a bowl / apple
a train stands at a platform / train | a traveller waits with a suitcase / suitcase; person \
| a pigeon walks by / bird
a zebra drinks at a water hole / zebra | an elephant stands behind it / elephant \
| a giraffe eats from a tree / giraffe
a chef cuts carrots / carrot; person | a pizza bakes in the oven / pizza \
| bottles line a shelf / bottle
a teddy bear sits on a bed / teddy bear | a book lies open beside it / book \
| a lamp glows in the corner / lamp
a surfer carries a surfboard / surfboard; person | an umbrella casts a shadow / umbrella \
| a dog digs in the sand / dog
a motorcycle leans against a wall / motorcycle | a cat sleeps on its seat / cat \
| a potted plant hangs above / potted plant
a sheep stands on a hill / sheep | a dog watches it / dog | a truck drives along the road / truck
a violinist plays on a stage / violin; person | a piano stands behind / piano \
| an empty chair waits in front / chair
""")

TWO = {
    "and": "[A], and [b].",
    "while": "[A] while [b].",
    "full stop": "[A]. [B].",
}
THREE = {
    "and": "[A], [b], and [c].",
    "while": "[A] while [b], and [c].",
    "full stop": "[A]. [B]. [C].",
}


def rows() -> list[Row]:
    """14 scenes: three ways of joining two clauses, and the same three of joining three."""
    prompts = []
    for clauses, joints in ((2, TWO), (3, THREE)):
        for scene in SCENES:
            parts = [part.split(" / ") for part in scene][:clauses]
            for joint, template in joints.items():
                text = template
                for letter, (sentence, _) in zip("abc", parts, strict=False):
                    text = text.replace(f"[{letter}]", sentence)
                    text = text.replace(f"[{letter.upper()}]", capital(sentence))
                groups = {"clauses": clauses, "joint": joint, "scene": parts[0][0]}
                groups["template"] = template
                nouns = [noun for _, written in parts for noun in written.strip().split("; ")]
                include = [thing(noun) for noun in nouns]
                prompts.append(row("sentences", text, groups, include))
    return prompts
