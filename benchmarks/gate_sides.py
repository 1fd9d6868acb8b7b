"""Arrays of scores as sides of a comparison, so that `gating.decide` can judge them too."""

import numpy as np
from gate_worlds import BOUNDS, MARGINS, MEASURES, Codes, Floats, unchanged

from evalsuite import gating
from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.gating.policy import Policy, Rule
from evalsuite.measures.reading import Reading
from evalsuite.records import Key, Measure

ALPHA = 0.01

NAMES = {
    "binary": tuple(f"objects.{name}" for name in ("correct", "present", "count", "color")),
    "bounded": tuple(f"made.up{n}" for n in range(MEASURES)),
    "heavy-tailed": tuple(f"made.up{n}" for n in range(MEASURES)),
}


def side(kind: str, values: Floats, clusters: Codes) -> Side:
    """Values of the shape (measures, prompts, images) as a side; NaN is refused."""
    keys = [Key("s", f"p{n:03}", i) for n, i in np.ndindex(values.shape[1:])]
    names = NAMES[kind]
    readings = {
        (name, key): Reading(
            None if np.isnan(v) else float(v), "refused", f"p{clusters[int(key.prompt_id[1:])]:03}"
        )
        for name, table in zip(names, values, strict=True)
        for key, v in zip(keys, table.ravel(), strict=True)
    }
    scorer = names[0].partition(".")[0]
    return Side(
        name="made up",
        dialect="scenes",
        seed=0,
        prompt_sets={"s": "d"},
        prompts={key[:2]: Asked("", {}) for key in keys},
        planned=tuple(keys),
        seeds={key: at for at, key in enumerate(keys)},
        measures={name: _measure(name, kind) for name in names},
        readings=readings,
        scorers={scorer: "s"},
        images={},
        complete=True,
    )


def _measure(name: str, kind: str) -> Measure:
    kinds = {"binary": "share", "bounded": "mean", "heavy-tailed": "mean"}
    return Measure(name=name, title=name, kind=kinds[kind], by=(), bounds=BOUNDS[kind])


def rules(kind: str, margin: float) -> Policy:
    # Missingness is a question of its own; here it may not hide a verdict.
    blocking = (Rule(name, margin, True, missing=1.0) for name in NAMES[kind])
    return Policy(tuple(blocking), ALPHA)


def decided(kind: str, before: Side, after: Side, margin: float) -> list[str]:
    """The words of `gating.decide`; a pass withheld for missingness alone counts as a pass."""
    verdicts = gating.decide(before, after, rules(kind, margin))
    return ["pass" if "of what was measured" in v.reason else str(v.word) for v in verdicts]


def reruns(seed: int, times: int = 100) -> int:
    """How many different answers one gate gives when it is asked so many times."""
    *values, clusters = unchanged("binary", np.random.default_rng([seed, 40]))
    runs = [side("binary", table, clusters) for table in values]
    return len(
        {repr(gating.decide(*runs, rules("binary", MARGINS["binary"]))) for _ in range(times)}
    )
