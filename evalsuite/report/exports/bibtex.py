"""What to cite: evalsuite, the prompt sets, and whatever the sets' cards and the scorers name."""

import re
from collections.abc import Sequence
from itertools import pairwise

from evalsuite.records import PromptSet
from evalsuite.report.exports.latex import escaped

ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),", re.MULTILINE)


def render(version: str, prompt_sets: Sequence[PromptSet], scorers: Sequence[str]) -> str:
    """BibTeX of all that a report stands on, each entry once, in the order of its use.

    `scorers` are the entries that the scorers' modules have as `CITE`.
    """
    found = [_own(version)]
    for prompt_set in prompt_sets:
        found += [_set(prompt_set), *entries(prompt_set.card.get("cite", ""))]
    for cited in scorers:
        found += entries(cited)
    once: dict[str, str] = {}
    for entry in found:
        once.setdefault(key(entry), entry)
    return "\n\n".join(once.values()) + "\n"


def entries(text: str) -> list[str]:
    """The entries of a text of BibTeX, each as it stands there."""
    starts = [match.start() for match in ENTRY.finditer(text)]
    return [text[at:end].strip() for at, end in pairwise([*starts, len(text)])]


def key(entry: str) -> str:
    """The name by which an entry is cited."""
    match = ENTRY.match(entry)
    return match[2] if match else ""


def _own(version: str) -> str:
    title = "evalsuite: text-to-image evaluation that you can defend"
    return f"@software{{evalsuite,\n  title = {{{title}}},\n  version = {{{escaped(version)}}},\n}}"


def _set(prompt_set: PromptSet) -> str:
    name = re.sub(r"[^A-Za-z0-9-]+", "-", prompt_set.name)
    note = [f"version {prompt_set.version}", f"digest {prompt_set.digest[:12]}"]
    if licence := prompt_set.card.get("licence"):
        note.append(licence)
    return (
        f"@misc{{evalsuite-{name},\n  title = {{The prompt set {escaped(prompt_set.name)}}},\n"
        f"  note = {{{escaped(', '.join(note))}}},\n}}"
    )
