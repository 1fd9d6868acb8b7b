"""T2I-CompBench's text files, a prompt a line; the file's name is the category.

Source: github.com/Karine-Huang/T2I-CompBench, examples/dataset/<category>_val.txt and others. A
folder is read as all its `*_val.txt`, which hold the published evaluation prompts.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._reading import NO, OWN, Note, folder_files, made, text_of
from evalsuite.records import Prompt

CITE = r"""
@inproceedings{huang2023compbench,
  author = {Huang, Kaiyi and Sun, Kaiyue and Xie, Enze and Li, Zhenguo and Liu, Xihui},
  title = {{T2I-CompBench}: A Comprehensive Benchmark for Open-world Compositional Text-to-image
    Generation},
  booktitle = {NeurIPS Datasets and Benchmarks},
  year = {2023},
  eprint = {2307.06350},
  archiveprefix = {arXiv},
}
"""

TAG = "t2i-compbench"
NAME = re.compile(
    "(3d_spatial|color|complex|non_spatial|numeracy|shape|spatial|texture)((?:_(?:train|val).*)?)"
)


def fits(path: Path) -> int:
    """A file named after a category, or a folder with one for evaluation."""
    if path.is_dir():
        return OWN if _files(path) else NO
    return OWN if path.suffix == ".txt" and NAME.fullmatch(path.stem) else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line, in the order of the files' names; repeated lines are left out."""
    seen: set[str] = set()
    for file in _files(path) if path.is_dir() else [path]:
        match = NAME.fullmatch(file.stem)
        category, split = match.groups() if match else (file.stem, "")
        groups = {"category": category, "split": split.strip("_")}
        for number, line in enumerate(text_of(file).split("\n"), 1):
            if not (text := line.strip()):
                continue
            if text in seen:
                note(f"{file.name}:{number}: left out, as the same line came before")
                continue
            seen.add(text)
            name = f"{re.sub('[^A-Za-z0-9._-]', '-', file.stem)}-{number - 1:04d}"
            yield made(file, number, {"id": name, "tag": TAG, "prompt": text, "groups": groups})


def _files(folder: Path) -> list[Path]:
    return [path for path in folder_files(folder, "*_val.txt") if NAME.fullmatch(path.stem)]
