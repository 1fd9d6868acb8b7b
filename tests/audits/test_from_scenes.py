"""Questions about fresh scenes: balanced, true where they say so, and the same for a seed."""

from collections import Counter, defaultdict

import pytest

from evalsuite.audits.from_scenes import perturbed, questions
from evalsuite.audits.kinds import of_scenes
from evalsuite.prompts.hard_negatives import swapped_attributes
from evalsuite.scenes.promptsets import SETS
from evalsuite.scenes.read import read
from evalsuite.scenes.truth import truth
from evalsuite.scorers.clip import negatives


@pytest.fixture(scope="module")
def cases():
    return questions(3, 240)


def test_the_same_seed_asks_the_same_and_another_seed_does_not(cases):
    def questions_of(asked):
        return [(known.case.prompt, known.case.picture.sha256, known.truth) for known in asked]

    assert questions_of(questions(3, 12)) == questions_of(cases)[: len(questions(3, 12))]
    assert questions_of(questions(4, 12)) != questions_of(questions(3, 12))


def test_keys_are_unique(cases):
    assert len({known.case.key for known in cases}) == len(cases)


def test_every_picture_has_one_true_prompt_and_a_false_one(cases):
    verdicts = defaultdict(list)
    for known in cases:
        verdicts[known.case.picture.sha256].append(known.truth["correct"])

    assert len(verdicts) == 240
    assert all(sum(found) == 1 and len(found) in (2, 3) for found in verdicts.values())


def test_every_verdict_is_true_of_some_and_false_of_others_in_every_kind(cases):
    seen = defaultdict(set)
    for known in cases:
        for field, value in known.truth.items():
            if field in ("correct", "present", "count", "absent", "relation", "color"):
                seen[known.case.prompt.tag, field].add(value)

    assert {tag for tag, _ in seen} == {
        "counting",
        "position",
        "negation",
        "colors",
        "color_attr",
        "occupation",
    }
    assert all(values == {0.0, 1.0} for values in seen.values()), seen


def test_truth_is_what_a_reader_of_the_pixels_finds(cases):
    for known in cases[:120]:
        found = truth(known.case.prompt, read(known.case.picture.pixels))
        assert {name: known.truth[name] for name in found} == found, known.case.prompt


def test_numbers_relations_and_people_come_equally_often(cases):
    true = [known.case.prompt for known in cases if known.truth["correct"]]
    for name, labels in (("count", 6), ("relation", 4), ("occupation", 8)):
        counts = Counter(p.groups[name] for p in true if name in p.groups)
        assert len(counts) == labels
        assert max(counts.values()) - min(counts.values()) <= 1
    shown = Counter(known.truth["label"] for known in cases if "label" in known.truth)
    assert shown["woman"] == shown["man"] == 40


def test_the_true_option_of_a_choice_is_on_offer(cases):
    asked = Counter()
    for known in cases:
        prompt = known.case.prompt
        others = negatives(prompt, known.case.twin)
        offers = {"choice": others, "binding": swapped_attributes(prompt)}
        for field, texts in offers.items():
            if field in known.truth:
                assert known.truth[field] in [prompt.text, *texts]
                asked[field, prompt.tag] += 1

    tags = {"counting": 80, "position": 60, "negation": 80, "colors": 40}
    assert all(asked["choice", tag] >= least for tag, least in tags.items()), asked


def test_the_sentences_are_those_of_the_bundled_sets(cases):
    sets = {row["prompt"] for rows in SETS.values() for row in rows()}
    asked = {known.case.prompt.text for known in cases}

    assert len(sets & asked) > 20  # fresh scenes of the same grammar say many of the same things


def test_false_prompts_say_in_what_they_differ(cases):
    told = Counter(known.case.prompt.groups.get("differs", "") for known in cases)

    assert set(told) == {"", "number", "relation", "colour", "shape", "negation", "occupation"}
    assert told[""] == 240


@pytest.fixture(scope="module")
def pairs():
    cases = perturbed(3, 3)
    return list(zip(cases[::2], cases[1::2], strict=True))


def test_forty_changes_are_asked_about_before_and_after(pairs):
    changes = Counter(
        (before.case.prompt.tag, before.case.prompt.groups["perturbed"]) for before, _ in pairs
    )

    assert len(changes) == 40
    assert set(changes.values()) == {3}
    for before, after in pairs:
        assert before.case.prompt == after.case.prompt
        assert before.pair == after.pair
        assert before.case.picture.sha256 != after.case.picture.sha256


def test_every_asked_truth_turns_and_is_what_a_reader_of_the_pixels_finds(pairs):
    for before, after in pairs:
        assert before.truth and before.truth.keys() == after.truth.keys()
        assert all(after.truth[name] != value for name, value in before.truth.items())
        for known in (before, after):
            found = truth(known.case.prompt, read(known.case.picture.pixels))
            assert {name: found[name] for name in known.truth} == known.truth


def test_a_change_turns_the_prompt_false_or_a_reading(pairs):
    told = {
        (before.case.prompt.tag, before.case.prompt.groups["perturbed"]): (
            dict(before.truth),
            dict(after.truth),
        )
        for before, after in pairs
    }

    assert all(
        before["correct"] == 1.0 and after["correct"] == 0.0
        for (_, name), (before, after) in told.items()
        if name not in ("the other presentation", "another tone")
    )
    assert told["position", "mirrored"][0]["relation"] == 1.0
    assert told["position", "mirrored"][1]["relation"] == 0.0
    assert "count" in told["counting", "one removed"][0]
    assert "absent" in told["negation", "the forbidden added"][0]
    assert set(told["occupation", "another tone"][0]) == {"tone"}


def test_all_kinds_of_pictures_of_one_audit():
    kinds = defaultdict(set)
    for known in of_scenes(0, 50, ("vae:scenes-ldm", "blur", "perturb")):
        kinds[known.kind.name].add(known.case.picture.sha256)

    changed = kinds.pop("perturbed renders")
    assert {name: len(pictures) for name, pictures in kinds.items()} == {
        "clean renders": 50,
        "autoencoded renders (scenes-ldm)": 50,
        "blurred renders": 10,
    }
    assert 76 <= len(changed) <= 80  # emptied scenes of one background are one picture
