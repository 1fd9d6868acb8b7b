"""Which row of a folder's list belongs to which prompt: by its id, or else by its text, in order.

Texts are compared in Unicode's form C with runs of white space as one space, and where no row is
written so, without regard to case.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evalsuite.backends._listing import ListedImage
from evalsuite.records import InputError, Prompt

_Group = tuple[str, str]
"""The prompt set that rows name ("" where they name none) and their text."""
_Slot = tuple[str, str]
"""A prompt's id and text."""


def same_text(text: str) -> str:
    """What has to be equal for two texts to be the same: form C, white space as single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass
class _Rows:
    """The rows of one text: those without an index in their order, the others by their index."""

    counted: list[ListedImage] = field(default_factory=list)
    indexed: dict[int, list[ListedImage]] = field(default_factory=dict)

    def add(self, row: ListedImage) -> None:
        if row.index is None:
            self.counted.append(row)
        else:
            self.indexed.setdefault(row.index, []).append(row)

    def most(self) -> int:
        """How many prompts could have a row of their own."""
        return max(len(self.counted), *map(len, self.indexed.values()), 0)

    def of(self, place: int, places: int) -> dict[int, ListedImage]:
        """The rows of one of `places` prompts of this text, by image number.

        A text that the list has once is a picture of every such prompt. What it has more often is
        shared out in order: as many rows to each prompt, and what is left over to the first ones.
        """
        mine = {
            number: rows[0 if len(rows) == 1 else place]
            for number, rows in self.indexed.items()
            if len(rows) == 1 or place < len(rows)
        }
        counted = self.counted
        if len(counted) > 1:
            each, more = divmod(len(counted), places)
            start = place * each + min(place, more)
            counted = counted[start : start + each + (place < more)]
        return dict(enumerate(counted)) | mine


class Matching:
    """The rows of a list, matched with prompts; `unused` are rows of none of them.

    Raises `InputError` where two rows are the same image of one prompt.
    """

    def __init__(self, rows: Sequence[ListedImage], prompts: Sequence[Prompt] = ()) -> None:
        slots = list(dict.fromkeys(map(_slot, prompts)))
        self._ids, self._written = {name for name, _ in slots}, Counter(text for _, text in slots)
        spelt = Counter(map(_loose, self._written))
        self._told_by_case = {text for text in self._written if spelt[_loose(text)] > 1}
        self._by_id: dict[tuple[str, str], dict[int, ListedImage]] = {}
        self._by_text: dict[_Group, _Rows] = {}
        for row in rows:
            self._add(row)
        self._sets = {named for named, _ in (*self._by_id, *self._by_text)}
        self._shares: dict[tuple[str, _Slot], tuple[_Group, int]] = {}
        self._sharing: Counter[_Group] = Counter()
        for named in self._sets:
            for slot in slots:
                group = self._group(named, slot[1])
                self._shares[named, slot] = group, self._sharing[group]
                self._sharing[group] += 1
        self.unused = self._unused(rows, slots) if slots else []

    def images(self, prompt_set: str, prompt: Prompt) -> dict[int, ListedImage]:
        """The rows of a prompt by image number: by id before text, and by its set before none."""
        found: dict[int, ListedImage] = {}
        for named in ("", prompt_set):
            found |= self._of_text(named, _slot(prompt))
        for named in ("", prompt_set):
            found |= self._by_id.get((named, prompt.id), {})
        return found

    def numbers(self, prompt: Prompt) -> set[int]:
        """Which images the list has of a prompt, in whatever set it is."""
        return {number for named in self._sets for number in self.images(named, prompt)}

    def _add(self, row: ListedImage) -> None:
        text = same_text(row.text)
        if row.prompt_id and (row.prompt_id in self._ids or not (text and self._ids)):
            known = self._by_id.setdefault((row.prompt_set, row.prompt_id), {})
            number = len(known) if row.index is None else row.index
            if number in known:
                _refuse_twice(row, known[number], row.prompt_id)
            known[number] = row
            return
        self._by_text.setdefault((row.prompt_set, text), _Rows()).add(row)
        if text not in self._told_by_case:
            self._by_text.setdefault((row.prompt_set, _loose(text)), _Rows()).add(row)

    def _group(self, named: str, text: str) -> _Group:
        """Where a text's rows are: those written the same, if they are enough for its prompts."""
        exact, loose = (named, text), (named, _loose(text))
        rows = self._by_text.get(exact)
        enough = rows is not None and rows.most() >= self._written[text]
        return exact if enough or (rows and text in self._told_by_case) else loose

    def _of_text(self, named: str, slot: _Slot) -> dict[int, ListedImage]:
        group, place = self._shares.get((named, slot)) or (self._group(named, slot[1]), 0)
        rows = self._by_text.get(group)
        return rows.of(place, max(self._sharing[group], 1)) if rows else {}

    def _unused(self, rows: Sequence[ListedImage], slots: Sequence[_Slot]) -> list[ListedImage]:
        listed = [known for (_, name), known in self._by_id.items() if name in self._ids]
        listed += [self._of_text(named, slot) for named in self._sets for slot in slots]
        used = {id(row) for known in listed for row in known.values()}
        unused = [row for row in rows if id(row) not in used]
        for row in unused:
            group = self._group(row.prompt_set, same_text(row.text))
            if row.index is not None and self._sharing[group] and group in self._by_text:
                _refuse_twice(row, self._by_text[group].indexed[row.index][0], row.text)
        return unused


def _slot(prompt: Prompt) -> _Slot:
    return prompt.id, same_text(prompt.text)


def _loose(text: str) -> str:
    """A key for the text in whatever case; the mark keeps it apart from texts as written."""
    return "\0" + text.casefold()


def _refuse_twice(row: ListedImage, first: ListedImage, name: str) -> None:
    number = 0 if row.index is None else row.index
    raise InputError(f"{row.place}: image {number} of {name!r} is in {first.place} too; keep one")
