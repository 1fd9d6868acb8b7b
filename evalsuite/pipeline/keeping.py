"""Keep what was drawn: the images first, then the rows that name them."""

from collections.abc import Sequence
from concurrent.futures import Executor
from threading import Lock
from typing import cast

from evalsuite.files.segments import Segment
from evalsuite.plugins import call
from evalsuite.records import Drawn, NoImage, Pixels, Request, Sample
from evalsuite.runs.images import Images
from evalsuite.runs.rows import write_sample


def keep_drawn(
    images: Images,
    segment: Segment,
    writers: Executor,
    lock: Lock,
    batch: Sequence[Request],
    answers: call.Answers,
) -> int:
    """Write a batch's images and then its rows; how many of them failed.

    `writers` compress the images; the `lock` is held while rows are appended to the segment.
    """
    facts, found = [], []
    for answer in answers():
        facts.append(answer.facts if isinstance(answer, Drawn) else None)
        found.append(cast(Pixels | NoImage, answer.image if isinstance(answer, Drawn) else answer))
    names = iter(images.save([a for a in found if not isinstance(a, NoImage)], writers))
    samples = [
        Sample(request.key, request.seed, answer.status, reason=answer.reason, facts=said)
        if isinstance(answer, NoImage)
        else Sample(request.key, request.seed, "ok", image=next(names), facts=said)
        for request, answer, said in zip(batch, found, facts, strict=True)
    ]
    with lock:
        write_sample(segment, *samples)
    return sum(sample.status == "failed" for sample in samples)
