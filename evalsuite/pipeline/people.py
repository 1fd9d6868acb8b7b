"""The chapter on people of a run: its references, its numbers, and `bias.json`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalsuite.audits.record import Audited, Place
from evalsuite.bias import stored
from evalsuite.bias.chapter import chapter
from evalsuite.bias.given import Given
from evalsuite.bias.record import Chapter, Instead
from evalsuite.bias.referring import held_against
from evalsuite.files.atomic import write_text
from evalsuite.labels.estimates import Powered
from evalsuite.measures import declared_measures, measures_of
from evalsuite.measures.diversity import Vectors
from evalsuite.pipeline.referring import reference_of
from evalsuite.pipeline.work import Work
from evalsuite.records import Estimate, Measure
from evalsuite.runs.folder import MANIFEST
from evalsuite.runs.rows import RunRows


def given_of(work: Work, rows: RunRows) -> Given:
    """A run's rows with what their shares are held against; without estimates and audits yet."""
    declared = declared_measures(rows.manifest["scorers"], rows.folder / MANIFEST)
    every = measures_of(work.prompt_sets, rows.answers, declared)
    given = Given(
        prompt_sets=work.prompt_sets,
        samples=rows.samples,
        judgements=rows.answers,
        planned=work.keys(),
        measures={measure.name: measure for measure in every},
    )
    found = {
        prompt_set.name: held_against(
            given, prompt_set, reference_of(prompt_set, work.settings.reference)
        )
        for prompt_set in work.prompt_sets
        if given.people(prompt_set)
    }
    return replace(
        given,
        references={name: shares for name, (shares, _) in found.items()},
        sources={name: source for name, (_, source) in found.items()},
    )


def by_measure(given: Given) -> dict[str, dict[str, float]]:
    """The references as `measures.estimate` takes them; of several sets all groups together."""
    flat: dict[str, dict[str, float]] = {}
    for of_set in given.references.values():
        for measure, of_group in of_set.items():
            flat.setdefault(measure, {}).update({g: known.share for g, known in of_group.items()})
    return flat


def sources(given: Given) -> str:
    """Where the references come from, in a phrase; "" where there are none."""
    words: Iterable[str] = (source.words for source in given.sources.values())
    return "; ".join(dict.fromkeys(word for word in words if word))


def by_people(powered: Mapping[Place, Powered]) -> dict[Place, Instead]:
    """By an estimate's place what people's labels of this run make of it, or why nothing."""
    found = {}
    for place, value in powered.items():
        interval = value.interval
        is_told = interval.value is not None and interval.low is not None
        reason = "" if is_told else f"{interval.method} ({value.labelled} labelled)"
        found[place] = Instead(by="people", interval=interval if is_told else None, reason=reason)
    return found


def chapter_of(
    given: Given,
    estimates: Sequence[Estimate],
    known: Mapping[str, Measure],
    audit: Mapping[Place, Audited],
    powered: Mapping[Place, Powered],
    vectors: Vectors,
) -> Chapter | None:
    """The chapter on people; None where no person was asked for.

    `powered` are the values with people's labels, by the estimates' places; `vectors` are a
    CLIP's of the images, by SHA-256.
    """
    whole = replace(
        given,
        estimates=estimates,
        measures=known,
        audit=audit,
        labelled=by_people(powered),
        vectors=vectors,
    )
    return chapter(whole)


def keep_chapter(folder: Path, made: Chapter | None) -> None:
    """Write `bias.json` into a run's folder; remove an earlier one where there is no chapter."""
    if made is None:
        (folder / stored.NAME).unlink(missing_ok=True)
    else:
        write_text(folder / stored.NAME, stored.to_json(made))
