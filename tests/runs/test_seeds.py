import hashlib
import json
from dataclasses import replace

import pytest

from evalsuite.records import InputError, Key, Keys, Names, Prompt, PromptSet
from evalsuite.runs import seeds as planning
from evalsuite.runs.seeds import keys_of, plan


def prompt_set(name="counts", size=5, digest="abc"):
    prompts = tuple(Prompt(f"p{n}", f"text {n}", "counting") for n in range(size))
    return PromptSet(name=name, version="1", digest=digest, dialect="scenes", prompts=prompts)


def seeds(requests):
    return {request.key: request.seed for request in requests}


def test_a_seed_is_the_start_of_a_sha256_that_anybody_can_recompute():
    request = plan([prompt_set()], 2, 7)[3]
    assert request.key == Key("counts", "p1", 1)
    text = json.dumps([7, "abc", "p1", 1], separators=(",", ":"))
    assert request.seed == int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def test_the_order_is_set_prompt_index():
    keys = [request.key for request in plan([prompt_set(size=2), prompt_set("other", 1)], 2, 0)]
    assert keys == [
        Key("counts", "p0", 0),
        Key("counts", "p0", 1),
        Key("counts", "p1", 0),
        Key("counts", "p1", 1),
        Key("other", "p0", 0),
        Key("other", "p0", 1),
    ]


def test_another_run_seed_or_digest_gives_other_seeds():
    first = seeds(plan([prompt_set()], 2, 0))
    for other in (plan([prompt_set()], 2, 1), plan([prompt_set(digest="abd")], 2, 0)):
        assert not set(first.values()) & {request.seed for request in other}


def test_collisions_are_resolved_and_change_with_nothing_but_the_set(monkeypatch):
    real = planning._seed
    monkeypatch.setattr(planning, "_seed", lambda words: real(words) % 64)  # 6 bits: they collide
    full = prompt_set(size=20)
    all_of_it = seeds(plan([full], 3, 0))
    assert len(set(all_of_it.values())) == 60
    fewer = seeds(plan([full, prompt_set("more", 8, "x")], 2, 0))
    assert {key: seed for key, seed in all_of_it.items() if key.index < 2}.items() <= fewer.items()
    some = {("counts", f"p{n}") for n in (3, 7, 19)}
    picked = seeds(plan([full], 3, 0, only=some))
    assert len(picked) == 9
    assert picked.items() <= all_of_it.items()
    # Cut beforehand, the set no longer knows what it would have collided with.
    cut = replace(full, prompts=full.prompts[:15])
    assert len(set(seeds(plan([cut], 3, 0)).values())) == 45


def test_a_set_named_twice_is_refused():
    with pytest.raises(InputError, match="'counts' is named twice"):
        plan([prompt_set(), prompt_set()], 1, 0)


def test_no_images_are_planned_beyond_those_asked_for_and_names_are_shared():
    names = Names()
    rows = Keys.of([Key("counts", "gone", 0), Key("counts", "p0", 1)], names)
    requests = plan([prompt_set(size=1)], 2, 0, names=names)
    assert [*requests.keys] == [Key("counts", "p0", 0), Key("counts", "p0", 1)]
    assert requests.keys.numbers[1] == rows.numbers[1]
    assert names.list == [("counts", "gone"), ("counts", "p0")]


def test_a_part_of_a_plan_is_a_plan_and_knows_each_seed():
    requests = plan([prompt_set(size=3)], 2, 0)
    part = requests[1:4]
    assert [*part] == [requests[n] for n in (1, 2, 3)]
    assert part[0].prompt.id == "p0" and part[1].prompt.id == "p1"
    assert dict(part.seeds) == {request.key: request.seed for request in part}
    assert keys_of(part) is part.keys and [*keys_of([*part])] == [*part.keys]


def test_a_seed_that_is_taken_counts_on_from_one(monkeypatch):
    asked = []

    def seed(words):
        """The first of each list is taken by the first prompt; then numbers are counted up."""
        asked.append([*words])
        return 4 if len(words) == 4 else 10 + words[-1]

    monkeypatch.setattr(planning, "_seed", seed)
    assert [request.seed for request in plan([prompt_set(size=3)], 1, 0)] == [4, 11, 12]
    assert asked == [
        [0, "abc", "p0", 0],
        [0, "abc", "p1", 0],
        [0, "abc", "p1", 0, 1],
        [0, "abc", "p2", 0],
        [0, "abc", "p2", 0, 1],
        [0, "abc", "p2", 0, 2],
    ]


def test_twins_are_found_in_both_directions_within_their_set():
    plain, negated = Prompt("p", "a dog", "t"), Prompt("n", "no dog", "t", twin="p")
    second, lost = Prompt("m", "not a dog", "t", twin="p"), Prompt("l", "no cat", "t", twin="gone")
    whole = replace(prompt_set(), prompts=(plain, negated, second, lost))
    other = replace(prompt_set("other"), prompts=(negated,))

    assert planning.twins([whole, other]) == {
        ("counts", "n"): plain,
        ("counts", "p"): negated,
        ("counts", "m"): plain,
    }
