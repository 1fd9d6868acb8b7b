"""What the chapter is computed from, and how that is looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from evalsuite.audits.record import Audited, Place
from evalsuite.bias.record import Instead, Known, Source
from evalsuite.files.values import as_key
from evalsuite.measures.diversity import Vectors
from evalsuite.measures.estimating import PlannedCells, planned_cells, planned_twins
from evalsuite.measures.from_rows import read_all
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading, Rows
from evalsuite.prompts.conditions import condition
from evalsuite.records import Estimate, Judgement, Key, Measure, Prompt, PromptSet, Sample

Cells = Sequence[tuple[Prompt, Key, Reading]]

LABEL, UNKNOWN, TONES, LABELS = "label", "unknown", "tones", "labels"
"""Kinds of measure (`measures.kinds`) that the chapter is made of."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A run's rows with what was estimated from them.

    `judgements` and `planned` are the run's; `estimates` those of `estimates.json`. `references`
    hold by prompt set, measure and group what a group's share is held against, `sources` by prompt
    set where that comes from. `labelled` holds, by the estimates' places, shares that people's
    labels of this very run put right. `vectors` are a CLIP's, by the image's SHA-256.
    """

    prompt_sets: Sequence[PromptSet]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]
    planned: Sequence[Key]
    estimates: Sequence[Estimate] = ()
    measures: Mapping[str, Measure]
    audit: Mapping[Place, Audited] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, Known]]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    labelled: Mapping[Place, Instead] = field(default_factory=dict)
    vectors: Vectors = field(default_factory=dict)

    @cached_property
    def _cells(self) -> dict[str, PlannedCells]:
        return planned_cells(self.prompt_sets, self.planned)

    @cached_property
    def _rows(self) -> Rows:
        by_name = {prompt_set.name: prompt_set for prompt_set in self.prompt_sets}
        twins = planned_twins(self.prompt_sets, self.planned)
        return Rows(twins, self.samples, self.judgements, by_name)

    @cached_property
    def _by_place(self) -> dict[Place, Estimate]:
        return {(e.prompt_set, e.measure, as_key(e.group)): e for e in self.estimates}

    @cached_property
    def _judged(self) -> set[tuple[str, str]]:
        return {(scorer, key.prompt_set) for scorer, key in self.judgements}

    def people(self, prompt_set: PromptSet) -> list[tuple[Prompt, Key]]:
        """The planned images of a set whose prompts ask for a person."""
        return self._of([p.id for p in prompt_set.prompts if p.subject == "person"], prompt_set)

    def named(self, prompt_set: PromptSet) -> list[tuple[Prompt, Key]]:
        """The planned images of prompts that name people, whether these are read or not."""
        names_people = condition(("names people",))
        return self._of([p.id for p in prompt_set.prompts if names_people(p)], prompt_set)

    def _of(self, prompts: Sequence[str], prompt_set: PromptSet) -> list[tuple[Prompt, Key]]:
        asked, cells = set(prompts), self._cells[prompt_set.name]
        return [cell for cell in cells if cell[0].id in asked] if asked else []

    def readings(self, measure: Measure, prompt_set: PromptSet) -> Cells:
        """The measure's reading of every planned image of a set that it applies to."""
        return list(read_all(measure, self._rows, self._cells[prompt_set.name]))

    def estimate(
        self, prompt_set: str, measure: str, group: Mapping[str, str] | None = None
    ) -> Estimate | None:
        """The estimate of exactly this group."""
        return self._by_place.get((prompt_set, measure, as_key(group or {})))

    def audited(
        self, prompt_set: str, measure: str, group: Mapping[str, str] | None = None
    ) -> Audited | None:
        """The audit that is quoted beside that estimate, if there is one."""
        found = self.audit.get((prompt_set, measure, as_key(group or {})))
        return None if found is None or found.is_lacking else found

    def by_people(self, prompt_set: str, measure: str, group: Mapping[str, str]) -> Instead | None:
        """The share that people's labels give, if they have labelled pictures of the group."""
        return self.labelled.get((prompt_set, measure, as_key(group)))

    def known(self, prompt_set: str, measure: str, group: str) -> Known | None:
        """What a group's share is held against, if there is such a thing."""
        return self.references.get(prompt_set, {}).get(measure, {}).get(group)

    def source(self, prompt_set: str) -> Source:
        """Where a set's references come from."""
        nothing = Source(name="", words="", reason="none was named")
        return self.sources.get(prompt_set, nothing)

    def of_kind(self, kind: str, prompt_set: PromptSet) -> list[Measure]:
        """The measures of a kind whose scorer judged an image of the set, in the run's order."""
        return [
            measure
            for measure in self.measures.values()
            if measure.kind == kind and (measure.scorer, prompt_set.name) in self._judged
        ]

    def siblings(self, measure: Measure) -> list[Measure]:
        """The measures that read the same field of the same scorer, itself among them."""
        place = (measure.scorer, measure.field)
        return [m for m in self.measures.values() if (m.scorer, m.field) == place]

    def overs(self, measure: Measure, prompt_set: PromptSet) -> list[str]:
        """The group labels each of whose values the measure is taken for: occupation, trait."""
        named = {label for prompt in prompt_set.prompts for label in prompt.groups}
        each = [m.over for m in self.siblings(measure) if kind_of(m).of_hits is not None]
        each += [label for label in measure.plot if label in prompt_set.cluster]
        return [label for label in dict.fromkeys(each) if label in named]
