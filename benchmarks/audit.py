"""Audit the bundled scorers and ship what comes of it: run this after retraining a bundled model.

Twice, from two seeds: what ships as evidence is what both fresh samples show. And the proof that
an audit sees defects: nine scorers with one planted defect each, and one without.

python benchmarks/audit.py            prints the table and the time that it took
python benchmarks/audit.py --write    also writes evalsuite/scenes/audits/*.json and
                                      reports/benchmarks/audit.md
"""

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path

import planted
import torch

from evalsuite.audits.confirm import confirmed
from evalsuite.audits.kinds import of_scenes
from evalsuite.audits.run import audit
from evalsuite.audits.stored import SHIPPED, to_json
from evalsuite.commands.auditing import IMAGES, THROUGH, entries_of
from evalsuite.commands.console import print_table
from evalsuite.pipeline.settings import SCORERS
from evalsuite.plugins.find import load_scorer, own_measures
from evalsuite.records import Json
from evalsuite.report.audit_card import card
from evalsuite.report.markdown import table as as_markdown
from evalsuite.report.reliability import box_table, reliability_table
from evalsuite.report.tables import Table

SEEDS = (0, 1)
DIALECT = "scenes"
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "audit.md"


def main() -> None:
    """Audit, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="ship the audits")
    parser.add_argument("--images", type=int, default=IMAGES)
    options = parser.parse_args()
    began, worked = time.monotonic(), time.process_time()
    scorers = [load_scorer(name, {"dialect": DIALECT}) for name in SCORERS]
    first, second = (
        audit(scorers, of_scenes(seed, options.images, THROUGH), own_measures()) for seed in SEEDS
    )
    took, cpu = time.monotonic() - began, time.process_time() - worked
    rows = confirmed(first.audited, second.audited)
    timing = (
        f"{first.questions} questions about {first.images} images, and as many from a second seed, "
        f"took {took:.0f} s of time and {cpu:.0f} s of processor on {torch.get_num_threads()} "
        f"thread(s), loading included, at a load of {os.getloadavg()[0]:.0f} on {os.cpu_count()} "
        "processors."
    )
    found = planted.fired()
    for shown in (reliability_table(rows), box_table(first.boxes), planted.table(found)):
        _print(shown)
    print(timing)
    faults = [*first.failures, *second.failures, *planted.wrong(found)]
    if faults:
        raise SystemExit(f"nothing is written: {'; '.join(faults)}")
    if options.write:
        source = {
            "scenes": "fresh renders",
            "seed": SEEDS[0],
            "second seed": SEEDS[1],
            "images": options.images,
            "through": ", ".join(THROUGH),
        }
        whole = {"audited": rows, "scorers": entries_of(SCORERS, scorers), "boxes": first.boxes}
        write(whole, source, planted.table(found), timing)


def write(whole: Mapping[str, Json], source: Mapping[str, Json], proof: Table, timing: str) -> None:
    """Ship one audit per scorer, and the report: the proof, then the scorers' cards."""
    SHIPPED.mkdir(exist_ok=True)
    for old in SHIPPED.glob("*.json"):
        old.unlink()
    rows, boxes = whole["audited"], whole["boxes"]
    for name, entry in whole["scorers"].items():
        text = to_json(rows, {name: entry}, source, boxes, DIALECT)
        (SHIPPED / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Whether an audit sees a scorer's defects\n",
        "Nine scorers with one planted defect each (down) and one without; a probe for each defect "
        "(across) is a question to the audit's rows.\n",
        f"{as_markdown(proof)}\n",
        card(rows, whole["scorers"], source, boxes, DIALECT),
        f"Written by `python benchmarks/audit.py --write`. {timing}\n",
    ]
    REPORT.write_text("\n".join(parts), encoding="utf-8", newline="\n")


def _print(shown: Table) -> None:
    print_table([c.text for c in shown.head], [[c.text for c in row] for row in shown.rows])


if __name__ == "__main__":
    main()
