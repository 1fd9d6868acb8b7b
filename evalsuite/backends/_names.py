"""What the names of picture files say of their prompts, where no list does.

Names as programs and services write them, as read in their sources or in what people publish:

| from | name |
|---|---|
| evalsuite, many benchmarks | `<prompt id>/<k>.png` |
| GenEval | `00000/metadata.jsonl` with the prompt, and `00000/samples/0000.png` |
| T2I-CompBench | `<prompt>_000000.png` |
| UniGenBench, WISE | `<id>_<k>.png`, `<id>.png` |
| OneIG-Bench | `<class>/<model>/<id>.webp`: a grid, with black where an image is missing |
| Midjourney | `<user>_<prompt>_<UUID>.png`, with `_0` to `_3` behind, or a grid of four |
| Craiyon | `craiyon_<time>_<prompt>.png` |
| DALL·E on the web | `DALL·E <date> <time> - <prompt>.png` |

Services write a prompt's letters and digits with `_` or spaces between, and cut it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MIDJOURNEY = re.compile(rf"(?P<text>.+)_{UUID}(?:_(?P<index>[0-3]))?", re.IGNORECASE)
CRAIYON = re.compile(r"craiyon_[0-9]{4,6}_(?P<text>.+)", re.IGNORECASE)
DALLE = re.compile(
    r"DALL.{0,2}E[ _][0-9]{4}-[0-9]{2}-[0-9]{2}[ _][0-9]{2}.[0-9]{2}.[0-9]{2}"
    r"[ _]*-[ _]*(?P<text>.+)"
)
COMPBENCH = re.compile(r"(?P<text>.+)_(?P<index>[0-9]{6})")
NUMBERED = re.compile(r"(?P<text>.+?)[-_ ](?P<index>[0-9]{1,6})")
NUMBER = re.compile(r"[0-9]{1,6}")
MAX_METADATA = 1 << 20
"""Bytes of a GenEval prompt's own file that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One file and what its name may mean.

    `ids` are prompt ids that it may have, each with the image's number where one is written;
    `text` is the prompt as the name has it, which may be `cut`, with a `user` in front. `is_text`
    says that the text comes before ids. `cells` are a grid's rows and columns.
    """

    file: str
    ids: tuple[tuple[str, int | None], ...] = ()
    text: str = ""
    index: int | None = None
    cut: bool = False
    user: bool = False
    is_text: bool = False
    cells: tuple[int, int] = (1, 1)
    layout: str = "<prompt id>"


def words(text: str) -> str:
    """Letters and digits in small letters, all else as single spaces: what every name keeps."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def read_name(root: Path, file: PurePosixPath) -> Named:
    """What a file's name, and the folders that it lies in, may mean."""
    stem, name = file.stem, file.as_posix()
    if found := MIDJOURNEY.fullmatch(stem):
        return Named(
            file=name,
            text=found["text"],
            index=_number(found["index"]),
            cut=True,
            user=True,
            is_text=True,
            layout="Midjourney",
        )
    for pattern, layout in ((CRAIYON, "Craiyon"), (DALLE, "DALL·E")):
        if found := pattern.fullmatch(stem):
            return Named(file=name, text=found["text"], cut=True, is_text=True, layout=layout)
    if file.parent.name == "samples" and NUMBER.fullmatch(stem):
        return _geneval(root, file)
    if found := COMPBENCH.fullmatch(stem):
        number = int(found["index"])
        return Named(
            file=name,
            ids=((found["text"], number),),
            text=found["text"],
            index=number,
            cut=True,
            is_text=True,
            layout="T2I-CompBench",
        )
    return _by_id(file)


def _by_id(file: PurePosixPath) -> Named:
    stem, folders = file.stem, file.parts[:-1]
    ids: list[tuple[str, int | None]] = []
    layout = "<prompt id>"
    if folders and NUMBER.fullmatch(stem):
        ids.append((folders[-1], int(stem)))
        layout = "<prompt id>/<k>"
    ids.append((stem, None))
    index = None
    if found := NUMBERED.fullmatch(stem):
        index = int(found["index"])
        ids.append((found["text"], index))
        layout = "<prompt id>_<k>"
    is_grid = len(folders) == 2 and file.suffix.lower() == ".webp"
    return Named(
        file=file.as_posix(),
        ids=tuple(ids),
        text=stem,
        layout="OneIG-Bench" if is_grid else layout,
        cells=(2, 2) if is_grid else (1, 1),
    )


def _geneval(root: Path, file: PurePosixPath) -> Named:
    """The prompt stands in a file of its own; the folder's name is its line, from 0."""
    folder = file.parent.parent
    text = ""
    try:
        with (root / folder / "metadata.jsonl").open(encoding="utf-8-sig") as stream:
            row = json.loads(stream.read(MAX_METADATA))
        text = row["prompt"] if isinstance(row["prompt"], str) else ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        text = ""  # then it goes by the folder's name alone
    return Named(
        file=file.as_posix(),
        ids=((folder.name, int(file.stem)),),
        text=text,
        index=int(file.stem),
        is_text=bool(text),
        layout="GenEval",
    )


def _number(written: str | None) -> int | None:
    return None if written is None else int(written)


def counted_from_zero(rows: Sequence[Named]) -> dict[str, int]:
    """By layout, what to take from its numbers so that each begins at 0: 1 or 0."""
    least: dict[str, int] = {}
    for row in rows:
        for number in [row.index, *(index for _, index in row.ids)]:
            if number is not None:
                least[row.layout] = min(least.get(row.layout, number), number)
    return {layout: int(number == 1) for layout, number in least.items()}
