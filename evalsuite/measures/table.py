"""All measures of the bundled scorers."""

from evalsuite.measures.applies import BY_ASKED
from evalsuite.measures.declared import (
    aesthetic,
    clip,
    diversity,
    geneval,
    objects,
    preference,
    presentation,
    text,
    vqa,
)
from evalsuite.measures.measure import Kind, Measure

MEASURES: tuple[Measure, ...] = (
    *objects.MEASURES,
    *clip.MEASURES,
    *presentation.MEASURES,
    *geneval.MEASURES,
    *vqa.MEASURES,
    *text.MEASURES,
    *preference.MEASURES,
    *aesthetic.MEASURES,
)
"""In the order in which reports show them."""

DIVERSITY: tuple[Measure, ...] = diversity.MEASURES
"""Read from an encoder's features by `measures.diversity`, and from no scorer's judgements."""


def describe(name: str) -> Measure | None:
    """The declared measure of that full name; None for one of an outside scorer."""
    return next((measure for measure in (*MEASURES, *DIVERSITY) if measure.name == name), None)


def undeclared(name: str, kind: Kind, tags: frozenset[str]) -> Measure:
    """A measure for an outside scorer's field, on the prompts of the tags that it answered."""
    field = name.partition(".")[2]
    return Measure(
        name,
        field,
        kind,
        name,
        "share" if kind == "labels" else "number",
        lambda prompt: prompt.tag in tags,
        breakdowns=BY_ASKED,
        cannot_show="Nobody has described this measure.",
    )
