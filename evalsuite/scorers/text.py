"""Whether the words that a prompt asks for can be read in the picture.

What it sees: lines of text, by optical character recognition (PaddleOCR's models in RapidOCR).
Why: garbled text is the best-known failure of these models, and reading can be counted.
How it errs: handwriting, curved, decorated or tiny letters are misread, and a reader trained on
real words may mend a misspelling; `benchmarks/ocr.py` has its accuracy on plain rendered text.
Text that the reader is not sure of counts as not read, so garbled letters are wrong and no
abstention: a picture of an "OPEN" sign on which nothing can be read shows no OPEN.
Source: exact match and normalised edit distance as in scene-text benchmarks
(`evalsuite.scorers._edit_distance`).
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.ocr import TextReader
from evalsuite.encoders.ocr import load as load_reader
from evalsuite.records import Case, Json, Judgement, Measure, Prompt
from evalsuite.scorers._edit_distance import comparable, compare

CITE = r"""
@misc{rapidocr,
  author = {{RapidAI Team}},
  title = {{Rapid OCR}: {OCR} Toolbox},
  howpublished = {\url{https://github.com/RapidAI/RapidOCR}},
  year = {2021},
}
"""

FIELDS = ("exact", "similarity", "words")

_READER = "Only what the reader can read: handwriting and ornament may be right and unread."

MEASURES: tuple[Measure, ...] = (
    Measure(
        name="text.exact",
        title="All that is written is what was asked",
        applies=("asks for words",),
        by=("length", "familiarity"),
        prominence=70,
        cannot_show=_READER + " One further sign in the scene fails it.",
    ),
    Measure(
        name="text.similarity",
        title="1 - normalised edit distance",
        kind="mean",
        unit="0-1",
        applies=("asks for words",),
        by=("length", "familiarity"),
        bounds=(0.0, 1.0),
        cannot_show=_READER + " Text that nobody asked for lowers it.",
    ),
    Measure(
        name="text.words",
        title="Asked words that can be read",
        kind="mean",
        applies=("asks for words",),
        by=("length", "familiarity"),
        bounds=(0.0, 1.0),
        cannot_show=_READER + " Neither the words' order nor what else is written.",
    ),
)


def load() -> "TextScorer":
    """Load the scorer; it has one reader, which runs on the CPU."""
    return TextScorer(load_reader())


class TextScorer:
    """Fields: `exact` (all that is read is what was asked), `similarity`, `words` (share right)."""

    name = "text"
    batch_size = 8

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader

    def describe(self) -> Mapping[str, Json]:
        """The reader's package, models and settings."""
        return self._reader.describe()

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """Prompts whose words have letters that the reader does not know."""
        lines = []
        for prompt in prompts:
            letters = set(comparable(prompt.words or ""))
            legible = {c for c in letters if {c, c.upper(), c.title()} & self._reader.alphabet}
            if unknown := sorted(letters - legible):
                which = ", ".join(f"{c!a}" for c in unknown[:5])
                lines.append(
                    f"prompt {prompt.id}: words has {which}, which the text scorer cannot read; "
                    "write it in letters that it knows"
                )
        return lines

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case; each picture is read once, and only where words are asked for."""
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        if case.prompt.words is None:
            return Judgement(scorer=self.name, key=case.key, not_applicable=FIELDS)
        lines = self._reader.lines(case.picture)
        reading = " ".join(line.text for line in lines)
        close = compare(case.prompt.words, reading)
        evidence: dict[str, Json] = {
            "read": reading,
            "lines": [
                {"text": line.text, "score": line.score, "corners": [list(p) for p in line.corners]}
                for line in lines
            ],
        }
        values = {field: round(getattr(close, field), 4) for field in FIELDS}
        return Judgement(scorer=self.name, key=case.key, values=values, evidence=evidence)
