"""What stands for the prompt sets of a comparison: the same as in the runs' own reports."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from evalsuite.audits.record import Place, place
from evalsuite.records import Difference, Estimate, Measure, PromptSet
from evalsuite.records.keys import Name
from evalsuite.report.prominence import asked_part, headlines
from evalsuite.report.tables import estimates_of


def headline_places(
    prompt_sets: Iterable[PromptSet],
    asked: Collection[Name],
    measures: Mapping[str, Measure],
    differences: Iterable[Difference],
) -> list[Place]:
    """The places of every set's headlines, in the order of the sets.

    They are chosen among what any run has a value of: `differences` are those of all runs,
    `asked` the prompts, by set and id, that images were planned of.
    """
    known = _estimates(differences)
    once = {prompt_set.name: prompt_set for prompt_set in prompt_sets}
    return [
        place(estimate)
        for name, prompt_set in once.items()
        for estimate in headlines(
            measures.values(), asked_part(prompt_set, asked), estimates_of(known, name)
        )
    ]


def _estimates(differences: Iterable[Difference]) -> Sequence[Estimate]:
    """One estimate of every place: the first that has a value, or else the first."""
    found: dict[Place, Estimate] = {}
    for difference in differences:
        for estimate in (difference.baseline, difference.candidate):
            at = place(estimate)
            if at not in found or found[at].value is None:
                found[at] = estimate
    return list(found.values())
