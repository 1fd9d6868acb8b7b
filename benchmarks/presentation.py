"""What `presentation` is shown in the bundled world, and below which probability it is silent.

Pictograms of known form, fresh, through the autoencoder and damaged, are shown to it whole and cut
out. For every certainty from which it might speak: how many get an answer, and how many answers are
right. What comes of it stands in the card of `scenes-clip`: `presentation_sees` is what is right
more often where it must answer always, and `presentation_certainty` the smallest certainty at which
98 % of the answers are surely right (the 95 % interval's lower end) on every kind of pictures. The
seed is none of the audits'.

python benchmarks/presentation.py            prints the table
python benchmarks/presentation.py --write    also writes reports/benchmarks/presentation.md
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evalsuite import stats
from evalsuite.audits.from_scenes import questions
from evalsuite.audits.known import CLEAN
from evalsuite.audits.pictures import DAMAGE, through, way
from evalsuite.records import Interval
from evalsuite.scorers import presentation

SEED, IMAGES = 7, 1200
WAYS = ("vae:scenes-ldm", *DAMAGE)
CERTAINTIES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
RIGHT = 0.98
"""The least share of right answers that a certainty must surely have, on every kind: the lower end
of its 95 % interval."""
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "presentation.md"


class Asked(NamedTuple):
    """One picture's larger probability and whether its label is right; None: nobody, or several."""

    kind: str
    probability: float | None
    is_right: bool


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the report")
    parser.add_argument("--images", type=int, default=IMAGES)
    options = parser.parse_args()
    asked = {sees: answers(sees, options.images) for sees in ("person", "picture")}
    lines = [
        "| shown | pictures | certainty | answered | right where answered | 95 % interval | n |",
        "|---|---|---|---|---|---|---|",
        *(line for sees, found in asked.items() for line in table(sees, found)),
        "",
        *(chosen(sees, found) for sees, found in asked.items()),
    ]
    print("\n".join(lines))
    if options.write:
        text = f"# What presentation is shown, and when it is silent\n\n{__doc__}\n"
        REPORT.write_text(text + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def answers(sees: str, images: int) -> list[Asked]:
    """What the scorer says of all people, forced to answer wherever it finds exactly one."""
    scorer = presentation.load(dialect="scenes", sees=sees, certainty=0.5)
    renders = [known for known in questions(SEED, images) if "label" in known.truth]
    cases = [*renders, *(case for name in WAYS for case in through(renders, way(name, "renders")))]
    found = []
    for start in range(0, len(cases), scorer.batch_size):
        part = cases[start : start + scorer.batch_size]
        for known, said in zip(part, scorer.judge([each.case for each in part]), strict=True):
            choice = said.choices.get("label")
            best = None if choice is None else float(max(choice.probabilities))
            is_right = said.values["label"] == known.truth["label"]
            found.append(Asked(known.kind.name or CLEAN, best, is_right))
            known.case.picture.memo.clear()
    return found


def table(sees: str, found: list[Asked]) -> list[str]:
    """One row for every kind of pictures and certainty."""
    rows = []
    for kind in dict.fromkeys(each.kind for each in found):
        own = [each for each in found if each.kind == kind]
        for least in CERTAINTIES:
            said = [e.is_right for e in own if e.probability is not None and e.probability >= least]
            right = _right(said)
            interval = "-" if right.low is None else f"{right.low:.1%} to {right.high:.1%}"
            rows.append(
                f"| {sees} | {kind} | {least} | {len(said) / len(own):.1%} | "
                f"{np.mean(said):.1%} | {interval} | {len(own)} |"
            )
    return rows


def _right(said: list[bool]) -> Interval:
    return stats.proportion(values=[float(r) for r in said], clusters=np.arange(len(said)))


def chosen(sees: str, found: list[Asked]) -> str:
    """The smallest certainty that is right often enough on every kind, and the share it answers."""
    for least in CERTAINTIES:
        kinds: dict[str, list[bool]] = {}
        for each in found:
            if each.probability is not None and each.probability >= least:
                kinds.setdefault(each.kind, []).append(each.is_right)
        if min(_right(said).low or 0.0 for said in kinds.values()) >= RIGHT:
            share = sum(map(len, kinds.values())) / len(found)
            return f"Shown the {sees}: certainty {least}, at which {share:.1%} are answered.\n"
    return f"Shown the {sees}: no certainty is right often enough.\n"


if __name__ == "__main__":
    main()
