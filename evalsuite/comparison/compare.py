"""Runs side by side: the public stage `compare`.

What is written depends on the runs' rows, prompts and names alone: no time, no absolute path.
"""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from evalsuite.audits.record import Place, place
from evalsuite.comparison.against import Read, compared, contrasted_with, is_ceiling, seed_of
from evalsuite.comparison.compatible import unlike
from evalsuite.comparison.headlines import headline_places
from evalsuite.comparison.leaderboard import boards
from evalsuite.comparison.read_run import side_of
from evalsuite.comparison.result import Comparison
from evalsuite.comparison.snapshot import measure_of
from evalsuite.files.values import differing
from evalsuite.measures import FROM_FEATURES
from evalsuite.pipeline.summarise import from_features
from evalsuite.pipeline.work import recorded_settings, remake_work
from evalsuite.records import InputError, Measure
from evalsuite.report import comparison as page
from evalsuite.report.comparison import Against, Board, Unlike
from evalsuite.report.comparison.rows import is_overall
from evalsuite.report.marks import worse
from evalsuite.runs.rows import planned_rows, read_run

MOST = 8
"""Runs that the page's plots can tell apart."""

FEWEST_RANKED = 3
"""Runs that make a leaderboard; of two the differences say it all."""

MEND = "compare runs of the same prompts and scorers, or compare these --anyway"


def compare(
    folders: Sequence[Path],
    *,
    prompts: Sequence[str] = (),
    anyway: bool = False,
    output_dir: Path | None = None,
) -> Comparison:
    """Compare runs with the first of `folders`, the baseline; write page, Markdown and JSON.

    `prompts` names prompt sets whose files are not on record. Raises `InputError` with every
    reason, a line each, where the runs' prompts, scorers or scorers' weights differ, unless
    `anyway`; and where a folder is no run.
    """
    if len(folders) < 2:
        raise InputError("compare: needs at least two runs; name the baseline first")
    if len(folders) > MOST:
        raise InputError(f"compare: takes at most {MOST} runs, not {len(folders)}; leave some out")
    names = _names(folders)
    runs = [_read(folder, name, prompts) for folder, name in zip(folders, names, strict=True)]
    unlike = [_unlike(runs[0], run) for run in runs[1:]]
    if any(unlike) and not anyway:
        reasons = dict.fromkeys(reason.reason for found in unlike for reason in found)
        raise InputError("\n  ".join(["these runs are not alike:", *reasons, MEND]))
    folder = output_dir or Path("runs") / f"compare-{'-'.join(names)}"[:200]
    measures = _measures(runs)
    candidates = contrasted_with(runs[0], runs[1:], unlike, measures)
    places = _places(runs, measures, candidates)
    ranked = _boards(runs, places, candidates)
    tested = [
        is_overall(row.difference)
        for against in candidates
        for row in against.rows
        if row.q is not None
    ]
    written = page.write(
        folder,
        page.ComparisonReport(
            baseline=compared(runs[0]),
            candidates=candidates,
            prompt_sets=list(dict.fromkeys(name for run in runs for name in run.side.prompt_sets)),
            measures=measures,
            tested=tested.count(True),
            tested_groups=tested.count(False),
            command=_command(folders, prompts, anyway, output_dir),
            folder=_short(folder),
            headlines=places,
            boards=ranked,
        ),
    )
    return Comparison(
        baseline=names[0],
        candidates=candidates,
        tested=(tested.count(True), tested.count(False)),
        measures=measures,
        headlines=places,
        boards=ranked,
        incomplete=[run.side.name for run in runs if not run.side.complete],
        folder=folder,
        report=written,
    )


def _places(
    runs: Sequence[Read], measures: Mapping[str, Measure], candidates: Sequence[Against]
) -> list[Place]:
    """The places of what stands for the prompt sets."""
    return headline_places(
        [prompt_set for run in runs for prompt_set in run.work.prompt_sets],
        dict.fromkeys(key[:2] for run in runs for key in run.side.planned),
        measures,
        [row.difference for against in candidates for row in against.rows],
    )


def _boards(
    runs: Sequence[Read], places: Sequence[Place], candidates: Sequence[Against]
) -> list[Board]:
    """The leaderboard: of three runs or more that compete; a ceiling does not."""
    rivals = [run.side for run in runs if not is_ceiling(run)]
    if len(rivals) < FEWEST_RANKED:
        return []
    judges: dict[Place, str] = {}
    for row in (row for against in candidates for row in against.rows):
        at = place(row.difference.candidate)
        judges[at] = worse(row.judge, judges.get(at, row.judge))
    return boards(rivals, places, judges, seed=seed_of(*rivals))


def _measures(runs: Sequence[Read]) -> dict[str, Measure]:
    """Every measure that a run has, by name."""
    sides = [read.side for read in runs]
    found = {name: measure_of(name, *sides) for side in sides for name in side.measures}
    return found | {measure.name: measure for measure in FROM_FEATURES}


def _names(folders: Sequence[Path]) -> list[str]:
    """The folders' own names; a name that comes again is numbered."""
    names: list[str] = []
    for folder in folders:
        name = plain = folder.resolve().name or "run"
        number = 2
        while name in names:
            name, number = f"{plain} ({number})", number + 1
        names.append(name)
    return names


def _command(
    folders: Sequence[Path], prompts: Sequence[str], anyway: bool, output_dir: Path | None
) -> str:
    """What makes the page anew; of an absolute path the last part stands for all."""
    words = ["evalsuite", "compare", *map(_short, folders)]
    if prompts:
        words += ["--prompts", ",".join(_short(Path(each)) for each in prompts)]
    if anyway:
        words.append("--anyway")
    if output_dir is not None:
        words += ["--output-dir", _short(output_dir)]
    return shlex.join(words)


def _short(path: Path) -> str:
    return path.name if path.is_absolute() else str(path)


def _read(folder: Path, name: str, prompts: Sequence[str]) -> Read:
    rows = read_run(folder)
    # Files are named for all runs at once; each takes those of its own sets.
    known = {Path(each).stem for each in rows.manifest.get("prompt_sets", {})}
    own = [prompt for prompt in prompts if Path(prompt).stem in known]
    settings = recorded_settings(rows, {"prompts": own or list(prompts) or None})
    work = remake_work(rows, settings)
    # From the rows, and not from a report: that may be older, or changed.
    diverse = from_features(work, planned_rows(rows, work.requests))
    return Read(work, rows, side_of(work, rows, name), diverse)


def _unlike(baseline: Read, other: Read) -> list[Unlike]:
    """The reasons, with what differs in a scorer's description named."""
    found = []
    for entry in unlike(baseline.side, other.side):
        before, after = (
            each.rows.manifest["scorers"].get(entry.scorer) for each in (baseline, other)
        )
        if before and after:
            keys = differing(before, after, but=["packages", "measures"])
            entry = Unlike(
                f"{entry.reason} ({', '.join(keys)} differ)", entry.prompt_set, entry.scorer
            )
        found.append(entry)
    return found
