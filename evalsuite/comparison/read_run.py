"""A run's folder read as one side of a comparison."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from evalsuite.comparison.snapshot import Side, side
from evalsuite.files.segments import canonical
from evalsuite.measures import declared
from evalsuite.records import Json, Key, PromptSet, Request, Sample
from evalsuite.runs import folder as run
from evalsuite.runs.identity import scorer_identity


def read(
    folder: Path, prompt_sets: Sequence[PromptSet], requests: Sequence[Request], name: str = ""
) -> Side:
    """The run in `folder`, whose plan `prepare.remake_work` gives; `name` is what to call it.

    It is complete where every planned image has its row and, if drawn, its whole file and a
    judgement by each of the run's scorers. Raises `InputError` where the folder is no run.
    """
    manifest = run.read_manifest(folder)
    samples = run.read_samples(folder)
    judgements = run.read_judgements(folder)
    scorers = {one: identity(said) for one, said in manifest["scorers"].items()}
    ready = all(
        _is_final(folder, request.key, samples, set(judgements), list(scorers))
        for request in requests
    )
    return side(
        name=name or folder.name,
        dialect=str(manifest["dialect"]),
        seed=int(manifest["seed"]),
        prompt_sets=prompt_sets,
        requests=requests,
        samples=samples,
        judgements=judgements,
        scorers=scorers,
        known=declared(manifest["scorers"]),
        complete=ready,
    )


def identity(said: Mapping[str, Json]) -> str:
    """SHA-256 of what a scorer said of itself: models, weights, thresholds.

    Package versions are left out: they are on record beside it, and a newer library is not
    another scorer.
    """
    own = {k: value for k, value in scorer_identity(said).items() if k != "packages"}
    return hashlib.sha256(canonical(own).encode("ascii")).hexdigest()


def _is_final(
    folder: Path,
    key: Key,
    samples: Mapping[Key, Sample],
    judged: set[tuple[str, Key]],
    scorers: Sequence[str],
) -> bool:
    sample = samples.get(key)
    if sample is None or sample.image is None:
        return sample is not None
    return run.has_image(folder, sample.image) and all((one, key) in judged for one in scorers)
