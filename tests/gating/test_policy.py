"""Policies: strict, and every refusal one line with file, line and mend."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.comparison.snapshot import Side
from evalsuite.gating import policy
from evalsuite.gating.deciding import level
from evalsuite.gating.run import _widths, read_policy
from evalsuite.plugins.find import own_measures
from evalsuite.records import InputError, Measure

KNOWN = {
    "objects.count": True,
    "objects.relation": True,
    "presentation.woman": None,
    "fid.fid": False,
}
HEAD = "format: evalsuite-policy-1\n"
TWICE = """measures:
  - margin: 0.1
    measure: objects.count
  - margin: 0.2

    measure: objects.count
"""
COUNT = HEAD + "measures:\n  - {measure: objects.count, margin: 0.1}\n"


def side(*measures):
    """A side that has these measures, and nothing of them."""
    return Side(
        name="",
        dialect="everyday",
        seed=0,
        prompt_sets={},
        prompts={},
        planned=(),
        seeds={},
        measures={measure.name: measure for measure in measures},
        readings={},
        scorers={},
        images={},
        complete=True,
    )


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_policy_as_it_is_meant(tmp_path):
    path = write(
        tmp_path,
        HEAD
        + """alpha: 0.02
missing: 0.1
measures:
  - measure: objects.count
    prompt_set: scenes-counts
    group: {count: 2}
    margin: 0.1
  - {measure: presentation.woman, margin: 0.2, direction: lower, tier: watch, missing: 0.5}
  - {measure: fid.fid, margin: 3, tier: warn}
  - {measure: objects.relation, margin: 0.2, accept_unreliable: true}
