"""The last stage: turn the rows of a run into estimates, a table of judgements, and a report.

What is written here depends on rows, prompts and settings alone: no time, no path, no order of
arrival. So a run that was interrupted ends with the same bytes as one that was not.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from evalsuite import measures, report
from evalsuite.audits.match import judged, quotes
from evalsuite.audits.record import Audited, Place
from evalsuite.audits.stored import Found, find
from evalsuite.bias.given import Given
from evalsuite.encoders.clip import features_key
from evalsuite.files.atomic import write_bytes, write_text
from evalsuite.files.redact import redact
from evalsuite.files.summed import write_summed
from evalsuite.labels.estimates import powered_rows
from evalsuite.labels.labelled import Labelled
from evalsuite.labels.of_run import agreements, labelled_fields, resampling_seed
from evalsuite.measures.diversity import Vectors
from evalsuite.measures.slices import References
from evalsuite.pipeline import people
from evalsuite.pipeline.command_line import command
from evalsuite.pipeline.tables import judgement_parts
from evalsuite.pipeline.work import Work
from evalsuite.records import (
    Estimate,
    InputError,
    Judgement,
    Key,
    Measure,
    PromptSet,
    Sample,
)
from evalsuite.runs.images import encoders, load_features
from evalsuite.runs.rows import RunRows

Judgements = Mapping[tuple[str, Key], Judgement]


class Summarised(NamedTuple):
    """A run's estimates, their measures by name, the audits by the estimates' places, and all."""

    estimates: list[Estimate]
    measures: dict[str, Measure]
    audit: dict[Place, Audited]
    content: report.Report


def summarise(
    work: Work, rows: RunRows, *, best_of: int | None = None, note: str = ""
) -> Summarised:
    """Write `estimates.json`, `judgements.parquet` and the report of a run.

    `rows` are those of the work's planned images; `note` is a remark beside the title. The report
    quotes the audit that the settings name, or else what `audits` knows of the same scorers. With
    `best_of`, `best-of.json` and the report say what picking among so many images would do;
    without it, one from an earlier report is removed. Raises `InputError` if there are not so many
    images.
    """
    folder, planned = work.folder, work.keys()
    if best_of is not None:
        refuse_unpickable(best_of, planned, rows)
    drawn = filter(None, (rows.samples.image(key) for key in planned))
    gone = sum(not rows.images.is_there(image) for image in drawn)
    content = replace(content_of(work, rows, note=note), gone=gone)
    estimates, by_name = content.estimates, dict(content.measures)
    write_summed(folder / "estimates.json", measures.to_json(estimates))
    parquet = as_parquet(work.prompt_sets, rows.samples, rows.answers)
    write_bytes(folder / "judgements.parquet", parquet)
    people.keep_chapter(folder, content.chapter)
    (folder / "best-of.json").unlink(missing_ok=True)
    if best_of is not None:
        known = measures.declared_measures(rows.manifest["scorers"])
        references = people.by_measure(people.given_of(work, rows))
        vectors = features_of(work, rows) or {}
        picked = _pick_best(work, rows, best_of, known, references, vectors)
        content = replace(content, best_of=picked)
    report.write(folder, content)
    return Summarised(list(estimates), by_name, dict(content.audit), content)


def content_of(work: Work, rows: RunRows, *, note: str = "") -> report.Report:
    """All that a report of a run says, but for picking the best of several; nothing is written.

    `rows` are those of the work's planned images; `note` is a remark beside the title.
    """
    given, vectors = people.given_of(work, rows), features_of(work, rows)
    estimates, by_name = _estimate_run(work, rows, given, vectors)
    audit = audit_of(work, rows, estimates, by_name)
    fields = labelled_of(work, rows)
    powered = powered_rows(fields, estimates, by_name, seed=resampling_seed(rows.manifest))
    chapter = people.chapter_of(given, estimates, by_name, audit, powered, vectors or {})
    model = str(rows.manifest["configuration"]["model"])
    return report.Report(
        title=f"{model} ({note})" if note else model,
        model=model,
        manifest=rows.manifest,
        prompt_sets=work.prompt_sets,
        samples=rows.samples,
        judgements=rows.judgements,
        answers=rows.answers,
        estimates=estimates,
        load_image=rows.images.load,
        image_folder=work.folder / "images",
        measures=by_name,
        planned=work.keys(),
        audit=audit,
        boxes=_audits(work, rows).boxes,
        agreement=agreements(fields, rows.manifest),
        powered=powered,
        command=command(work.settings, clean=redact),
        references=people.sources(given),
        chapter=chapter,
    )


def audit_of(
    work: Work, rows: RunRows, estimates: Sequence[Estimate], known: Mapping[str, Measure]
) -> dict[Place, Audited]:
    """The audit to quote beside each estimate of a run: of the very scorers that judged it.

    From the file that the settings name, or else from those beside the run and among the shipped.
    """
    audited = _audits(work, rows).audited
    return quotes(estimates, audited, work.prompt_sets, rows.answers, known)


def labelled_of(work: Work, rows: RunRows) -> dict[str, Labelled]:
    """What people have labelled of a run, by field; empty where nobody has."""
    return labelled_fields(work.folder, rows.manifest, work.prompt_sets, rows.samples, rows.answers)


def _audits(work: Work, rows: RunRows) -> Found:
    """The audits of a run's scorers, on pictures of the kind that the run has."""
    given = None if work.settings.audit is None else Path(work.settings.audit)
    return judged(find(rows.manifest, work.folder, given), rows.manifest["backend"])


