"""What both renderings of a report say: the report's data in words, ready for a template."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalsuite.audits.record import Audited
from evalsuite.files.values import as_key
from evalsuite.records import PromptSet
from evalsuite.report.best_of import best_of_figure
from evalsuite.report.bias import BiasPage
from evalsuite.report.bias import compose as compose_bias
from evalsuite.report.content import Report
from evalsuite.report.figures import Figure, figures
from evalsuite.report.format import plural
from evalsuite.report.gallery import Gallery, gallery
from evalsuite.report.judge_and_people import NOTE, Beside, of_report
from evalsuite.report.overview import Overview, measure_notes, overview
from evalsuite.report.reliability import box_table, reliability_table
from evalsuite.report.repeating import install
from evalsuite.report.service import service_notes, service_table
from evalsuite.report.tables import EstimateRow, Table, estimates_of, is_overall, row

OF_IMAGES = ("share", "mean", "count")
"""The kinds of measure whose title names a single image's value as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One prompt set. `anchor` is made by us and safe in an id; `name` is not."""

    anchor: str
    name: str
    facts: str
    not_measured: str
    overall: tuple[EstimateRow, ...]
    grouped: tuple[EstimateRow, ...]
    figures: tuple[Figure, ...]
    gallery: Gallery
    has_references: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole report in words; `titles` says what a scorer's field of one image is.

    `files` lie beside the page: the address of each, and what it is.
    """

    title: str
    model: str
    overview: Overview
    sections: tuple[Section, ...]
    manifest: str
    command: str
    install: str
    python: str
    notes: tuple[tuple[str, str, str, str], ...]
    methods: tuple[tuple[str, tuple[str, ...]], ...]
    not_evidence: tuple[tuple[str, EstimateRow], ...]
    has_audit: bool
    reliability: Table
    boxes: Table | None
    has_references: bool
    references: str
    best_of: Figure | None = None
    bias: BiasPage | None = None
    people: tuple[Beside, ...] = ()
    people_note: str = NOTE
    service_notes: tuple[str, ...] = ()
    service: Table | None = None
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()


def compose(report: Report) -> Page:
    """Put a report into words, figures and galleries."""
    sections = tuple(
        _section(report, prompt_set, f"set-{number}")
        for number, prompt_set in enumerate(report.prompt_sets, 1)
    )
    return Page(
        title=report.title,
        model=report.model,
        overview=overview(report, {section.name: section.gallery for section in sections}),
        sections=sections,
        manifest=json.dumps(report.manifest, indent=2, sort_keys=True, default=str),
        command=report.command,
        install=install(report.manifest),
        python=str(report.manifest.get("python", "")),
        notes=tuple(measure_notes(report)),
        methods=_methods(report),
        not_evidence=_not_evidence(sections),
        has_audit=any(not audited.is_lacking for audited in report.audit.values()),
        reliability=reliability_table(_quoted(report), grouped=None),
        boxes=box_table(report.boxes) if report.boxes else None,
        has_references=any(found.reference is not None for found in report.estimates),
        references=report.references or "given with the run",
        best_of=best_of_figure(report),
        bias=None if report.chapter is None else compose_bias(report, report.chapter),
        people=of_report(report),
        service_notes=service_notes(report),
        service=service_table(report),
        titles=_titles(report),
    )


def _titles(report: Report) -> dict[tuple[str, str], str]:
    """By scorer and field: the title of the measure whose values are single images' own."""
    found: dict[tuple[str, str], str] = {}
    for measure in report.measures.values():
        if measure.kind in OF_IMAGES:
            found.setdefault((measure.scorer, measure.field), measure.title)
    return found


def _section(report: Report, prompt_set: PromptSet, anchor: str) -> Section:
    found = estimates_of(report.estimates, prompt_set.name)
    prompts = len({k.prompt_id for k in report.images() if k.prompt_set == prompt_set.name})
    facts = [f"version {prompt_set.version}", f"{prompt_set.dialect} prompts"]
    facts += [f"{plural(prompts, 'prompt')} in this run", f"digest {prompt_set.digest[:12]}"]
    return Section(
        anchor=anchor,
        name=prompt_set.name,
        facts=", ".join(facts),
        not_measured=prompt_set.card.get("not_measured", "").strip(),
        overall=tuple(row(report, each) for each in found.all if is_overall(each.group)),
        grouped=tuple(row(report, each) for each in found.all if not is_overall(each.group)),
        figures=tuple(figures(report, prompt_set, found, anchor)),
        gallery=gallery(report, prompt_set),
        has_references=any(each.reference is not None for each in found.all),
    )


def _not_evidence(sections: tuple[Section, ...]) -> tuple[tuple[str, EstimateRow], ...]:
    """Set and row of every measure whose scorer is of no use there."""
    rows = {
        (section.name, found.name): (section.name, found)
        for section in sections
        for found in section.overall
        if found.warning
    }
    return tuple(rows.values())


def _quoted(report: Report) -> list[Audited]:
    """The audits beside the estimates of whole sets, each once."""
    found = [report.audited(e) for e in report.estimates if is_overall(e.group)]
    each = {
        (a.scorer, a.field, a.tag, a.kind, as_key(a.group)): a
        for a in found
        if a is not None and not a.is_lacking
    }
    return sorted(each.values(), key=lambda audited: (audited.scorer, audited.field))


def _methods(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Which interval methods were used, and by which measures."""
    used: dict[str, dict[str, None]] = {}
    for found in report.estimates:
        if found.method:
            used.setdefault(found.method, {})[found.measure] = None
    return tuple((method, tuple(names)) for method, names in used.items())
