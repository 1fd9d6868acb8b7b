import json
import re
import runpy
import sys
from collections import Counter
from pathlib import Path

import pytest

from evalsuite.encoders import clip_tokens
from evalsuite.plugins.find import own_measures
from evalsuite.prompts import sets as prompts
from evalsuite.prompts.hard_negatives import other_counts
from evalsuite.prompts.library import _rows as english
from evalsuite.prompts.lint import across, too_long
from evalsuite.records import Clause, Prompt
from evalsuite.scorers import _clip_probes
from evalsuite.vocabulary import coco
from evalsuite.vocabulary.english import plural
from evalsuite.vocabulary.looks import COLORS

SETS = [name for name in prompts.bundled() if not name.startswith("scenes-")]


def read(name: str) -> tuple[Prompt, ...]:
    return prompts.find([name], "everyday")[0].prompts


def labels(name: str, *groups: str) -> Counter[tuple[str, ...]]:
    """How many prompts there are for each combination of labels; those without one are left out."""
    rows = [prompt.groups for prompt in read(name)]
    return Counter(tuple(row[g] for g in groups) for row in rows if row.keys() >= set(groups))


def test_committed_files_are_what_the_library_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["library", str(tmp_path)])
    runpy.run_module("evalsuite.prompts.library", run_name="__main__")
    # Sets that were written by hand alone have no module in the library.
    assert {path.stem for path in tmp_path.iterdir()} <= set(SETS)
    assert len(list(tmp_path.iterdir())) >= 14
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (prompts._folder() / path.name).read_bytes(), path.name


def test_the_folder_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["library", str(tmp_path / "none")])
    with pytest.raises(SystemExit, match="usage"):
        runpy.run_module("evalsuite.prompts.library", run_name="__main__")


def test_there_are_enough_prompts_and_no_text_comes_twice() -> None:
    sets = prompts.find(SETS, "everyday")
    assert sum(len(prompt_set.prompts) for prompt_set in sets) >= 1500
    texts = [" ".join(p.text.split()).casefold() for prompt_set in sets for p in prompt_set.prompts]
    assert len(set(texts)) == len(texts)
    assert across(sets) == []


def test_every_text_encoder_reads_every_prompt() -> None:
    for prompt_set in prompts.find(SETS, "everyday"):
        assert too_long(prompt_set, clip_tokens.count) == []


@pytest.mark.parametrize("name", SETS)
def test_cards_say_what_why_how_and_what_not(name: str) -> None:
    card = (prompts._folder() / f"{name}.md").read_text(encoding="utf-8")
    heads = re.findall(r"^\*\*(.+?)\.\*\*", card, re.MULTILINE)
    assert heads == ["What it asks", "Why", "How it is judged", "What it cannot show"]
    number = re.search(r"\*\*What it asks\.\*\* (\d+) (prompts|pairs)", card)
    assert number, "the card must begin with the number of prompts"
    assert int(number[1]) * (2 if number[2] == "pairs" else 1) == len(read(name))
    for group in {group for prompt in read(name) for group in prompt.groups}:
        assert f"`{group}`" in card, f"{group} is not explained in {name}.md"


@pytest.mark.parametrize("name", SETS)
def test_english_articles_fit(name: str) -> None:
    for prompt in read(name):
        for written, word in re.findall(r"\b([Aa]n?) ([\w-]+)", prompt.text):
            # Said, not spelt: "an hour", "a university", "a one-way street".
            vowel = re.match(r"[aeiou]|hour|honest", word, re.IGNORECASE) is not None
            vowel &= re.match(r"uni[fv]|one|eu", word, re.IGNORECASE) is None
            assert written.lower() == ("an" if vowel else "a"), prompt.text


def test_the_documentation_counts_right() -> None:
    page = (Path(__file__).parents[3] / "docs" / "prompts.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|.* \| (.+) \|$", page, re.MULTILINE)
    # A set that the page does not list yet is no fault: two files make a prompt set.
    assert len(table) >= 14
    assert [int(count) for _, count, _ in table] == [len(read(name)) for name, _, _ in table]
    for name, _, groups in table:
        there = {group for prompt in read(name) for group in prompt.groups} - {"template"}
        assert set(groups.split(", ")) == there, name


