"""A run's planned images in the order of the page, each with all that was said of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from evalsuite.records import Judgement, Key, Prompt, Sample
from evalsuite.report.content import Report


@dataclass(frozen=True, slots=True)
class Image:
    """One planned image; `judged` are its judgements by scorer, None where one lacks."""

    key: Key
    prompt: Prompt
    sample: Sample | None
    judged: Mapping[str, Judgement | None]

    @property
    def sha256(self) -> str | None:
        """The picture's name; None where nothing valid was drawn."""
        if self.sample is None or self.sample.status != "ok":
            return None
        return self.sample.image


def walk(report: Report, size: int) -> Iterator[list[Image]]:
    """All planned images, so many at a time: by set, prompt in the set's order, and index."""
    every = _images(report)
    while part := list(islice(every, size)):
        yield part


def _images(report: Report) -> Iterator[Image]:
    keys: dict[tuple[str, str], list[Key]] = {}
    for key in report.images():
        keys.setdefault(key[:2], []).append(key)
    for prompt_set in report.prompt_sets:
        scorers = report.scorers.get(prompt_set.name, ())
        for prompt in prompt_set.prompts:
            for key in sorted(keys.pop((prompt_set.name, prompt.id), ())):
                sample = report.samples.get(key)
                is_ok = sample is not None and sample.status == "ok"
                judged = {n: report.judgements.get((n, key)) for n in scorers} if is_ok else {}
                yield Image(key, prompt, sample, judged)
