"""What people are asked: one field of a scorer, in the form in which they can answer it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalsuite.files.nearest import did_you_mean
from evalsuite.files.values import natural
from evalsuite.measures.declared import undeclared
from evalsuite.measures.kinds import kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.records import InputError, Json, Judgement, Key, Measure, Prompt, Value
from evalsuite.vocabulary.monk import TONES

Form = Literal[
    "verdict",  # yes or no, as 1 or 0
    "label",  # one of several words
    "tone",  # one of Monk's ten tones, as a word
    "count",  # a whole number
    "score",  # how much, from 0 to 100
]

Answers = Mapping[tuple[str, Key], Judgement]

YES_NO = ("1", "0")
MOST = 34
"""Most labels that a page has keys for: ten digits and 24 letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One field of one scorer, as people are asked about it.

    `name` is "<scorer>.<field>"; `options` are the answers to choose from, in their order, empty
    for numbers. `title` is that of the most prominent measure that takes the field image by image,
    of labels the name itself; `applies` the conditions of all measures that read it, of which one
    must hold for a prompt.
    """

    name: str
    form: Form
    options: tuple[str, ...]
    title: str
    applies: tuple[tuple[str, ...], ...]

    @property
    def scorer(self) -> str:
        """The scorer whose field it is."""
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The field of the scorer's judgements."""
        return self.name.partition(".")[2]

    def is_asked_of(self, prompt: Prompt) -> bool:
        """Whether a prompt raises the question."""
        return any(condition(names)(prompt) for names in self.applies)


def asked(
    names: Sequence[str],
    known: Sequence[Measure],
    answers: Answers,
    scorers: Mapping[str, Json],
    tags: Collection[str],
) -> list[Asked]:
    """What the measures or fields of these names ask; several that read one field ask it once.

    A scorer's own name stands for the field of its most prominent measure.

    `known` are the run's declared measures, `scorers` its manifest's entries, `tags` those of its
    prompts. Raises `InputError` for a name that the run does not have, or nobody can be asked.
    """
    seen = _seen(answers)
    fields = {f"{scorer}.{field}" for scorer, field in seen}
    readers: dict[str, list[Measure]] = {name: [] for name in sorted(fields)}
    for measure in known:
        readers.setdefault(f"{measure.scorer}.{measure.field}", []).append(measure)
    by_name = {m.name: f"{m.scorer}.{m.field}" for m in known} | {name: name for name in readers}
    for measure in sorted(known, key=lambda measure: -measure.prominence):
        if form_of([measure], ()) is not None:
            by_name.setdefault(measure.scorer, f"{measure.scorer}.{measure.field}")
    found: dict[str, Asked] = {}
    for name in names:
        if name not in by_name:
            near = did_you_mean(name, sorted(by_name))
            raise InputError(f"--measure {name}: this run has no such measure{near}")
        field = by_name[name]
        if field not in found:
            place = (field.partition(".")[0], field.partition(".")[2])
            guess = undeclared(field, seen.get(place, ()), tags)
            found[field] = _asked(name, field, readers[field] or [guess], seen.get(place, {}),
                                  scorers.get(place[0], {}))  # fmt: skip
    return list(found.values())


def usual(known: Sequence[Measure], prompts: Sequence[Prompt]) -> list[str]:
    """The fields to ask about where nobody names one: those of the most prominent measures.

    For each tag of prompts the first of the most prominent that people can be asked about.
    """
    found: dict[str, None] = {}
    for tag in dict.fromkeys(prompt.tag for prompt in prompts):
        own = [prompt for prompt in prompts if prompt.tag == tag]
        fit = [
            m
            for m in known
            if m.prominence > 0
            and form_of([m], ()) in ("verdict", "label", "tone")
            and any(condition(m.applies)(prompt) for prompt in own)
        ]
        if fit:
            best = max(fit, key=lambda m: m.prominence)
            found[f"{best.scorer}.{best.field}"] = None
    return list(found)


def form_of(readers: Sequence[Measure], values: Collection[Value]) -> Form | None:
    """The form of a field's answers, by what the measures that read it take for a value.

    None where all of them are pooled from something else than one answer an image.
    """
    kinds = [(measure, kind_of(measure)) for measure in readers]
    if any(kind.is_verdict for _, kind in kinds):
        return "verdict"
    if any(kind.is_twins for _, kind in kinds):
        return "verdict"
    words = [(m, kind) for m, kind in kinds if not kind.of_abstentions]
    if any(kind.paired_by is None and m.kind.startswith("question") for m, kind in words):
        return None
    if any(k.read(m, "a word") is None and k.read(m, TONES[0]) is not None for m, k in words):
        return "tone"
    if any(kind.read(m, "a word") is not None for m, kind in words):
        return "label"
    if any(m.kind == "count" for m, _ in words):
        return "count"
    given = {value for value in values if value is not None}
    if not words and any(isinstance(value, str) for value in given):
        return "label"
    return "score"


def _asked(
    name: str,
    field: str,
    readers: Sequence[Measure],
    seen: Mapping[Value | str, None],
    entry: Mapping[str, Json],
) -> Asked:
    form = form_of(readers, list(seen))
    if form is None:
        raise InputError(
            f"--measure {name}: is pooled from the answers to many questions, and no single answer "
            "can be labelled; name another field of its scorer"
        )
    options: tuple[str, ...] = {"verdict": YES_NO, "tone": TONES}.get(form, ())
    if form == "label":
        options = _labels(readers, seen, entry)
        if not 1 < len(options) <= MOST:
            raise InputError(
                f"--measure {name}: has {len(options)} labels, and a page has keys for 2 to {MOST}"
            )
    single = [m for m in readers if kind_of(m).paired_by == "image" and not kind_of(m).is_twins]
    best = max(single or readers, key=lambda measure: measure.prominence)
    return Asked(
        name=field,
        form=form,
        options=options,
        title=field if form == "label" else best.title,
        applies=tuple(dict.fromkeys(measure.applies for measure in readers)),
    )


def _labels(
    readers: Sequence[Measure], seen: Mapping[Value | str, None], entry: Mapping[str, Json]
) -> tuple[str, ...]:
    """A scorer's declared labels in its own order, then others that were answered, sorted."""
    declared = entry.get("labels", ())
    if isinstance(declared, Mapping):
        declared = declared.get(readers[0].field, ())
    own = [str(label) for label in declared] if isinstance(declared, list | tuple) else []
    own += [measure.label for measure in readers if measure.label]
    others = sorted((str(value) for value in seen if isinstance(value, str)), key=natural)
    return tuple(dict.fromkeys([*own, *others]))


def _seen(answers: Answers) -> dict[tuple[str, str], dict[Value | str, None]]:
    """Every field's distinct values, and the options that its scorer chose among."""
    found: dict[tuple[str, str], dict[Value | str, None]] = {}
    for (scorer, _), judgement in answers.items():
        for field, value in judgement.values.items():
            values = found.setdefault((scorer, field), {})
            if isinstance(value, str) and field in judgement.choices:
                values |= dict.fromkeys(judgement.choices[field].options)
            if value is not None:
                values[value] = None
    return found
