"""The last stage: turn the rows of a run into estimates, a table of judgements, and a report.

What is written here depends on rows, prompts and settings alone: no time, no path, no order of
arrival. So a run that was interrupted ends with the same bytes as one that was not.
"""

import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evalsuite import measures, report, run
from evalsuite.files import write_bytes
from evalsuite.records import Estimate, Json, Judgement, Key, PromptSet, Sample
from evalsuite.report.content import Report

Judgements = Mapping[tuple[str, Key], Judgement]


def write(
    folder: Path, prompt_sets: Sequence[PromptSet], planned: Sequence[Key], command: str
) -> list[Estimate]:
    """Write `estimates.json`, `judgements.parquet` and the report of the run in `folder`.

    `prompt_sets` hold the selected prompts, `planned` every planned image in planning order;
    `command` is what repeats the run. Rows of images that are not planned are left out.
    """
    wanted = set(planned)
    found = run.read_samples(folder)
    samples = {key: found[key] for key in planned if key in found}
    judgements = {
        name: judgement
        for name, judgement in sorted(run.read_judgements(folder).items())
        if name[1] in wanted
    }
    manifest = run.read_manifest(folder)
    seed = resampling_seed(manifest)
    estimates = measures.estimate(prompt_sets, samples, judgements, planned, seed)
    run.write_text(folder / "estimates.json", as_json(estimates))
    write_bytes(folder / "judgements.parquet", as_parquet(samples, judgements))
    report.write(
        folder / "report",
        Report(
            title=f"{manifest['configuration']['model']}: evalsuite report",
            model=str(manifest["configuration"]["model"]),
            manifest=manifest,
            prompt_sets=prompt_sets,
            samples=samples,
            judgements=judgements,
            estimates=estimates,
            load_image=lambda sha256: run.load_image(folder, sha256),
            planned=planned,
            command=command,
        ),
    )
    return list(estimates)


def resampling_seed(manifest: Mapping[str, Json]) -> int:
    """32 bits for resampling, the same for the same seed, prompts and number of images."""
    sets = {name: [one["digest"], one["selected"]] for name, one in manifest["prompt_sets"].items()}
    words = json.dumps([manifest["seed"], manifest["num_images"], sets], sort_keys=True)
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big")


def as_json(estimates: Sequence[Estimate]) -> str:
    """The text of `estimates.json`: one object an estimate, in the order of the estimates."""
    rows = [json.dumps(dataclasses.asdict(one), allow_nan=False) for one in estimates]
    return '{"format": 1, "estimates": [\n' + ",\n".join(rows) + "\n]}\n"


def as_parquet(samples: Mapping[Key, Sample], judgements: Judgements) -> bytes:
    """`judgements.parquet`: one row a value, with what was said where there is none.

    `value` holds numbers and `label` words; both are null for an abstention, whose `reason` says
    why. A scorer that broke down on an image has one row without a measure.
    """
    import pyarrow as pa
    import pyarrow.parquet

    text = pa.string()
    columns = {"prompt_set": text, "prompt_id": text, "index": pa.int64(), "scorer": text}
    columns |= {"measure": text, "value": pa.float64(), "label": text, "reason": text}
    columns |= {"image": text}
    rows = list(_rows(samples, judgements))
    table = pa.table(
        {name: [row[place] for row in rows] for place, name in enumerate(columns)},
        schema=pa.schema(list(columns.items())),
    )
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def _rows(samples: Mapping[Key, Sample], judgements: Judgements) -> Iterator[tuple[Json, ...]]:
    for (scorer, key), judgement in judgements.items():
        image = samples[key].image
        if judgement.failure is not None:
            yield (*key, scorer, None, None, None, judgement.failure, image)
        for measure, value in judgement.values.items():
            number = None if isinstance(value, str) else value
            label = value if isinstance(value, str) else None
            yield (*key, scorer, measure, number, label, judgement.reasons.get(measure), image)
