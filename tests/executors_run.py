"""A run of 96 dots for tests of executors: settings, what was drawn, and what it left."""

import json

from evalsuite.pipeline.settings import Settings
from evalsuite.runs.rows import read_run

IMAGES = 96


def settings(home, meet=1, **more):
    prompts = home / "many.jsonl"
    if not prompts.exists():
        rows = [{"id": f"p-{n:02}", "tag": "plain", "prompt": f"{n} dots"} for n in range(24)]
        prompts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    given = {
        "model": "outside.meeting_dots",
        "model_arg": {"meet": meet, "pause": 0.02, "log": str(home / "log")},
        "scorers": ("outside.mean_scorer",),
        "prompts": (str(prompts),),
        "num_images": 4,
    }
    return Settings(**given | more)


def drawn(home):
    """Every image that was drawn, as often as it was."""
    return (home / "log").read_text().split("\n")[:-1]


def content(folder):
    rows = read_run(folder)
    assert rows.damaged == 0
    names = sorted(path.name for path in folder.glob("images/*"))
    return rows.samples, rows.answers, names, (folder / "estimates.json").read_text()
