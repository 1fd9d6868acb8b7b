"""A judgement as a row of a segment, and back; rows of older runs have fewer keys."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from sys import float_info
from typing import Any, NamedTuple, TypeVar

from evalsuite.files.redact import redact
from evalsuite.records import Box, Choice, Json, Judgement, Key, Keys, Names, Places
from evalsuite.runs.images import SHA256
from evalsuite.runs.packed import Digests, Items, Joined, Packed, Values, Words

V = TypeVar("V")
W = TypeVar("W")

NOTHING: Mapping[str, Any] = {}
"""What most rows have of most things: one map for all of them."""
NOT_SEEN: Sequence[Any] = ({}, (), "")
"""No evidence, no boxes, no summary."""
KEPT_SEEN = 2
"""Blocks of evidence and boxes that stay unpacked: they are large, and few commands walk them."""


def to_row(judgement: Judgement, image: str | None = None, by: str = "") -> dict[str, Json]:
    """A judgement as a row of a segment; `by` is the scorer's fingerprint."""
    return {
        **judgement.key._asdict(),
        "scorer": judgement.scorer,
        "image": image,
        "values": dict(judgement.values),
        "reasons": redact(judgement.reasons),
        "evidence": dict(judgement.evidence),
        "failure": redact(judgement.failure),
        **({"by": by} if by else {}),
        **_told(judgement),
    }


class JudgementRow(NamedTuple):
    """A judgement and the SHA-256 of the image judged: None where it could not be read.

    `by` is the fingerprint of the scorer as the manifest had it then; "" if it is not on record.
    """

    judgement: Judgement
    image: str | None
    by: str = ""


class JudgementRows:
    """The judgements of a segment: what tells which count in columns, the rest packed."""

    def __init__(self, names: Names | None = None) -> None:
        self.keys = Keys(names)
        self.scorers = Words()
        self.images = Digests()
        self.by = Words()
        self.failed = bytearray()
        self._answers = Packed()
        self._seen = Packed(KEPT_SEEN)

    def copy(self) -> "JudgementRows":
        """One that grows apart from this."""
        found = JudgementRows(self.keys.names)
        found.keys, found.scorers, found.by = self.keys.copy(), self.scorers.copy(), self.by.copy()
        found.images, found.failed = self.images.copy(), self.failed.copy()
        found._answers, found._seen = self._answers.copy(), self._seen.copy()
        return found

    def add(self, row: Any) -> None:
        """Append a segment's row.

        Raises `KeyError`, `TypeError` or `ValueError` if it is no such row.
        """
        image, failure = row["image"], row["failure"]
        if image is not None and not SHA256.fullmatch(image):
            raise ValueError("not a judgement")
        key, scorer, by = parse_key(row), _text(row["scorer"]), _text(row.get("by", ""))
        answer, seen = _answer(row), _seen(row)
        number = self.keys.names.number(key)
        self.scorers.append(scorer)
        self.images.append(image)
        self.by.append(by)
        self.failed.append(failure is not None)
        self._answers.append(answer)
        self._seen.append(seen)
        self.keys.numbers.append(number)

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, place: int) -> JudgementRow:
        """The judgement, the image judged and the scorer's fingerprint."""
        return JudgementRow(self.judgement(place), self.images[place], self.by[place])

    def judgement(self, place: int) -> Judgement:
        """The judgement."""
        return _judgement(
            self.scorers[place], self.keys[place], self._answers[place], self._seen[place]
        )

    def answer(self, place: int) -> Judgement:
        """The judgement without evidence, boxes and summary."""
        return _judgement(self.scorers[place], self.keys[place], self._answers[place], NOT_SEEN)