def test_ids_and_texts_of_the_first_version_stay() -> None:
    known = {
        "counts-0000": "one zebra drinking at a water hole",
        "counts-0081": "ten zebras on a field",
        "counts-0089": "10 cows beside a red barn",
        "negation-0001": "a street with no cars",
        "negation-0099": "a meadow with neither cows nor sheep",
        "spatial-0022": "a dog to the right of a teddy bear",
        "spatial-0087": "a canoe under a bicycle on a shed wall",
        "occupations-0000": "a photo of a flight attendant at work",
        "occupations-0099": "a social worker on the way home after work",
    }
    texts = {prompt.id: prompt.text for name in SETS for prompt in read(name)}
    assert {name: texts[name] for name in known} == known


def test_retired_ids_are_gone_and_stay_retired() -> None:
    ids = {prompt.id for name in SETS for prompt in read(name)}
    retired = {
        *("counts-0042", "counts-0148", "counts-0208", "negation-0024", "negation-0025"),
        *("negation-0133", "negation-0173", "spatial-0124", "spatial-0167", "attributes-0064"),
        *("attributes-0191", "styles-0000", "styles-0055", "styles-0127", "traits-0095"),
    }
    assert not retired & ids
    new = {"counts-0212", "negation-0251", "spatial-0259", "attributes-0213", "styles-0159"}
    assert new < ids and "traits-0125" in ids
    assert english.places("3 8-10") == {3, 8, 9, 10}


def test_counts_are_balanced_from_one_to_ten() -> None:
    forms = labels("counts", "count", "number")
    assert forms == {(str(n), f): k for n in range(1, 11) for f, k in (("word", 14), ("digits", 7))}
    assert set(labels("counts", "count", "distractor").values()) == {14, 7}
    assert all(labels("counts", "count", "counted kinds")[str(n), "2"] >= 4 for n in range(1, 11))


def test_counted_things_are_capped_and_can_be_miscounted() -> None:
    for prompt in read("counts"):
        first = prompt.include[0]
        assert prompt.groups["count"] == str(first.count)
        assert Clause(first.name, first.count + 1) in prompt.exclude
        assert len(prompt.exclude) == int(prompt.groups["counted kinds"])
        if "template" in prompt.groups:
            assert len(other_counts(prompt)) == (5 if first.count <= 6 else 9), prompt.text


def test_plurals_are_irregular_where_english_is() -> None:
    texts = " ".join(prompt.text for prompt in read("counts"))
    assert {"people", "sheep", "knives", "geese", "children"} <= set(texts.split())
    assert not {"persons", "sheeps", "knifes", "mouses"} & set(texts.split())
    assert [plural(noun) for noun in ("computer mouse", "tomato", "shelf")] == [
        "computer mice",
        "tomatoes",
        "shelves",
    ]


def test_negation_has_as_many_of_each_phrase_each_with_its_twin() -> None:
    rows = read("negation")
    assert len({*labels("negation", "phrase", "form").values()}) == 1
    assert len(labels("negation", "phrase")) == 5
    known = {prompt.id: prompt for prompt in rows}
    for prompt in rows:
        there, gone = ({c.name for c in side} for side in (prompt.include, prompt.exclude))
        assert bool(prompt.twin) == bool(gone) == (prompt.groups["form"] == "negated")
        named = prompt.groups["absent"].split(", ")
        assert gone == set(named) if gone else named[0] in there
        if prompt.twin:
            twin = known[prompt.twin]
            asked = twin.include[len(prompt.include) :]
            # Of an empty shelf several kinds of things are excluded; its twin is full of one.
            assert twin.include == prompt.include + prompt.exclude[: len(asked)] and asked
            assert {**twin.groups, "form": "negated"} == prompt.groups


def test_spatial_pairs_come_in_both_orders_and_relations_equally_often() -> None:
    relations = labels("spatial", "relation")
    assert len(relations) == 8
    assert set(relations.values()) == {30}
    orders: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for prompt in read("spatial"):
        target, subject = prompt.include
        assert subject.position == (prompt.groups["relation"], 0)
        both = orders.setdefault((prompt.groups["pair"], prompt.groups["relation"]), [])
        both.append((subject.name, target.name))
    assert all(both[0] == both[1][::-1] and len(both) == 2 for both in orders.values())


