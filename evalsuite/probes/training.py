"""From labelled pictures to a probe with its card, and to the audit of a scorer that uses it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.audits.accuracy import assess
from evalsuite.audits.known import KnownCase
from evalsuite.audits.run import AuditOutcome
from evalsuite.encoders import probe as probes
from evalsuite.encoders.clip import BATCH, Clip
from evalsuite.files.values import rounded
from evalsuite.probes.fitting import FEWEST, FOLDS, CrossValidated, Fit, Floats, cross_validate, fit
from evalsuite.probes.labelled import Labelled, digest
from evalsuite.records import (
    Case,
    InputError,
    Interval,
    Json,
    Key,
    Measure,
    Picture,
    Progress,
    Prompt,
)
from evalsuite.runs.images import load_features, save_features
from evalsuite.scorers._probing import FIELD, ProbeScorer

SET = "labelled"
WANTED = 0.95
"""Held-out answers beyond the margin are to be right so often, unless a share is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A head, what it said of held-out pictures, and the pictures in the same order."""

    fit: Fit
    held_out: CrossValidated
    labels: tuple[str, ...]
    pictures: Sequence[Labelled]

    def said(self, row: int) -> str:
        """The held-out answer to a picture; "unknown" where there is none."""
        place = probes.chosen(self.held_out.probabilities[row], float(self.held_out.margins[row]))
        return probes.UNKNOWN if place is None else self.labels[place]


def encode(
    pictures: Sequence[Labelled],
    clip: Clip,
    stored: Sequence[Path],
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """One unit vector per picture, shape (pictures, width).

    Vectors that lie in one of the folders `stored`, as a run keeps them, are taken from there; new
    ones are kept in the first.
    """
    rows: list[NDArray[np.float32]] = []
    for start in range(0, len(pictures), BATCH):
        if progress is not None:
            progress("encode", start, len(pictures))
        batch = [each.picture for each in pictures[start : start + BATCH]]
        for picture in batch:
            found = (load_features(folder, clip.key, picture.sha256) for folder in stored)
            vector = next((vector for vector in found if vector is not None), None)
            if vector is not None:
                picture.features[clip.key] = vector
        pending = [picture for picture in batch if clip.key not in picture.features]
        rows.extend(clip.images(batch))
        for picture in pending:
            save_features(stored[0], clip.key, picture.sha256, picture.features[clip.key])
        for picture in batch:
            picture.__dict__.pop("pixels", None)
    if progress is not None:
        progress("encode", len(pictures), len(pictures))
    return np.stack(rows)


def train(
    pictures: Sequence[Labelled],
    vectors: NDArray[np.float32],
    *,
    wanted: float = WANTED,
    seed: int = 0,
) -> Trained:
    """Fit a head and cross-validate it; labels are in alphabetical order.

    Raises `InputError` for one label alone, more than a probe may have, and one of too few groups.
    """
    labels = tuple(sorted({each.label for each in pictures}))
    if not 2 <= len(labels) <= probes.MOST_LABELS:
        raise InputError(
            f"{len(labels)} labels ({', '.join(labels[:3])}): a probe tells 2 to "
            f"{probes.MOST_LABELS} apart; label more, or join some"
        )
    for label in labels:
        of_label = {each.group for each in pictures if each.label == label}
        if len(of_label) < FEWEST:
            raise InputError(
                f"label {label!r}: {len(of_label)} pictures (or groups of them), and {FEWEST} are "
                f"needed for {FOLDS} folds; label more of it"
            )
    names = sorted({each.group for each in pictures})
    groups = np.searchsorted(names, [each.group for each in pictures])
    truth = np.searchsorted(labels, [each.label for each in pictures])
    return Trained(
        fit=fit(vectors, truth, groups, wanted, seed),
        held_out=cross_validate(vectors, truth, groups, wanted, seed),
        labels=labels,
        pictures=pictures,
    )


def card_of(
    trained: Trained,
    clip: Clip,
    *,
    encoder: tuple[str, str | None],
    folder: str,
    wanted: float,
    seed: int,
    said: Mapping[str, str],
) -> dict[str, Json]:
    """The probe's card: its data, encoder, what was chosen, and how often it was right held out.

    `said` are its name, its subject, its dialect and its data's licence.
    """
    import sklearn

    found, pictures = trained.fit, trained.pictures
    return {
        **{key: said[key] for key in ("name", "subject", "dialect")},
        "labels": list(trained.labels),
        "encoder": {
            "model": encoder[0],
            "pretrained": encoder[1],
            "weights_sha256": clip.sha256,
            "width": int(found.weight.shape[1]),
        },
        "margin": found.margin,
        "data": {
            "folder": folder,
            "digest": digest(pictures),
            "licence": said["licence"],
            "n": dict(sorted(Counter(each.label for each in pictures).items())),
            "groups": len({each.group for each in pictures}),
        },
        "fit": {
            "method": "logistic regression, every label of the same weight",
            "scikit-learn": sklearn.__version__,
            "inverse_penalty": found.inverse_penalty,
            "temperature": rounded(found.temperature),
            "wanted": wanted,
            "reached": found.reached,
            "seed": seed,
        },
        "cross_validated": {
            "folds": f"{FOLDS}, grouped, each with its own penalty, temperature and margin",
            "confusion": rounded(confusion(trained)),
            "reliability": rounded(reliability(trained)),
        },
    }


def confusion(trained: Trained) -> dict[str, dict[str, Json]]:
    """By true label and held-out answer ("unknown" is one): how many, and the share with interval.

    The clusters are the groups.
    """
    said = [trained.said(row) for row in range(len(trained.pictures))]
    answers = [*(label for label in trained.labels if label != probes.UNKNOWN), probes.UNKNOWN]
    table: dict[str, dict[str, Json]] = {}
    for label in trained.labels:
        rows = [row for row, each in enumerate(trained.pictures) if each.label == label]
        groups = [trained.pictures[row].group for row in rows]
        of_label = [said[row] for row in rows]
        table[label] = {
            answer: _as_json(
                stats.share(labels=of_label, label=answer, clusters=groups), of_label.count(answer)
            )
            for answer in answers
        }
    return table


def reliability(trained: Trained) -> dict[str, Json]:
    """How honest held-out probabilities of the likeliest label are, with temperature or without."""
    truth = [trained.labels.index(each.label) for each in trained.pictures]

    def of(shares: Floats) -> stats.Calibration | None:
        right = [float(best == true) for best, true in zip(shares.argmax(1), truth, strict=True)]
        return stats.calibration(probabilities=np.minimum(shares.max(1), 1.0), outcomes=right)

    after, before = of(trained.held_out.probabilities), of(trained.held_out.raw)
    assert after is not None and before is not None
    bins = [each._asdict() for each in after.bins]
    return {**after._asdict(), "bins": bins, "error_without_temperature": before.error}


def audit_of(
    trained: Trained, scorers: Sequence[ProbeScorer], measures: Sequence[Measure], dialect: str
) -> AuditOutcome:
    """How often the scorers' held-out answers are right, as a report quotes it.

    Each picture is answered by heads that saw none of its group, with their own margin. The
    clusters are the groups; rows by the table's other columns stand beside. Of pictures that people
    could not tell there is no right answer to give: they are in the card alone. The descriptions of
    the scorers are left to the caller.
    """
    known, judgements = [], {}
    for scorer in scorers:
        scorer.look([each.picture for each in trained.pictures])
    for row, each in enumerate(trained.pictures):
        if each.label == probes.UNKNOWN:
            continue
        prompt = Prompt(f"{row:06d}", each.label, "", groups=dict(each.groups))
        key = Key(SET, prompt.id, 0)
        shares = trained.held_out.probabilities[row].tolist()
        for scorer in scorers:
            case = Case(key, prompt, each.picture)
            judgements[scorer.name, key] = scorer.answer(
                case, shares, float(trained.held_out.margins[row])
            )
        # Named by its group: an audit's clusters are pictures.
        known.append(KnownCase(Case(key, prompt, _named(each)), {FIELD: each.label}))
    return AuditOutcome(
        audited=assess(known, judgements, measures),
        scorers={},
        questions=len(known),
        images=len({each.picture.sha256 for each in trained.pictures}),
        dialect=dialect,
    )


def _named(each: Labelled) -> Picture:
    return Picture(each.group, each.picture.decode)


def _as_json(share: Interval, n: int) -> dict[str, Json]:
    return {"n": n, "share": share.value, "low": share.low, "high": share.high}
