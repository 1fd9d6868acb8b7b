"""What could not be measured in compared runs, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalsuite.records import Estimate
from evalsuite.report.comparison.content import Against, ComparisonReport
from evalsuite.report.comparison.rows import is_overall
from evalsuite.report.format import p_value, share

Count = tuple[int, int, str]
"""How many images are missing, of how many, and the q of the difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What could not be measured for one reason: the measures, and each run's count of all.

    `q_values` are the candidates', after an empty one for the baseline. `differs` says that the
    runs' shares are not the same, whether or not that may be chance.
    """

    prompt_set: str
    reason: str
    measures: tuple[str, ...]
    counts: tuple[str, ...]
    q_values: tuple[str, ...]
    differs: bool


def lost(comparison: ComparisonReport, prompt_set: str) -> list[Lost]:
    """What is missing in a set, by reason; measures of which all is the same share a row.

    Where runs differ comes first.
    """
    planned: dict[tuple[str, int], int] = {}
    found: dict[tuple[str, str], dict[int, Count]] = {}
    for place, against in enumerate(comparison.candidates, 1):
        planned |= _planned(against, prompt_set, place)
        _add_losses(found, against, prompt_set, place)
    alike: dict[tuple[str, tuple[Count, ...]], list[str]] = {}
    for (measure, reason), counts in found.items():
        # A reason that one run never gave has no row there: none of its images.
        every = tuple(
            counts.get(place, (0, planned.get((measure, place), 0), ""))
            for place in range(len(comparison.candidates) + 1)
        )
        alike.setdefault((reason, every), []).append(measure)
    rows = [_row(prompt_set, reason, names, every) for (reason, every), names in alike.items()]
    return sorted(rows, key=lambda row: (not row.differs, row.reason, row.measures))


def _planned(against: Against, prompt_set: str, place: int) -> Mapping[tuple[str, int], int]:
    """How many images each measure was planned for, in the baseline (0) and in this candidate."""
    planned = {}
    for difference in (contrasted.difference for contrasted in against.rows):
        if difference.prompt_set == prompt_set and is_overall(difference):
            for at, estimate in ((0, difference.baseline), (place, difference.candidate)):
                planned[difference.measure, at] = estimate.n + sum(estimate.missing.values())
    return planned


def _add_losses(
    found: dict[tuple[str, str], dict[int, Count]], against: Against, prompt_set: str, place: int
) -> None:
    """Add a candidate's counts, and the baseline's, by measure and reason."""
    for contrasted in against.losses:
        difference = contrasted.difference
        if difference.prompt_set == prompt_set:
            q = "" if contrasted.q is None else p_value(contrasted.q)
            counts = found.setdefault((difference.measure, difference.group["missing"]), {})
            counts[0] = (*_count(difference.baseline), "")
            counts[place] = (*_count(difference.candidate), q)


def _row(prompt_set: str, reason: str, names: list[str], counts: tuple[Count, ...]) -> Lost:
    return Lost(
        prompt_set=prompt_set,
        reason=reason,
        measures=tuple(names),
        counts=tuple(share(n, of) for n, of, _ in counts),
        q_values=tuple(q for *_, q in counts),
        differs=len({n / of if of else 0.0 for n, of, _ in counts}) > 1,
    )


def _count(estimate: Estimate) -> tuple[int, int]:
    """How many images are missing, of all planned: the value is their share."""
    return round((estimate.value or 0.0) * estimate.n), estimate.n
