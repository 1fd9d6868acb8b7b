"""What a report is made from: one frozen record, with nothing left to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from evalsuite.audits.boxes import AuditedBoxes
from evalsuite.audits.record import Audited, Place, place
from evalsuite.bias.record import Chapter
from evalsuite.labels.agreement import Agreement
from evalsuite.labels.estimates import Powered
from evalsuite.records import (
    Estimate,
    Json,
    Judgement,
    Key,
    Measure,
    Pixels,
    PromptSet,
    Sample,
)


@dataclass(frozen=True, slots=True)
class BestOf:
    """What picking the best of `k` images by a score does; `score` is its title.

    Each row holds the estimate of all images, that of the picked ones, and picked minus all,
    paired by prompt. `prompts` have a pick, `unpicked` have none.
    """

    k: int
    score: str
    prompts: int
    unpicked: int
    rows: Sequence[tuple[Estimate, Estimate, Estimate]]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a report says.

    `model` is the name to print, `command` the command line that repeats the run, `references` a
    phrase for where the estimates' references come from ("what the model was taught"). `planned`
    are the keys of all planned images (the samples' own keys where it is empty). `measures` are by
    full name, "<scorer>.<measure>"; `audit` is by the estimate's place, `boxes` audits the scorers'
    boxes, `agreement` says of each labelled field how far judge and people agree, and `powered`
    what an estimate is, by its place, with people's labels. `load_image` takes an image's SHA-256
    and raises `records.InputError` if it cannot be read; where pictures lie in a folder as
    `<sha256>.png`, that is `image_folder`. `answers` are the judgements again where
    they are faster to read without boxes, evidence and summaries. `chapter` is what they suggest of
    people; None where no person was asked for. Of `gone` images the file is lost.
    """

    title: str
    model: str
    manifest: Mapping[str, Json]
    prompt_sets: Sequence[PromptSet]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]
    estimates: Sequence[Estimate]
    load_image: Callable[[str], Pixels]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    planned: Sequence[Key] = ()
    audit: Mapping[Place, Audited] = field(default_factory=dict)
    boxes: Sequence[AuditedBoxes] = ()
    agreement: Sequence[Agreement] = ()
    powered: Mapping[Place, Powered] = field(default_factory=dict)
    command: str = ""
    references: str = ""
    best_of: BestOf | None = None
    answers: Mapping[tuple[str, Key], Judgement] = field(default_factory=dict)
    chapter: Chapter | None = None
    image_folder: Path | None = None
    gone: int = 0

    @cached_property
    def answered(self) -> Mapping[tuple[str, Key], Judgement]:
        """The `answers`, or else the judgements."""
        return self.answers or self.judgements

    @cached_property
    def scorers(self) -> Mapping[str, Sequence[str]]:
        """The names of the scorers that judged an image of each prompt set, sorted."""
        named = {(key.prompt_set, scorer) for scorer, key in self.judgements}
        return {s.name: sorted(n for at, n in named if at == s.name) for s in self.prompt_sets}

    def images(self) -> Sequence[Key]:
        """All planned images, in planning order."""
        return self.planned or tuple(self.samples)

    def audited(self, estimate: Estimate) -> Audited | None:
        """How right the scorer is on the kind of prompts that an estimate is about, if audited."""
        return self.audit.get(place(estimate))

    def measure(self, name: str) -> Measure:
        """The measure of that name; one that nobody described goes by its name."""
        return described(self.measures, name)


def described(measures: Mapping[str, Measure], name: str) -> Measure:
    """The measure of that name, or a plain number that goes by it."""
    plain = Measure(name=name, title=name, kind="mean", unit="number", higher_is_better=None)
    return measures.get(name, plain)
