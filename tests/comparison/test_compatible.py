from dataclasses import replace

from evalsuite.comparison.compatible import unlike
from evalsuite.comparison.snapshot import Side
from evalsuite.records import Key


def side(name="a", digest="d1", ids=("p", "q"), scorers=None):
    keys = tuple(Key("counts", one, 0) for one in ids)
    return Side(
        name=name,
        dialect="scenes",
        seed=0,
        prompt_sets={"counts": digest},
        prompts={},
        planned=keys,
        seeds={key: 1 for key in keys},
        measures={},
        readings={},
        scorers={"objects": "s1"} if scorers is None else scorers,
        images={},
        complete=True,
    )


def reasons(a, b):
    return [(one.reason, one.prompt_set, one.scorer) for one in unlike(a, b)]


def test_runs_of_the_same_prompts_and_scorers_are_alike():
    other = replace(side("b"), seed=7, seeds={}, complete=False)
    assert reasons(side(), other) == []


def test_other_prompts_scorers_and_dialects_are_named():
    assert reasons(side(), side("b", digest="d2")) == [
        ("prompt set counts: its prompts are not the same: digest d1 in a, d2 in b", "counts", "")
    ]
    assert reasons(side(), side("b", ids=("q", "r", "s"))) == [
        (
            "prompt set counts: not the same of its prompts were asked: 1 in a alone, 2 in b alone",
            "counts",
            "",
        )
    ]
    assert reasons(side(), side("b", scorers={"objects": "s2"})) == [
        ("scorer objects: not the same judged a and b", "", "objects")
    ]
    assert reasons(side(), side("b", scorers={})) == [
        ("scorer objects: judged only a", "", "objects")
    ]
    assert reasons(replace(side(), prompt_sets={}), side("b")) == [
        ("prompt set counts: only b was asked for it", "counts", "")
    ]
    (one,) = reasons(side(), replace(side("b"), dialect="everyday"))
    assert one == ("the runs speak different dialects: scenes in a, everyday in b", "", "")
