"""Reading text in pictures: RapidOCR's package of PaddleOCR's models, which travel in its wheel."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.encoders import answers
from evalsuite.records import InputError, Json, Picture

LONGEST_SIDE = 1024
"""A larger picture is shrunk to this many pixels per side before text is looked for; none is grown.
The package would grow small ones to 736, for 1.7 times the CPU time on pictures of 512; without it
`benchmarks/ocr.py` found nothing that was not read."""
CERTAINTY = 0.5
"""Lines that the recogniser scores lower are left out (the package's own default)."""
OVERLAP = 0.5
"""Two lines stand in one row if their heights overlap by this share of the smaller one, and above
one another if their widths do."""
ORDER = "rows by vertical overlap, each from left to right"
ENGINE = {
    "Global.log_level": "critical",
    "Global.text_score": CERTAINTY,
    # Generated pictures are upright: the classifier of lines that stand on their heads is left out.
    "Global.use_cls": False,
    "Det.limit_type": "max",
    "Det.limit_side_len": LONGEST_SIDE,
    # With one thread none waits for another: several took twice the CPU time on the same pictures.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text: its words, the recogniser's score (0 to 1), and four corners (x, y)."""

    text: str
    score: float
    corners: tuple[tuple[float, float], ...]


class TextReader:
    """A loaded text reader: it finds lines of text and reads them. A picture is read once."""

    def __init__(
        self, engine: Any, package: str, sha256: Mapping[str, str], alphabet: frozenset[str]
    ) -> None:
        self._engine, self._package, self._sha256 = engine, package, dict(sha256)
        self.alphabet = alphabet
        said = json.dumps(self.describe(), sort_keys=True)
        self.key = f"ocr-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
        self.images_read = 0

    def describe(self) -> Mapping[str, Json]:
        """The package, its models and the settings, for the manifest."""
        settings = {**ENGINE, "order": ORDER}
        return {"package": self._package, "weights_sha256": self._sha256, "settings": settings}

    def lines(self, picture: Picture) -> list[TextLine]:
        """The picture's lines of text in the order of reading; none is an empty list."""
        known: list[list[Any]] | None = answers.recall(picture, self.key).get("lines")
        if known is not None:
            return [_line(*row) for row in known]
        # The models were trained on OpenCV's order of channels: blue, green, red.
        output = self._engine(np.ascontiguousarray(picture.pixels[:, :, ::-1]))
        self.images_read += 1
        columns = () if output.txts is None else (output.txts, output.scores, output.boxes)
        found = in_reading_order([_line(*row) for row in zip(*columns, strict=True)])
        kept = [[line.text, line.score, [list(p) for p in line.corners]] for line in found]
        answers.keep(picture, self.key, {"lines": kept})
        return found


def _line(text: str, score: float, corners: Any) -> TextLine:
    points = tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners)
    return TextLine(text, round(float(score), 4), points)


def in_reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """Rows from top to bottom, and each row's lines from left to right.

    The package sorts by each line's upper edge, and so puts a tall word after a low one beside it
    (RapidOCR PR #587). Here lines are one row whose heights overlap by `OVERLAP` of the smaller.
    """
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: sum(_span(line, 1))):
        for row in rows:
            near = min(row, key=lambda other: abs(sum(_span(other, 0)) - sum(_span(line, 0))))
            stacked = any(_shared(line, other, 0) > OVERLAP for other in row)
            if _shared(line, near, 1) >= OVERLAP and not stacked:
                row.append(line)
                break
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: _span(line, 0))]


def _span(line: TextLine, axis: int) -> tuple[float, float]:
    """The least and greatest coordinate, of x (0) or y (1)."""
    along = [corner[axis] for corner in line.corners]
    return min(along), max(along)


def _shared(line: TextLine, other: TextLine, axis: int) -> float:
    """The overlap of two lines along an axis, as a share of the shorter of them."""
    (low, high), (start, end) = _span(line, axis), _span(other, axis)
    shorter = min(high - low, end - start)
    return max(0.0, min(high, end) - max(low, start)) / shorter if shorter > 0 else 0.0


@cache
def load() -> TextReader:
    """Load the reader once per process, from models inside the installed package; on the CPU.

    Raises `ModuleNotFoundError` without the `text` extra, and `InputError` where the package comes
    without its models, which it would otherwise fetch from the network.
    """
    import onnxruntime
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    files = {part: sorted(folder.glob(f"*_{part}_*.onnx"))[-1:] for part in ("det", "rec")}
    models = [path for newest in files.values() for path in newest]
    if len(models) < len(files):
        raise InputError("rapidocr: this install has no models in it; pip install 'rapidocr>=3.10'")
    paths = {f"{part.title()}.model_path": str(newest[0]) for part, newest in files.items()}
    meta = onnxruntime.InferenceSession(models[-1], providers=["CPUExecutionProvider"])
    letters = meta.get_modelmeta().custom_metadata_map["character"].splitlines()
    sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in models}
    engine = rapidocr.RapidOCR(params={**ENGINE, **paths})
    return TextReader(engine, f"rapidocr {version('rapidocr')}", sha256, frozenset(letters) | {" "})
