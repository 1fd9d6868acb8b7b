"""What a plug-in must offer: the protocols of back-ends and scorers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from evalsuite.records.errors import Json
from evalsuite.records.judgements import Case, Judgement
from evalsuite.records.prompts import Prompt
from evalsuite.records.samples import Drawn, NoImage, Pixels, Request

if TYPE_CHECKING:
    from PIL.Image import Image


class Backend(Protocol):
    """Turns requests into images. A module of `backends` offers `load(**options) -> Backend`.

    What a back-end may have besides is in docs/plugins.md: `start`, `prepare`, `num_images`, and
    for one that asks a service `concurrency`, `price`, `limit` and `halt`.
    """

    @property
    def batch_size(self) -> int:
        """How many requests every call of `render` is given; short batches are padded."""

    @property
    def dialect(self) -> str:
        """Which prompt sets speak to this model: "everyday" or "scenes"."""

    def describe(self) -> Mapping[str, Json]:
        """Everything that is needed to repeat the images; goes into the manifest."""

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that this model cannot be given whole, one line per prompt, before drawing."""

    def render(self, requests: Sequence[Request]) -> "Sequence[Pixels | Image | NoImage | Drawn]":
        """One answer per request, in order. Raising means the whole batch failed."""


class Scorer(Protocol):
    """Judges pictures. A module of `scorers` offers `load(**options) -> Scorer`.

    It may offer `preprocess(case)` besides: docs/plugins.md.
    """

    @property
    def name(self) -> str:
        """The scorer's name, as in its judgements."""

    @property
    def batch_size(self) -> int:
        """How many cases to hand over at once; encoders pad, so results do not depend on it."""

    def describe(self) -> Mapping[str, Json]:
        """Model ids, weight hashes, thresholds; goes into the manifest."""

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts that this scorer cannot read whole, one line per prompt, before judging."""

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case, in order."""
