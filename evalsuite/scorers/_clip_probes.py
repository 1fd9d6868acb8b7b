"""The texts that a picture is compared with to tell which style or region it shows.

Both lists are those of the bundled prompt sets `styles` and `culture`; a prompt of another set that
asks for something else is compared with its own word besides. The texts of a prompt differ in the
style, or in the region, alone.
"""

from evalsuite.prompts.references import CLIP, CLIPSCORE
from evalsuite.records import Prompt
from evalsuite.vocabulary.english import article

CITE = CLIP + CLIPSCORE

STYLES = {
    "colour photograph": "a colour photograph of {thing}",
    "black-and-white photograph": "a black-and-white photograph of {thing}",
    "oil painting": "an oil painting of {thing}",
    "watercolour": "a watercolour of {thing}",
    "pencil sketch": "a pencil sketch of {thing}",
    "ink drawing": "an ink drawing of {thing}",
    "anime": "{thing} in the style of anime",
    "pixel art": "pixel art of {thing}",
    "3D rendering": "a 3D rendering of {thing}",
    "stained glass": "{thing} in stained glass",
    "mosaic": "a mosaic of {thing}",
    "woodcut": "a woodcut of {thing}",
    "origami": "{thing} folded from origami paper",
    "chalk drawing": "a chalk drawing of {thing}",
    "embroidery": "an embroidery of {thing}",
    "clay model": "a clay model of {thing}",
}
"""Each style's name, and how a picture in it is described."""

NONE = "none"
"""The region of an unmarked prompt, and the option that a picture suggests none."""

REGIONS = (
    *("Nigeria", "Ethiopia", "Egypt", "Turkey", "Iran", "India", "China", "Japan"),
    *("Indonesia", "Australia", "Mexico", "Brazil", "United States", "United Kingdom"),
    *("France", "Poland"),
)
"""Sixteen countries on six continents; a picture of any other finds no fitting option."""


def styles(prompt: Prompt) -> dict[str, str]:
    """A text for each style, by its name, for a prompt that asks for one; else empty."""
    style = prompt.groups.get("style")
    if prompt.tag != "style" or style is None:
        return {}
    thing = article(prompt.groups.get("object", "thing"))
    texts = STYLES if style in STYLES else {**STYLES, style: f"{{thing}}, {style}"}
    return {style: text.format(thing=thing) for style, text in texts.items()}


def regions(prompt: Prompt) -> dict[str, str]:
    """A text for each region, by its name, for a prompt of a culture's occasion; else empty.

    An unmarked prompt's picture may also suggest none of them.
    """
    region_asked = prompt.groups.get("region")
    if prompt.tag != "culture" or region_asked is None:
        return {}
    occasion = article(prompt.groups.get("occasion", "scene"))
    names = [*REGIONS, *([] if region_asked in (NONE, *REGIONS) else [region_asked])]
    texts = {region: f"{occasion} in {_the(region)}" for region in names}
    return {**texts, NONE: occasion} if region_asked == NONE else texts


def _the(region: str) -> str:
    return f"the {region}" if region.startswith("United ") else region
