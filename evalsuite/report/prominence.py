"""Which measure speaks for a prompt set."""

from collections.abc import Iterable
from dataclasses import replace

from evalsuite.prompts.conditions import condition
from evalsuite.records import Measure, PromptSet
from evalsuite.report.content import Report


def by_prominence(report: Report, prompt_set: PromptSet) -> list[Measure]:
    """The report's measures, the one that speaks for the set's planned prompts first."""
    planned = {key.prompt_id for key in report.images() if key.prompt_set == prompt_set.name}
    prompts = tuple(prompt for prompt in prompt_set.prompts if prompt.id in planned)
    return prominent_first(report.measures.values(), replace(prompt_set, prompts=prompts))


def prominent_first(measures: Iterable[Measure], prompt_set: PromptSet) -> list[Measure]:
    """The measures, the one that speaks for the set first.

    That is the one that the set's card names as `headline`. Then come the measures that declare a
    prominence: those that apply to each of the set's prompts before those that apply to some, for
    one picture of a person among eighty cannot stand for all; then by prominence. The others keep
    their order.
    """
    chosen = prompt_set.card.get("headline")

    def place(measure: Measure) -> tuple[bool, bool, bool, int]:
        applies = condition(measure.applies)
        is_partial = not all(applies(prompt) for prompt in prompt_set.prompts)
        return measure.name != chosen, not measure.prominence, is_partial, -measure.prominence

    return sorted(measures, key=place)
