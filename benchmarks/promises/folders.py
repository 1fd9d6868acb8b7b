"""Promise 15, folders of images: no name in a list or on the disk leads out, or crashes anything.

Each name is listed in `metadata.jsonl` and in `metadata.csv`, given to a folder of images itself
where the file system takes it, and made a link that leads out of the folder. Beside every folder
lies a picture of one colour that no folder may give.
"""

import csv
import json
import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.promises._forks import spread
from benchmarks.promises._odd_names import names
from benchmarks.promises._tiny import workplace
from benchmarks.promises.proof import Proof
from evalsuite.backends import folder as back_end
from evalsuite.files.images import encode_png
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

NUMBER = 15
PROMISE = (
    "Whatever names a folder of images has or lists, each is read within the folder, or refused "
    "in one line; no link and no path leads out."
)
INSIDE, OUTSIDE = 90, 200
"""Values of the pictures that may be given, and of those that may not."""


def prove(quick: bool) -> Proof:
    """Every name in every place; `quick` takes each tenth."""
    chosen = names(600)[:: 10 if quick else 1]
    with workplace() as place:

        def work(name: str) -> tuple[dict[str, int], list[str]]:
            home = place / str(chosen.index(name))
            try:
                return tried(home, name)
            finally:
                shutil.rmtree(home)

        found = spread(chosen, work)
    ends: Counter[str] = Counter()
    for counts, _ in found:
        ends.update(counts)
    broken = [line for _, lines in found for line in lines]
    return Proof(counts={"names": len(chosen), **dict(sorted(ends.items()))}, broken=broken)


def tried(home: Path, name: str) -> tuple[dict[str, int], list[str]]:
    """How a name ended in each place, and what broke."""
    logging.getLogger("evalsuite").disabled = True
    home.mkdir()
    (home / "out.png").write_bytes(picture(OUTSIDE))
    ends: Counter[str] = Counter()
    broken = []
    for number, make in enumerate(WAYS):
        folder = home / "sub" / str(number)
        folder.mkdir(parents=True)
        (folder / "x.png").write_bytes(picture(INSIDE))
        try:
            make(folder, name)
        except (OSError, ValueError):  # no such file can be made
            continue
        for end in outcomes(folder):
            if end in ("read", "refused", "no image"):
                ends[end] += 1
            else:
                broken.append(f"{name!a}, {make.__name__}: {end}")
    return dict(ends), broken


def outcomes(folder: Path) -> Iterator[str]:
    """What becomes of each image that a folder lists: read, refused, or no image; else a fault."""
    try:
        images = back_end.load(path=str(folder), dialect="everyday")
        requests = [
            Request(Key("set", "p", 0), Prompt("p", "two cats", "counting"), 1),
            Request(Key("set", "q", 0), Prompt("q", "q", "counting"), 1),
        ]
        with suppress(InputError):
            images.problems([request.prompt for request in requests])
        images.describe()
        answers = images.render(requests)
    except InputError as error:
        yield "refused" if is_one_line(str(error)) else f"said {str(error)!a}"
        return
    except Exception as error:
        yield f"raised {error!r}"
        return
    for answer in answers:
        if isinstance(answer, NoImage):
            reason = str(answer.reason)
            yield "no image" if len(reason.splitlines()) == 1 else f"said {reason!a}"
        else:
            yield "read" if answer.max() == INSIDE else "gave a picture from outside"


def is_one_line(text: str) -> bool:
    """Whether a text is one line of what any terminal can show."""
    return text.isprintable()


# Ways of a name into a folder


def listed(folder: Path, name: str) -> None:
    """A list of JSON names it; the file is there, where it can be made within the folder."""
    _within(folder, name)
    rows = [{"file_name": name, "prompt": "two cats"}, {"file_name": "x.png", "prompt": "q"}]
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def tabled(folder: Path, name: str) -> None:
    """A table names it."""
    _within(folder, name)
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerows([["file_name", "prompt"], [name, "two cats"], ["x.png", "q"]])


def described(folder: Path, name: str) -> None:
    """It is a prompt's id, its set, its index, a status, or the reason for one."""
    rows = [
        {"file_name": "x.png", "prompt_id": name, "prompt": "two cats", "prompt_set": name},
        {"prompt": "q", "status": "refused", "reason": name},
        {"file_name": "x.png", "prompt": name},
    ]
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def indexed(folder: Path, name: str) -> None:
    """It is the index, or the status."""
    for key, place in (("index", folder), ("status", folder / "more")):
        place.mkdir(exist_ok=True)
        row = {"file_name": "x.png", "prompt": "two cats", key: name}
        (place / "metadata.jsonl").write_text(json.dumps(row) + "\n")


def on_disk(folder: Path, name: str) -> None:
    """A folder of images is called so, and its pictures by numbers."""
    inner = _within(folder, name, is_folder=True)
    (inner / "0.png").write_bytes(picture(INSIDE))


def linked(folder: Path, name: str) -> None:
    """It is a link that leads out of the folder, listed by its name."""
    _plain(folder, name)
    (folder / name).symlink_to(folder.parent.parent / "out.png")
    row = {"file_name": name, "prompt": "two cats"}
    (folder / "metadata.jsonl").write_text(json.dumps(row) + "\n")


def linked_above(folder: Path, name: str) -> None:
    """It is a link to a folder outside, in which the picture lies."""
    _plain(folder, name)
    outside = folder.parent / "out"
    outside.mkdir(exist_ok=True)
    (outside / "0.png").write_bytes(picture(OUTSIDE))
    (folder / name).symlink_to(outside)


def in_a_ring(folder: Path, name: str) -> None:
    """It is a link to itself."""
    _plain(folder, name)
    (folder / name).symlink_to(name)
    row = {"file_name": name, "prompt": "two cats"}
    (folder / "metadata.jsonl").write_text(json.dumps(row) + "\n")


WAYS: tuple[Callable[[Path, str], None], ...] = (
    *(listed, tabled, described, indexed, on_disk, linked, linked_above, in_a_ring),
)


def _plain(folder: Path, name: str) -> None:
    """Raise `ValueError` for what is no name of one file."""
    if os.path.basename(name) != name or name in ("", ".", ".."):
        raise ValueError(name)


def _within(folder: Path, name: str, *, is_folder: bool = False) -> Path:
    """The path of that name, made with a picture where it lies within the folder."""
    path = folder / name
    is_below = "\0" not in name and os.path.abspath(path).startswith(f"{folder}/")
    if is_folder:
        if not is_below:
            raise ValueError(name)
        path.mkdir(parents=True, exist_ok=True)
    elif is_below and not name.endswith("/"):
        with suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(INSIDE))
    return path


def picture(value: int) -> bytes:
    """A PNG of one value."""
    return encode_png(np.full((4, 4, 3), value, np.uint8))