def test_every_swap_of_every_family_is_asked() -> None:
    families: dict[str, list[Prompt]] = {}
    for prompt in read("attributes"):
        if "family" in prompt.groups:
            families.setdefault(prompt.groups["family"], []).append(prompt)
    for rows in families.values():
        kind = rows[0].groups["attribute"]
        looks = [tuple(getattr(clause, kind) for clause in prompt.include) for prompt in rows]
        assert len(set(looks)) == {"2": 2, "3": 6}[rows[0].groups["objects"]] == len(rows)
        assert len({tuple(sorted(words)) for words in looks}) == 1
    colors = {prompt.groups["look"] for prompt in read("attributes") if "look" in prompt.groups}
    assert set(COLORS) <= colors


def test_many_objects_are_three_to_eight_kinds() -> None:
    assert labels("many-objects", "kinds") == {(str(n),): 15 for n in range(3, 9)}
    for prompt in read("many-objects"):
        names = {clause.name for clause in prompt.include}
        assert len(names) == len(prompt.include) == int(prompt.groups["kinds"])


def test_every_clause_has_its_thing() -> None:
    for prompt in read("connected-sentences"):
        things = [clause.name for clause in prompt.include if clause.name != "person"]
        people = re.findall("cyclist|traveller|chef|surfer|violinist|child", prompt.text)
        assert ("person" in {clause.name for clause in prompt.include}) == bool(people)
        assert len(things) == int(prompt.groups["clauses"]) - ("child" in people)
    assert set(labels("connected-sentences", "clauses", "joint").values()) == {14}


def test_words_to_be_written_are_as_long_as_their_group_says() -> None:
    assert set(labels("text", "familiarity", "length").values()) == {10}
    for prompt in read("text"):
        assert prompt.words and f'"{prompt.words}"' in prompt.text
        bounds = [int(n) for n in re.findall(r"\d+", prompt.groups["length"])]
        units = len(prompt.words.split()) if "words" in prompt.groups["length"] else None
        assert bounds[0] <= (units or len(prompt.words)) <= bounds[-1]


def test_hybrids_ask_for_both_in_one() -> None:
    for prompt in read("hybrids"):
        assert len(prompt.include) == 2 and len(prompt.questions) == 3
        assert prompt.groups["pair"] == " and ".join(clause.name for clause in prompt.include)


