"""What the audits of a policy's judges do: the mark on each verdict, and rules that are refused."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from evalsuite.audits.record import Audited
from evalsuite.audits.stored import to_json
from evalsuite.gating import decide
from evalsuite.gating.judges import judged_by, refuse_unreliable, with_judges
from evalsuite.gating.policy import Policy, Rule
from evalsuite.records import Clause, InputError, Interval, Prompt, PromptSet

_SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
_SIDES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SIDES)
side = _SIDES.side

SCORER = {"name": "objects", "weights": "w"}


def audited(low, high):
    """Of forty pictures, of which chance gets half right."""
    interval = Interval((low + high) / 2, low, high, 80, 40)
    facts = {"scorer": "objects", "field": "count", "tag": "counting"}
    return Audited(interval=interval, chance=0.5, **facts)


def judges(tmp_path, low, high, *rules, rows=(), manifest=None):
    path = tmp_path / "audit.json"
    path.write_text(to_json(rows or [audited(low, high)], {"objects": SCORER}, {}))
    run = side({"objects.count": ["10", "11", "01"]})
    star = (Clause("star"),)
    prompts = tuple(Prompt(f"p{n}", "a star", "counting", include=star) for n in range(3))
    found = PromptSet(name="counts", version="1", digest="d", dialect="scenes", prompts=prompts)
    policy = Policy(rules, name="mine")
    by_place = judged_by(
        policy,
        run,
        [found],
        {"scorers": {"objects": SCORER}, **(manifest or {})},
        beside=tmp_path / "run",
        given=str(path),
    )
    return policy, by_place, run


def test_of_a_model_the_audit_on_pictures_through_its_own_autoencoder_counts(tmp_path):
    """By the SHA-256 of a weight file, which the run's manifest has of its back-end."""
    rows = [
        dataclasses.replace(audited(low, high), kind=kind, weights=weights)
        for low, high, kind, weights in (
            (0.9, 0.99, "clean renders", ""),
            (0.4, 0.6, "through the autoencoder", "ab" * 32),
        )
    ]
    for weights, word in (({}, "evidence"), ({"vae.safetensors": "ab" * 32}, "not evidence")):
        backend = {"backend": {"weights": weights}}
        policy, found, run = judges(tmp_path, 0, 0, BLOCKS, rows=rows, manifest=backend)
        (verdict,) = with_judges(decide(run, run, policy), found)
        assert verdict.judge == word


BLOCKS = Rule("objects.count", 0.1, True)


def test_a_rule_that_blocks_on_a_judge_at_chance_is_refused_in_one_line(tmp_path):
    policy, found, _ = judges(tmp_path, 0.4, 0.6, BLOCKS)
    with pytest.raises(InputError) as error:
        refuse_unreliable(policy, found)
    assert str(error.value) == (
        "--policy mine: the rule on objects.count blocks, and its judge is no evidence on counts "
        "(right on 50.0% (40.0 to 60.0%) of 80; chance 50.0%); write tier: watch, or "
        "accept_unreliable: true in that rule"
    )


@pytest.mark.parametrize(
    "rule",
    [
        Rule("objects.count", 0.1, True, accept_unreliable=True),
        Rule("objects.count", 0.1, True, tier="watch"),
        Rule("objects.count", 0.1, True, prompt_set="others"),
    ],
)
def test_it_may_watch_or_say_that_it_accepts_it_or_be_about_other_prompts(tmp_path, rule):
    policy, found, _ = judges(tmp_path, 0.4, 0.6, rule)
    refuse_unreliable(policy, found)


def test_a_rule_for_all_sets_is_not_about_one_that_has_its_own(tmp_path):
    own = Rule("objects.count", 0.1, True, prompt_set="counts", accept_unreliable=True)
    policy, found, _ = judges(tmp_path, 0.4, 0.6, BLOCKS, own)
    refuse_unreliable(policy, found)


def test_a_judge_above_chance_blocks_and_its_verdict_says_so(tmp_path):
    policy, found, run = judges(tmp_path, 0.9, 0.99, BLOCKS)
    refuse_unreliable(policy, found)
    (verdict,) = with_judges(decide(run, run, policy), found)
    assert verdict.judge == "evidence"


def test_a_verdict_on_an_accepted_judge_at_chance_is_marked(tmp_path):
    rule = Rule("objects.count", 0.1, True, accept_unreliable=True)
    policy, found, run = judges(tmp_path, 0.4, 0.6, rule)
    (verdict,) = with_judges(decide(run, run, policy), found)
    assert verdict.judge == "not evidence"
    (unknown,) = with_judges(decide(run, run, policy), {})
    assert unknown.judge == "not audited"
