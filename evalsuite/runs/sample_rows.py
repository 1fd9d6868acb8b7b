"""A sample as a row of a segment, and many of them in columns."""

from array import array
from collections.abc import Iterator, Mapping
from math import fsum, inf
from typing import Any, get_args

from evalsuite.files.redact import redact
from evalsuite.records import Json, Key, Keys, Names, Places, Sample, Status
from evalsuite.runs.images import SHA256
from evalsuite.runs.judgement_rows import parse_key, whole
from evalsuite.runs.packed import Digests, Items, Joined, Values

STATUSES: tuple[Status, ...] = get_args(Status)


def to_row(sample: Sample) -> dict[str, Json]:
    """A sample as a row of a segment; its reason and facts are redacted."""
    facts = {} if sample.facts is None else {"facts": redact(dict(sample.facts))}
    return {
        **facts,
        **sample.key._asdict(),
        "seed": sample.seed,
        "status": sample.status,
        "image": sample.image,
        "reason": redact(sample.reason),
    }


class SampleRows:
    """The samples of a segment in columns."""

    def __init__(self, names: Names | None = None) -> None:
        self.keys = Keys(names)
        self._seeds = array("Q")
        self._statuses = bytearray()
        self.images = Digests()
        self._reasons: dict[int, Any] = {}
        self._facts: dict[int, Any] = {}

    def copy(self) -> "SampleRows":
        """One that grows apart from this."""
        found = SampleRows(self.keys.names)
        found.keys, found._seeds = self.keys.copy(), self._seeds[:]
        found._statuses, found.images = self._statuses.copy(), self.images.copy()
        found._reasons, found._facts = self._reasons.copy(), self._facts.copy()
        return found

    def add(self, row: Any) -> None:
        """Append a segment's row.

        Raises `KeyError`, `TypeError` or `ValueError` if it is no such row.
        """
        status, image, reason = row["status"], row["image"], row["reason"]
        # Whoever wrote the row: only a hash may become a file's name.
        named = image is not None and SHA256.fullmatch(image) is not None
        if status not in STATUSES or named != (status == "ok") or (image and not named):
            raise ValueError("not a sample")
        number, seed = self.keys.names.number(parse_key(row)), whole(row["seed"])
        if not 0 <= seed < 2**64:
            raise ValueError("not a seed")
        if not isinstance(reason, str | None):
            raise TypeError("not a reason")
        facts = row.get("facts")
        if not isinstance(facts, dict | None) or not _is_cost((facts or {}).get("cost_usd", 0)):
            raise ValueError("not facts")
        if reason is not None:
            self._reasons[len(self.keys)] = reason
        if facts is not None:
            self._facts[len(self.keys)] = facts
        self._seeds.append(seed)
        self._statuses.append(STATUSES.index(status))
        self.images.append(image)
        self.keys.numbers.append(number)

    def __len__(self) -> int:
        return len(self.keys)

    def sample(self, place: int, key: Key) -> Sample:
        """The row in a place; `key` is its key, which who asks has at hand."""
        return Sample(
            key,
            self._seeds[place],
            STATUSES[self._statuses[place]],
            image=self.images[place],
            reason=self._reasons.get(place),
            facts=self._facts.get(place),
        )

    @property
    def cost(self) -> float | None:
        """What all these rows cost, in dollars, those among them that count no longer."""
        costs = [facts["cost_usd"] for facts in self._facts.values() if "cost_usd" in facts]
        return fsum(costs) if costs else None


def _is_cost(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < inf


class Samples(Mapping[Key, Sample]):
    """The samples that count, by key; each is made when asked for.

    They come in the order of `keys`, where there are some, or else in that of `places`.
    """

    def __init__(self, rows: Joined[SampleRows], places: Places, keys: Keys | None = None) -> None:
        self._rows = rows
        self._places = places
        self._keys = keys

    def __getitem__(self, key: Key) -> Sample:
        rows, place = self._rows.at(self._places[key])
        return rows.sample(place, key)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return (key for key, _ in self._places.along(self._keys))

    def pairs(self) -> Iterator[tuple[Key, Sample]]:
        """Each key with its sample."""
        for key, found in self._places.along(self._keys):
            rows, place = self._rows.at(found)
            yield key, rows.sample(place, key)

    def items(self) -> Items[Key, Sample]:
        """Each key with its sample."""
        return Items(self)

    def values(self) -> Values[Sample]:
        """The samples."""
        return Values(self)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, key: Key, default: Any = None) -> Any:
        """The key's sample, or the default."""
        if (found := self._places.find(key)) < 0:
            return default
        rows, place = self._rows.at(found)
        return rows.sample(place, key)

    def image(self, key: Key) -> str | None:
        """The SHA-256 of the key's image; None where there is none."""
        if (found := self._places.find(key)) < 0:
            return None
        rows, place = self._rows.at(found)
        return rows.images[place]

    def of(self, keys: Keys) -> "Samples":
        """The samples of these keys that there are, in this order."""
        return Samples(self._rows, self._places.of(keys), keys)
