"""GenEval's `evaluation_metadata.jsonl`, and any file in the format of `prompts/*.jsonl`.

Source: github.com/djghosh13/geneval, prompts/evaluation_metadata.jsonl (553 rows of tag, include,
exclude and prompt). Such a file is a prompt set as it is; importing gives it ids and a card.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from evalsuite.files.jsonlines import Line, read_lines
from evalsuite.prompts.importers._reading import GENERAL, NO, Note, clean, head_of, name_of
from evalsuite.prompts.references import GENEVAL
from evalsuite.prompts.rows import parse_prompt
from evalsuite.records import InputError, Prompt

CITE = GENEVAL


def fits(path: Path) -> int:
    """In general, a .jsonl file whose beginning has GenEval's two keys."""
    head = head_of(path) if path.suffix == ".jsonl" else ""
    return GENERAL if '"tag"' in head and '"prompt"' in head else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line; white space in its texts becomes single spaces."""
    for line in read_lines(path):
        prompt = _read(line)
        yield replace(prompt, id=name_of(prompt.id, f"geneval-{line.number - 1:04d}"))


def _read(line: Line) -> Prompt:
    try:
        return parse_prompt(line)
    except InputError:
        # BAGEL's long prompts, for one, hold line breaks; what else is wrong is said as it stands.
        with suppress(ValueError, RecursionError, InputError):
            tidy = json.dumps(_tidy(json.loads(line.text)), ensure_ascii=False)
            return parse_prompt(Line(line.path, line.number, tidy))
        raise


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_tidy(entry) for entry in value]
    return {key: _tidy(entry) for key, entry in value.items()} if isinstance(value, dict) else value