class Judged(Mapping[tuple[str, Key], V]):
    """The judgements that count, by scorer and key, in the order of `keys`, or that of `places`.

    `take` makes of a segment's row, each time that it is asked for, what this maps to.
    """

    def __init__(
        self,
        rows: Joined[JudgementRows],
        places: Mapping[str, Places],
        take: Callable[[JudgementRows, int], V],
        keys: Keys | None = None,
    ) -> None:
        self._rows = rows
        self._places = places
        self._take = take
        self._keys = keys

    def __getitem__(self, name: tuple[str, Key]) -> V:
        scorer, key = name
        return self._take(*self._rows.at(self._places[scorer][key]))

    def get(self, name: tuple[str, Key], default: Any = None) -> Any:
        """What a scorer and key are mapped to, or the default."""
        found = self._find(*name)
        return default if found < 0 else self._take(*self._rows.at(found))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, tuple) and self._find(*name) >= 0

    def _find(self, scorer: str, key: Key) -> int:
        places = self._places.get(scorer)
        return -1 if places is None else places.find(key)

    def _walk(self) -> Iterator[tuple[str, Key, int]]:
        for scorer, places in self._places.items():
            for key, place in places.along(self._keys):
                yield scorer, key, place

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        return ((scorer, key) for scorer, key, _ in self._walk())

    def pairs(self) -> Iterator[tuple[tuple[str, Key], V]]:
        """Each scorer and key with what it is mapped to."""
        for scorer, key, found in self._walk():
            yield (scorer, key), self._take(*self._rows.at(found))

    def items(self) -> Items[tuple[str, Key], V]:
        """Each scorer and key with what it is mapped to."""
        return Items(self)

    def values(self) -> Values[V]:
        """What all are mapped to."""
        return Values(self)

    def __len__(self) -> int:
        return sum(map(len, self._places.values()))

    def image(self, scorer: str, key: Key) -> str | None:
        """The SHA-256 of the image that was judged; None where none was."""
        if (found := self._find(scorer, key)) < 0:
            return None
        rows, place = self._rows.at(found)
        return rows.images[place]

    def failed(self) -> Iterator[tuple[str, Key]]:
        """Those that are a failure; no other is unpacked for it."""
        for scorer, key, found in self._walk():
            rows, place = self._rows.at(found)
            if rows.failed[place]:
                yield scorer, key

    def of(self, keys: Keys) -> "Judged[V]":
        """The judgements of these keys that there are: by scorer, and then by key."""
        places = {name: own.of(keys) for name, own in sorted(self._places.items())}
        return Judged(self._rows, places, self._take, keys.sorted())

    def taking(self, take: Callable[[JudgementRows, int], W]) -> "Judged[W]":
        """The same, with something else made of each row."""
        return Judged(self._rows, self._places, take, self._keys)


def _judgement(scorer: str, key: Key, answer: Sequence[Any], seen: Sequence[Any]) -> Judgement:
    """The judgement that `_answer` and `_seen` of its row make, which are not looked at again."""
    values, reasons, failure, not_applicable, choices = answer
    evidence, boxes, summary = seen
    return Judgement(
        scorer,
        key,
        values,
        reasons=reasons or NOTHING,
        evidence=evidence or NOTHING,
        failure=failure,
        not_applicable=not_applicable,
        boxes=tuple([Box(*box) for box in boxes]),
        choices={field: Choice(*each) for field, each in choices.items()} or NOTHING,
        summary=summary,
    )


def check(row: Any) -> None:
    """Raises `KeyError`, `TypeError` or `ValueError` for a row that `JudgementRows` refuses."""
    JudgementRows().add(row)


def _answer(row: Any) -> list[Any]:
    """What a row answers, each part as a judgement has it; raises for what cannot be one."""
    choices = {field: _choice(*choice) for field, choice in dict(row.get("choices", ())).items()}
    applies, values, reasons = row.get("not_applicable", ()), dict(row["values"]), row["reasons"]
    if not all(map(_is_value, values.values())):
        raise ValueError("not a value")
    failure = None if row["failure"] is None else _text(row["failure"])
    reasons = {field: _text(reason) for field, reason in dict(reasons).items()}
    return [values, reasons, failure, tuple(map(_text, applies)), choices]


def _seen(row: Any) -> list[Any]:
    """What a row has beside its answer, as `_answer` has that."""
    boxes = [_box(*box) for box in row.get("boxes", ())]
    return [dict(row["evidence"]), boxes, _text(row.get("summary", ""))]


def _box(name: str, box: Any, score: Any = None, looks: Any = NOTHING) -> tuple[Any, ...]:
    left, top, right, bottom = box
    return (_text(name), (left, top, right, bottom), score, dict(looks))


def _choice(options: Sequence[str], odds: Sequence[float], chosen: str | None) -> tuple[Any, ...]:
    known = None if chosen is None else _text(chosen)
    return (tuple(map(_text, options)), tuple(odds), known)


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError("not a text")
    return found


def _is_value(found: Any) -> bool:
    """Whether it is a text, nothing, or a number that a float can be."""
    if isinstance(found, int | float):
        return -float_info.max <= found <= float_info.max
    return found is None or isinstance(found, str)


def _told(judgement: Judgement) -> dict[str, Json]:
    """What a judgement has beside its values, where it has it: most rows have little."""
    boxes = [
        [b.name, list(b.box), b.score, *([dict(b.looks)] if b.looks else [])]
        for b in judgement.boxes
    ]
    choices = {
        field: [list(choice.options), list(choice.probabilities), choice.chosen]
        for field, choice in judgement.choices.items()
    }
    seen = {
        "not_applicable": list(judgement.not_applicable),
        "boxes": boxes,
        "choices": choices,
        "summary": judgement.summary,
    }
    return {name: value for name, value in seen.items() if value}


def parse_key(row: Any) -> Key:
    """The planned image that a row is of."""
    return Key(_text(row["prompt_set"]), _text(row["prompt_id"]), whole(row["index"]))


def whole(found: Any) -> int:
    """A whole number as JSON has it; raises `TypeError` for anything else."""
    if not isinstance(found, int):
        raise TypeError("not a whole number")
    return found
