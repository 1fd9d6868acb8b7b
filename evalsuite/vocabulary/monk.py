"""The Monk Skin Tone scale: ten published colours, and the nearest one to a colour seen.

Source: Ellis Monk, Monk Skin Tone Scale, 2019 (skintone.google). The scale describes how skin
looks in a picture; it says nothing about anybody's ancestry.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

COLORS: tuple[str, ...] = (
    "#f6ede4",
    "#f3e7db",
    "#f7ead0",
    "#eadaba",
    "#d7bd96",
    "#a07e56",
    "#825c43",
    "#604134",
    "#3a312a",
    "#292420",
)
"""sRGB, lightest first."""

TONES: tuple[str, ...] = tuple(str(tone) for tone in range(1, 11))
"""The tones' names, lightest first."""

BANDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "1-4": frozenset("1234"),
        "5-7": frozenset("567"),
        "8-10": frozenset(("8", "9", "10")),
    }
)
"""Light, medium and dark thirds of the scale: our own grouping, for there is no published one."""

EVEN_BANDS: Mapping[str, float] = MappingProxyType(
    {band: len(tones) / len(TONES) for band, tones in BANDS.items()}
)
"""The bands' shares where all ten tones are equally frequent: a convention, not a population."""


TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""From linear light with sRGB's primaries to CIE XYZ, white at D65. Source: IEC 61966-2-1."""


def rgb(tone: int) -> tuple[int, int, int]:
    """The sRGB bytes of Monk tone 1-10."""
    code = COLORS[tone - 1]
    return (int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16))


def linear(colors: ArrayLike) -> NDArray[np.float64]:
    """Linear light, 0 to 1, of sRGB bytes. Source: IEC 61966-2-1."""
    share = np.asarray(colors, dtype=np.float64) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def srgb(light: ArrayLike) -> NDArray[np.float64]:
    """Linear light as sRGB on the scale of bytes, not rounded; what is out of range is clipped."""
    share = np.clip(np.asarray(light, dtype=np.float64), 0, 1)
    return 255 * np.where(share <= 0.0031308, share * 12.92, 1.055 * share ** (1 / 2.4) - 0.055)


def lab(colors: ArrayLike) -> NDArray[np.float64]:
    """CIELAB (D65) of sRGB bytes, shape (..., 3). Source: IEC 61966-2-1 and CIE 15:2004."""
    return lab_of_light(linear(colors))


def lab_of_light(light: ArrayLike) -> NDArray[np.float64]:
    """CIELAB (D65) of linear light with sRGB's primaries, shape (..., 3)."""
    xyz = np.asarray(light) @ TO_XYZ.T / np.array([0.95047, 1.0, 1.08883])
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ita(color: ArrayLike) -> float:
    """The individual typology angle of a CIELAB colour, in degrees: the darker, the lower.

    Chardon, Cretois and Hourseau 1991 have arctan((L* - 50) / b*); with two arguments it holds
    where b* is 0 or below, as under blue light.
    """
    lightness, _, yellow = np.asarray(color, dtype=np.float64)
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))


def nearest(color: ArrayLike) -> tuple[int, float]:
    """The Monk tone 1-10 nearest to an sRGB colour, and its distance (CIE 1976 Delta E)."""
    return nearest_to(lab(color))


def nearest_to(color: ArrayLike) -> tuple[int, float]:
    """The Monk tone 1-10 nearest to a CIELAB colour, and its distance; that may be no number."""
    distance = np.linalg.norm(_scale() - np.asarray(color), axis=-1)
    best = int(distance.argmin())
    return best + 1, float(distance[best])


@cache
def _scale() -> NDArray[np.float64]:
    return lab([rgb(tone) for tone in range(1, 11)])
