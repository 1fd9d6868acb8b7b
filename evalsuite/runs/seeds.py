"""Which images a run consists of, the seed of each, and which prompts are paired."""

import hashlib
from array import array
from collections.abc import Collection, Iterable, Sequence

from evalsuite.files.segments import canonical
from evalsuite.records import InputError, Key, Prompt, PromptSet, Request


def plan(
    prompt_sets: Sequence[PromptSet],
    num_images: int,
    run_seed: int,
    *,
    only: Collection[tuple[str, str]] | None = None,
    known: Iterable[Key] = (),
) -> list[Request]:
    """Every image of a run with its seed, by prompt set, prompt and index.

    A seed is the first four bytes of the SHA-256 of the canonical JSON of [run seed, prompt-set
    digest, prompt id, index]. Where two images of a set get the same, the later one, in the order
    of index and then of prompt, appends 1, 2, ... to its list until its seed is free. So within a
    set no seed occurs twice, and a seed does not depend on the other sets or on `num_images`.

    `only` picks (set name, prompt id) pairs after all seeds are given: with it, --limit changes no
    seed. A set that was cut before planning gets the same seeds too, except for an image that
    collides with one of a prompt that was cut away: for n images with a probability below
    n * n / 2**33 (0.01 % for 1,000). Images of different sets may share a seed.

    `known` are keys that a run's rows have: requests share them, which a large run's memory shows.
    """
    shared = {key: key for key in known}
    requests: list[Request] = []
    names = [prompt_set.name for prompt_set in prompt_sets]
    for name in {name for name in names if names.count(name) > 1}:
        raise InputError(f"prompt set {name!r} is named twice; name it once")
    for prompt_set in prompt_sets:
        seeds = _seeds(prompt_set, num_images, run_seed)
        requests += [
            Request(shared.get(key, key), prompt, seeds[prompt.id][key.index])
            for prompt in prompt_set.prompts
            if only is None or (prompt_set.name, prompt.id) in only
            for key in (Key(prompt_set.name, prompt.id, index) for index in range(num_images))
        ]
    return requests


def _seeds(prompt_set: PromptSet, num_images: int, run_seed: int) -> dict[str, "array[int]"]:
    """The seeds of each prompt's images, by prompt id."""
    seeds = {prompt.id: array("L") for prompt in prompt_set.prompts}
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
