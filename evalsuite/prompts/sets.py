"""Prompt sets: read, validate, digest, find and select.

A set is `<name>.jsonl`, one prompt per line, with a card `<name>.md` whose YAML front matter says
who wrote it and what it cannot show. Rows are a superset of GenEval's `evaluation_metadata.jsonl`
(Ghosh et al. 2023, github.com/djghosh13/geneval), which loads unchanged.

Prompt files come from strangers: reading is bounded, and every refusal is one line that names the
file, the line and the column.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalsuite.files.front_matter import front_matter
from evalsuite.files.jsonlines import LINE_CAP, Line, flaws, read_lines, shown
from evalsuite.files.nearest import did_you_mean, nearest
from evalsuite.files.strict import checked
from evalsuite.prompts.headline import fault as headline_fault
from evalsuite.prompts.lint import lint
from evalsuite.prompts.rows import NAME, Card, parse_prompt, row
from evalsuite.records import InputError, Prompt, PromptSet

__all__ = ["bundled", "default", "find", "lint", "read", "row", "select", "select_ids"]

TOPICS = (
    "control",
    "counts",
    "negation",
    "spatial",
    "attributes",
    "many-objects",
    "connected-sentences",
    "text",
    "hybrids",
    "styles",
    "people",
    "occupations",
    "traits",
    "culture",
)
"""The bundled topics in the order in which runs and reports take them."""

ASKED_FOR = ("over-refusal",)
"""Bundled sets that run only where they are named: most models refuse nothing."""


def read(path: Path) -> PromptSet:
    """Read and check a prompt set and, if there is one, the card beside it.

    A set without a card is named after its file, has version "0" and the dialect "everyday".
    Rows without an id, as GenEval's, get `<name>-<line>`, the line counted from 0.

    Raises `InputError` with file, line and column for what `jsonlines` refuses, unknown, missing
    and ill-typed keys, repeated ids, twins and positions that lead nowhere, prompts that no
    picture can satisfy, and files without prompts.
    """
    if path.suffix != ".jsonl" or not re.fullmatch(NAME, path.stem):
        raise InputError(f"{shown(path)}: name the file <set>.jsonl, <set> in letters, digits, -._")
    card = _read_card(path.with_suffix(".md"), path.stem)
    prompts: dict[str, Prompt] = {}
    lines: dict[str, Line] = {}
    for line in read_lines(path):
        prompt = parse_prompt(line)
        if prompt.id in prompts:
            first = lines[prompt.id].number
            line.refuse_at(("id",), f"id {prompt.id!r} is taken by line {first}; choose another")
        prompts[prompt.id], lines[prompt.id] = prompt, line
    if not prompts:
        raise InputError(f"{shown(path)}:1:1: the file holds no prompts; write one a line")
    for prompt in prompts.values():
        twin = prompts.get(prompt.twin or prompt.id)
        if twin is None or prompt.twin == prompt.id or (prompt.twin and twin.twin):
            why = "is not in this set" if twin is None else "is not another, affirmative prompt"
            lines[prompt.id].refuse_at(("twin",), f"twin {prompt.twin!r} {why}; name one that is")
    if what := headline_fault(card, list(prompts.values())):
        raise InputError(f"{shown(path.with_suffix('.md'))}:1:1: {what}")
    version = card.get("version", "0")
    labels = list(dict.fromkeys(label for prompt in prompts.values() for label in prompt.groups))
    return PromptSet(
        name=path.stem,
        version=version,
        digest=_digest(path.stem, version, list(prompts.values())),
        dialect=card.get("dialect", "everyday"),
        prompts=tuple(prompts.values()),
        card=card,
        cluster=_labels(path, card, "cluster", labels),
        strata=_labels(path, card, "strata", labels),
    )


def bundled() -> list[str]:
    """Names of the sets that came with the package, in report order: everyday, then scenes.

    A topic that is not in `TOPICS` comes after those that are, by name.
    """

    def place(name: str) -> tuple[bool, int, str]:
        topic = name.removeprefix("scenes-")
        known = TOPICS.index(topic) if topic in TOPICS else len(TOPICS)
        return name != topic, known, name

    return sorted((path.stem for path in _folder().glob("*.jsonl")), key=place)


def default(dialect: str) -> list[str]:
    """The bundled sets of a dialect, known by the prefix of their names, in report order.

    Without those of `ASKED_FOR`.
    """
    own = [name for name in bundled() if name.startswith("scenes-") == (dialect == "scenes")]
    return [name for name in own if name not in ASKED_FOR]


def find(names: Sequence[str], dialect: str) -> list[PromptSet]:
    """Read the named sets: each name is a path to a `.jsonl` file or that of a bundled set.

    A bundled name is first looked for in the dialect, so that "counts" is `scenes-counts` to a
    model of the scene world. Raises `InputError` for a name that is unknown or comes twice.
    """
    sets: dict[str, PromptSet] = {}
    for name in names:
        found = read(_path_of(name, dialect))
        if found.name in sets:
            raise InputError(f"two prompt sets are named {found.name!r}; keep one or rename it")
        sets[found.name] = found
    return list(sets.values())


def select(
    prompt_set: PromptSet, *, limit: str | None = None, sample: int | None = None, seed: int = 0
) -> PromptSet:
    """Part of a set, in file order, under the name and digest of the whole.

    Seeds come from the digest, so an image is the same however many others are drawn. `limit`
    is "N", the first N prompts, or "a-b", from the a-th to the b-th (from 1, both kept), plus the
    twin of every negated prompt among them. `sample` then draws that many at random from `seed`;
    a prompt and the negated ones that name it as twin are drawn as one, and where the number cuts
    through them, the affirmative one stays. So no selection leaves a twin dangling.
    """
    chosen = list(prompt_set.prompts)
    if limit is not None:
        match = re.fullmatch(r"(?:([0-9]{1,9})-)?([0-9]{1,9})", limit.strip())
        first, last = (int(match[1] or 1), int(match[2])) if match else (0, 0)
        if not 1 <= first <= min(last, len(chosen)):
            within = f"the {len(chosen)} of {prompt_set.name}"
            raise InputError(f"limit {limit!r} is not N or a-b within {within}")
        kept = {prompt.id for prompt in chosen[first - 1 : last]}
        kept |= {prompt.twin for prompt in chosen if prompt.id in kept and prompt.twin}
        chosen = [prompt for prompt in chosen if prompt.id in kept]
    if sample is not None:
        if sample < 1:
            raise InputError(f"sample {sample} selects nothing; give a number from 1")

        def lot(prompt: Prompt) -> tuple[str, bool]:
            unit = prompt.twin or prompt.id
            drawn = hashlib.sha256(f"{seed}\n{prompt_set.digest}\n{unit}".encode()).hexdigest()
            return drawn, prompt.twin is not None

        kept = {prompt.id for prompt in sorted(chosen, key=lot)[:sample]}
        chosen = [prompt for prompt in chosen if prompt.id in kept]
    return replace(prompt_set, prompts=tuple(chosen))


def select_ids(prompt_sets: Sequence[PromptSet], ids: Collection[str]) -> list[PromptSet]:
    """The prompts of these ids with the twins that they name; sets that have none are left out.

    Each set keeps its name and digest, and so each image its seed. Raises `InputError` for an id
    that no set has.
    """
    known = {prompt.id for prompt_set in prompt_sets for prompt in prompt_set.prompts}
    for one in ids:
        if one not in known:
            names = ", ".join(prompt_set.name for prompt_set in prompt_sets)
            near = nearest(one, known)
            meant = f"; did you mean {near!r}?" if near else ""
            raise InputError(f"no prompt of {names} has the id {one!r}{meant}")
    found = []
    for prompt_set in prompt_sets:
        kept = {*ids} | {p.twin for p in prompt_set.prompts if p.id in ids and p.twin}
        chosen = tuple(prompt for prompt in prompt_set.prompts if prompt.id in kept)
        if chosen:
            found.append(replace(prompt_set, prompts=chosen))
    return found


def _digest(name: str, version: str, prompts: Sequence[Prompt]) -> str:
    """SHA-256, in hex, of everything in a set that can change a result.

    Hashed are UTF-8 lines, each ended by a newline: first `["evalsuite-prompts-1", name,
    version]`, then `row(prompt)` of every prompt in file order, written by `json.dumps` with
    sorted keys, no spaces and non-ASCII escaped. So texts, ids, clauses, groups and order count;
    white space, the order of keys, spelt-out defaults and the card's prose do not. Nor do its
    `cluster` and `strata`: they decide how sure the figures are, and change no image or judgement.
    """
    content = [["evalsuite-prompts-1", name, version], *(row(prompt) for prompt in prompts)]
    lines = (json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in content)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _folder() -> Path:
    """Where the bundled sets are: in the package (a wheel) or beside it (a checkout)."""
    packaged = Path(__file__).parent / "data"
    return packaged if any(packaged.glob("*.jsonl")) else Path(__file__).parents[2] / "prompts"


def _path_of(name: str, dialect: str) -> Path:
    if name.endswith(".jsonl") or "/" in name or "\\" in name:
        return Path(name)
    known = bundled()
    for candidate in (f"{dialect}-{name}", name):
        if candidate in known:
            return _folder() / f"{candidate}.jsonl"
    raise InputError(
        f"no prompt set {name!r}{did_you_mean(name, known)}; or give a .jsonl file's path"
    )


def _labels(path: Path, card: Mapping[str, str], key: str, known: Sequence[str]) -> tuple[str, ...]:
    """The group labels that the card names under `key`; each must be one that a prompt has."""
    named = tuple(card[key].split(", ")) if key in card else ()
    for label in named:
        if label not in known:
            raise InputError(
                f"{shown(path.with_suffix('.md'))}:1:1: {key} names {label!r}, a group label that "
                f"no prompt of the set has{did_you_mean(label, known)}"
            )
    return named


def _read_card(path: Path, name: str) -> dict[str, str]:
    """The checked front matter of a set's card; empty where there is no card."""
    if not path.is_file():
        return {}
    if path.stat().st_size > LINE_CAP:
        raise InputError(f"{shown(path)}:1:1: card over {LINE_CAP} bytes; shorten it")
    text = "\n".join(line.text for line in read_lines(path, blank=True))
    fields = front_matter(text, shown(path))
    head = Line(path, 1, "{}")
    for place, what in flaws([value.replace("\n", " ") for value in fields.values()], ()):
        head.refuse(1, f"{list(fields)[int(place[0])]}: {what}")
    card = checked(Card, fields, head.refuse_at)
    if card.name != name:
        raise InputError(f"{shown(path)}:1:1: name {card.name!r} is not the file's, {name!r}")
    return card.model_dump(exclude_none=True)
