"""DPG-Bench's long prompts: its CSV with questions, or its folder of a text file a prompt.

Source: github.com/TencentQQGYLab/ELLA, dpg_bench/dpg_bench.csv and dpg_bench/prompts/*.txt (1,065
prompts, Hu et al. 2024). The CSV has DSG's columns, so it is known by its name.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._questions import COLUMNS, broad, prompts
from evalsuite.prompts.importers._reading import (
    GENERAL,
    NO,
    OWN,
    Note,
    folder_files,
    header_of,
    made,
    name_of,
    table,
    text_of,
)
from evalsuite.records import Prompt

CITE = r"""
@misc{hu2024ella,
  author = {Hu, Xiwei and Wang, Rui and Fang, Yixiao and Fu, Bin and Cheng, Pei and Yu, Gang},
  title = {{ELLA}: Equip Diffusion Models with {LLM} for Enhanced Semantic Alignment},
  year = {2024},
  eprint = {2403.05135},
  archiveprefix = {arXiv},
}
"""

TAG = "dpg-bench"


def fits(path: Path) -> int:
    """The CSV by its name; a folder of text files in general."""
    if path.is_dir():
        return GENERAL if folder_files(path, "*.txt") else NO
    named = path.suffix == ".csv" and "dpg" in path.name.casefold()
    return OWN if named and set(COLUMNS) <= header_of(path) else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt an item or a file, with the group `source`."""
    if not path.is_dir():
        yield from prompts(path, table(path, COLUMNS), TAG, note, broad)
        return
    for number, file in enumerate(folder_files(path, "*.txt")):
        source = re.sub(r"_?[0-9]+$", "", file.stem)
        fields = {
            "id": name_of(file.stem, f"{TAG}-{number:04d}"),
            "tag": TAG,
            "prompt": text_of(file),
            "groups": {"source": source} if source != file.stem else {},
        }
        yield made(file, 1, fields)
