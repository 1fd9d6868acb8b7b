"""GenAI-Bench's `genai_image.json`, with `genai_skills.json` where it lies beside it.

Source: github.com/linzhiqiu/t2v_metrics, dataset.py: an object of {"00000": {"id", "prompt", ...}}
by number, and an object of skills, each with the numbers of its prompts. Ratings of images are not
read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._reading import (
    NO,
    OWN,
    Note,
    head_of,
    json_of,
    made,
    name_of,
    quoted,
    refuse,
)
from evalsuite.records import Prompt

CITE = r"""
@misc{li2024genaibench,
  author = {Li, Baiqi and Lin, Zhiqiu and Pathak, Deepak and Li, Jiayao and Fei, Yixin and Wu, Kewen
    and Ling, Tiffany and Xia, Xide and Zhang, Pengchuan and Neubig, Graham and Ramanan, Deva},
  title = {{GenAI-Bench}: Evaluating and Improving Compositional Text-to-Visual Generation},
  year = {2024},
  eprint = {2406.13743},
  archiveprefix = {arXiv},
}
"""

TAG = "genai-bench"
SKILLS = "genai_skills.json"
LEVELS = ("advanced", "basic")
WHOLE = (*LEVELS, "all")
"""What the skills' file has beside single skills."""


def fits(path: Path) -> int:
    """A JSON file that is named so, or an object of objects with prompts and their `models`."""
    head = head_of(path) if path.suffix == ".json" and path.name != SKILLS else ""
    named = path.name.startswith("genai_image")
    listed = head.lstrip().startswith("{") and '"prompt"' in head
    return OWN if listed and (named or '"models"' in head) else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt an entry, with the groups `level` (basic or advanced) and `skills`."""
    found = json_of(path)
    if not isinstance(found, dict):
        refuse(path, "not a JSON object of prompts by number; name another --format")
    beside = path.with_name(SKILLS)
    skills = _by_prompt(beside, json_of(beside)) if beside.is_file() else {}
    if not skills:
        note(f"{SKILLS} does not lie beside it, so there are no groups")
    unread = {name for entry in found.values() if isinstance(entry, dict) for name in entry}
    if unread := unread - {"prompt", "id"}:
        note(f"columns that are not read: {quoted(sorted(unread))}")
    for place, (key, entry) in enumerate(found.items(), 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("prompt"), str):
            refuse(path, f"entry {place} has no text under 'prompt'; mend it")
        known = skills.get(_number(key), [])
        level = next((name for name in LEVELS if name in known), "")
        single = [name for name in known if name not in WHOLE]
        row = {"id": name_of(key, f"{TAG}-{place - 1:04d}"), "tag": TAG, "prompt": entry["prompt"]}
        groups = {"level": level, "skills": ", ".join(single)[:100]}
        yield made(path, place, {**row, "groups": groups})


def _by_prompt(path: Path, found: Any) -> dict[str, list[str]]:
    """The sorted names of each prompt's skills."""
    if not isinstance(found, dict) or not all(isinstance(ids, list) for ids in found.values()):
        refuse(path, "not a JSON object of lists, one a skill; mend it or take it away")
    by_prompt: dict[str, list[str]] = {}
    for skill in sorted(found):
        for match in found[skill]:
            by_prompt.setdefault(_number(match), []).append(skill)
    return by_prompt


def _number(key: object) -> str:
    """Keys are padded with zeros in one file and are numbers in the other."""
    return str(key).lstrip("0") or "0"
