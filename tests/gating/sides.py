"""Sides of comparisons written out as letters: "1" right, "0" wrong, "-" no value."""

from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.measures.reading import Reading
from evalsuite.plugins.find import own_measures
from evalsuite.records import Key, Measure

OWN = {measure.name: measure for measure in own_measures()}


def known(name, kind="share"):
    """Our scorers' measure of that name, or one of an outside scorer."""
    return OWN.get(name) or Measure(name=name, title=name, kind=kind, higher_is_better=None)


def side(letters, *, prompt_set="counts", kinds=None, digest="d", seed=0, **more):
    """From {measure: [letters of the images of prompt 0, of prompt 1, ...]}."""
    readings, drawn, prompts = {}, {}, {}
    for measure, rows in letters.items():
        for n, row in enumerate(rows):
            prompts[prompt_set, f"p{n}"] = Asked(f"prompt {n}", {"count": str(1 + n % 2)})
            for index, letter in enumerate(row):
                key = Key(prompt_set, f"p{n}", index)
                drawn[key] = 1000 * seed + 10 * n + index
                value = None if letter == "-" else letter if letter.isalpha() else float(letter)
                reason = "" if value is not None else "refused"
                readings[measure, key] = Reading(value, reason, f"p{n}", prompt=f"p{n}")
    facts = {
        "name": "a run",
        "dialect": "scenes",
        "seed": seed,
        "prompt_sets": {prompt_set: digest},
        "prompts": prompts,
        "planned": tuple(drawn),
        "seeds": drawn,
        "measures": {name: known(name, (kinds or {}).get(name, "share")) for name in letters},
        "readings": readings,
        "scorers": {measure.partition(".")[0]: "s" for measure in letters},
        "images": dict.fromkeys(drawn, "ab" * 32),
        "complete": True,
    }
    return Side(**{**facts, **more})
