"""A whole run in a process of its own, to be killed: `python work.py FOLDER LOG PAUSE`."""

import importlib
import sys
from pathlib import Path

from evalsuite.pipeline import drawing, judging
from evalsuite.records import Prompt, PromptSet
from evalsuite.runs.folder import create
from evalsuite.runs.rows import read_run, refreshed
from evalsuite.runs.seeds import plan

TAGS = ("plain", "plain", "plain", "abstain", "plain", "refuse")


def prompt_set(size=20):
    prompts = [Prompt(f"p{n:03d}", f"dots {n}", TAGS[n % len(TAGS)]) for n in range(size)]
    return PromptSet(
        name="dots", version="1", digest="digest-of-dots", dialect="scenes", prompts=tuple(prompts)
    )


def main(folder, log=None, pause=0.0):
    backend = importlib.import_module("outside.dots_backend").load(pause=pause, log=log)
    load = importlib.import_module("outside.mean_scorer").load
    scorers = [load("mean", pause), load("again", pause)]
    dots = prompt_set()
    create(folder, {"backend": backend.describe(), "prompts": {dots.name: dots.digest}})
    print("ready", flush=True)
    rows = read_run(folder)
    drawn = drawing.generate(rows, backend, plan([dots], 3, 7))
    judged = judging.judge(refreshed(rows), scorers, [dots])
    return drawn, judged


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
