"""The nouns that every stage speaks: small frozen records, and the two protocols of plug-ins.

Files carry these records from stage to stage; `runs/rows.py` reads and writes them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""One picture: shape (height, width, 3), sRGB bytes."""

Json = Any
"""What `json.dumps` writes: null, booleans, finite numbers, strings, lists, string-keyed maps."""

Status = Literal["ok", "refused", "blocked", "invalid", "failed"]
Value = float | str | None
Tier = Literal["block", "warn", "watch"]
Word = Literal["pass", "fail", "undecided"]


class InputError(Exception):
    """Bad input, said in one line that names the place and the mend; the CLI exits with 2."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a prompt asks for, or asks not to see.

    In `exclude`, `count` is the number from which on the thing counts as drawn: 1 means none
    may be there, N + 1 means at most N. `position` is a relation and the index, in `include`, of
    the clause that it is relative to. `color`, `material` and `size` are what the thing should
    look like ("red", "wooden", "large").
    """

    name: str
    count: int = 1
    color: str | None = None
    position: tuple[str, int] | None = None
    material: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the picture, and the answer that a picture as asked gives.

    `choices` are the answers to choose from; empty for yes or no. `depends` are the places, in
    the prompt's questions, of those that must be answered rightly for this one to make sense.
    """

    text: str
    answer: str = "yes"
    choices: tuple[str, ...] = ()
    depends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """One line of a prompt set: what is asked, what should be seen, and how to group it.

    `subject` is "person" where the picture is of a person. `twin` is the id of the affirmative
    prompt that a negated one is compared with. `words` are to be written in the picture.
    `questions` came with the prompt; where there are none, scorers derive their own.
    """

    id: str
    text: str
    tag: str
    include: tuple[Clause, ...] = ()
    exclude: tuple[Clause, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None
    twin: str | None = None
    words: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptSet:
    """A named, versioned list of prompts; `digest` covers every byte that can change a result.

    `dialect` says whom it speaks to: "everyday" photographs, or the bundled world, "scenes".
    `card` is the front matter of the set's Markdown card.
    """

    name: str
    version: str
    digest: str
    dialect: str
    prompts: tuple[Prompt, ...]
    card: Mapping[str, str] = field(default_factory=dict)


class Key(NamedTuple):
    """Names one planned image: the prompt set, the prompt, and which of its images."""

    prompt_set: str
    prompt_id: str
    index: int  # type: ignore[assignment]  # it hides tuple.index, which nobody asks of a key


@dataclass(frozen=True, slots=True)
class Sample:
    """One planned image as it ended: the picture's SHA-256, or the reason why there is none."""

    key: Key
    seed: int
    status: Status
    image: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One scorer's answer on one sample.

    `values` holds one entry a measure; None is an abstention and `reasons` says why. A scorer
    that broke down on the sample leaves `values` empty and says so in `failure`.
    """

    scorer: str
    key: Key
    values: Mapping[str, Value] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Json] = field(default_factory=dict)
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measure in one group of one prompt set.

    `value`, `low` and `high` are None where there is too little data to say. `n` counts measured
    samples, `prompts` the prompts that they come from (the clusters), `missing` the planned
    samples that gave no value, by reason. `null` is what chance, or a perfectly fair model,
    would show at this n; `reference` is what the card says is true (taught, or published).
    """

    prompt_set: str
    measure: str
    group: Mapping[str, str]
    value: float | None
    low: float | None
    high: float | None
    n: int
    prompts: int
    missing: Mapping[str, int] = field(default_factory=dict)
    null: float | None = None
    reference: float | None = None
    method: str = ""


Pairing = Literal["seeds", "prompts", "none"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in one group of one prompt set, in two runs: candidate minus baseline.

    `baseline` and `candidate` are each run's own estimates. `value` is in the measure's unit and
    direction, `low` and `high` its two-sided interval, None where there is too little to say; it
    is taken over the pairs alone, so it need not be the difference of the two estimates. `p` is
    two-sided, of no difference.

    `pairing` is "seeds" (same prompt, index and seed), "prompts" (same prompts, other seeds: the
    prompts' means are paired) or "none". `n` counts pairs, or the images of both sides where
    nothing is paired; `prompts` the clusters. `gained` and `lost` count pairs whose verdict went
    from wrong to right and from right to wrong; None where nothing is right or wrong, or nothing
    is paired by seed. `missing` holds, by reason, the baseline's and the candidate's count.
    """

    prompt_set: str
    measure: str
    group: Mapping[str, str]
    baseline: Estimate
    candidate: Estimate
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    prompts: int
    pairing: Pairing
    gained: int | None = None
    lost: int | None = None
    missing: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    method: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's word on one measure, and why; `p` is one-sided, of no loss, family-corrected."""

    measure: str
    prompt_set: str
    group: Mapping[str, str]
    tier: Tier
    word: Word
    reason: str
    margin: float
    unit: str
    p: float | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a backend is asked for: one image of one prompt from one seed."""

    key: Key
    prompt: Prompt
    seed: int


@dataclass(frozen=True, slots=True)
class NoImage:
    """Why a request gave no image; `status` is never "ok"."""

    status: Status
    reason: str


class Backend(Protocol):
    """Turns requests into images. A module of `backends` offers `load(**options) -> Backend`."""

    @property
    def batch_size(self) -> int:
        """How many requests every call of `render` is given; short batches are padded."""

    @property
    def dialect(self) -> str:
        """Which prompt sets speak to this model: "everyday" or "scenes"."""

    def describe(self) -> Mapping[str, Json]:
        """Everything that is needed to repeat the images; goes into the manifest."""

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that this model cannot be given whole, one line each; asked before drawing."""

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One answer a request, in order. Raising means the whole batch failed."""


@dataclass
class Picture:
    """One image on its way past all scorers: decoded at most once, encoded once an encoder.

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


class Scorer(Protocol):
    """Judges pictures. A module of `scorers` offers `load(**options) -> Scorer`."""

    @property
    def name(self) -> str:
        """The scorer's name, as in its judgements."""

    @property
    def batch_size(self) -> int:
        """How many cases to hand over at once; encoders pad, so results do not depend on it."""

    def describe(self) -> Mapping[str, Json]:
        """Model ids, weight hashes, thresholds; goes into the manifest."""

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that this scorer cannot read whole, one line each, before anything is judged."""

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement a case, in order."""
