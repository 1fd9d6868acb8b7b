"""GenEval's `evaluation_metadata.jsonl`, and any file in the format of `prompts/*.jsonl`.

Source: github.com/djghosh13/geneval, prompts/evaluation_metadata.jsonl (553 rows of tag, include,
exclude and prompt). Such a file is a prompt set as it is; importing gives it ids and a card.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from evalsuite.files.jsonlines import read_lines
from evalsuite.prompts.importers._reading import GENERAL, NO, Note, head_of, name_of
from evalsuite.prompts.rows import parse_prompt
from evalsuite.records import Prompt


def fits(path: Path) -> int:
    """In general, a .jsonl file whose beginning has GenEval's two keys."""
    head = head_of(path) if path.suffix == ".jsonl" else ""
    return GENERAL if '"tag"' in head and '"prompt"' in head else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line."""
    for line in read_lines(path):
        prompt = parse_prompt(line)
        yield replace(prompt, id=name_of(prompt.id, f"geneval-{line.number - 1:04d}"))
