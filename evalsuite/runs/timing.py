"""How long the stages of a run took, so that the next one can be planned in hours.

Rows of a segment of their own, `timings-*.jsonl`: time belongs to no sample, identifies no run and
changes no report. A stage that was killed leaves no row, only those that finish later do.
"""

from pathlib import Path
from typing import Any, Literal, NamedTuple

from evalsuite.files.segments import Segment, read_rows

Stage = Literal["generate", "judge"]


class Timing(NamedTuple):
    """Cells that a stage ended (images, or judgements) and the seconds that it took."""

    stage: Stage
    cells: int
    seconds: float


def record_timing(folder: Path, timing: Timing, *, worker: str = "w0") -> None:
    """Appends one row; a stage that found nothing to do says nothing about time."""
    if timing.cells > 0:
        with Segment(folder, f"timings-{worker}") as segment:
            segment.append({**timing._asdict(), "seconds": round(timing.seconds, 3)})


def seconds_per_image(folder: Path, scorers: int) -> float | None:
    """Seconds to draw an image and to have it judged by so many scorers; None if nothing was timed.

    A stage that was never timed adds nothing: a run that was only drawn is planned so.
    """
    rows, _ = read_rows(folder, "timings-*.jsonl", _parse)
    total, found = 0.0, False
    for stage, times in (("generate", 1), ("judge", scorers)):
        done = [timing for timing in rows if timing.stage == stage]
        if done:
            found = True
            total += times * sum(t.seconds for t in done) / sum(t.cells for t in done)
    return total if found else None


def seconds_taken(folder: Path) -> float:
    """Seconds that the stages of a run took in all, as far as they were timed."""
    return sum(timing.seconds for timing in read_rows(folder, "timings-*.jsonl", _parse)[0])


def _parse(row: Any) -> Timing:
    stage, cells, seconds = row["stage"], int(row["cells"]), float(row["seconds"])
    if stage not in ("generate", "judge") or cells < 1 or not 0 <= seconds < float("inf"):
        raise ValueError("not a timing")
    return Timing(stage, cells, seconds)
