"""What a field of a scorer's judgements means: declared by the scorer, recorded in the manifest."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of one scorer. All of it is plain data, so that a manifest can hold it.

    `name` is "<scorer>.<measure>", and `field` the field of the judgements that it reads: the
    name's second part, unless it is given. `kind` says how single values are summed up and drawn
    (`evalsuite.measures.kinds`): "share" of 1 among verdicts of 0 and 1, "mean" of numbers, ...

    `applies` names the prompts that raise the question (`evalsuite.prompts.conditions`); all of the
    conditions must hold. `by` are the prompts' group labels that get rows of their own, None for
    every label that a prompt has, as a measure with all of `BY_ASKED` has after these; `plot` are
    those of them that get a figure.

    `unit` is "share" (0 to 1), "difference" (-1 to 1), "distance", or a scale in words.
    `higher_is_better` is None where neither direction is. `bounds` hold for every single value of
    a mean. `chance` is what guessing gives, where that is one number (for each label of
    "labels"). `label` is the label whose
    share it is, `least` how many images of a prompt must be right for the prompt to be, `over` the
    group label of which a measure of groups takes each value by itself.

    `says` is what the model does where a verdict is 1, as a verb phrase for a sentence ("draws
    exactly the number asked for"); without it the title stands there.

    `prominence` decides which measure speaks for a prompt set whose card names no headline: the
    highest that has a value there, several where they are equal. `ranks_images` says that a higher
    value is a better picture of one and the same prompt, so that a best one can be picked.
    `useful` is the skill that an audit must surely find for the measure to be evidence, from 0
    (guessing) to 1 (never wrong): of a verdict sensitivity + specificity - 1. `blur_from` is the
    value from which a picture is blurred on pages until a reader asks for it, as a safety scorer's
    verdict would have it; None never does. `cannot_show` is what the measure is blind to, in a
    sentence or two. `needs_audit`: until its scorer is audited on pictures of the kind that it
    judged, its values are no evidence. `of_people`: the report's chapter on people lists it, beside
    the labels and tones that it draws by itself.
    """

    name: str
    title: str
    kind: str = "share"
    field: str = ""
    unit: str = "share"
    applies: tuple[str, ...] = ()
    by: tuple[str, ...] | None = None
    plot: tuple[str, ...] = ()
    higher_is_better: bool | None = True
    bounds: tuple[float, float] | None = None
    chance: float | None = None
    label: str = ""
    least: int = 1
    over: str = ""
    prominence: int = 0
    ranks_images: bool = False
    useful: float = 0.5
    blur_from: float | None = None
    cannot_show: str = ""
    needs_audit: bool = False
    of_people: bool = False
    says: str = ""

    def __post_init__(self) -> None:
        if not self.field:
            object.__setattr__(self, "field", default_field(self.name))

    @property
    def scorer(self) -> str:
        """The scorer whose judgements are read."""
        return scorer_of(self.name)


def default_field(measure: str) -> str:
    """The field that a measure reads if it names none: the second part of its full name."""
    return measure.partition(".")[2]


@lru_cache(maxsize=4096)
def scorer_of(measure: str) -> str:
    """The scorer in a measure's full name; scorers' names hold no dot."""
    return measure.partition(".")[0]