def estimate_run(work: Work, rows: RunRows) -> tuple[list[Estimate], dict[str, Measure]]:
    """The estimates of a run, and their measures by name; nothing is written.

    `rows` are those of the work's planned images.
    """
    return _estimate_run(work, rows, people.given_of(work, rows), features_of(work, rows))


def _estimate_run(
    work: Work, rows: RunRows, given: Given, vectors: Vectors | None
) -> tuple[list[Estimate], dict[str, Measure]]:
    estimates = measures.estimate(
        work.prompt_sets,
        rows.samples,
        rows.answers,
        work.keys(),
        measures.declared_measures(rows.manifest["scorers"]),
        references=people.by_measure(given),
    )
    estimates += _from_vectors(work, rows, vectors)
    return estimates, {**given.measures, **{m.name: m for m in measures.FROM_FEATURES}}


def refuse_unpickable(k: int, planned: Sequence[Key], rows: RunRows) -> None:
    """Raise `InputError` where nothing can be picked from `k` images, or no scorer ranks them."""
    _check_best_of(k, planned)
    _ranking(k, measures.declared_measures(rows.manifest["scorers"]))


def _ranking(k: int, known: Sequence[Measure]) -> Measure:
    found = measures.ranking(known)
    if found is None:
        raise InputError(
            f"--best-of {k}: no scorer of this run ranks the images of a prompt; judge it with "
            "clip first"
        )
    return found


def _check_best_of(k: int, planned: Sequence[Key]) -> None:
    most = max((key.index + 1 for key in planned), default=0)
    if not 2 <= k <= most:
        raise InputError(
            f"--best-of {k}: the run has {most} images per prompt; give a number from 2 to {most}"
            if most > 1
            else f"--best-of {k}: the run has one image per prompt, and nothing to pick from; draw "
            "more with --num-images"
        )


def _pick_best(
    work: Work,
    rows: RunRows,
    k: int,
    known: Sequence[Measure],
    references: References,
    vectors: Vectors,
) -> report.BestOf:
    """Write `best-of.json`; what the report shows of it."""
    planned, judgements, score = work.keys(), rows.answers, _ranking(k, known)
    effects = measures.best_of(
        work.prompt_sets,
        rows.samples,
        judgements,
        planned,
        k,
        score,
        known,
        references=references,
    )
    effects += measures.picked_diversity(
        work.prompt_sets, rows.samples, judgements, planned, vectors, k, score
    )
    chosen = measures.picks(planned, judgements, k, score)
    if not chosen:
        raise InputError(
            f"--best-of {k}: no image has a {score.title} to pick by; judge the run with "
            f"{score.scorer} first"
        )
    found = {
        "k": k,
        "picks": {f"{name}/{prompt}": key.index for (name, prompt), key in sorted(chosen.items())},
        "effects": [
            dict(zip(("all", "picked", "difference"), parts, strict=True))
            for parts in (json.loads(measures.to_json(effect)) for effect in effects)
        ],
    }
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(work.folder / "best-of.json", text + "\n")
    unpicked = len({key[:2] for key in planned}) - len(chosen)
    return report.BestOf(k, score.title, len(chosen), unpicked, effects)


def from_features(work: Work, rows: RunRows) -> list[Estimate]:
    """Diversity, resemblance and association, from what a scorer's CLIP left of each image.

    `rows` are those of the work's planned images. No estimates where no scorer is a CLIP.
    """
    return _from_vectors(work, rows, features_of(work, rows))


def features_of(work: Work, rows: RunRows) -> Vectors | None:
    """A scorer's CLIP's vectors of the images that have one; None where no scorer is a CLIP.

    The first scorer's CLIP that left any counts; the first's where none did.
    """
    folder, manifest, samples = work.folder, rows.manifest, rows.samples
    # Of all encoders only a CLIP says how many tokens a text may have.
    said = {"max_tokens", "weights_sha256"}
    clips = [entry for entry in manifest["scorers"].values() if said <= entry.keys()]
    keys = [features_key(str(entry["weights_sha256"])) for entry in clips]
    if not keys:
        return None
    encoder = next((key for key in keys if key in encoders(folder)), keys[0])
    images = {sample.image for sample in samples.values() if sample.image is not None}
    found = {image: load_features(folder, encoder, image) for image in sorted(images)}
    return {image: vector for image, vector in found.items() if vector is not None}


def _from_vectors(work: Work, rows: RunRows, vectors: Vectors | None) -> list[Estimate]:
    if vectors is None:
        return []
    sets, planned = work.prompt_sets, work.keys()
    return [
        estimate
        for measured in (measures.diversity, measures.resemblance, measures.associations)
        for estimate in measured(sets, rows.samples, planned, vectors)
    ]


def as_parquet(
    prompt_sets: Sequence[PromptSet], samples: Mapping[Key, Sample], judgements: Judgements
) -> memoryview:
    """`judgements.parquet`, as `tables.judgement_table` has it."""
    import pyarrow.parquet

    schema, parts = judgement_parts(prompt_sets, samples, judgements)
    buffer = io.BytesIO()
    with pyarrow.parquet.ParquetWriter(buffer, schema) as writer:
        for part in parts:
            writer.write_table(part)
    pyarrow.default_memory_pool().release_unused()
    return buffer.getbuffer()
