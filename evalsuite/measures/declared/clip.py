"""The measures of the `clip` scorer."""

from evalsuite.measures.applies import (
    BY_ASKED,
    every_prompt,
    exchangeable,
    has_negatives,
    marked,
    styled,
    unmarked,
)
from evalsuite.measures.measure import Measure

_BLIND = "Whether the model or CLIP is blind: hold it against the scorer's audit."
_SCORE = "Number, side and negation: CLIP hardly reads them. Only comparable between runs with "
_SUGGESTS = "Where anything is from: only what the picture suggests to CLIP, among sixteen "

MEASURES: tuple[Measure, ...] = (
    Measure("clip.score", "score", "mean", "CLIPScore", "100 * cosine", every_prompt, True,
            BY_ASKED, (-100.0, 100.0), cannot_show=_SCORE + "the same CLIP model."),
    Measure("clip.hessel", "hessel", "mean", "CLIPScore as Hessel et al. define it",
            "2.5 * max(cosine, 0)", every_prompt, True, (), (0.0, 2.5),
            cannot_show=_SCORE + "the same CLIP model."),
    Measure("clip.choice", "choice", "share", "The prompt beats its hard negatives", "share",
            has_negatives, True, ("count", "relation", "form", "attribute"), cannot_show=_BLIND),
    Measure("clip.binding", "binding", "share", "The prompt beats its exchanged attributes",
            "share", exchangeable, True, ("count", "relation", "form", "attribute"),
            cannot_show=_BLIND),
    Measure("clip.style", "style", "share", "The asked style is chosen among all", "share",
            styled, True, ("style",), cannot_show="How well it is done. " + _BLIND),
    Measure("clip.region_asked", "region_asked", "share",
            "The named region is chosen among all", "share", marked, True,
            ("region", "occasion", "marking"),
            cannot_show="Whether the picture is true to the region or to its cliche. " + _BLIND),
    Measure("clip.region", "region", "labels", "The region that an unmarked picture suggests",
            "share", unmarked, None, ("occasion",),
            cannot_show=_SUGGESTS + "countries. Believe it as far as clip.region_asked goes."),
    Measure("clip.region_unknown", "region", "unknown", "No one region is suggested", "share",
            unmarked, None, ("occasion",),
            cannot_show="Whether the picture is neutral or CLIP is not sure."),
)  # fmt: skip
