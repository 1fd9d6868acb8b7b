"""What a scorer is shown, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from evalsuite.records.errors import Json
from evalsuite.records.prompts import Prompt
from evalsuite.records.samples import Key, Pixels

Value = float | str | None


@dataclass(frozen=True, slots=True)
class Box:
    """Something found in a picture: what, where, and how sure.

    `box` is left, top, right and bottom in pixels of the image. `score` is between 0 and 1, None
    where it is not known. `looks` are words for how it looks, by kind: {"color": "red"}.
    """

    name: str
    box: tuple[float, float, float, float]
    score: float | None = None
    looks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice among texts or labels, with the probability of each.

    Where one of the options is what the prompt asks for, it is the first.
    """

    options: tuple[str, ...]
    probabilities: tuple[float, ...]
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One scorer's answer on one sample.

    Each of the scorer's fields is in one of three states: a value in `values`; an abstention, which
    is None there and has its reason in `reasons` (what stands before the first colon is its class,
    by which abstentions are counted); or not applicable, where the prompt does not raise the
    question: then it is in neither, and may be named in `not_applicable`. A scorer that broke down
    on the sample leaves all of them empty and says so in `failure`.

    What a reader of the report is shown beside it: `boxes` that were found, `choices` among texts
    by field, and `summary`, one line on what is wrong. `evidence` is anything else worth keeping.
    """

    scorer: str
    key: Key
    values: Mapping[str, Value] = field(default_factory=dict)
    _: KW_ONLY
    reasons: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Json] = field(default_factory=dict)
    failure: str | None = None
    not_applicable: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    summary: str = ""


@dataclass
class Picture:
    """One image on its way past all scorers: decoded at most once, encoded once per encoder.

    `features` is kept on disk between runs, keyed by encoder; `memo` lives as long as the picture.
    """

    sha256: str
    decode: Callable[[], Pixels]
    features: dict[str, NDArray[Any]] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def pixels(self) -> Pixels:
        """The decoded image; raises `InputError` if the file is missing or damaged."""
        return self.decode()


@dataclass(frozen=True, slots=True)
class Case:
    """What a scorer is asked to judge.

    `twin` is the prompt that this one is paired with: a negated prompt's affirmative one, or
    the negated prompt that names this one.
    """

    key: Key
    prompt: Prompt
    picture: Picture
    twin: Prompt | None = None
