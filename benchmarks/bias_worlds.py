"""Worlds of known shares and instruments of known errors, for `benchmarks/bias.py`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.bias import references

Floats = NDArray[np.float64]
Generator = np.random.Generator

SHIPPED = Path(__file__).parents[1] / "evalsuite" / "scenes" / "audits" / "presentation.json"
UNKNOWN = stats.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class World:
    """True shares by label, families x images with a correlation, and an instrument.

    `errors` is P(says | is), answers by labels, the last answer being `UNKNOWN`; `audited` holds
    the matrix that the audit's pictures have, where it is another. `audit` pictures of each label
    are audited, and `labels` of the run's own are labelled by people.
    """

    name: str
    shares: tuple[float, ...]
    families: int
    images: int
    icc: float
    errors: Floats
    audited: Floats | None = None
    audit: int = 100
    labels: int = 80


def instrument(
    sensitivity: float, specificity: float, unknown: tuple[float, float] = (0.0, 0.0)
) -> Floats:
    """Of two labels: right among the told, and abstaining as often as stated of each."""
    told = 1 - np.array(unknown)
    return np.array(
        [
            [sensitivity * told[0], (1 - specificity) * told[1]],
            [(1 - sensitivity) * told[0], specificity * told[1]],
            list(unknown),
        ]
    )


def of_ten(accuracy: float, unknown: float) -> Floats:
    """Of ten ordered labels: errors go to the neighbours, twice as often to the nearest."""
    places = np.arange(10)
    near = np.exp2(-np.abs(places[:, None] - places[None, :]).astype(np.float64))
    np.fill_diagonal(near, 0.0)
    matrix = (1 - accuracy) * near / near.sum(axis=0) + accuracy * np.eye(10)
    return np.vstack((matrix * (1 - unknown), np.full(10, unknown)))


def drawn(world: World, dice: Generator) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """What each picture is, what is said of it, and its family."""
    shares = np.array(world.shares)
    codes = np.repeat(np.arange(world.families), world.images)
    if world.icc:
        spread = np.maximum(shares * (1 - world.icc) / world.icc, 1e-9)
        of_family = dice.gamma(spread, 1.0, (world.families, len(shares)))
        of_family = np.maximum(of_family, 1e-300)
        of_family /= of_family.sum(axis=1, keepdims=True)
    else:
        of_family = np.tile(shares, (world.families, 1))
    truth = _pick(of_family[codes], dice)
    return truth, _pick(world.errors.T[truth], dice), codes


def _pick(chances: Floats, dice: Generator) -> NDArray[np.intp]:
    """A place in each row, by its chances."""
    places = (dice.random(len(chances))[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    return places.clip(0, chances.shape[1] - 1)


def audit_of(world: World, dice: Generator) -> dict[str, dict[str, int]]:
    """The audit's counts, by true label and answer."""
    matrix = world.errors if world.audited is None else world.audited
    names = names_of(world)
    return {
        names[label]: dict(
            zip(names, dice.multinomial(world.audit, matrix[:, label]).tolist(), strict=True)
        )
        for label in range(len(world.shares))
    }


def names_of(world: World) -> list[str]:
    """The answers' names: the labels' and `UNKNOWN`."""
    return [*(f"label {place}" for place in range(len(world.shares))), UNKNOWN]


def own_matrix() -> Floats:
    """The bundled scorer's error matrix on the bundled pictures, from its shipped audit."""
    scorers = json.loads(SHIPPED.read_text(encoding="utf-8"))["scorers"]
    rows = [
        row
        for row in scorers["presentation"]["audited"]
        if row["field"] == "label" and not row["group"] and row["kind"] == "clean renders"
    ]
    counts: Mapping[str, Mapping[str, int]] = rows[0]["confusion"]
    table = np.array(
        [
            [counts[is_].get(says, 0) for is_ in ("woman", "man")]
            for says in ("woman", "man", "no answer")
        ],
        dtype=np.float64,
    )
    return table / table.sum(axis=0)


def worlds() -> list[World]:
    """The worlds of the tables, by the question that they put."""
    taught = references.load("taught").rows
    found = [
        World(
            name=f"scenes, {job}s ({taught[job].share:.0%} taught), {words}",
            shares=(taught[job].share, 1 - taught[job].share),
            families=200,
            images=1,
            icc=0.0,
            errors=errors,
        )
        for job, words, errors in (
            ("builder", "right of 70 %", instrument(0.70, 0.70)),
            (
                "nurse",
                "right of 80 %, unknown of 10 % and 20 %",
                instrument(0.80, 0.80, (0.1, 0.2)),
            ),
            ("chef", "right of 90 %", instrument(0.90, 0.90)),
            ("teacher", "right of 99 %", instrument(0.99, 0.99)),
            ("builder", "its own matrix", own_matrix()),
        )
    ]
    return [*found, *_general()]


def _general() -> list[World]:
    """Small and even shares, families, an audit that does not hold, and ten labels."""
    good = instrument(0.90, 0.95)
    found = [
        World(
            name=f"share .{hundredths:02d}, Se .90, Sp .95, 400 single images",
            shares=(hundredths / 100, 1 - hundredths / 100),
            families=400,
            images=1,
            icc=0.0,
            errors=good,
        )
        for hundredths in (2, 10, 50)
    ]
    found += [
        World(
            name=f"share .{hundredths:02d}, Se .90, Sp .95, 50 families of 8, correlation .3",
            shares=(hundredths / 100, 1 - hundredths / 100),
            families=50,
            images=8,
            icc=0.3,
            errors=good,
        )
        for hundredths in (2, 10, 50)
    ]
    found += [
        World(
            name=f"share .{hundredths:02d}, 15 points worse than its audit (.90, .95)",
            shares=(hundredths / 100, 1 - hundredths / 100),
            families=400,
            images=1,
            icc=0.0,
            errors=instrument(0.75, 0.80),
            audited=good,
        )
        for hundredths in (2, 10, 50)
    ]
    skewed = (0.20, 0.16, 0.14, 0.12, 0.10, 0.08, 0.07, 0.06, 0.05, 0.02)
    found += [
        World(
            name=f"ten labels, right of {accuracy:.0%} of the read, unknown of 10 %, "
            "100 families of 4, correlation .3",
            shares=skewed,
            families=100,
            images=4,
            icc=0.3,
            errors=of_ten(accuracy, 0.1),
        )
        for accuracy in (0.7, 0.9)
    ]
    return found
