"""Runs of people written out as letters: "w" a woman, "m" a man, "?" not told, and no picture."""

import numpy as np

from evalsuite.audits.record import Audited, Share
from evalsuite.bias.chapter import chapter
from evalsuite.bias.given import Given
from evalsuite.bias.record import Known, Source
from evalsuite.files.values import as_key
from evalsuite.measures import estimate
from evalsuite.records import Interval, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.report import Report
from evalsuite.scorers import presentation, skin_tone

MEASURES = {m.name: m for m in (*presentation.MEASURES, *skin_tone.MEASURES)}
WORDS = {"w": "woman", "m": "man"}
REASONS = {"?": "unknown: the scorer is not sure", "0": "unknown: no person was found"}
LOST = {"-": "refused", "x": "blocked"}
"""Letters of pictures that never came; "." is one that was never drawn."""
SOURCE = Source(name="test", words="a test's own", short="test")


def make(
    letters: dict[str, list[str]],
    *,
    references: dict[str, float] | None = None,
    tones: dict[str, list[str]] | None = None,
    second: dict[str, list[str]] | None = None,
    audit=None,
    name: str = "people",
) -> Given:
    """From {occupation: [a letter an image, a string a sentence]} the chapter's input.

    `tones` has the tones of the images likewise, "a" for 10; `second` another instrument's letters.
    """
    prompts, samples, judgements = [], {}, {}
    for job, sentences in letters.items():
        for at, row in enumerate(sentences):
            prompt = Prompt(
                f"{job}-{at}",
                f"a {job}, {at}",
                "occupation",
                groups={"occupation": job, "template": f"[...], {at}"},
                subject="person",
            )
            prompts.append(prompt)
            for index, letter in enumerate(row):
                key = Key(name, prompt.id, index)
                if letter == ".":
                    continue
                status = LOST.get(letter, "ok")
                image = "a" * 64 if status == "ok" else None
                samples[key] = Sample(key, 1, status, image=image)
                if status == "ok":
                    told = [("presentation", "label", WORDS.get(letter), letter)]
                    if tones is not None:
                        tone = tones[job][at][index]
                        said = None if tone == "?" else "10" if tone == "a" else tone
                        told.append(("skin_tone", "tone", said, "?" if tone == "?" else ""))
                    if second is not None:
                        other = second[job][at][index]
                        told.append(("presentation_vqa", "label", WORDS.get(other), other))
                    for scorer, field, value, mark in told:
                        judgements[scorer, key] = Judgement(
                            scorer,
                            key,
                            {field: value},
                            reasons={field: REASONS[mark]} if value is None else {},
                        )
    prompt_set = PromptSet(
        name=name,
        version="1",
        digest="d",
        dialect="everyday",
        prompts=tuple(prompts),
        cluster=("occupation",),
    )
    planned = [
        Key(name, f"{job}-{at}", index)
        for job, rows in letters.items()
        for at, row in enumerate(rows)
        for index in range(len(row))
    ]
    measures = dict(MEASURES)
    if second is not None:
        from evalsuite.scorers import _presentation_measures as of

        measures |= {m.name: m for m in of.measures("presentation_vqa")}
    used = [m for m in measures.values() if m.scorer in {scorer for scorer, _ in judgements}]
    estimates = estimate([prompt_set], samples, judgements, planned, used)
    known = {job: Known(share) for job, share in (references or {}).items()}
    return Given(
        prompt_sets=[prompt_set],
        samples=samples,
        judgements=judgements,
        planned=planned,
        estimates=estimates,
        measures={m.name: m for m in used},
        audit=audit or {},
        references={name: {"presentation.woman": known}} if known else {},
        sources={name: SOURCE} if known else {},
    )


def make_audit(measure: str, right: dict[str, tuple[int, int]], groups=({},), name="people"):
    """An audit with these right answers and all, per truth, at the places of these groups."""
    n = sum(of for _, of in right.values())
    accuracy = sum(k / of for k, of in right.values()) / len(right)
    recalls = {
        truth: Share(k / of, k / of - 0.1, min(1, k / of + 0.1), of)
        for truth, (k, of) in right.items()
    }
    audited = Audited(
        interval=Interval(accuracy, accuracy - 0.05, min(1.0, accuracy + 0.05), n, n),
        chance=1 / len(right),
        scorer=measure.partition(".")[0],
        field="label",
        form="label",
        recalls=recalls,
        confusion={truth: {truth: k, "other": of - k} for truth, (k, of) in right.items()},
    )
    return {(name, measure, as_key(group)): audited for group in groups}


def make_report(run: Given) -> Report:
    """The report of such a run, with its chapter."""
    found = chapter(run)
    return Report(
        title="a model",
        model="a model",
        manifest={},
        prompt_sets=run.prompt_sets,
        samples=run.samples,
        judgements=run.judgements,
        estimates=run.estimates,
        load_image=lambda sha256: np.full((8, 8, 3), 200, np.uint8),
        measures=run.measures,
        planned=run.planned,
        audit=run.audit,
        chapter=found,
    )
