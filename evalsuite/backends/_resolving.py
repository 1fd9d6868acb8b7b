"""Which prompt a file's name means: by id, by the whole text, by its beginning, by its number.

Nothing is guessed: a name that fits two prompts is ambiguous and belongs to neither.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from evalsuite.backends._listing import ListedImage
from evalsuite.backends._names import Named, counted_from_zero, words
from evalsuite.records import Prompt

K = TypeVar("K")

SHORTEST = 8
"""Letters of a cut text below which its beginning says too little."""
USER_WORDS = 4
"""Words in front of a prompt that may be a user's name."""


@dataclass(slots=True)
class Resolved:
    """Rows by prompt id, files that fit several prompts (with their ids), and files of none."""

    rows: list[ListedImage] = field(default_factory=list)
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    layouts: dict[str, int] = field(default_factory=dict)


def resolve(
    named: Sequence[Named], prompts: Sequence[Prompt], cells_of: Callable[[Named], tuple[int, int]]
) -> Resolved:
    """Give each file to its prompt; `cells_of` says into how many rows and columns it is split.

    Images of one prompt without numbers are counted in the order of their names; numbers of a
    layout that begins at 1 are counted from 0.
    """
    known, found = _Known(prompts), Resolved()
    first = counted_from_zero(named)
    taken: defaultdict[str, int] = defaultdict(int)
    for row in named:
        hits = known.of(row)
        ids = tuple(dict.fromkeys(name for name, _ in hits))
        if len(ids) != 1:
            if ids:
                found.ambiguous[row.file] = ids
            else:
                found.unused.append(row.file)
            continue
        found.layouts[row.layout] = found.layouts.get(row.layout, 0) + 1
        down, across = cells_of(row)
        number = hits[0][1]
        for cell in range(down * across):
            if number is None or down * across > 1:
                index = taken[ids[0]]
            else:
                index = number - first.get(row.layout, 0)
            taken[ids[0]] += 1
            found.rows.append(
                ListedImage(
                    place=row.file if down * across == 1 else f"{row.file} (cell {cell})",
                    file=row.file,
                    prompt_id=ids[0],
                    text="",
                    prompt_set="",
                    index=index,
                    status="ok",
                    reason="",
                    cell=None if down * across == 1 else (down, across, cell),
                )
            )
    return found


Hit = tuple[str, int | None]


class _Known:
    """The prompts by all that a name may have of them."""

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        self.ids = {prompt.id for prompt in prompts}
        self.folded = _gathered((prompt.id.casefold(), prompt.id) for prompt in prompts)
        self.texts = _gathered((words(prompt.text), prompt.id) for prompt in prompts)
        self.sorted = sorted(self.texts)
        numbers = ((re.search(r"([0-9]+)$", p.id), p.id) for p in prompts)
        self.numbers = _gathered((int(m[1]), name) for m, name in numbers if m is not None)

    def of(self, row: Named) -> list[Hit]:
        """The prompts that a name fits, with the image's number: the first way that finds any."""
        ways = [self._by_text, self._by_ids] if row.is_text else [self._by_ids, self._by_text]
        for way in (*ways, self._by_number):
            if hits := way(row):
                return hits
        return []

    def _by_ids(self, row: Named) -> list[Hit]:
        for name, index in row.ids:
            if name in self.ids:
                return [(name, index)]
            if hits := self.folded.get(name.casefold()):
                return [(hit, index) for hit in hits]
        return []

    def _by_number(self, row: Named) -> list[Hit]:
        for name, index in row.ids:
            if name.isdecimal() and (hits := self.numbers.get(int(name))):
                return [(hit, index) for hit in hits]
        return []

    def _by_text(self, row: Named) -> list[Hit]:
        if not row.text:
            return []
        for text, index in self._texts(row):
            if hits := self.texts.get(text):
                return [(hit, index) for hit in hits]
        if not row.cut:
            return []
        for text, index in self._texts(row):
            if len(text) >= SHORTEST and (hits := self._beginning(text)):
                return [(hit, index) for hit in hits]
        return []

    def _texts(self, row: Named) -> Iterator[Hit]:
        """The text as the name may have it: without a number, or a user's name in front."""
        text = words(row.text)
        yield text, row.index
        if not row.is_text:
            for name, index in row.ids[1:]:
                yield words(name), index
        if row.user:
            parts = text.split()
            for count in range(1, min(USER_WORDS, len(parts) - 1) + 1):
                yield " ".join(parts[count:]), row.index

    def _beginning(self, text: str) -> list[str]:
        hits: list[str] = []
        for place in range(bisect_left(self.sorted, text), len(self.sorted)):
            if not self.sorted[place].startswith(text):
                break
            hits += self.texts[self.sorted[place]]
        return hits


def _gathered(pairs: Iterable[tuple[K, str]]) -> dict[K, list[str]]:
    found: dict[K, list[str]] = {}
    for key, name in pairs:
        if name not in found.setdefault(key, []):
            found[key].append(name)
    return found
