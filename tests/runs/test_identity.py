import pytest

from evalsuite.runs.identity import differences, digest, fingerprint, scorer_identity


@pytest.mark.parametrize(
    "key",
    ["asked", "configuration", "created", "git", "installed", "platform", "python", "threads"],
)
def test_what_only_informs_may_differ(key):
    assert differences({"seed": 1, key: 1}, {"seed": 1, key: 2}) == ""


@pytest.mark.parametrize(
    "name", ["evalsuite", "torch", "diffusers", "transformers", "open_clip", "open_clip_torch"]
)
def test_packages_that_draw_or_judge_may_not_differ(name):
    old, new = ({"packages": {name: n, "rich": n, "numpy": n}} for n in ("1", "2"))
    assert differences(old, new) == f'packages.{name} ("1" there, "2" here)'


def test_every_other_key_is_told_with_both_values_in_order():
    old = {"b": {"x": 1, "same": [1]}, "a": None, "empty": {}}
    new = {"b": {"x": True, "same": [1]}, "c": "new", "empty": {"y": 0}}
    assert differences(old, new) == (
        "a (null there, nothing here), b.x (1 there, true here), c (nothing there, "
        '"new" here), empty ({} there, nothing here), empty.y (nothing there, 0 here)'
    )


def test_of_a_number_of_prompts_that_differs_the_hash_says_nothing_more():
    def one(prompts, selected):
        return {"prompt_sets": {"s": {"prompts": prompts, "selected": selected}}}

    assert differences(one(8, "a"), one(4, "b")) == "prompt_sets.s.prompts (8 there, 4 here)"
    assert differences(one(8, "a"), one(8, "b")) == 'prompt_sets.s.selected ("a" there, "b" here)'


def test_long_values_are_cut_at_sixty_characters():
    assert differences({"a": "x" * 58}, {"a": "y" * 59}) == (
        f'a ("{"x" * 58}" there, "{"y" * 56}... here)'
    )


def test_how_a_scorers_answers_are_measured_is_no_part_of_who_judges():
    entry = {"model": "v", "measures": [{"name": "m"}]}
    assert scorer_identity(entry) == {"model": "v"}
    # SHA-256 of {"model":"v"}
    assert fingerprint(entry) == fingerprint({"model": "v"}) == "dfee433c5854efdb"
    assert fingerprint({"model": "w"}) != fingerprint(entry)
    assert differences({"scorers": {"s": entry}}, {"scorers": {"s": {"model": "v"}}}) == ""
    other = {"scorers": {"s": {"model": "w", "measures": []}}}
    assert differences({"scorers": {"s": entry}}, other) == (
        'scorers.s.model ("v" there, "w" here)'
    )


def test_the_digest_is_a_sha256_that_anybody_can_recompute():
    # SHA-256 of {"a.b":"1","seed":"7"}
    assert digest({"seed": 7, "a": {"b": 1}, "git": "x"}) == (
        "e6b037e5c1558718a826923b1046f9c499f6396d23917c70f8be8c339298b96d"
    )
