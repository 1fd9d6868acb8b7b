"""Run scorers on cases whose truth is known, and keep what comes of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.audits import accuracy as auditing
from evalsuite.audits.record import Audited, Known
from evalsuite.plugins import call as asking
from evalsuite.records import InputError, Json, Judgement, Key, Measure, Scorer

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit found: a row a scorer, field, kind of prompt and group.

    `scorers` are what each says of itself; `failures` counts the answers that broke down, by
    scorer and reason; `unheard` is the truth that no scorer has a field for.
    """

    audited: Sequence[Audited]
    scorers: Mapping[str, Mapping[str, Json]]
    questions: int
    images: int
    failures: Mapping[str, int] = field(default_factory=dict)
    unheard: Sequence[str] = ()

    def silent(self) -> list[str]:
        """The scorers of which nothing could be audited."""
        return sorted(set(self.scorers) - {one.scorer for one in self.audited})


def audit(
    scorers: Sequence[Scorer],
    known: Sequence[Known],
    measures: Sequence[Measure] = (),
    *,
    progress: Progress | None = None,
) -> Outcome:
    """Ask every scorer every question and hold its answers against the truth.

    `measures` are those that the scorers declare.
    All scorers see a batch before the next is opened, so that a picture is decoded and encoded
    once for all of its questions. Raises `InputError` for a prompt that a scorer cannot read, and
    where one is named twice.
    """
    names = [scorer.name for scorer in scorers]
    if len(set(names)) < len(names):
        raise InputError(f"scorers {', '.join(names)}: one is named twice; name it once")
    for scorer in scorers:
        if faults := list(scorer.problems([one.case.prompt for one in known])):
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            raise InputError(f"scorer {scorer.name} cannot be audited on this: {faults[0]}{more}")
    judgements: dict[tuple[str, Key], Judgement] = {}
    size = max((scorer.batch_size for scorer in scorers), default=1)
    for start in range(0, len(known), size):
        if progress is not None:
            progress("audit", start, len(known))
        batch = known[start : start + size]
        for scorer in scorers:
            step = scorer.batch_size
            for at in range(0, len(batch), step):
                cases = [one.case for one in batch[at : at + step]]
                for judged in asking.judge(scorer, cases, Counter()):
                    judgements[scorer.name, judged.key] = judged
        _let_go(batch, known[start + size : start + size + 1])
    if progress is not None:
        progress("audit", len(known), len(known))
    failures = Counter(
        f"{name}: {judged.failure}"
        for (name, _), judged in judgements.items()
        if judged.failure is not None
    )
    return Outcome(
        auditing.audit(known, judgements, measures),
        {scorer.name: dict(scorer.describe()) for scorer in scorers},
        len(known),
        len({one.case.picture.sha256 for one in known}),
        failures,
        _unheard(known, judgements),
    )


def _let_go(batch: Sequence[Known], ahead: Sequence[Known]) -> None:
    """Forget pixels and what encoders left beside them, unless the next question needs them."""
    kept = {one.case.picture.sha256 for one in ahead}
    for one in batch:
        if one.case.picture.sha256 not in kept:
            one.case.picture.memo.clear()
            one.case.picture.__dict__.pop("pixels", None)


def _unheard(known: Sequence[Known], judgements: Mapping[tuple[str, Key], Judgement]) -> list[str]:
    fields = {f"{name}.{f}" for (name, _), judged in judgements.items() for f in judged.values}
    fields |= {full.partition(".")[2] for full in fields}
    return sorted({name for one in known for name in one.truth} - fields - {auditing.WHOLE})
