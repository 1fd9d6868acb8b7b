"""Every candidate of a comparison against the baseline: differences, losses and flips."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsuite import stats
from evalsuite.audits.record import place
from evalsuite.comparison.differences import differences, flips, losses, unkept
from evalsuite.comparison.estimates import differences_of_estimates
from evalsuite.comparison.snapshot import Side
from evalsuite.files.segments import canonical
from evalsuite.pipeline.summarise import audit_of
from evalsuite.pipeline.work import Work
from evalsuite.records import Difference, Estimate, Key, Measure
from evalsuite.report import comparison as page
from evalsuite.report.comparison import Against, Contrasted, Unlike
from evalsuite.report.comparison.rows import is_overall
from evalsuite.report.marks import NOT_AUDITED, mark, worse
from evalsuite.runs.rows import RunRows


@dataclass(frozen=True, slots=True)
class Read:
    """A run's folder, read once: what was measured, and the rows that it was read from.

    `diverse` are estimates of measures of prompts, of which no image has a reading.
    """

    work: Work
    rows: RunRows
    side: Side
    diverse: Sequence[Estimate]


def contrasted_with(
    baseline: Read,
    others: Sequence[Read],
    unlike: Sequence[Sequence[Unlike]],
    measures: Mapping[str, Measure],
) -> list[Against]:
    """Every candidate against the baseline.

    Whole prompt sets, groups and what is missing are a family each, of all candidates together: in
    one family the many groups, of few prompts each, would hide what whole sets show. A ceiling is
    no competitor: its differences are in no family and have no q, and its verdicts do not flip.
    """
    rows, lost = [], []
    for other in others:
        seed = seed_of(baseline.side, other.side)
        known = {*baseline.side.measures, *other.side.measures}
        rows.append(
            differences(baseline.side, other.side, seed=seed)
            + differences_of_estimates(baseline.diverse, other.diverse, known)
        )
        lost.append(losses(baseline.side, other.side, seed=seed))
    rivals = [at for at, other in enumerate(others) if not is_ceiling(other)]
    every = [row for at in rivals for row in rows[at]]
    q_values = _adjusted([difference for difference in every if is_overall(difference)])
    q_values |= _adjusted([difference for difference in every if not is_overall(difference)])
    q_values |= _adjusted([row for at in rivals for row in lost[at]])
    return [
        Against(
            run=compared(other),
            rows=[
                Contrasted(row, q_values.get(id(row)), judge)
                for row, judge in zip(
                    rows[at], _judges(baseline, other, rows[at], measures), strict=True
                )
            ],
            losses=[Contrasted(row, q_values.get(id(row))) for row in lost[at]],
            flips=_flips(baseline.side, other.side) if at in rivals else (),
            unkept=unkept(baseline.side, other.side),
            unlike=unlike[at],
        )
        for at, other in enumerate(others)
    ]


def _judges(
    baseline: Read, other: Read, rows: Sequence[Difference], measures: Mapping[str, Measure]
) -> list[str]:
    """Each difference's judge in its audits' word: the worse one, where two audits differ."""
    words = [NOT_AUDITED] * len(rows)
    for read in (baseline, other):
        known = [row.candidate for row in rows if row.measure in measures]
        quoted = audit_of(read.work, read.rows, known, measures)
        own = [mark(quoted.get(place(row.candidate))) for row in rows]
        words = own if read is baseline else list(map(worse, words, own))
    return words


def seed_of(*read: Side) -> int:
    """For sign patterns: from the digests and seeds, so the same runs give the same numbers."""
    words = canonical([[dict(sorted(side.prompt_sets.items())), side.seed] for side in read])
    return int.from_bytes(hashlib.sha256(words.encode("ascii")).digest()[:4], "big")


def _adjusted(family: Sequence[Difference]) -> dict[int, float]:
    """Benjamini and Hochberg's q of every difference that has a p-value, by the object's id."""
    tested = {id(difference): difference.p for difference in family if difference.p is not None}
    q_values = stats.benjamini_hochberg(p_values=list(tested.values())).tolist()
    return dict(zip(tested, q_values, strict=True))


def _flips(baseline: Side, candidate: Side) -> list[page.FlippedImage]:
    """The flips of all measures by image: most verdicts lost first, then fewest gained."""
    lost: dict[Key, list[str]] = {}
    gained: dict[Key, list[str]] = {}
    for measure in dict.fromkeys([*baseline.measures, *candidate.measures]):
        for flip in flips(baseline, candidate, measure):
            (lost if flip.lost else gained).setdefault(flip.key, []).append(measure)
    found = [
        page.FlippedImage(
            key,
            baseline.prompts[key[:2]].text,
            tuple(lost.get(key, ())),
            tuple(gained.get(key, ())),
        )
        for key in baseline.planned
        if key in lost or key in gained
    ]
    return sorted(found, key=lambda image: (-len(image.lost), len(image.gained)))


def is_ceiling(read: Read) -> bool:
    """Whether a run's pictures are true ones, which compete with nobody's."""
    return read.rows.manifest.get("backend", {}).get("is_ceiling") is True


def compared(read: Read) -> page.ComparedRun:
    """A run as the page takes it."""
    return page.ComparedRun(
        name=read.side.name,
        model=str(read.rows.manifest["configuration"]["model"]),
        seed=read.side.seed,
        planned=len(read.side.planned),
        drawn=len(read.side.images),
        complete=read.side.complete,
        images=read.side.images,
        judgements=read.rows.judgements,
        load_image=read.rows.images.load,
        is_ceiling=is_ceiling(read),
    )
