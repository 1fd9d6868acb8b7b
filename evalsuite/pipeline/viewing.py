"""Read many runs as far as their last reports tell: `evalsuite view`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from evalsuite.files.summed import read_summed
from evalsuite.measures import FROM_FEATURES, declared_measures
from evalsuite.prompts import sets
from evalsuite.records import Estimate, InputError, Interval, Measure, PromptSet, Word
from evalsuite.records.estimates import INTERVAL
from evalsuite.report import view
from evalsuite.report.prominence import headlines
from evalsuite.report.tables import estimates_of
from evalsuite.runs.folder import MANIFEST, read_manifest

DIFFERENCES = "differences.json"
"""What every comparison's folder holds."""

UNFINISHED = ("not drawn", "not judged")
"""Reasons for missing values that running on would mend."""


def write_view(folder: Path) -> tuple[Path, list[view.Told], list[view.Untold]]:
    """Write `index.html` over the runs below `folder`; where it is, and what it shows.

    A run is told of as of its last report; one without is listed with the reason. Raises
    `InputError` where there is no run at all.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; name one that holds runs")
    found = sorted(
        path
        for path in folder.iterdir()
        if path.is_dir() and ((path / MANIFEST).exists() or any(path.glob("samples-*.jsonl")))
    )
    if not found:
        raise InputError(f"{folder}: holds no run; name the folder above the runs'")
    told: list[view.Told] = []
    untold: list[view.Untold] = []
    for path in found:
        read = read_told(path)
        (told if isinstance(read, view.Told) else untold).append(read)  # type: ignore[arg-type]
    compared: list[view.Compared] = []
    for path in sorted(folder.glob(f"*/{DIFFERENCES}")):
        both = read_compared(path.parent)
        (compared if isinstance(both, view.Compared) else untold).append(both)  # type: ignore[arg-type]
    return view.write(folder, told, untold, compared), told, untold


def read_compared(path: Path) -> view.Compared | view.Untold:
    """Whom a comparison is of, or why its page cannot be named."""
    try:
        whole = json.loads((path / DIFFERENCES).read_text("utf-8"))
        candidates = tuple(str(each["name"]) for each in whole["candidates"])
        return view.Compared(path.name, str(whole["baseline"]), candidates)
    except (KeyError, TypeError, ValueError, OSError) as error:
        why = f"its {DIFFERENCES} cannot be read ({type(error).__name__}); compare the runs again"
        return view.Untold(path.name, "", why)


def read_told(path: Path) -> view.Told | view.Untold:
    """A run as of its last report, or why it cannot be shown."""
    model = ""
    try:
        manifest = read_manifest(path)
        model = str(manifest["configuration"]["model"])
        if not (path / "estimates.json").is_file():
            return view.Untold(path.name, model, "it has no report yet: evalsuite report makes one")
        estimates = _estimates(path / "estimates.json")
        measures = {m.name: m for m in (*declared_measures(manifest["scorers"]), *FROM_FEATURES)}
        prompt_sets = [_prompt_set(name, said) for name, said in manifest["prompt_sets"].items()]
    except InputError as error:
        # The page names no folder above the runs.
        return view.Untold(path.name, model, str(error).replace(f"{path.parent}/", ""))
    except (KeyError, TypeError, ValueError, OSError) as error:
        why = f"its manifest or estimates cannot be read ({type(error).__name__}: {error})"
        return view.Untold(path.name, model, why)
    return view.Told(
        folder=path.name,
        model=model,
        created=str(manifest.get("created") or ""),
        commit=str(manifest.get("git") or ""),
        seed=str(manifest.get("seed")),
        headlines=_headlines(prompt_sets, estimates, measures),
        measures=measures,
        digests={each.name: each.digest for each in prompt_sets},
        note=_note(path, estimates),
        part=_part(manifest["configuration"]),
        gate=_gate(path / "report" / "gate.md"),
    )


def _part(configuration: Mapping[str, Any]) -> str:
    """Which prompts of its sets a run asked, as its flags say it; "" for all."""
    given = ((name, configuration.get(name)) for name in ("limit", "sample", "sample_id"))
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in given if value)


def _gate(path: Path) -> str:
    """The word of the gate that wrote the file; "" without one."""
    try:
        with path.open(encoding="utf-8") as file:
            word = file.readline().removeprefix("## Gate: ").strip()
    except (OSError, ValueError):
        return ""
    return word if word in get_args(Word) else ""


def _estimates(path: Path) -> list[Estimate]:
    data = read_summed(path, "evalsuite report writes it anew")
    return [_estimate(row) for row in json.loads(data)]


def _estimate(row: Mapping[str, Any]) -> Estimate:
    value, low, high, n, prompts, method, estimand = (row[name] for name in INTERVAL)
    rest = {name: part for name, part in row.items() if name not in INTERVAL}
    return Estimate(interval=Interval(value, low, high, n, prompts, method, estimand), **rest)


def _prompt_set(name: str, said: Mapping[str, Any]) -> PromptSet:
    """The bundled set of that digest; of any other its name and digest alone are known."""
    try:
        (found,) = sets.find([name], said["dialect"])
        if found.digest == said["digest"]:
            return found
    except InputError:
        pass
    return PromptSet(
        name=name,
        version=said["version"],
        digest=said["digest"],
        dialect=said["dialect"],
        prompts=(),
        card={},
    )


def _headlines(
    prompt_sets: list[PromptSet], estimates: list[Estimate], measures: Mapping[str, Measure]
) -> list[Estimate]:
    return [
        estimate
        for prompt_set in prompt_sets
        for estimate in headlines(
            measures.values(), prompt_set, estimates_of(estimates, prompt_set.name)
        )
    ]


def _note(path: Path, estimates: list[Estimate]) -> str:
    """What the numbers lack, in a few words; "" for a run that is whole and wholly reported."""
    reported = (path / "estimates.json").stat().st_mtime
    rows = [*path.glob("samples-*.jsonl"), *path.glob("judgements-*.jsonl")]
    if any(segment.stat().st_mtime > reported for segment in rows):
        return "newer than its report"
    lacking = max((sum(e.missing.get(r, 0) for r in UNFINISHED) for e in estimates), default=0)
    return f"unfinished: {lacking:,} images" if lacking else ""
