"""What there is to judge, and the judging of one batch of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from evalsuite.files.images import decode_image
from evalsuite.files.redact import redact
from evalsuite.plugins import call
from evalsuite.records import (
    Case,
    InputError,
    Judgement,
    Key,
    Picture,
    Pixels,
    Prompt,
    PromptSet,
    Sample,
    Scorer,
)
from evalsuite.runs.images import Images, encoders, load_features, save_features
from evalsuite.runs.rows import JudgementRow
from evalsuite.runs.seeds import twins


class Cell(NamedTuple):
    """A drawn image, what it was drawn for, and that prompt's other half."""

    key: Key
    prompt: Prompt
    image: str
    twin: Prompt | None


def drawn_cells(samples: Mapping[Key, Sample], prompt_sets: Sequence[PromptSet]) -> list[Cell]:
    """Every "ok" sample of the prompt sets, in planned order."""
    drawn: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples.values():
        drawn[sample.key.prompt_set, sample.key.prompt_id].append(sample)
    halves = twins(prompt_sets)
    return [
        Cell(sample.key, prompt, sample.image, halves.get((prompt_set.name, prompt.id)))
        for prompt_set in prompt_sets
        for prompt in prompt_set.prompts
        for sample in sorted(drawn[prompt_set.name, prompt.id], key=lambda sample: sample.key)
        if sample.status == "ok" and sample.image is not None
    ]


def case_of(cell: Cell, picture: Picture) -> Case:
    """What a scorer is asked about a cell whose picture is open."""
    return Case(cell.key, cell.prompt, picture, cell.twin)


def open_pictures(
    images: Images, names: Iterable[str], tally: Counter[str]
) -> dict[str, Picture | str]:
    """Each image by its name: a picture with its known features, or why there is none."""
    pictures: dict[str, Picture | str] = {}
    known = encoders(images.folder)
    for sha256 in names:
        try:
            data = images.read(sha256)
        except InputError as error:
            pictures[sha256] = redact(str(error))
            continue

        def decode(data: bytes = data, name: str = f"images/{sha256}.png") -> Pixels:
            return decode_image(data, name)

        loaded = {encoder: load_features(images.folder, encoder, sha256) for encoder in known}
        features = {encoder: array for encoder, array in loaded.items() if array is not None}
        tally["loaded"] += len(features)
        pictures[sha256] = Picture(sha256, decode, features)
    return pictures


def is_decoded(picture: Picture | str) -> bool:
    """Whether somebody has looked at the pixels."""
    return "pixels" in vars(picture) if isinstance(picture, Picture) else False


def judge_cells(
    folder: Path,
    scorer: Scorer,
    cells: Sequence[Cell],
    pictures: Mapping[str, Picture | str],
    tally: Counter[str],
) -> list[JudgementRow]:
    """What a scorer says of each cell; new features are put into the run's folder."""
    judged: list[JudgementRow] = []
    cases: list[Case] = []
    for cell in cells:
        picture = pictures[cell.image]
        if isinstance(picture, str):
            judged.append(JudgementRow(Judgement(scorer.name, cell.key, failure=picture), None))
        else:
            cases.append(case_of(cell, picture))
    before = {case.picture.sha256: dict(case.picture.features) for case in cases}
    for at in range(0, len(cases), scorer.batch_size):
        batch = cases[at : at + scorer.batch_size]
        answers = call.judge(scorer, batch, tally)
        shown = [case.picture.sha256 for case in batch]
        judged += map(JudgementRow, answers, shown)
    # Features before rows: killed in between, the next scorer still need not encode anew.
    for picture in {case.picture.sha256: case.picture for case in cases}.values():
        for encoder, array in picture.features.items():
            if array is not before[picture.sha256].get(encoder):
                tally["encoded"] += 1
                save_features(folder, encoder, picture.sha256, array)
    tally["failed"] += sum(each.judgement.failure is not None for each in judged)
    return judged
