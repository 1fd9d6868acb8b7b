import json
from pathlib import Path

import pytest

from evalsuite.prompts import sets as prompts
from evalsuite.prompts.lint import across, judges, lint, too_long, uneven, unknown_classes
from evalsuite.records import Clause, Prompt, PromptSet, Question
from evalsuite.vocabulary import coco


def made(*rows: Prompt, name: str = "mine") -> PromptSet:
    return PromptSet(name=name, version="1", digest="0" * 64, dialect="everyday", prompts=rows)


def write(folder: Path, *rows: object, name: str = "mine") -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_lint_names_slips(tmp_path: Path) -> None:
    rows = [
        {"tag": "counting", "prompt": "Two  dogs", "include": [{"class": "dog", "count": 2}]},
        {"tag": "counting", "prompt": "two dogs", "groups": {"form": "negated"}},
        {"tag": "negation", "prompt": "no dogs", "exclude": [{"class": "dog"}]},
        {"tag": "text", "prompt": 'a sign that says "OPEN"', "words": "OPEN"},
    ]
    assert prompts.lint(prompts.read(write(tmp_path, *rows))) == [
        "mine-0000: spaces at an end, or two in a row",
        "mine-0000: nothing in exclude, so too many would pass",
        "mine-0001: the same text as mine-0000",
        "mine-0001: no include, exclude or subject, so only its text can be judged",
        "mine-0001: nothing in exclude, so too many would pass",
        "mine-0001: negated, but has no twin to be compared with",
        "mine-0002: negated, but has no twin to be compared with",
    ]


def test_uneven_groups_are_named_but_wordings_and_baselines_are_not() -> None:
    def row(number: int, **groups: str) -> Prompt:
        return Prompt(f"p{number}", f"a dog {number}", "t", include=(Clause("dog"),), groups=groups)

    ten = [row(n, side="left", phrase="to the left", region="none") for n in range(10)]
    rare = row(10, side="right", phrase="right", region="France")
    assert uneven(made(*ten, rare)) == ["group 'side' is uneven: 10 of 'left', but 1 of 'right'"]
    assert uneven(made(*ten[1:], rare)) == []
    assert lint(made(*ten, rare)) == uneven(made(*ten, rare))


def test_prompts_that_an_encoder_cuts_are_named_with_the_encoders() -> None:
    rows = (Prompt("a", "x " * 77, "t"), Prompt("b", "x " * 78, "t"), Prompt("c", "x " * 130, "t"))
    short, long = too_long(made(*rows), lambda text: len(text.split()))
    assert short.startswith("b: 78 tokens, by CLIP's count, but CLIP reads 77 (Stable Diffusion 1")
    assert "DeepFloyd" in short and "PixArt-alpha" not in short
    assert "T5 reads 120 (PixArt-alpha)" in long


def test_texts_shared_by_two_sets_are_named() -> None:
    first = made(Prompt("a", "a  dog", "t"), Prompt("b", "a cat", "t"))
    other = made(Prompt("c", "A dog", "t"), name="other")
    assert across([first, other]) == ["c: the same text as a of mine"]
    assert across([first]) == []


def test_scorers_are_told_apart_by_what_they_can_judge() -> None:
    rows = (
        Prompt("a", "a dog", "t", include=(Clause("dog"),)),
        Prompt("b", "a barn", "t", include=(Clause("barn"),)),
        Prompt(
            "c",
            "a dog behind a cat",
            "t",
            include=(Clause("cat"), Clause("dog", position=("behind", 0))),
        ),
        Prompt("d", "a metal cup", "t", include=(Clause("cup", material="metal"),)),
        Prompt("e", "a nurse", "t", subject="person"),
        Prompt("h", "two people", "t", include=(Clause("person", 2),)),
        Prompt("f", "OPEN", "t", words="OPEN"),
        Prompt("g", "joy", "t", questions=(Question("Is there joy?"),)),
    )
    assert judges(made(*rows)) == {
        "open-vocabulary detector": 5,
        "COCO detector": 2,
        "question answering": 6,
        "text reader": 1,
        "readers of people": 2,
    }
    assert unknown_classes(rows) == ["barn"]


@pytest.mark.parametrize("name", ["tv", "cell phone", "computer mouse", "tv remote"])
def test_cocos_and_genevals_names_are_known(name: str) -> None:
    assert coco.known(name)
    assert not coco.known("unicorn")
