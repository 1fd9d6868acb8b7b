"""Entries of `.eval_results/*.yaml`, which the Hugging Face Hub shows on a model's page.

The format: huggingface.co/docs/hub/eval-results, and `EvalResultEntry` of `huggingface_hub`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from evalsuite.records import Estimate, InputError
from evalsuite.report.content import Report
from evalsuite.report.exports.contents import spoken
from evalsuite.report.format import group_words
from evalsuite.report.marks import mark_of


def render(report: Report, dataset: str, source: str | None = None) -> str:
    """One entry for each headline with a value: a headline that was not measured has none.

    `dataset` is the Hub's id of the benchmark, `source` an address where the report can be read.
    A set is a task; of several headlines of a set each is a task by itself. Values are shares of 1
    or in the measure's unit, which the notes name with the interval, the numbers of images and the
    audit's word on the judge.
    Raises `InputError` where nothing was measured, or `dataset` is no id.
    """
    import yaml
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(dataset)
    except HFValidationError:
        raise InputError(f"--dataset {dataset!a}: is no id of the Hub; write OWNER/NAME") from None
    found = [each for each in spoken(report) if each.value is not None]
    if not found:
        raise InputError("no headline has a value; there is nothing to put on a model's page")
    names = [each.prompt_set for each in found]
    made = [
        EvalResultEntry(
            dataset_id=dataset,
            task_id=_task(each, alone=names.count(each.prompt_set) == 1),
            value=round(each.value or 0.0, 6),
            date=_date(report),
            source_url=source,
            source_name="evalsuite report" if source else None,
            notes=_notes(report, each),
        )
        for each in found
    ]
    return yaml.safe_dump(eval_result_entries_to_yaml(made), sort_keys=False, allow_unicode=True)


def _task(estimate: Estimate, *, alone: bool) -> str:
    parts: Sequence[str] = (estimate.measure, *estimate.group.values())
    return estimate.prompt_set if alone else ":".join([estimate.prompt_set, *parts])


def _date(report: Report) -> str | None:
    created = report.manifest.get("created")
    if not isinstance(created, str):
        return None
    moment = datetime.fromisoformat(created).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _notes(report: Report, estimate: Estimate) -> str:
    measure = report.measure(estimate.measure)
    about = group_words(estimate.group)
    ends = "no interval"
    if estimate.low is not None and estimate.high is not None:
        ends = f"95% interval {estimate.low:.4g} to {estimate.high:.4g}"
    missing = sum(estimate.missing.values())
    packages = report.manifest.get("packages") or {}
    return "; ".join(
        [
            f"{estimate.measure}{f', {about}' if about else ''} ({measure.unit})",
            ends,
            f"{estimate.n} images of {estimate.prompts} families, {missing} missing",
            f"judge, audited: {mark_of(measure, report.audited(estimate))}",
            f"seed {report.manifest.get('seed')}",
            f"evalsuite {packages.get('evalsuite', 'of an unknown version')}",
        ]
    )
