"""The index of the page: what images are searched and filtered by, a column for each.

In a column each image of a set is one character, in the order of `walk`.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsuite.prompts.headline import headlines_of
from evalsuite.records import Json, PromptSet
from evalsuite.report.cards import flagged_in
from evalsuite.report.content import Report
from evalsuite.report.evidence import verdict_fields
from evalsuite.report.pictures.questions import NOT_ASKED, Question, differ, questions_of
from evalsuite.report.pictures.texts import Texts
from evalsuite.report.pictures.walk import Image

_DIGITS = b"0123456789"
STATUSES = ("ok", "refused", "blocked", "invalid", "failed", "not drawn")


@dataclass
class _Set:
    """The columns of one set; of a question one that ends with the last image that raises it.

    `asked` are the numbers of the questions that each prompt raises.
    """

    indices: dict[str, list[int]] = field(default_factory=dict)
    asked: dict[str, list[int]] = field(default_factory=dict)
    status: bytearray = field(default_factory=bytearray)
    flagged: bytearray = field(default_factory=bytearray)
    differ: bytearray = field(default_factory=bytearray)
    answers: dict[int, bytearray] = field(default_factory=dict)


class Columns:
    """The columns of all sets, which grow by one image at a time."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._questions = questions_of(report.measures)
        scorers = {measure.scorer for measure in report.measures.values()}
        self._verdicts = {name: verdict_fields(report.measures, name) for name in scorers}
        self._blurring = [m for m in report.measures.values() if m.blur_from is not None]
        self._sets = {prompt_set.name: _Set() for prompt_set in report.prompt_sets}

    def add(self, image: Image) -> None:
        """Append an image to its set's columns."""
        own, key = self._sets[image.key.prompt_set], image.key
        own.indices.setdefault(key.prompt_id, []).append(key.index)
        status = "not drawn" if image.sample is None else image.sample.status
        place = len(own.status)
        own.status.append(_DIGITS[STATUSES.index(status)])
        own.flagged.append(_DIGITS[bool(flagged_in(self._blurring, image.judged))])
        own.differ.append(_DIGITS[bool(differ(image.judged, self._verdicts))])
        if key.prompt_id not in own.asked:
            asked = [n for n, each in enumerate(self._questions) if each.is_asked(image.prompt)]
            own.asked[key.prompt_id] = asked
        for number in own.asked[key.prompt_id]:
            answer = self._questions[number].answer(image.judged)
            if answer != NOT_ASKED:
                column = own.answers.setdefault(number, bytearray())
                column += (NOT_ASKED * (place - len(column)) + answer).encode()

    def told(self, chunk: int, folder: Path, images: Path | None) -> Json:
        """The index's data; keys are ours, texts are cleaned."""
        texts = Texts()
        labels: dict[tuple[str, str], int] = {}
        sets = [
            self._set(prompt_set, self._sets[prompt_set.name], texts, labels)
            for prompt_set in self._report.prompt_sets
        ]
        address = "" if images is None else Path(os.path.relpath(images, folder)).as_posix() + "/"
        return {
            "format": 1,
            "chunk": chunk,
            "images": address,
            "statuses": list(STATUSES),
            "shared": self._shared(),
            "questions": [self._question(question, texts) for question in self._questions],
            "labels": [[texts.clean(name), texts.clean(value)] for name, value in labels],
            "sets": sets,
        }

    def _shared(self) -> list[str]:
        """The fields that two scorers of one set answer: on these they can differ."""
        found = set()
        for scorers in self._report.scorers.values():
            times = Counter(field for name in scorers for field in self._verdicts.get(name, ()))
            found |= {field for field, count in times.items() if count > 1}
        return sorted(found)

    def _question(self, question: Question, texts: Texts) -> Json:
        measure = question.measure
        return [texts.clean(measure.name), texts.clean(measure.title), question.direction]

    def _set(
        self, prompt_set: PromptSet, own: _Set, texts: Texts, labels: dict[tuple[str, str], int]
    ) -> Json:
        prompts = []
        for prompt in prompt_set.prompts:
            if indices := own.indices.get(prompt.id):
                pairs = [*prompt.groups.items(), *([("tag", prompt.tag)] if prompt.tag else [])]
                said = [
                    texts.clean(prompt.id),
                    texts.clean(prompt.text),
                    [labels.setdefault(pair, len(labels)) for pair in pairs],
                    texts.clean(prompt.twin or ""),
                ]
                prompts.append([*said, _short(indices)])
        return {
            "name": texts.clean(prompt_set.name),
            "prompts": prompts,
            "status": own.status.decode(),
            "flagged": own.flagged.decode() if b"1" in own.flagged else "",
            "differ": own.differ.decode() if b"1" in own.differ else "",
            "answers": [
                [number, own.answers[number].decode().ljust(len(own.status), NOT_ASKED)]
                for number in self._order(prompt_set, own)
            ],
        }

    def _order(self, prompt_set: PromptSet, own: _Set) -> list[int]:
        """The set's questions: those of its card's headlines first, then the most prominent."""
        named = [headline.measure for headline in headlines_of(prompt_set.card)]

        def rank(number: int) -> tuple[int, int, int]:
            measure = self._questions[number].measure
            place = named.index(measure.name) if measure.name in named else len(named)
            return place, -measure.prominence, number

        return sorted(own.answers, key=rank)


def _short(indices: Sequence[int]) -> Json:
    """How many images a prompt has, or their indices where those do not count up from 0."""
    return len(indices) if list(indices) == list(range(len(indices))) else list(indices)
