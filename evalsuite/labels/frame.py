"""What a sample is drawn from: every image that raises a question, in strata by the judge's answer.

A judge's rare answers are what its errors hang on, so that a sample by chance alone would hardly
hold any. Strata are prompt set and the judge's answer, abstentions and images that it has not
judged among them; numbers without few values are cut into fifths of their set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsuite.labels.asked import Answers, Asked
from evalsuite.records import Key, Prompt, PromptSet, Sample, Value

ABSTAINED = "abstained"
NOT_JUDGED = "not judged"
FEW = 12
"""Up to so many different numbers each is a stratum of its own."""
PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An image that a question is asked of: the judge's answer, and its stratum.

    `judge` is None for an abstention and where `is_judged` is false. `family` is its prompt's.
    """

    key: Key
    image: str
    prompt: Prompt
    family: str
    judge: Value
    is_judged: bool
    stratum: str

    @property
    def said(self) -> str:
        """The judge's answer as a word of a table."""
        return NOT_JUDGED if not self.is_judged else word(self.judge)


def word(value: Value, none: str = ABSTAINED) -> str:
    """An answer as a word: a number without needless digits, `none` for None."""
    if value is None:
        return none
    return value if isinstance(value, str) else f"{value:g}"


def frame(
    asked: Asked,
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    answers: Answers,
) -> list[Cell]:
    """Every valid image whose prompt raises the question, in planning order.

    An image of which the judge says that its field is not applicable is left out.
    """
    prompts = {(s.name, p.id): (s, p) for s in prompt_sets for p in s.prompts}
    raised = {place: asked.is_asked_of(prompt) for place, (_, prompt) in prompts.items()}
    found: list[tuple[Key, str, PromptSet, Prompt, Value, bool]] = []
    for key, sample in samples.items():
        if not raised.get(key[:2]) or sample.image is None:
            continue
        judgement = answers.get((asked.scorer, key))
        if judgement is not None and asked.field in judgement.not_applicable:
            continue
        is_judged = judgement is not None and asked.field in judgement.values
        value = judgement.values[asked.field] if judgement is not None and is_judged else None
        found.append((key, sample.image, *prompts[key[:2]], value, is_judged))
    named = _names({(s.name, key): v for key, _, s, _, v, _ in found})
    return [
        Cell(
            key=key,
            image=image,
            prompt=prompt,
            family=f"{s.name}: {s.family(prompt)}",
            judge=value,
            is_judged=is_judged,
            stratum=f"{s.name}: {named[s.name, key] if is_judged else NOT_JUDGED}",
        )
        for key, image, s, prompt, value, is_judged in found
    ]


def _names(values: Mapping[tuple[str, Key], Value]) -> dict[tuple[str, Key], str]:
    """What each answer's stratum is called: itself, or its fifth among the numbers of its set."""
    by_set: dict[str, list[float]] = {}
    for (name, _), value in values.items():
        if value is not None and not isinstance(value, str):
            by_set.setdefault(name, []).append(float(value))
    cuts: dict[str, list[float]] = {}
    for name, numbers in by_set.items():
        ordered = sorted(numbers)
        if len(set(ordered)) > FEW:
            cuts[name] = [ordered[len(ordered) * part // PARTS] for part in range(1, PARTS)]
    named = {}
    for (name, key), value in values.items():
        if value is None or isinstance(value, str) or name not in cuts:
            named[name, key] = word(value)
        else:
            fifth = 1 + sum(float(value) >= cut for cut in cuts[name])
            named[name, key] = f"fifth {fifth} of {PARTS}"
    return named
