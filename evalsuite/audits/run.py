"""Run scorers on cases whose truth is known, and keep how often each is right."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.audits.accuracy import assess
from evalsuite.audits.answers import WHOLE
from evalsuite.audits.boxes import AuditedBoxes, audited_boxes
from evalsuite.audits.known import KnownCase
from evalsuite.audits.record import Audited
from evalsuite.plugins.call import judge
from evalsuite.records import InputError, Json, Judgement, Key, Measure, Progress, Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOutcome:
    """What an audit found: one row per scorer, kind of pictures, field, kind of prompt and group.

    `boxes` has one row per kind of pictures and scorer with boxes; `dialect` is the prompts' own.
    `scorers` are their descriptions by name; `failures` counts the judgements that broke down, by
    scorer and reason; `unheard` names the truths that no scorer has a field for.
    """

    audited: Sequence[Audited]
    scorers: Mapping[str, Mapping[str, Json]]
    questions: int
    images: int
    boxes: Sequence[AuditedBoxes] = ()
    dialect: str = ""
    failures: Mapping[str, int] = field(default_factory=dict)
    unheard: Sequence[str] = ()

    def silent(self) -> list[str]:
        """The scorers of which nothing could be audited."""
        return sorted(set(self.scorers) - {row.scorer for row in self.audited})


def audit(
    scorers: Sequence[Scorer],
    known: Sequence[KnownCase],
    measures: Sequence[Measure] = (),
    *,
    progress: Progress | None = None,
) -> AuditOutcome:
    """Have every scorer judge every case, and compare its answers with the truth.

    `measures` are those that the scorers declare. All scorers see a batch before the next is
    opened, so that a picture is decoded and encoded once for all of its questions. Raises
    `InputError` for a prompt that a scorer cannot read, and for a scorer named twice.
    """
    names = [scorer.name for scorer in scorers]
    if len(set(names)) < len(names):
        raise InputError(f"scorers {', '.join(names)}: one is named twice; name it once")
    for scorer in scorers:
        if faults := list(scorer.problems([each.case.prompt for each in known])):
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
                cases = [each.case for each in batch[at : at + step]]
                for judgement in judge(scorer, cases, Counter()):
                    judgements[scorer.name, judgement.key] = judgement
        _forget(batch, known[start + size : start + size + 1])
    if progress is not None:
        progress("audit", len(known), len(known))
    failures = Counter(
        f"{name}: {judgement.failure}"
        for (name, _), judgement in judgements.items()
        if judgement.failure is not None
    )
    return AuditOutcome(
        audited=assess(known, judgements, measures),
        scorers={scorer.name: dict(scorer.describe()) for scorer in scorers},
        questions=len(known),
        images=len({each.case.picture.sha256 for each in known}),
        boxes=audited_boxes(known, judgements),
        failures=failures,
        unheard=_unheard(known, judgements),
    )


def _forget(batch: Sequence[KnownCase], ahead: Sequence[KnownCase]) -> None:
    """Drop pixels and encoders' features of a batch, unless the next case needs them."""
    needed = {known.case.picture.sha256 for known in ahead}
    for known in batch:
        picture = known.case.picture
        if picture.sha256 not in needed:
            picture.memo.clear()
            picture.__dict__.pop("pixels", None)


def _unheard(
    cases: Sequence[KnownCase], judgements: Mapping[tuple[str, Key], Judgement]
) -> list[str]:
    fields = {f"{name}.{f}" for (name, _), judged in judgements.items() for f in judged.values}
    fields |= {full.partition(".")[2] for full in fields}
    return sorted({name for known in cases for name in known.truth} - fields - {WHOLE})
