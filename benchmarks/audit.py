"""Audit the bundled scorers and ship what comes of it: run this after retraining a bundled model.

python benchmarks/audit.py            prints the table and the time that it took
python benchmarks/audit.py --write    also writes evalsuite/scenes/audits/*.json and
                                      reports/benchmarks/audit.md
"""

import argparse
import os
import time
from pathlib import Path

import torch

from evalsuite.audits.from_scenes import questions
from evalsuite.audits.record import SHIPPED, to_json
from evalsuite.audits.run import audit
from evalsuite.commands.auditing import IMAGES
from evalsuite.commands.console import print_table
from evalsuite.pipeline.settings import SCORERS
from evalsuite.plugins.find import load_scorer, own_measures
from evalsuite.report.audit_card import card
from evalsuite.report.reliability import reliability_table

SEED = 0
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "audit.md"


def main() -> None:
    """Audit, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="ship the audits")
    parser.add_argument("--images", type=int, default=IMAGES)
    options = parser.parse_args()
    began, worked = time.monotonic(), time.process_time()
    scorers = [load_scorer(name, {"dialect": "scenes"}) for name in SCORERS]
    outcome = audit(scorers, questions(SEED, options.images), own_measures())
    took, cpu = time.monotonic() - began, time.process_time() - worked
    table = reliability_table(outcome.audited)
    print_table([c.text for c in table.head], [[c.text for c in row] for row in table.rows])
    timing = (
        f"{outcome.questions} questions about {outcome.images} images took {took:.0f} s of time "
        f"and {cpu:.0f} s of processor on {torch.get_num_threads()} thread(s), loading included, "
        f"at a load of {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors."
    )
    print(timing)
    if outcome.failures:
        raise SystemExit(f"scorers broke down, nothing is written: {dict(outcome.failures)}")
    if not options.write:
        return
    source = {"scenes": "fresh renders", "seed": SEED, "images": options.images}
    SHIPPED.mkdir(exist_ok=True)
    for old in SHIPPED.glob("*.json"):
        old.unlink()
    for name, said in outcome.scorers.items():
        text = to_json(outcome.audited, {name: said}, source)
        (SHIPPED / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    head = "Written by `python benchmarks/audit.py --write`."
    whole = f"{card(outcome.audited, outcome.scorers, source)}\n{head} {timing}\n"
    REPORT.write_text(whole, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