""",
    )

    found = policy.read(path, KNOWN)

    assert found == policy.Policy(
        (
            policy.Rule("objects.count", 0.1, True, "block", "scenes-counts", {"count": "2"}, 0.1),
            policy.Rule("presentation.woman", 0.2, False, "watch", missing=0.5),
            policy.Rule("fid.fid", 3.0, False, "warn", missing=0.1),
            policy.Rule("objects.relation", 0.2, True, missing=0.1, accept_unreliable=True),
        ),
        0.02,
        "mine",
    )


@pytest.mark.parametrize(("stated", "better"), [("higher", True), ("lower", False)])
def test_a_direction_that_is_stated_counts_before_the_measures_own(tmp_path, stated, better):
    for name in KNOWN:
        text = f"{HEAD}measures:\n  - {{measure: {name}, margin: 0.1, direction: {stated}}}\n"
        (rule,) = policy.read(write(tmp_path, text), KNOWN).rules
        assert rule.higher_is_better is better


def test_a_name_has_at_most_200_letters(tmp_path):
    named = COUNT.replace("margin", "prompt_set: NAME, margin")
    (rule,) = policy.read(write(tmp_path, named.replace("NAME", "s" * 200)), KNOWN).rules
    assert rule.prompt_set == "s" * 200
    with pytest.raises(InputError, match="at most 200"):
        policy.read(write(tmp_path, named.replace("NAME", "s" * 201)), KNOWN)


def test_what_is_left_out_has_a_default(tmp_path):
    found = policy.read(write(tmp_path, COUNT), KNOWN)

    assert found.alpha == 0.01
    assert found.rules == (policy.Rule("objects.count", 0.1, True, "block", None, {}, 0.05),)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "'format' is missing; add it: 'format: evalsuite-policy-1'"),
        ("- a\n", 1, "is not a mapping"),
        ("measures: []\n", 1, "'format' is missing; add it: 'format: evalsuite-policy-1'"),
        (COUNT.replace("policy-1", "policy-2"), 1, "format: input should be 'evalsuite-policy-1'"),
        (HEAD + "measures: []\n", 2, "measures: list should have at least 1 item"),
        (COUNT.replace("margin", "marign"), 3, "unknown key 'marign'; did you mean 'margin'?"),
        (COUNT + "alfa: 0.01\n", 4, "unknown key 'alfa'; did you mean 'alpha'?"),
        (COUNT + "alpha: 0.01\nalpha: 0.1\n", 5, "key 'alpha' is there twice; keep one"),
        (COUNT + "alpha: '0.01'\n", 4, "alpha: input should be a valid number"),
        (COUNT + "alpha: 0\n", 4, "alpha: input should be greater than 0"),
        (COUNT + "alpha: 0.5\n", 4, "alpha: input should be less than 0.5"),
        (COUNT + "missing: -0.01\n", 4, "missing: input should be greater than or equal to 0"),
        (COUNT + "missing: 1.01\n", 4, "missing: input should be less than or equal to 1"),
        (COUNT.replace("objects.count", "''"), 3, "measures.0.measure: "),
        (COUNT.replace("0.1", "0"), 3, "measures.0.margin: input should be greater than 0"),
        (COUNT.replace("0.1", ".inf"), 3, "measures.0.margin: input should be a finite number"),
        (COUNT.replace("0.1", ".nan"), 3, "margin"),
        (COUNT.replace(", margin: 0.1", ""), 3, "'margin' is missing; add it"),
        (COUNT.replace("count", "cuont"), 3, "no measure 'objects.cuont'; did you mean 'obj"),
        (COUNT + "  - {measure: objects.count, margin: 1}", 4, "objects.count stands in line 3"),
        (HEAD + TWICE, 7, "objects.count stands in line 4"),
        (COUNT + "  - {measure: presentation.woman, margin: 1}", 4, "add direction: higher, or lo"),
        (COUNT.replace("0.1}", "0.1, tier: stop}"), 3, "measures.0.tier: input should be 'blo"),
        (COUNT.replace("0.1}", "0.1, group: {form: true}}"), 3, "measures.0.group.form"),
        (COUNT + "x: [1\n", 5, "is not YAML"),
        (COUNT + "x: !!python/object:os.system {}\n", 4, "tags are not read"),
        (COUNT + "# \x00\n", 4, "control, bidi or broken character U+0000"),
        (COUNT.encode() + b"# \xff\n", 4, "byte 0xff is not UTF-8"),
        ("[" * 5000, 1, "nested deeper than 20 levels"),
    ],
)  # fmt: skip
def test_every_refusal_names_the_line_and_the_mend(tmp_path, text, line, says):
    path = write(tmp_path, text)

    with pytest.raises(InputError) as refused:
        policy.read(path, KNOWN)

    message = str(refused.value)
    assert re.match(re.escape(f"--policy {path}:{line}: "), message), message
    assert says in message
    assert "\n" not in message


def test_a_margin_that_nothing_can_exceed_is_refused(tmp_path):
    """Five points written as 5 would let every regression pass."""
    path = write(tmp_path, COUNT.replace("0.1", "5"))

    with pytest.raises(InputError) as refused:
        policy.read(path, KNOWN, {"objects.count": 1.0})
    assert str(refused.value) == (
        f"--policy {path}:3: margin 5 can never be lost: no difference of objects.count is beyond "
        "1; a margin of 5 % is 0.05"
    )
    assert policy.read(path, KNOWN, {"objects.present": 1.0}).rules[0].margin == 5


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml: No such file"):
        policy.read(tmp_path / "none.yaml", KNOWN)


def test_a_name_is_a_bundled_policy_or_refused_with_the_nearest(tmp_path):
    path = policy.find("scenes")
    found = policy.read(path, {one.name: one.higher_is_better for one in own_measures()})

    assert {"objects.count", "objects.relation"} <= {
        rule.measure for rule in found.rules if rule.tier == "block"
    }
    assert policy.find("./mine.yaml") == Path("mine.yaml")
    with pytest.raises(InputError, match="did you mean 'scenes'"):
        policy.find("scene")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_the_file_holds_the_answer_is_a_policy_or_one_line(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("p", numbered=True), HEAD + text.replace("\ud800", ""))
    try:
        found = policy.read(path, KNOWN)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert found.rules


def test_a_margin_as_wide_as_its_measure_is_refused_whatever_its_unit(tmp_path):
    for measure, width in (
        ("objects.count", 1),
        ("presentation.occupation_distance", 1),
        ("objects.negation_effect", 2),
    ):
        path = tmp_path / "mine.yaml"
        path.write_text(
            f"{HEAD}measures:\n  - {{measure: {measure}, margin: {width}, direction: higher}}\n"
        )
        with pytest.raises(InputError, match=rf"no difference of {measure} is beyond {width};"):
            read_policy(str(path))
        path.write_text(path.read_text().replace(f"margin: {width}", f"margin: {width - 0.01}"))
        assert read_policy(str(path)).rules[0].margin == width - 0.01


def test_a_width_is_that_of_the_bounds_or_of_the_unit():
    measures = [
        Measure(name="mine.share", title="", unit="share"),
        Measure(name="mine.twins", title="", unit="difference"),
        Measure(name="mine.grade", title="", unit="grade", bounds=(2.0, 5.0)),
        Measure(name="mine.size", title="", unit="pixels"),
    ]
    assert _widths(measures) == {"mine.share": 1, "mine.twins": 2, "mine.grade": 3}


def test_a_refusal_names_the_line_of_the_word_itself(tmp_path):
    path = write(tmp_path, f"{HEAD}measures:\n  - margin: 0.1\n    measure: objects.cuont\n")
    with pytest.raises(InputError, match=r"mine\.yaml:4: no measure 'objects\.cuont'"):
        policy.read(path, KNOWN)


def test_a_policy_may_speak_of_a_measure_that_a_side_alone_has(tmp_path):
    rule = "  - {measure: mine.grade, margin: 0.5, direction: higher}\n"
    path = write(tmp_path, f"{HEAD}measures:\n{rule}")
    with pytest.raises(InputError, match=r"mine\.grade"):
        read_policy(str(path))
    own = Measure(name="mine.grade", title="", unit="grade", bounds=(2.0, 5.0))
    (rule,) = read_policy(str(path), side(own)).rules
    assert (rule.measure, rule.margin) == ("mine.grade", 0.5)


def test_a_rule_and_a_policy_in_python_have_the_defaults_of_a_file():
    assert policy.Rule("m", 0.1, True) == policy.Rule(
        "m", 0.1, True, "block", None, {}, 0.05, False
    )
    assert policy.Policy(()) == policy.Policy((), 0.01, "policy")


@pytest.mark.parametrize("share", ["0", "1"])
def test_none_or_all_may_be_missing(tmp_path, share):
    path = write(tmp_path, f"{COUNT}missing: {share}\n")
    assert policy.read(path, KNOWN).rules[0].missing == float(share)


def test_a_group_may_have_a_name_of_one_letter(tmp_path):
    path = write(tmp_path, COUNT.replace("0.1}", "0.1, group: {a: b}}"))
    assert policy.read(path, KNOWN).rules[0].group == {"a": "b"}


def test_what_has_a_slash_or_an_ending_is_a_path():
    assert policy.find("gates\\mine") == Path("gates\\mine")
    assert policy.find("gates/mine") == Path("gates/mine")
    assert policy.find("mine.yml") == Path("mine.yml")


def test_the_level_of_an_interval_whose_lower_end_is_the_bound():
    assert level(policy.Policy((), alpha=0.01)) == 0.98
