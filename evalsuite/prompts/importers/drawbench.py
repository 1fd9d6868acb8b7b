"""DrawBench's table: comma-separated Prompts and Category.

Source: Saharia et al. 2022 (arXiv 2205.11487), appendix C; the CSV that its authors shared has 200
prompts in 11 categories.
"""

from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._reading import (
    NO,
    OWN,
    Note,
    header_of,
    made,
    table,
    telling_unread,
)
from evalsuite.records import Prompt

CITE = r"""
@inproceedings{saharia2022imagen,
  author = {Saharia, Chitwan and Chan, William and Saxena, Saurabh and others},
  title = {Photorealistic Text-to-Image Diffusion Models with Deep Language Understanding},
  booktitle = {NeurIPS},
  year = {2022},
  eprint = {2205.11487},
  archiveprefix = {arXiv},
}
"""

TAG = "drawbench"


def fits(path: Path) -> int:
    """A CSV file with its columns."""
    named = path.suffix == ".csv" and {"prompts", "category"} <= header_of(path)
    return OWN if named else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a row, with the group `category`."""
    read = ("prompts", "category")
    for number, (line, cells) in enumerate(telling_unread(table(path, read), read, note)):
        row = {"id": f"{TAG}-{number:04d}", "tag": TAG, "prompt": cells["prompts"]}
        yield made(path, line, {**row, "groups": {"category": cells["category"]}})
