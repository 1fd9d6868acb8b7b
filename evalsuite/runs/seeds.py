"""Which images a run consists of, the seed of each, and which prompts are paired."""

import hashlib
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import overload

from evalsuite.files.segments import canonical
from evalsuite.records import (
    InputError,
    Key,
    Keys,
    Names,
    Places,
    Prompt,
    PromptSet,
    Request,
)
from evalsuite.records.keys import BITS


class Plan(Sequence[Request]):
    """Planned images in order: their keys and seeds in columns, each request made when asked for.

    `prompts` are by the number that the keys' names give them.
    """

    def __init__(self, keys: Keys, seeds: "array[int]", prompts: Mapping[int, Prompt]) -> None:
        self.keys = keys
        self._seeds = seeds
        self._prompts = prompts

    @overload
    def __getitem__(self, place: int) -> Request: ...
    @overload
    def __getitem__(self, place: slice) -> "Plan": ...
    def __getitem__(self, place: int | slice) -> "Request | Plan":
        if isinstance(place, slice):
            return Plan(self.keys[place], self._seeds[place], self._prompts)
        prompt = self._prompts[self.keys.numbers[place] >> BITS]
        return Request(self.keys[place], prompt, self._seeds[place])

    def __iter__(self) -> Iterator[Request]:
        for key, number, seed in zip(self.keys, self.keys.numbers, self._seeds, strict=True):
            yield Request(key, self._prompts[number >> BITS], seed)

    def __len__(self) -> int:
        return len(self._seeds)

    @cached_property
    def seeds(self) -> Mapping[Key, int]:
        """The seed of each key."""
        return _Seeds(Places.among(self.keys), self._seeds)


class _Seeds(Mapping[Key, int]):
    def __init__(self, places: Places, seeds: "array[int]") -> None:
        self._places = places
        self._seeds = seeds

    def __getitem__(self, key: Key) -> int:
        return self._seeds[self._places[key]]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def keys_of(requests: Sequence[Request], names: Names | None = None) -> Keys:
    """The keys of requests in columns, with prompts numbered as `names` have them."""
    if isinstance(requests, Plan):
        return Keys.of(requests.keys, names)
    return Keys.of((request.key for request in requests), names)


def seeds_of(requests: Sequence[Request]) -> Mapping[Key, int]:
    """The seed of each key."""
    if isinstance(requests, Plan):
        return requests.seeds
    return {request.key: request.seed for request in requests}


def plan(
    prompt_sets: Sequence[PromptSet],
    num_images: int,
    run_seed: int,
    *,
    only: Collection[tuple[str, str]] | None = None,
    names: Names | None = None,
) -> Plan:
    """Every image of a run with its seed, by prompt set, prompt and index.

    A seed is the first four bytes of the SHA-256 of the canonical JSON of [run seed, prompt-set
    digest, prompt id, index]. Where two images of a set get the same, the later one, in the order
    of index and then of prompt, appends 1, 2, ... to its list until its seed is free. So within a
    set no seed occurs twice, and a seed does not depend on the other sets or on `num_images`.

    `only` picks (set name, prompt id) pairs after all seeds are given: with it, --limit changes no
    seed. A set that was cut before planning gets the same seeds too, except for an image that
    collides with one of a prompt that was cut away: for n images with a probability below
    n * n / 2**33 (0.01 % for 1,000). Images of different sets may share a seed.

    `names` are those of a run's rows, with which the plan's keys then share their numbers.
    """
    keys, planned, prompts = Keys(names), array("I"), dict[int, Prompt]()
    told = [prompt_set.name for prompt_set in prompt_sets]
    for name in {name for name in told if told.count(name) > 1}:
        raise InputError(f"prompt set {name!r} is named twice; name it once")
    for prompt_set in prompt_sets:
        seeds = _seeds(prompt_set, num_images, run_seed)
        for prompt in prompt_set.prompts:
            at = prompt_set.name, prompt.id
            if only is None or at in only:
                number = keys.names.add(at)
                prompts[number] = prompt
                keys.numbers.extend(number << BITS | index for index in range(num_images))
                planned += seeds[prompt.id]
    return Plan(keys, planned, prompts)


def _seeds(prompt_set: PromptSet, num_images: int, run_seed: int) -> dict[str, "array[int]"]:
    """The seeds of each prompt's images, by prompt id."""
    seeds = {prompt.id: array("I") for prompt in prompt_set.prompts}
    taken: set[int] = set()
    for index in range(num_images):
        for prompt in prompt_set.prompts:
            words: list[int | str] = [run_seed, prompt_set.digest, prompt.id, index]
            seed, counter = _seed(words), 0
            while seed in taken:
                counter += 1
                seed = _seed([*words, counter])
            taken.add(seed)
            seeds[prompt.id].append(seed)
    return seeds


def _seed(words: Sequence[int | str]) -> int:
    # 32 bits, for torch's CPU generator keeps no more of a seed than that.
    return int.from_bytes(hashlib.sha256(canonical(words).encode("ascii")).digest()[:4], "big")


def twins(prompt_sets: Sequence[PromptSet]) -> dict[tuple[str, str], Prompt]:
    """Each paired prompt's other half, in both directions; of several, the first."""
    halves: dict[tuple[str, str], Prompt] = {}
    for prompt_set in prompt_sets:
        by_id = {prompt.id: prompt for prompt in prompt_set.prompts}
        for prompt in prompt_set.prompts:
            if prompt.twin in by_id:
                halves[prompt_set.name, prompt.id] = by_id[prompt.twin]
                halves.setdefault((prompt_set.name, prompt.twin), prompt)
    return halves