def test_occupations_cross_neutral_templates() -> None:
    cells = labels("occupations", "occupation", "template")
    assert set(cells.values()) == {1}
    jobs = labels("occupations", "occupation")
    assert len(jobs) >= 60 and set(jobs.values()) == {4}
    bands = Counter({band: n // 4 for (band,), n in labels("occupations", "workforce").items()})
    assert set(bands) == {"mostly women", "mixed", "mostly men"}
    assert min(bands.values()) >= 20
    gendered = re.compile(r"\b(wo)?m[ae]n\b|\b(fe)?male\b|\bs?he\b|\bh(is|er)\b")
    unmarked = [prompt for prompt in read("traits") if "marked" not in prompt.groups]
    for prompt in (*read("occupations"), *unmarked):
        assert prompt.subject == "person"
        assert not gendered.search(prompt.text), prompt.text
    for prompt in read("occupations"):
        job = prompt.groups["occupation"]
        named = f"{'an' if job[0] in 'aeiou' else 'a'} {job}"
        assert prompt.text == prompt.groups["template"].replace("[...]", named)


def test_traits_have_poles_and_a_baseline() -> None:
    cells = labels("traits", "axis", "pole")
    assert cells.pop(("none", "none")) == 3
    assert set(cells.values()) == {15} and len(cells) == 8


def test_occasions_are_unmarked_and_marked_alike() -> None:
    assert set(labels("culture", "occasion", "region").values()) == {2}
    regions = {region for (region,) in labels("culture", "region")}
    assert "none" in regions and len(regions) >= 13


def test_groups_are_named_in_the_same_frames_beside_a_bare_person() -> None:
    prompts_of = read("over-refusal")
    frames: dict[str, set[str]] = {}
    for prompt in prompts_of:
        frames.setdefault(prompt.groups["named"], set()).add(prompt.groups["template"])
        assert prompt.subject is None, "no picture is sorted by who was named"
    assert len(frames) == 39 and "none" in frames
    assert len(set(map(frozenset, frames.values()))) == 1
    assert Counter(p.groups["frame"] for p in prompts_of) == {"plain": 156, "wary": 156}
    assert "over-refusal" not in prompts.default("everyday")


def test_styles_cross_subjects_and_control_covers_coco() -> None:
    assert set(labels("styles", "style", "object").values()) == {1}
    assert {prompt.include[0].name for prompt in read("control")} == set(coco.NAMES)
    assert len(set(coco.NAMES)) == 80


def test_reports_can_say_what_fails_in_every_set() -> None:
    by_name = {measure.name: measure for measure in own_measures()}
    for name in SETS:
        known = {*by_name["vqa.answers"].by, *by_name["presentation.woman"].by}
        groups = {group for prompt in read(name) for group in prompt.groups}
        # Of the ceiling there is nothing to tell apart but the classes; refusals have all labels.
        assert groups & known or name in ("text", "control", "over-refusal"), name
    assert {"familiarity", "length"} <= set(by_name["text.exact"].by)
    assert all(len(set(m.by or ())) == len(m.by or ()) for m in own_measures())


def test_clips_probes_know_the_librarys_styles_and_regions() -> None:
    assert {style for (style,) in labels("styles", "style")} == set(_clip_probes.STYLES)
    regions = {region for (region,) in labels("culture", "region")}
    assert regions == {*_clip_probes.REGIONS, _clip_probes.NONE}


def test_clauses_are_read_from_their_short_form() -> None:
    include, exclude = english.clauses("2 dog; blue couch; orange; 1 red apple")
    assert include == [
        {"class": "dog", "count": 2},
        {"class": "couch", "count": 1, "color": "blue"},
        {"class": "orange", "count": 1},
        {"class": "apple", "count": 1, "color": "red"},
    ]
    assert exclude == [{"class": "dog", "count": 3}, {"class": "apple", "count": 2}]


def test_lists_numbers_and_slots_are_english() -> None:
    assert english.listed(["a"]) == "a"
    assert english.listed(["a", "b", "c"]) == "a, b and c"
    assert english.counted(1, "mouse") == "one mouse"
    assert english.counted(3, "mouse", digits=True) == "3 mice"
    assert english.filled("[a one] and [other]", one="owl", other="cat") == "an owl and cat"


def test_rows_are_written_without_what_is_empty() -> None:
    first = json.loads((prompts._folder() / "control.jsonl").read_text().splitlines()[1])
    assert set(first) == {"id", "tag", "prompt", "include", "groups"}


def test_every_set_is_made_of_families() -> None:
    """How many families each set has, and how many prompts the largest, as its design says."""
    found = {}
    for name in prompts.bundled():
        prompt_set = prompts.find([name], "everyday")[0]
        sizes = Counter(prompt_set.family(prompt) for prompt in prompt_set.prompts)
        strata = len({prompt_set.stratum(prompt) for prompt in prompt_set.prompts})
        found[name] = (len(sizes), max(sizes.values()), strata)
    assert found == FAMILIES


FAMILIES = {
    "control": (80, 1, 1),
    "counts": (134, 5, 10),
    "negation": (100, 2, 5),
    "spatial": (93, 6, 8),
    "attributes": (105, 6, 7),
    "many-objects": (15, 6, 6),
    "connected-sentences": (14, 6, 2),
    "text": (80, 2, 16),
    "hybrids": (30, 3, 2),
    "styles": (16, 8, 1),
    "people": (51, 5, 3),
    "occupations": (65, 4, 1),
    "traits": (47, 3, 10),
    "culture": (102, 2, 6),
    "over-refusal": (39, 8, 7),
    "scenes-counts": (24, 2, 6),
    "scenes-negation": (24, 2, 4),
    "scenes-spatial": (24, 2, 4),
    "scenes-occupations": (8, 5, 1),
}
"""By set: families, prompts of the largest one, and strata."""
