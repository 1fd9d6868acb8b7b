"""What judging costs beside other evaluators' loops, on the same weights and with the same results.

    python -m benchmarks.peers             prints the table
    python -m benchmarks.peers --write     also writes reports/benchmarks/peers.md

Each peer is its own library, or its loop written afresh from what it does: torchmetrics' CLIPScore,
which encodes the text again with every image; t2v_metrics' `batch_forward`, which calls the model
one pair at a time; T2I-CompBench's BLIP-VQA, which loads the model and encodes every picture anew
in each of eight passes. Both sides decode the same PNG files, run on one thread of one process in
turn, and must give the same numbers. What is compared is CPU time, as `pairs.py` says.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.pairs import PAIRS, said, timed, verdict
from benchmarks.peers_models import Clips, Questions, clips, questions

REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "peers.md"
TOLERANCE = 1e-3
"""By how much a peer's float32 result may differ, relative to the larger of the two."""

Way = Callable[[], tuple[list[float], dict[str, int]]]
"""Does the whole work once: its results, and what was counted meanwhile."""


class Row(NamedTuple):
    """A comparison: what each side counted, and the peer's CPU seconds over ours, pair by pair."""

    name: str
    peer: str
    goal: float
    ours: dict[str, int]
    theirs: dict[str, int]
    ratios: Sequence[float]


def compared(name: str, peer: str, goal: float, ours: Way, theirs: Way, pairs: int) -> Row:
    """Both ways in turn; raises `AssertionError` where they give other results."""
    ratios, counts = [], ({}, {})
    for _ in range(pairs):
        (mine, counted), cost = timed(ours)
        (others, counted_there), cost_there = timed(theirs)
        assert np.allclose(mine, others, rtol=TOLERANCE, atol=1e-6), f"{name}: results differ"
        ratios.append(cost_there / cost)
        counts = counted, counted_there
    return Row(name, peer, goal, *counts, ratios)


def rows(place: Path, pairs: int, images: int) -> list[Row]:
    """The three comparisons, on models of random weights that are saved in `place`."""
    seen: Clips = clips(place, images)
    asked: Questions = questions(place, images)
    return [
        compared(
            "CLIPScore, 8 images a prompt",
            "torchmetrics, an image at a time",
            1.5,
            seen.ours,
            seen.torchmetrics,
            pairs,
        ),
        compared(
            "VQAScore, a question a picture",
            "t2v_metrics' `batch_forward(16)`: a pair at a time",
            1.2,
            asked.ours_of_one,
            asked.a_pair_at_a_time,
            pairs,
        ),
        compared(
            "eight questions a picture",
            "T2I-CompBench: eight passes",
            1.0,
            asked.ours_of_eight,
            asked.eight_passes,
            pairs,
        ),
    ]


ELSEWHERE = """
A question a picture gains nothing here: a picture shares a batch of questions with no other, so
that its answer depends on itself alone, and on one thread a batch costs what its parts cost. The
goal was set for a GPU.

The other comparisons: drawing beside GenEval's loop and a tuned pipeline in [gpu.md](gpu.md); six
CLIP measures beside six passes in [encodes.md](encodes.md); images to a verdict in
[sequential.md](sequential.md).
"""


def table(found: Sequence[Row], images: int) -> str:
    """The page."""
    lines = [
        "# Judging, beside other evaluators' loops",
        "",
        "By `python -m benchmarks.peers --write`: the same random weights and "
        f"{images} PNG files of 224x224 on both sides, one thread, results equal within "
        f"{TOLERANCE:g}. The ratio is the peer's CPU time over ours, the median of {PAIRS} pairs "
        "run in turn, with the least and the greatest.",
        "",
        "| work | peer | ratio | goal | ours counted | the peer counted |",
        "|---|---|---|---|---|---|",
    ]
    for row in found:
        ratio = said(row.ratios)
        goal = f"{row.goal:g}: {verdict(row.ratios, least=row.goal)}"
        counts = [", ".join(f"{n} {what}" for what, n in side.items()) for side in row[3:5]]
        lines.append(f"| {row.name} | {row.peer} | {ratio} | {goal} | {' | '.join(counts)} |")
    return "\n".join([*lines, ELSEWHERE])


def main() -> None:
    """Measure, print and, if asked, write."""
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        rows(Path(place), 1, 8)  # the first calls of a library are slow
    with tempfile.TemporaryDirectory() as place:
        text = table(rows(Path(place), PAIRS, options.images), options.images)
    print(text)
    if options.write:
        REPORT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
