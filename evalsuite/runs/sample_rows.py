"""A sample as a row of a segment, and many of them in columns."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from math import fsum, inf
from typing import Any, get_args

from evalsuite.files.redact import redact
from evalsuite.records import Json, Key, Sample, Status
from evalsuite.runs.images import SHA256
from evalsuite.runs.judgement_rows import parse_key
from evalsuite.runs.packed import Digests, Joined, narrowed

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

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self._seeds = array("Q")
        self._statuses = bytearray()
        self.images = Digests()
        self._reasons: dict[int, Any] = {}
        self._facts: dict[int, Any] = {}

    def copy(self) -> "SampleRows":
        """One that grows apart from this."""
        found = SampleRows()
        found.keys, found._seeds = self.keys.copy(), self._seeds[:]
        found._statuses, found.images = self._statuses.copy(), self.images.copy()
        found._reasons, found._facts = self._reasons.copy(), self._facts.copy()
        return found

    def add(self, shared: dict[Key, Key], row: Any) -> None:
        """Append a segment's row; its key is the one of `shared` that equals it, if any.

        Raises `KeyError`, `TypeError` or `ValueError` if it is no such row.
        """
        status, image, reason = row["status"], row["image"], row["reason"]
        # Whoever wrote the row: only a hash may become a file's name.
        named = image is not None and SHA256.fullmatch(image) is not None
        if status not in STATUSES or named != (status == "ok") or (image and not named):
            raise ValueError("not a sample")
        key, seed = parse_key(row), int(row["seed"])
        if not 0 <= seed < 2**64:
            raise ValueError("not a seed")
        if reason is not None:
            self._reasons[len(self.keys)] = reason
        if (facts := row.get("facts")) is not None:
            if not isinstance(facts, dict) or not _is_cost(facts.get("cost_usd", 0)):
                raise ValueError("not facts")
            self._facts[len(self.keys)] = facts
        self._seeds.append(seed)
        self._statuses.append(STATUSES.index(status))
        self.images.append(image)
        self.keys.append(shared.setdefault(key, key))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: int) -> Sample:
        return Sample(
            self.keys[place],
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
    """The samples that count, by key, in the order of `places`; each is made when asked for."""

    def __init__(self, rows: Joined[SampleRows], places: Mapping[Key, int]) -> None:
        self._rows = rows
        self._places = places

    def __getitem__(self, key: Key) -> Sample:
        rows, place = self._rows.at(self._places[key])
        return rows[place]

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def image(self, key: Key) -> str | None:
        """The SHA-256 of the key's image; None where there is none."""
        if key not in self._places:
            return None
        rows, place = self._rows.at(self._places[key])
        return rows.images[place]

    def of(self, keys: Sequence[Key]) -> "Samples":
        """The samples of these keys that there are, in this order."""
        return Samples(self._rows, narrowed(self._places, keys))
