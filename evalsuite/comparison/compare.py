"""Runs side by side: the public stage `compare`.

What is written depends on the runs' rows, prompts and names alone: no time, no absolute path.
"""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsuite import stats
from evalsuite.audits.record import Place, place
from evalsuite.comparison.compatible import unlike
from evalsuite.comparison.differences import differences, flips, losses, unkept
from evalsuite.comparison.estimates import differences_of_estimates
from evalsuite.comparison.headlines import headline_places
from evalsuite.comparison.leaderboard import boards
from evalsuite.comparison.read_run import side_of
from evalsuite.comparison.result import Comparison
from evalsuite.comparison.snapshot import Side, measure_of
from evalsuite.files.segments import canonical
from evalsuite.files.values import differing
from evalsuite.measures import FROM_FEATURES
from evalsuite.pipeline.summarise import audit_of, from_features
from evalsuite.pipeline.work import Work, recorded_settings, remake_work
from evalsuite.records import Difference, Estimate, InputError, Key, Measure
from evalsuite.report import comparison as page
from evalsuite.report.comparison import Against, Board, Contrasted, Unlike
from evalsuite.report.comparison.rows import is_overall
from evalsuite.report.marks import NOT_AUDITED, mark, worse
from evalsuite.runs.rows import RunRows, planned_rows, read_run

MOST = 8
"""Runs that the page's plots can tell apart."""

FEWEST_RANKED = 3
"""Runs that make a leaderboard; of two the differences say it all."""

MEND = "compare runs of the same prompts and scorers, or compare these --anyway"


@dataclass(frozen=True, slots=True)
class _Read:
    """A run's folder, read once: what was measured, and the rows that it was read from.

    `diverse` are estimates of measures of prompts, of which no image has a reading.
    """

    work: Work
    rows: RunRows
    side: Side
    diverse: Sequence[Estimate]


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
    candidates = _candidates(runs[0], runs[1:], unlike, measures)
    places = headline_places(
        [prompt_set for run in runs for prompt_set in run.work.prompt_sets],
        [key for run in runs for key in run.side.planned],
        measures,
        [row.difference for against in candidates for row in against.rows],
    )
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
            baseline=_compared(runs[0]),
            candidates=candidates,
            prompt_sets=list(dict.fromkeys(name for run in runs for name in run.side.prompt_sets)),
            measures=measures,
            tested=tested.count(True),
            tested_groups=tested.count(False),
            command=_command(folders, anyway),
            folder=folder.name if folder.is_absolute() else str(folder),
            headlines=places,
            boards=ranked,
        ),
    )
    return Comparison(
        baseline=names[0],
        candidates=candidates,
        tested=(tested.count(True), tested.count(False)),
        measures=measures,
        boards=ranked,
        incomplete=[run.side.name for run in runs if not run.side.complete],
        folder=folder,
        report=written,
    )


def _boards(
    runs: Sequence[_Read], places: Sequence[Place], candidates: Sequence[Against]
) -> list[Board]:
    """The leaderboard: of three runs or more that compete; a ceiling does not."""
    rivals = [run.side for run in runs if not _is_ceiling(run)]
    if len(rivals) < FEWEST_RANKED:
        return []
    judges: dict[Place, str] = {}
    for row in (row for against in candidates for row in against.rows):
        at = place(row.difference.candidate)
        judges[at] = worse(row.judge, judges.get(at, row.judge))
    return boards(rivals, places, judges, seed=_seed(*rivals))


def _measures(runs: Sequence[_Read]) -> dict[str, Measure]:
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


def _command(folders: Sequence[Path], anyway: bool) -> str:
    """What makes the page anew; of an absolute path the last part stands for all."""
    said = [folder.name if folder.is_absolute() else str(folder) for folder in folders]
    return shlex.join(["evalsuite", "compare", *said, *(["--anyway"] if anyway else [])])


def _read(folder: Path, name: str, prompts: Sequence[str]) -> _Read:
    rows = read_run(folder)
    # Files are named for all runs at once; each takes those of its own sets.
    known = {Path(each).stem for each in rows.manifest.get("prompt_sets", {})}
    own = [prompt for prompt in prompts if Path(prompt).stem in known]
    settings = recorded_settings(rows, {"prompts": own or list(prompts) or None})
    work = remake_work(rows, settings)
    # From the rows, and not from a report: that may be older, or changed.
    diverse = from_features(work, planned_rows(rows, work.requests))
    return _Read(work, rows, side_of(work, rows, name), diverse)


