import sys
from collections import Counter
from pathlib import Path

import pytest

from evalsuite.prompts import sets as prompts
from evalsuite.records import PromptSet
from evalsuite.scenes import promptsets
from evalsuite.scenes.captions import NEGATIONS, PEOPLE, RELATION_PHRASES
from evalsuite.scenes.world import COLORS, OCCUPATIONS, RELATIONS, SHAPES


def committed(name: str) -> PromptSet:
    return prompts.find([name], "scenes")[0]


def test_committed_files_are_what_the_module_writes(tmp_path: Path) -> None:
    promptsets.main(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == set(promptsets.SETS)
    for path in tmp_path.iterdir():
        made = prompts.read(path)
        assert made.prompts == committed(path.stem).prompts
        assert path.read_bytes() == (prompts._folder() / path.name).read_bytes()


def test_counts_are_balanced() -> None:
    rows = committed("scenes-counts").prompts
    groups = [prompt.groups for prompt in rows]
    assert len({prompt.text for prompt in rows}) == 48
    assert set(Counter((labels["count"], labels["shape"]) for labels in groups).values()) == {2}
    assert Counter(labels["color"] for labels in groups) == dict.fromkeys(COLORS, 8)
    by_form = Counter((labels["count"], labels["number"]) for labels in groups)
    assert by_form == {(str(n), f): k for n in range(1, 7) for f, k in (("word", 5), ("digits", 3))}
    assert {labels["shape"] for labels in groups if labels["number"] == "digits"} == set(SHAPES)


def test_negation_is_balanced() -> None:
    negated = [prompt for prompt in committed("scenes-negation").prompts if prompt.twin]
    drawn = Counter((prompt.include[0].name, prompt.groups["absent"]) for prompt in negated)
    assert len(drawn) == len(SHAPES) * (len(SHAPES) - 1)
    assert set(drawn.values()) == {2}
    assert Counter(prompt.include[0].color for prompt in negated) == dict.fromkeys(COLORS, 4)
    phrases = Counter(prompt.groups["phrase"] for prompt in negated)
    assert phrases == {phrase.format("", "").strip(): 6 for phrase in NEGATIONS}
    texts = {prompt.text for prompt in committed("scenes-negation").prompts}
    assert {"a red circle and a square", "a red circle and no square"} <= texts


def test_spatial_pairs_differ_in_shape_and_colour() -> None:
    rows = committed("scenes-spatial").prompts
    for prompt in rows:
        target, subject = prompt.include
        assert target.name != subject.name
        assert target.color != subject.color
    assert Counter(prompt.groups["relation"] for prompt in rows) == dict.fromkeys(RELATIONS, 12)
    assert {prompt.groups["phrase"] for prompt in rows} == {
        phrase for phrases in RELATION_PHRASES.values() for phrase in phrases
    }


def test_occupations_cross_templates() -> None:
    rows = committed("scenes-occupations").prompts
    cells = Counter((prompt.groups["occupation"], prompt.groups["template"]) for prompt in rows)
    assert len(cells) == len(OCCUPATIONS) * len(PEOPLE) == len(rows)
    assert {clause.name for prompt in rows for clause in prompt.include} == set(OCCUPATIONS)


@pytest.mark.parametrize("name", promptsets.SETS)
def test_texts_fit_the_worlds_encoder(name: str) -> None:
    assert all(len(prompt.text.split()) <= 20 for prompt in committed(name).prompts)


def test_main_needs_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.setattr(sys, "argv", ["promptsets", str(tmp_path / "none")])
    with pytest.raises(SystemExit, match="usage"):
        runpy.run_path(promptsets.__file__, run_name="__main__")
