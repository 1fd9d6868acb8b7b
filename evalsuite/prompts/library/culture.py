"""Six everyday occasions, marked for sixteen countries and unmarked, which shows the default."""

from evalsuite.prompts.library._rows import Row, lines, row, thing
from evalsuite.vocabulary.english import article

OCCASIONS = {
    "wedding": "person",
    "restaurant": "restaurant",
    "house": "house",
    "breakfast": "food",
    "street": "street",
    "festival": "person",
}
"""Each with the class that must be seen."""

REGIONS = lines("""
Nigerian | Nigeria
Ethiopian | Ethiopia
Egyptian | Egypt
Turkish | Turkey
Iranian | Iran
Indian | India
Chinese | China
Japanese | Japan
Indonesian | Indonesia
Australian | Australia
Mexican | Mexico
Brazilian | Brazil
American | the United States
British | the United Kingdom
French | France
Polish | Poland
""")

ADJECTIVE, PLACE = "a photo of [a regional] [occasion]", "a photo of [an occasion] in [country]"
UNMARKED = ("a photo of [an occasion]", "a photo of [an occasion], seen as a whole")


def rows() -> list[Row]:
    """Each occasion unmarked in two wordings, then as an adjective and as a place."""
    prompts = []
    for occasion, class_name in OCCASIONS.items():
        for template in UNMARKED:
            prompts.append(_row(occasion, "none", "none", template, class_name, article(occasion)))
        for adjective, country in REGIONS:
            marked = ((ADJECTIVE, "adjective"), (PLACE, "place"))
            phrases = (article(f"{adjective} {occasion}"), f"{article(occasion)} in {country}")
            for (template, marking), words in zip(marked, phrases, strict=True):
                prompts.append(_row(occasion, country, marking, template, class_name, words))
    return prompts


def _row(
    occasion: str, region: str, marking: str, template: str, class_name: str, words: str
) -> Row:
    groups = {"occasion": occasion, "region": region.removeprefix("the "), "marking": marking}
    tail = template.partition("]")[2] if marking == "none" else ""
    text = f"a photo of {words}{tail}"
    return row("culture", text, {**groups, "template": template}, [thing(class_name)])
