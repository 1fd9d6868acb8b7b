"""Prompt sets: read, validate, digest, find and select.

A set is `<name>.jsonl`, one prompt a line, with a card `<name>.md` whose YAML front matter says
who wrote it and what it cannot show. Rows are a superset of GenEval's `evaluation_metadata.jsonl`
(Ghosh et al. 2023, github.com/djghosh13/geneval), which loads unchanged.

Prompt files come from strangers, so every reading step is bounded and every refusal is one line
that names the file, the line and the column (both from 1, the column in characters).
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from json.decoder import scanstring
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from evalsuite.records import Clause, InputError, Prompt, PromptSet

LINE_CAP = 64 * 1024
"""Longest line, in bytes: a prompt of a few hundred words with room to spare."""

FILE_CAP = 16 * 1024 * 1024
"""Largest file, in bytes: more than 50,000 prompts of the usual size."""

TOPICS = ("counts", "negation", "spatial", "occupations")
"""The bundled topics in the order in which runs and reports take them."""

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""Ids and names of sets: they become file names, anchors and test names."""

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1 controls
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi: CVE-2021-42574
    "\u2028\u2029\ufeff\ud800-\udfff]"  # line separators, byte order mark, lone surrogates
)
_Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
_Id = Annotated[str, Field(pattern=f"^{NAME}$")]
_Relation = Literal["left of", "right of", "above", "below"]
_Place = tuple[str | int, ...]


class _Row(BaseModel):
    """Strict: no unknown key, no number written as a string."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _ClauseRow(_Row):
    name: _Text = Field(alias="class")
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    color: _Text | None = None
    # JSON has no tuples, so this one field may come as a list.
    position: Annotated[tuple[_Relation, int], Strict(False)] | None = None


class _PromptRow(_Row):
    id: _Id | None = None
    tag: _Text
    prompt: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
    include: list[_ClauseRow] = []
    exclude: list[_ClauseRow] = []
    groups: dict[_Text, _Text] = {}
    subject: Literal["person"] | None = None
    twin: _Id | None = None


class _Card(_Row):
    name: _Id
    version: _Text
    dialect: Literal["everyday", "scenes"]
    topic: _Text
    licence: _Text
    source: str
    not_measured: str


_Model = TypeVar("_Model", bound=_Row)


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys came twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = [key for key in self if keys.count(key) > 1] if len(self) < len(keys) else []


class _Line(NamedTuple):
    """One line of a file, for what is wrong with it."""

    path: Path
    number: int
    text: str

    def refuse(self, column: int, what: str) -> NoReturn:
        """Raise the one-line error."""
        raise InputError(f"{_shown(self.path)}:{self.number}:{column}: {what}")

    def refuse_at(self, place: _Place, what: str) -> NoReturn:
        """Raise the one-line error with the column of the key or value at `place`."""
        self.refuse(_column(self.text, place), what)


def read(path: Path) -> PromptSet:
    """Read and check a prompt set and, if there is one, the card beside it.

    A set without a card is named after its file, has version "0" and the dialect "everyday".
    Rows without an id, as GenEval's, get `<name>-<line>`, the line counted from 0.

    Raises `InputError` with file, line and column for: bytes that are not UTF-8, bad JSON,
    unknown, repeated, missing or ill-typed keys, control and bidi characters, lone surrogates,
    text that is not NFC, a line over `LINE_CAP` or a file over `FILE_CAP` bytes, repeated ids,
    twins and positions that lead nowhere, prompts that no picture can satisfy, and empty files.
    """
    if path.suffix != ".jsonl" or not re.fullmatch(NAME, path.stem):
        raise InputError(f"{_shown(path)}: name the file <set>.jsonl, <set> in letters, digits, -._")
    card = _read_card(path.with_suffix(".md"), path.stem)
    prompts: dict[str, Prompt] = {}
    lines: dict[str, _Line] = {}
    for line in _lines(path, FILE_CAP):
        if not line.text.strip():
            continue
        prompt = _prompt(line)
        if prompt.id in prompts:
            first = lines[prompt.id].number
            line.refuse_at(("id",), f"id {prompt.id!r} is taken by line {first}; choose another")
        prompts[prompt.id], lines[prompt.id] = prompt, line
    if not prompts:
        raise InputError(f"{_shown(path)}:1:1: the file holds no prompts; write one a line")
    for prompt in prompts.values():
        twin = prompts.get(prompt.twin or prompt.id)
        if twin is None or prompt.twin == prompt.id or (prompt.twin and twin.twin):
            why = "is not in this set" if twin is None else "is not another, affirmative prompt"
            lines[prompt.id].refuse_at(("twin",), f"twin {prompt.twin!r} {why}; name one that is")
    rows, version = tuple(prompts.values()), card.get("version", "0")
    digest = _digest(path.stem, version, rows)
    return PromptSet(path.stem, version, digest, card.get("dialect", "everyday"), rows, card)


def row(prompt: Prompt) -> dict[str, Any]:
    """The prompt as a JSON row, every key spelt out; `read` gives the same prompt back."""
    return {
        "id": prompt.id,
        "tag": prompt.tag,
        "prompt": prompt.text,
        "include": [_clause_row(clause) for clause in prompt.include],
        "exclude": [_clause_row(clause) for clause in prompt.exclude],
        "groups": dict(prompt.groups),
        "subject": prompt.subject,
        "twin": prompt.twin,
    }


def lint(prompt_set: PromptSet) -> list[str]:
    """What is allowed but looks like a slip, one line each; `read` refuses the rest."""
    found, seen = [], dict[str, str]()
    for prompt in prompt_set.prompts:
        other = seen.setdefault(" ".join(prompt.text.casefold().split()), prompt.id)
        if other != prompt.id:
            found.append(f"{prompt.id}: the same text as {other}")
        if prompt.text != " ".join(prompt.text.split()):
            found.append(f"{prompt.id}: spaces at an end, or two in a row")
        if not (prompt.include or prompt.exclude or prompt.subject):
            found.append(f"{prompt.id}: no include, exclude or subject, so only clip can judge it")
        if prompt.tag == "counting" and not prompt.exclude:
            found.append(f"{prompt.id}: counts without exclude, so too many would pass")
        if prompt.groups.get("form") == "negated" and not prompt.twin:
            found.append(f"{prompt.id}: negated without a twin, so no paired difference")
    return found


def bundled() -> list[str]:
    """Names of the sets that came with the package, in report order: everyday, then scenes."""
    stems = (path.stem for path in _folder().glob("*.jsonl"))
    order = {name: i for i, name in enumerate((*TOPICS, *(f"scenes-{t}" for t in TOPICS)))}
    return sorted(stems, key=lambda name: (order.get(name, len(order)), name))


def default(dialect: str) -> list[str]:
    """All bundled sets of a dialect, told by the prefix of their names, in report order."""
    return [name for name in bundled() if name.startswith("scenes-") == (dialect == "scenes")]


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
            raise InputError(
                f"limit {limit!r} selects nothing of {prompt_set.name}; give N or a-b within its "
                f"{len(chosen)} prompts, such as 10 or 11-20"
            )
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


def nearest(word: str, known: Sequence[str]) -> str:
    """'; did you mean ...?' with the nearest known word, or the list where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word[:100], known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"


