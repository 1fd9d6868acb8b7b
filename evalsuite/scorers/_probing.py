"""Judging with a probe: shared by the scorers `probe` and `presentation_probe`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evalsuite.encoders.clip import BATCH, Clip, needed
from evalsuite.encoders.clip import load as load_clip
from evalsuite.encoders.probe import UNKNOWN, Probe, chosen, read
from evalsuite.files.hub import Repository
from evalsuite.records import Case, Choice, Json, Judgement, Picture, Prompt

NOT_SURE = "unknown: the scorer is not sure"
LIKE_UNKNOWN = "unknown: it looks like pictures that people could not tell"
FIELD = "label"


def open_probe(
    head: str, model: str | None, pretrained: str | None, device: str
) -> tuple[Probe, Clip]:
    """The probe in the folder `head`, and the CLIP of whose vectors it is: its card's, or `model`.

    Raises `InputError` for what is no probe, and for another CLIP than the one it was fitted on.
    """
    probe = read(Path(head).expanduser())
    encoder = probe.card["encoder"]
    name, tag = (model, pretrained) if model else (encoder["model"], encoder["pretrained"])
    clip = load_clip(name, tag, device)
    probe.refuse_other(clip)
    return probe, clip


def probe_needed(head: str, model: str | None, pretrained: str | None) -> list[Repository]:
    """The hub's repository of the CLIP that the probe in `head` reads."""
    encoder = read(Path(head).expanduser()).card["encoder"]
    return needed(*((model, pretrained) if model else (encoder["model"], encoder["pretrained"])))


class ProbeScorer:
    """Field: `label`, one of the probe's labels or unknown."""

    name = "probe"
    batch_size = BATCH

    def __init__(self, probe: Probe, clip: Clip) -> None:
        self.probe, self._clip = probe, clip

    def describe(self) -> Mapping[str, Json]:
        """The head's name, labels, margin and digest, and the CLIP."""
        return {"probe": self.probe.describe(), "clip": self._clip.describe()}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: the prompt's words are not read."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; a prompt of nobody gives none to a probe of people."""
        asked = [case.picture for case in cases if self._is_asked(case.prompt)]
        if asked:
            self.look(asked)
            self._clip.images(asked)
        return [self._judge(case) for case in cases]

    def look(self, pictures: Sequence[Picture]) -> None:
        """Prepare what `unseen` needs of several pictures at once."""

    def unseen(self, picture: Picture) -> str:
        """Why the picture has nothing to read, as a reason; "" where it has."""
        return ""

    def answer(self, case: Case, shares: Sequence[float], margin: float) -> Judgement:
        """The judgement that probabilities of the labels come to, in the labels' order."""
        reason, label = self.unseen(case.picture), None
        labels = self.probe.labels
        if not reason:
            place = chosen(np.asarray(shares), margin)
            label = None if place is None else labels[place]
            reason = NOT_SURE if place is None else LIKE_UNKNOWN if label == UNKNOWN else ""
        rounded = tuple(round(float(share), 4) for share in shares)
        value = None if reason else label
        return Judgement(
            scorer=self.name,
            key=case.key,
            values={FIELD: value},
            reasons={FIELD: reason} if reason else {},
            choices={FIELD: Choice(labels, rounded, value)},
        )

    def _is_asked(self, prompt: Prompt) -> bool:
        subject = self.probe.card["subject"]
        return not subject or prompt.subject == subject

    def _judge(self, case: Case) -> Judgement:
        if not self._is_asked(case.prompt):
            return Judgement(scorer=self.name, key=case.key, not_applicable=(FIELD,))
        shares = self.probe.probabilities(self._clip.images([case.picture]))[0]
        return self.answer(case, shares.tolist(), self.probe.margin)
