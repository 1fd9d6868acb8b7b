"""Promise 19: what an older evalsuite wrote stays readable, and says the same numbers.

The corpus is frozen: nothing in it is ever written anew. Each change of a format adds files.
`answers.json` is what is said of it: it changes where the CHANGELOG announces other statistics (at
families as clusters: intervals, methods and `estimand`, and no value).
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.promises._tiny import PROMPTS, workplace
from benchmarks.promises.proof import Proof
from evalsuite.audits.stored import read as read_audit
from evalsuite.comparison.compare import compare
from evalsuite.gating.baseline import read_baseline_file
from evalsuite.gating.run import gate_run
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.stages import write_report
from evalsuite.records import Json

NUMBER = 19
PROMISE = "Run folders, baselines and audits of every earlier format are read, to the same numbers."
CORPUS = PROMPTS.parent
ANSWERS = CORPUS / "answers.json"
POLICY = CORPUS / "policy.yaml"
ESTIMATES = "estimates.json"


def prove(quick: bool) -> Proof:
    """Report, compare and gate what is in the corpus; quick or not, all of it."""
    right = json.loads(ANSWERS.read_text())
    with workplace() as place:
        found = answers(place)
    broken = [
        f"{name}: says {found.get(name)}, and said {right.get(name)}"
        for name in sorted({*right, *found})
        if not says(found.get(name), right.get(name))
    ]
    return Proof(
        counts={
            "run folders": len(list(CORPUS.glob("run-*"))),
            "baselines": len(list(CORPUS.glob("baseline-*.json"))),
            "audits": len(list(CORPUS.glob("audit-*.json"))),
            "numbers": sum(_numbers(answer) for answer in found.values()),
        },
        broken=broken,
    )


def says(found: Json, right: Json) -> bool:
    """Whether today's answer says all that the earlier one said; it may say more beside."""
    if isinstance(found, dict) and isinstance(right, dict):
        return all(key in found and says(found[key], value) for key, value in right.items())
    if isinstance(found, list) and isinstance(right, list):
        return len(found) == len(right) and all(map(says, found, right))
    return bool(found == right)


def answers(place: Path) -> dict[str, Json]:
    """What today's code says of the corpus, by what was asked; runs are copied to `place`."""
    found: dict[str, Json] = {}
    runs = sorted(CORPUS.glob("run-*"))
    for run in runs:
        folder = place / run.name
        shutil.copytree(run, folder)
        (folder / ESTIMATES).unlink(missing_ok=True)
        settings = Settings(**_settings(folder))
        outcome = write_report(folder, settings)
        found[f"report {run.name}"] = [outcome.complete, json.loads(_text(folder / ESTIMATES))]
    for run in runs[1:]:
        compared = compare(
            [place / runs[0].name, place / run.name],
            prompts=(str(PROMPTS),),
            output_dir=place / "compared",
        )
        del compared
        found[f"compare {run.name}"] = json.loads(_text(place / "compared" / "differences.json"))
    for baseline in sorted(CORPUS.glob("baseline-*.json")):
        side = read_baseline_file(baseline)
        found[f"read {baseline.name}"] = [
            [*key, reading.value] for key, reading in sorted(side.readings.items())
        ]
        if side.prompt_sets.keys() == {PROMPTS.stem}:
            for run in runs:
                flags = {"prompts": [str(PROMPTS)]}
                gated = gate_run(place / run.name, baseline, str(POLICY), flags)
                words: Json = [[v.measure, v.word, v.tier] for v in gated.verdicts]
                found[f"gate {run.name} on {baseline.name}"] = [gated.word, words]
    for audit in sorted(CORPUS.glob("audit-*.json")):
        found[f"read {audit.name}"] = {
            name: [entry["identity"], [[r.field, r.tag, r.accuracy, r.n] for r in entry["audited"]]]
            for name, entry in read_audit(audit).items()
        }
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def _settings(folder: Path) -> Mapping[str, Any]:
    known = json.loads(_text(folder / "manifest.json"))["configuration"]
    return {
        "model": known["model"],
        "model_arg": known["model_arg"],
        "scorers": tuple(known["scorers"]),
        "prompts": (str(PROMPTS),),
        "num_images": known["num_images"],
        "seed": known["seed"],
        "output_dir": str(folder),
    }


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _numbers(value: Json) -> int:
    """How many numbers there are in a JSON value."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return sum(map(_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)