def _digest(name: str, version: str, prompts: Sequence[Prompt]) -> str:
    """SHA-256, in hex, of everything in a set that can change a result.

    Hashed are UTF-8 lines, each ended by a newline: first `["evalsuite-prompts-1", name,
    version]`, then `row(prompt)` of every prompt in file order, written by `json.dumps` with
    sorted keys, no spaces and non-ASCII escaped. So texts, ids, clauses, groups and order count;
    white space, the order of keys, spelt-out defaults and the card's prose do not.
    """
    written = [["evalsuite-prompts-1", name, version], *(row(prompt) for prompt in prompts)]
    lines = (json.dumps(one, sort_keys=True, separators=(",", ":")) + "\n" for one in written)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _clause_row(clause: Clause) -> dict[str, Any]:
    place = list(clause.position) if clause.position else None
    return {
        "class": clause.name,
        "count": clause.count,
        "color": clause.color,
        "position": place,
    }


def _shown(path: Path) -> str:
    """The path on one line, whatever characters it holds."""
    return repr(str(path))[1:-1]


def _folder() -> Path:
    """Where the bundled sets are: in the package (a wheel) or beside it (a checkout)."""
    packaged = Path(__file__).parent / "promptsets"
    return packaged if any(packaged.glob("*.jsonl")) else Path(__file__).parents[1] / "prompts"


def _path_of(name: str, dialect: str) -> Path:
    if name.endswith(".jsonl") or "/" in name or "\\" in name:
        return Path(name)
    known = bundled()
    for candidate in (f"{dialect}-{name}", name):
        if candidate in known:
            return _folder() / f"{candidate}.jsonl"
    hint = nearest(name, known).rstrip("?")
    raise InputError(f"no prompt set {name!r}{hint}; or give the path of a .jsonl file")
