"""GenEval 2's `geneval2_data.jsonl`: prompt, atom_count, vqa_list and skills.

Source: github.com/facebookresearch/GenEval2 (800 prompts, Kamath et al. 2025, arXiv 2512.16853):
`vqa_list` has a question and its answer for each atom, `skills` the skill of each in this order.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._reading import (
    NO,
    OWN,
    Note,
    clean,
    head_of,
    json_lines,
    made,
    refuse,
    telling_unread,
)
from evalsuite.records import Prompt

CITE = r"""
@misc{kamath2025geneval2,
  author = {Kamath, Amita and Chang, Kai-Wei and Krishna, Ranjay and Zettlemoyer, Luke and
    Hu, Yushi and Ghazvininejad, Marjan},
  title = {{GenEval 2}: Addressing Benchmark Drift in Text-to-Image Evaluation},
  year = {2025},
  eprint = {2512.16853},
  archiveprefix = {arXiv},
}
"""

TAG = "geneval2"


def fits(path: Path) -> int:
    """A .jsonl file whose beginning has its list of questions."""
    head = head_of(path) if path.suffix == ".jsonl" else ""
    return OWN if '"vqa_list"' in head and '"prompt"' in head else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line, with the group `atom_count` and questions whose kind is their skill."""
    read = ("prompt", "atom_count", "vqa_list", "skills")
    for count, (place, row) in enumerate(telling_unread(json_lines(path), read, note)):
        if not isinstance(row.get("prompt"), str):
            refuse(path, "no text under 'prompt'; mend the line", place)
        fields = {
            "id": f"{TAG}-{count:04d}",
            "tag": TAG,
            "prompt": row["prompt"],
            "groups": {"atom_count": str(row["atom_count"])} if "atom_count" in row else {},
            "questions": _questions(path, place, row),
        }
        yield made(path, place, fields)


def _questions(path: Path, place: int, row: dict[str, Any]) -> list[dict[str, Any]]:
    pairs, skills = row.get("vqa_list"), row.get("skills", [])
    if not isinstance(pairs, list) or not isinstance(skills, list) or not all(map(_is_pair, pairs)):
        refuse(path, "vqa_list must be pairs of a question and an answer; mend the line", place)
    if skills and len(skills) != len(pairs):
        refuse(path, f"{len(pairs)} questions and {len(skills)} skills; mend the line", place)
    return [
        {
            "question": clean(question),
            "answer": clean(answer).lower(),
            **({"kind": clean(str(skills[number]))} if skills else {}),
        }
        for number, (question, answer) in enumerate(pairs)
    ]


def _is_pair(value: Any) -> bool:
    is_pair = isinstance(value, list) and len(value) == 2
    return is_pair and all(isinstance(entry, str) for entry in value)
