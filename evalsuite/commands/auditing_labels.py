"""`audit --from-labels`: people's labels of a run's own images as the truth."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.records import InputError, Json

if TYPE_CHECKING:
    from evalsuite.audits.run import AuditOutcome


def of_labels(
    run: Path, scorers: Sequence[str], output_dir: str | None, unused: Mapping[str, Json]
) -> "tuple[Path, AuditOutcome, dict[str, Json]]":
    """Audit the judges of a labelled run; its folder is beside the run, where its report looks.

    `scorers` are names, all that were labelled where it is empty; `unused` flags that say where
    other audits' truth is from. Raises `InputError` for a run that nobody has labelled.
    """
    from evalsuite.audits.from_labels import audited_labels
    from evalsuite.audits.run import AuditOutcome
    from evalsuite.labels.drawing import seed_of
    from evalsuite.labels.of_run import labelled_fields, resampling_seed
    from evalsuite.measures import declared_measures
    from evalsuite.pipeline.work import open_work
    from evalsuite.runs.rows import planned_rows

    for name, value in unused.items():
        if value is not None:
            raise InputError(f"--{name}: has no meaning with --from-labels; leave one of them out")
    work, rows = open_work(run, {})
    rows = planned_rows(rows, work.requests)
    manifest = rows.manifest
    fields = labelled_fields(run, manifest, work.prompt_sets, rows.samples, rows.answers)
    fields = {n: f for n, f in fields.items() if not scorers or f.asked.scorer in scorers}
    if not fields:
        of = f" of {', '.join(scorers)}" if scorers else ""
        raise InputError(f"{run}: holds no label{of}; label some of it with evalsuite label {run}")
    known = declared_measures(manifest["scorers"])
    labelled = {item.cell.key: item.cell.image for f in fields.values() for item in f.items}
    outcome = AuditOutcome(
        audited=audited_labels(fields, known, seed_of(manifest), seed=resampling_seed(manifest)),
        scorers={f.asked.scorer: manifest["scorers"][f.asked.scorer] for f in fields.values()},
        questions=sum(len(found.items) for found in fields.values()),
        images=len(set(labelled.values())),
        dialect=str(manifest.get("dialect", "")),
    )
    raters = {rater for found in fields.values() for rater in found.raters}
    source = {
        "labels": run.resolve().name,
        "raters": len(raters),
        "images": outcome.images,
        "sample": "by strata of the judge's answers, weighted; counts are effective ones",
    }
    home = Path(output_dir or run.parent / f"audit-labels-{run.resolve().name}")
    return home, outcome, source