def _unlike(baseline: _Read, other: _Read) -> list[Unlike]:
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


def _candidates(
    baseline: _Read,
    others: Sequence[_Read],
    unlike: Sequence[Sequence[Unlike]],
    measures: Mapping[str, Measure],
) -> list[Against]:
    """Every candidate against the baseline.

    Whole prompt sets, groups and what is missing are a family each, of all candidates together: in
    one family the many groups, of few prompts each, would hide what whole sets show. A ceiling is
    no competitor: its differences are in no family and have no q, and its verdicts do not flip.
    """
    rows, lost = [], []
    for other in others:
        seed = _seed(baseline.side, other.side)
        known = {*baseline.side.measures, *other.side.measures}
        rows.append(
            differences(baseline.side, other.side, seed=seed)
            + differences_of_estimates(baseline.diverse, other.diverse, known)
        )
        lost.append(losses(baseline.side, other.side, seed=seed))
    rivals = [at for at, other in enumerate(others) if not _is_ceiling(other)]
    every = [row for at in rivals for row in rows[at]]
    q_values = _adjusted([difference for difference in every if is_overall(difference)])
    q_values |= _adjusted([difference for difference in every if not is_overall(difference)])
    q_values |= _adjusted([row for at in rivals for row in lost[at]])
    return [
        Against(
            run=_compared(other),
            rows=[
                Contrasted(row, q_values.get(id(row)), judge)
                for row, judge in zip(
                    rows[at], _judges(baseline, other, rows[at], measures), strict=True
                )
            ],
            losses=[Contrasted(row, q_values.get(id(row))) for row in lost[at]],
            flips=_flips(baseline.side, other.side) if at in rivals else (),
            unkept=unkept(baseline.side, other.side),
            unlike=unlike[at],
        )
        for at, other in enumerate(others)
    ]


def _judges(
    baseline: _Read, other: _Read, rows: Sequence[Difference], measures: Mapping[str, Measure]
) -> list[str]:
    """Each difference's judge in its audits' word: the worse one, where two audits differ."""
    words = [NOT_AUDITED] * len(rows)
    for read in (baseline, other):
        known = [row.candidate for row in rows if row.measure in measures]
        quoted = audit_of(read.work, read.rows, known, measures)
        own = [mark(quoted.get(place(row.candidate))) for row in rows]
        words = own if read is baseline else list(map(worse, words, own))
    return words


def _seed(*read: Side) -> int:
    """For sign patterns: from the digests and seeds, so the same runs give the same numbers."""
    words = canonical([[dict(sorted(side.prompt_sets.items())), side.seed] for side in read])
    return int.from_bytes(hashlib.sha256(words.encode("ascii")).digest()[:4], "big")


def _adjusted(family: Sequence[Difference]) -> dict[int, float]:
    """Benjamini and Hochberg's q of every difference that has a p-value, by the object's id."""
    tested = {id(difference): difference.p for difference in family if difference.p is not None}
    q_values = stats.benjamini_hochberg(p_values=list(tested.values())).tolist()
    return dict(zip(tested, q_values, strict=True))


def _flips(baseline: Side, candidate: Side) -> list[page.FlippedImage]:
    """The flips of all measures by image: most verdicts lost first, then fewest gained."""
    lost: dict[Key, list[str]] = {}
    gained: dict[Key, list[str]] = {}
    for measure in dict.fromkeys([*baseline.measures, *candidate.measures]):
        for flip in flips(baseline, candidate, measure):
            (lost if flip.lost else gained).setdefault(flip.key, []).append(measure)
    found = [
        page.FlippedImage(
            key,
            baseline.prompts[key[:2]].text,
            tuple(lost.get(key, ())),
            tuple(gained.get(key, ())),
        )
        for key in baseline.planned
        if key in lost or key in gained
    ]
    return sorted(found, key=lambda image: (-len(image.lost), len(image.gained)))


def _is_ceiling(read: _Read) -> bool:
    return read.rows.manifest.get("backend", {}).get("is_ceiling") is True


def _compared(read: _Read) -> page.ComparedRun:
    return page.ComparedRun(
        name=read.side.name,
        model=str(read.rows.manifest["configuration"]["model"]),
        seed=read.side.seed,
        planned=len(read.side.planned),
        drawn=len(read.side.images),
        complete=read.side.complete,
        images=read.side.images,
        judgements=read.rows.judgements,
        load_image=read.rows.images.load,
        is_ceiling=_is_ceiling(read),
    )
