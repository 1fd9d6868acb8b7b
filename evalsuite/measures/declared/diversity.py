"""The measures of how different a prompt's images are, from the features that a run keeps."""

from evalsuite.measures.applies import BY_ASKED, every_prompt
from evalsuite.measures.measure import Measure

_FEATURES = (
    "What CLIP does not see, such as number and place, makes no difference here. Only comparable "
    "between runs with the same CLIP model and as many images a prompt. Counts are of prompts."
)
_GROUPS = (*BY_ASKED, "occasion", "style")

MEASURES: tuple[Measure, ...] = (
    Measure("diversity.vendi", "vendi", "mean", "Vendi score", "images, effectively",
            every_prompt, None, _GROUPS, cannot_show=_FEATURES),
    Measure("diversity.similarity", "similarity", "mean", "Mean similarity of a prompt's images",
            "cosine", every_prompt, None, _GROUPS, (-1.0, 1.0), cannot_show=_FEATURES),
)  # fmt: skip
