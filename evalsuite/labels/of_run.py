"""The labelled fields of a run, from its rows: what reports, audits and estimates start from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from evalsuite.labels.agreement import Agreement, agreement
from evalsuite.labels.asked import Answers, asked
from evalsuite.labels.drawing import seed_of
from evalsuite.labels.frame import frame
from evalsuite.labels.labelled import Labelled, labelled
from evalsuite.labels.rows import read_labels
from evalsuite.measures.declared import declared_measures
from evalsuite.records import InputError, Json, Key, PromptSet, Sample


def labelled_fields(
    folder: Path,
    manifest: Mapping[str, Json],
    prompt_sets: Sequence[PromptSet],
    samples: Mapping[Key, Sample],
    answers: Answers,
) -> dict[str, Labelled]:
    """By field's name what people said of it, sorted; empty where nobody has labelled.

    `samples` and `answers` are those of the run's planned images. Labels of a field that the run
    no longer has, as its scorer was never asked for again, are left alone.
    """
    told = read_labels(folder)
    known = declared_measures(manifest["scorers"])
    tags = {prompt.tag for prompt_set in prompt_sets for prompt in prompt_set.prompts}
    found = {}
    for name in told.asked():
        try:
            each = asked([name], known, answers, manifest["scorers"], tags)[0]
        except InputError:
            continue
        cells = frame(each, prompt_sets, samples, answers)
        found[name] = labelled(each, cells, told)
    return {name: each for name, each in found.items() if each.items}


def agreements(fields: Mapping[str, Labelled], manifest: Mapping[str, Json]) -> list[Agreement]:
    """How far judge and people agree, by field; resampled with the run's own seed."""
    seed = resampling_seed(manifest)
    return [agreement(each, seed=seed) for each in fields.values()]


def resampling_seed(manifest: Mapping[str, Json]) -> int:
    """The seed of all resampling, from the run's digest: the same run gives the same numbers."""
    return int(seed_of(manifest)[:8], 16)
