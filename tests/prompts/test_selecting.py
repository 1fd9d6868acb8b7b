"""Part of a set, sets by name, and the bundled ones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.prompts import sets as prompts
from evalsuite.records import InputError, Prompt, PromptSet

ROW = {"tag": "t", "prompt": "x"}


@pytest.fixture
def pairs(tmp_path: Path) -> PromptSet:
    rows = []
    for i in range(6):
        rows += [{**ROW, "id": f"a{i}"}, {**ROW, "id": f"n{i}", "twin": f"a{i}"}]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return prompts.read(path)


def ids(chosen: PromptSet) -> list[str]:
    return [prompt.id for prompt in chosen.prompts]


def test_limit_slices_and_keeps_twins(pairs: PromptSet) -> None:
    assert ids(prompts.select(pairs, limit="3")) == ["a0", "n0", "a1"]
    assert ids(prompts.select(pairs, limit="3-4")) == ["a1", "n1"]
    assert ids(prompts.select(pairs, limit="4-5")) == ["a1", "n1", "a2"]
    assert prompts.select(pairs, limit="999") == pairs
    assert prompts.select(pairs, limit="2").digest == pairs.digest


def test_prompts_by_id_keep_their_twins_and_their_sets_names(pairs: PromptSet) -> None:
    other = replace(pairs, name="other", prompts=(Prompt("b0", "x", "t"),))

    (one,) = prompts.select_ids([pairs, other], ["n3", "a1"])
    assert ids(one) == ["a1", "a3", "n3"]
    assert (one.name, one.digest) == (pairs.name, pairs.digest)
    assert [ids(found) for found in prompts.select_ids([pairs, other], ["b0", "a0"])] == [
        ["a0"],
        ["b0"],
    ]
    with pytest.raises(InputError, match=r"^no prompt of mine, other has the id 'a11'; did you"):
        prompts.select_ids([pairs, other], ["a11"])


@pytest.mark.parametrize("limit", ["0", "-1", "a", "", "4-3", "0-2", "13-14", "1-", "1.5", "٣"])
def test_limits_that_select_nothing_are_refused(pairs: PromptSet, limit: str) -> None:
    with pytest.raises(InputError, match="is not N or a-b within the 12 of mine"):
        prompts.select(pairs, limit=limit)


@given(st.integers(1, 14), st.integers(0, 99))
def test_samples_are_repeatable_exact_and_leave_no_twin_dangling(size: int, seed: int) -> None:
    rows = []
    for i in range(6):
        rows += [Prompt(f"a{i}", "x", "t"), Prompt(f"n{i}", "x", "t", twin=f"a{i}")]
    whole = PromptSet(
        name="mine", version="1", digest="0" * 64, dialect="everyday", prompts=tuple(rows)
    )
    chosen = prompts.select(whole, sample=size, seed=seed)
    assert chosen == prompts.select(whole, sample=size, seed=seed)
    kept = ids(chosen)
    assert len(kept) == min(size, 12)
    assert kept == [prompt.id for prompt in rows if prompt.id in kept]
    assert all(f"a{name[1:]}" in kept for name in kept)
    whole_pairs = sum(name[0] == "n" for name in kept)
    assert whole_pairs == len(kept) // 2


def test_samples_differ_by_seed(pairs: PromptSet) -> None:
    drawn = {tuple(ids(prompts.select(pairs, sample=4, seed=seed))) for seed in range(20)}
    assert len(drawn) > 5
    with pytest.raises(InputError, match="give a number from 1"):
        prompts.select(pairs, sample=0)


def test_find_takes_paths_and_names_in_the_dialect(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(ROW))
    found = prompts.find([str(path), "spatial", "scenes-counts"], "scenes")
    assert [chosen.name for chosen in found] == ["mine", "scenes-spatial", "scenes-counts"]
    assert [chosen.name for chosen in prompts.find(["spatial"], "everyday")] == ["spatial"]


def test_find_refuses_misspelt_and_repeated_names() -> None:
    with pytest.raises(InputError, match=r"no prompt set 'cuonts'; did you mean 'counts'"):
        prompts.find(["cuonts"], "everyday")
    with pytest.raises(InputError, match="two prompt sets are named 'counts'"):
        prompts.find(["counts", "counts"], "everyday")


def test_bundled_sets_come_in_report_order() -> None:
    scenes = ["counts", "negation", "spatial", "occupations"]
    assert prompts.default("everyday")[: len(prompts.TOPICS)] == list(prompts.TOPICS)
    assert prompts.default("scenes")[:4] == [f"scenes-{name}" for name in scenes]
    run = [name for name in prompts.bundled() if name not in prompts.ASKED_FOR]
    assert run == prompts.default("everyday") + prompts.default("scenes")


@pytest.mark.parametrize("name", prompts.bundled())
def test_bundled_sets_are_sound(name: str) -> None:
    (read,) = prompts.find([name], "everyday")
    assert read.version != "0"
    assert (read.dialect == "scenes") == name.startswith("scenes-")
    assert read.card["topic"] == name.removeprefix("scenes-")
    assert prompts.lint(read) == []
    assert len(read.prompts) >= (40 if read.dialect == "scenes" else 80)
    places = [int(prompt.id.removeprefix(f"{name}-")) for prompt in read.prompts]
    assert places == sorted(set(places))
    assert [f"{name}-{place:04d}" for place in places] == [prompt.id for prompt in read.prompts]
