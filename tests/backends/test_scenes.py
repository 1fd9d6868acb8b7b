import pytest

from evalsuite.backends import scenes
from evalsuite.records import Clause, InputError, Key, NoImage, Prompt, Request
from evalsuite.scenes.read import read
from evalsuite.scenes.world import Scene, relation_between

THREE = Prompt(
    "three", "three red circles", "counting", include=(Clause("circle", 3, color="red"),)
)
LEFT = Prompt(
    "left",
    "a red circle to the left of a blue square",
    "position",
    include=(
        Clause("square", color="blue"),
        Clause("circle", color="red", position=("left of", 0)),
    ),
)
NONE = Prompt(
    "none",
    "a red circle and no square",
    "negation",
    include=(Clause("circle", color="red"),),
    exclude=(Clause("square"),),
)
NURSE = Prompt("nurse", "a nurse", "occupation", include=(Clause("nurse"),), subject="person")


def drawn(prompt: Prompt, count: int = 8, **errors: float) -> list[Scene]:
    """What the pixel reader sees in pictures of one prompt."""
    requests = [Request(Key("set", prompt.id, i), prompt, 100 + i) for i in range(count)]
    return [read(pixels) for pixels in scenes.load(**errors).render(requests)]


def test_without_errors_everything_is_as_asked() -> None:
    assert all(len(scene.items) == 3 for scene in drawn(THREE))
    assert all(
        {(i.shape, i.color) for i in scene.items} == {("circle", "red")} for scene in drawn(THREE)
    )
    assert all(len(scene.items) == 1 for scene in drawn(NONE))
    assert all(scene.people[0].occupation == "nurse" for scene in drawn(NURSE))


def sides(scenes_drawn: list[Scene]) -> set[str]:
    found = set()
    for scene in scenes_drawn:
        circle = next(item for item in scene.items if item.shape == "circle")
        square = next(item for item in scene.items if item.shape == "square")
        found.add(relation_between(circle, square))
    return found


def test_each_knob_makes_its_own_error() -> None:
    assert {len(scene.items) for scene in drawn(THREE, miscount=1.0)} <= {2, 4}
    assert sides(drawn(LEFT)) == {"left of"}
    assert sides(drawn(LEFT, swap=1.0)) == {"right of"}
    assert all(
        any(item.shape == "square" for item in scene.items) for scene in drawn(NONE, ignore_no=1.0)
    )
    assert all(scene.items[0].color != "red" for scene in drawn(THREE, recolor=1.0))
    assert {s.people[0].presentation for s in drawn(NURSE, woman=0.0)} == {"man"}
    assert {s.people[0].presentation for s in drawn(NURSE, woman=1.0)} == {"woman"}


def test_it_can_refuse() -> None:
    request = Request(Key("set", "three", 0), THREE, 1)
    answer = scenes.load(refuse=1.0).render([request])[0]
    assert isinstance(answer, NoImage) and answer.status == "refused"


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        (Prompt("p", "a cat", "counting", include=(Clause("cat"),)), "no cat"),
        (
            Prompt("p", "a pilot", "occupation", include=(Clause("pilot"),), subject="person"),
            "occupation",
        ),
        (
            Prompt("p", "nine circles", "counting", include=(Clause("circle", 9),)),
            "6 things at most",
        ),
        (Prompt("p", "a red circle", "counting"), "does not say what to include"),
    ],
)
def test_what_the_world_does_not_have_is_a_problem(prompt: Prompt, why: str) -> None:
    (line,) = scenes.load().problems([prompt])
    assert line.startswith("prompt p: ") and why in line


def test_a_knob_that_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match="miscount=2"):
        scenes.load(miscount=2)
    with pytest.raises(InputError, match="the scenes renderer has miscount, swap"):
        scenes.load(misscount=0.5)
