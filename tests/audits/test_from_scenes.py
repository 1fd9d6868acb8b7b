"""Questions about fresh scenes: balanced, true where they say so, and the same for a seed."""

from collections import Counter, defaultdict

import pytest

from evalsuite.audits.from_scenes import questions
from evalsuite.prompts.hard_negatives import swapped_attributes
from evalsuite.scenes.promptsets import SETS
from evalsuite.scenes.read import read
from evalsuite.scenes.truth import truth
from evalsuite.scorers.clip import negatives


@pytest.fixture(scope="module")
def known():
    return questions(3, 240)


def test_the_same_seed_asks_the_same_and_another_seed_does_not(known):
    def told(some):
        return [(one.case.prompt, one.case.picture.sha256, one.truth) for one in some]

    assert told(questions(3, 12)) == told(known)[: len(questions(3, 12))]
    assert told(questions(4, 12)) != told(questions(3, 12))


def test_keys_are_unique(known):
    assert len({one.case.key for one in known}) == len(known)


def test_every_picture_has_one_true_prompt_and_a_false_one(known):
    verdicts = defaultdict(list)
    for one in known:
        verdicts[one.case.picture.sha256].append(one.truth["correct"])

    assert len(verdicts) == 240
    assert all(sum(found) == 1 and len(found) in (2, 3) for found in verdicts.values())


def test_every_verdict_is_true_of_some_and_false_of_others_in_every_kind(known):
    seen = defaultdict(set)
    for one in known:
        for field, value in one.truth.items():
            if field in ("correct", "present", "count", "absent", "relation", "color"):
                seen[one.case.prompt.tag, field].add(value)

    assert {tag for tag, _ in seen} == {
        "counting", "position", "negation", "colors", "color_attr", "occupation"
    }  # fmt: skip
    assert all(values == {0.0, 1.0} for values in seen.values()), seen


def test_truth_is_what_a_reader_of_the_pixels_finds(known):
    for one in known[:120]:
        found = truth(one.case.prompt, read(one.case.picture.pixels))
        assert {name: one.truth[name] for name in found} == found, one.case.prompt


def test_numbers_relations_and_people_come_equally_often(known):
    true = [one.case.prompt for one in known if one.truth["correct"]]
    for name, labels in (("count", 6), ("relation", 4), ("occupation", 8)):
        counts = Counter(p.groups[name] for p in true if name in p.groups)
        assert len(counts) == labels
        assert max(counts.values()) - min(counts.values()) <= 1
    shown = Counter(one.truth["label"] for one in known if "label" in one.truth)
    assert shown["woman"] == shown["man"] == 40


def test_the_true_option_of_a_choice_is_on_offer(known):
    asked = Counter()
    for one in known:
        prompt = one.case.prompt
        kind, others = negatives(prompt, one.case.twin)
        offers = {"choice": others, "binding": swapped_attributes(prompt)}
        for field, texts in offers.items():
            if field in one.truth:
                assert one.truth[field] in [prompt.text, *texts]
                asked[field, kind] += 1

    kinds = {"count": 80, "relation": 60, "negation": 80, "attribute": 40}
    assert all(asked["choice", kind] >= least for kind, least in kinds.items()), asked


def test_the_sentences_are_those_of_the_bundled_sets(known):
    sets = {row["prompt"] for rows in SETS.values() for row in rows()}
    asked = {one.case.prompt.text for one in known}

    assert len(sets & asked) > 20  # fresh scenes of the same grammar say many of the same things


def test_false_prompts_say_in_what_they_differ(known):
    told = Counter(one.case.prompt.groups.get("differs", "") for one in known)

    assert set(told) == {
        "", "number", "relation", "colour", "shape", "negation", "occupation"
    }  # fmt: skip
    assert told[""] == 240
