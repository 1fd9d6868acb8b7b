"""Words for how things look."""

from collections.abc import Mapping
from types import MappingProxyType

COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
"""Ten colours that everybody tells apart: GenEval's palette (Ghosh et al. 2023, arXiv 2310.11513).

GenEval's scorer keeps a list of its own, which is its published rule and may not change.
"""

MATERIALS = ("wooden", "metal", "glass", "plastic", "stone", "leather", "paper", "woollen")
"""Eight common materials, no two of which name the same stuff: our own choice."""

SIZES = ("small", "large")

PALETTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"color": COLORS, "material": MATERIALS, "size": SIZES}
)
"""By a clause's attribute, the words that an asked word competes with when it is judged."""

_LIKE = {
    "red": "crimson scarlet",
    "blue": "navy azure turquoise cyan",
    "purple": "violet magenta",
    "brown": "tan beige",
    "yellow": "gold golden",
    "wooden": "wood oak",
    "metal": "metallic steel iron",
    "woollen": "woolen wool fabric cloth knitted cotton",
    "paper": "cardboard",
    "small": "tiny little miniature short low medium-sized medium",
    "large": "big huge giant tall high medium-sized medium",
}
LIKE: Mapping[str, frozenset[str]] = MappingProxyType(
    {word: frozenset(others.split()) for word, others in _LIKE.items()}
)
"""By a palette's word, other words that no judge can hold apart from it in one picture."""


def palette_for(kind: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The words that a judge of `kind` chooses among: the palette, then the asked ones.

    A word of the palette gives way to an asked one that says nearly the same: "large" to "huge".
    """
    clear = [word for word in PALETTES[kind] if not LIKE.get(word, frozenset()) & {*asked}]
    return tuple(dict.fromkeys((*clear, *asked)))
