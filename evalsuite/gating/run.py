"""Bless a run as a baseline, and gate a run against one."""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from evalsuite import gating
from evalsuite.audits.record import Audited, Place
from evalsuite.comparison.differences import flips, unkept
from evalsuite.comparison.read_run import read_side, side_of
from evalsuite.comparison.snapshot import Side
from evalsuite.files.atomic import write_text
from evalsuite.gating import policy
from evalsuite.gating.baseline import read_baseline_file, write_baseline
from evalsuite.gating.judges import judged_by, refuse_unreliable, with_judges
from evalsuite.pipeline.work import Work, open_work
from evalsuite.plugins.find import own_measures
from evalsuite.records import Flip, InputError, Json, Measure, Verdict
from evalsuite.report import gated as page
from evalsuite.report import junit
from evalsuite.report.verdicts import Gated
from evalsuite.runs.identity import digest
from evalsuite.runs.rows import RunRows
from evalsuite.runs.timing import seconds_taken

Flags = Mapping[str, Json]


def bless(folder: Path, target: Path, flags: Flags, *, anyway: bool = False) -> Side:
    """Write the run in `folder` into the baseline file `target`; returns what was written.

    Raises `InputError` for an incomplete run unless `anyway` says to take it as it is: what it
    lacks then counts as missing in every comparison.
    """
    side, rows = _read_run(folder, flags)
    if not side.complete and not anyway:
        raise InputError(
            f"{folder}: the run is incomplete; finish it with the command that began it, or bless "
            "it as it is with --anyway"
        )
    write_baseline(target, side, digest(rows.manifest))
    return side


def gate_run(folder: Path, baseline: Path, policy_name: str, flags: Flags) -> Gated:
    """Gate the run in `folder`; write `report/junit.xml` and `gate.md`, and tell its page.

    `baseline` is a baseline file or another run's folder. Raises `InputError` where one of them
    or the policy cannot be read.
    """
    work, rows = open_work(folder, flags)
    candidate = side_of(work, rows, folder.resolve().name)
    against = read_baseline(baseline, flags)
    rules = read_policy(policy_name, against, candidate)
    judges = judges_of(rules, candidate, work, rows)
    refuse_unreliable(rules, judges)
    verdicts = with_judges(gating.decide(against, candidate, rules), judges)
    names = unkept(against, candidate)
    note = f"paired by prompt: nothing says that {names} kept to the seeds" if names else ""
    found = gated(against, candidate, rules, verdicts, note, rows=rows)
    publish(rows, found)
    return found


def judges_of(rules: policy.Policy, side: Side, work: Work, rows: RunRows) -> dict[Place, Audited]:
    """What audits say of the rules' judges, of the scorers that judge the run."""
    return judged_by(
        rules,
        side,
        work.prompt_sets,
        rows.manifest,
        beside=work.folder,
        given=work.settings.audit,
    )


def gated(
    baseline: Side,
    candidate: Side,
    rules: policy.Policy,
    verdicts: Sequence[Verdict],
    note: str = "",
    *,
    rows: RunRows,
) -> Gated:
    """The verdicts of one run against another, with all that is said of them."""
    return Gated(
        word=gating.overall(verdicts),
        run=candidate.name,
        baseline=baseline.name,
        policy=rules.name,
        alpha=rules.alpha,
        level=gating.level(rules),
        verdicts=verdicts,
        complete=candidate.complete,
        flips=_flips(baseline, candidate, verdicts),
        note=note,
        commit=_commit_tested(os.environ) or str(rows.manifest.get("git") or ""),
        folder=rows.folder,
    )


def read_policy(name: str, *known: Side) -> policy.Policy:
    """The policy of that name or file, for measures of our scorers' or that a side has."""
    measures = {measure.name: measure for measure in own_measures()}
    measures |= {name: measure for side in known for name, measure in side.measures.items()}
    directions = {name: measure.higher_is_better for name, measure in measures.items()}
    return policy.read(policy.find(name), directions, _widths(measures.values()))


def _widths(measures: Collection[Measure]) -> dict[str, float]:
    """How far apart the values of each measure can lie, for those that have bounds."""
    of_units = {"share": 1.0, "distance": 1.0, "difference": 2.0}
    found = {
        measure.name: of_units[measure.unit] for measure in measures if measure.unit in of_units
    }
    return found | {
        measure.name: measure.bounds[1] - measure.bounds[0]
        for measure in measures
        if measure.bounds
    }


def read_baseline(where: Path, flags: Flags) -> Side:
    """A baseline file, or a run's folder."""
    return _read_run(where, flags)[0] if where.is_dir() else read_baseline_file(where)


def publish(rows: RunRows, found: Gated) -> None:
    """Put `report/junit.xml` and `report/gate.md` into a run's folder, the verdict on its page."""
    _write_junit(rows, found)
    page.write(found)


def _write_junit(rows: RunRows, found: Gated) -> None:
    facts = {
        "baseline": found.baseline,
        "policy": f"{found.policy}, alpha {found.alpha:g}",
        "commit": _commit_tested(os.environ),
        "evalsuite": rows.manifest.get("packages", {}).get("evalsuite", ""),
        "evalsuite commit": rows.manifest.get("git") or "",
    }
    text = junit.render(
        found.verdicts,
        name=found.run,
        created=str(rows.manifest.get("created", "")),
        seconds=seconds_taken(rows.folder),
        facts={name: str(value) for name, value in facts.items() if value},
    )
    write_text(rows.folder / "report" / "junit.xml", text)


def _commit_tested(environ: Mapping[str, str]) -> str:
    """The commit that GitHub or GitLab is testing; "" elsewhere."""
    return environ.get("GITHUB_SHA") or environ.get("CI_COMMIT_SHA") or ""


def _read_run(folder: Path, flags: Flags) -> tuple[Side, RunRows]:
    return read_side(folder, flags, folder.resolve().name)


def _flips(baseline: Side, candidate: Side, verdicts: Sequence[Verdict]) -> list[Flip]:
    """The flips of every blocking measure, in the prompt sets that it blocks in."""
    cells = dict.fromkeys((v.measure, v.prompt_set) for v in verdicts if v.tier == "block")
    sets = {*baseline.prompt_sets} & {*candidate.prompt_sets}
    known = {*baseline.measures} & {*candidate.measures}
    return [
        flip
        for measure, prompt_set in cells
        if prompt_set in sets and measure in known
        for flip in flips(baseline, candidate, measure)
        if flip.key.prompt_set == prompt_set
    ]
