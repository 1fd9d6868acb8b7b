"""What every scorer must keep, on real pictures and real models, bundled or tiny.

The scorers are found: a new file that needs no options is tested without an edit here.
"""

import json
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from evalsuite import scorers
from evalsuite.plugins.find import load_scorer, measures_in, options_of, scorer_module
from evalsuite.records import Case, Clause, InputError, Judgement, Key, Picture, Prompt, Scorer
from evalsuite.runs import judgement_rows
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Person, Scene

CIRCLES = Prompt(
    "counts",
    "two red circles",
    "counting",
    include=(Clause("circle", 2, color="red"),),
    exclude=(Clause("circle", 3),),
    groups={"count": "2"},
)
SPATIAL = Prompt(
    "spatial",
    "a red circle to the left of a blue square",
    "position",
    include=(
        Clause("square", color="blue"),
        Clause("circle", color="red", position=("left of", 0)),
    ),
)
NEGATED = Prompt(
    "negated",
    "a red circle and no square",
    "negation",
    include=(Clause("circle", color="red"),),
    exclude=(Clause("square"),),
    groups={"form": "negated", "absent": "square"},
    twin="affirmed",
)
AFFIRMED = Prompt(
    "affirmed",
    "a red circle and a square",
    "negation",
    include=(Clause("circle", color="red"), Clause("square")),
    groups={"form": "affirmative", "absent": "square"},
)
NURSE = Prompt(
    "nurse",
    "a nurse",
    "occupation",
    include=(Clause("nurse"),),
    groups={"occupation": "nurse"},
    subject="person",
)
BARE = Prompt("bare", "a red circle", "other")
SIGN = Prompt("sign", 'a red circle and "OK"', "text", include=(Clause("circle"),), words="OK")

Options = Callable[[pytest.FixtureRequest], dict[str, object]]

ONE, TWO = Item("circle", "red", 16, 20, 18), Item("circle", "red", 46, 40, 16)
SQUARE = Item("square", "blue", 46, 22, 16)
PICTURES = {
    "counts": Scene(0, (ONE, TWO)),
    "spatial": Scene(1, (ONE, SQUARE)),
    "negated": Scene(2, (ONE,)),
    "affirmed": Scene(3, (ONE, SQUARE)),
    "nurse": Scene(0, people=(Person("nurse", "woman", 6, 30, 6, 52),)),
    "bare": Scene(0, (ONE,)),
    "sign": Scene(0, (ONE,)),
}


def cases() -> list[Case]:
    found = []
    for prompt in (CIRCLES, SPATIAL, NEGATED, AFFIRMED, NURSE, BARE, SIGN):
        pixels = draw(PICTURES[prompt.id])
        picture = Picture(prompt.id, lambda pixels=pixels: pixels)
        twin = {"negated": AFFIRMED, "affirmed": NEGATED}.get(prompt.id)
        found.append(Case(Key("set", prompt.id, 0), prompt, picture, twin))
    return found


def chosen_in_scenes(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"dialect": "scenes"}


def geneval(request: pytest.FixtureRequest) -> dict[str, object]:
    # No bundled model segments; a tiny one with random weights must keep the contract too.
    model = str(request.getfixturevalue("tiny_mask2former"))
    thresholds = {"threshold": 0.1, "counting_threshold": 0.1, "shortest": 64, "longest": 96}
    return {"dialect": "scenes", "model": model, "clip": "scenes-clip", **thresholds}


def grounding(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"model": str(request.getfixturevalue("tiny_grounding_dino")), "clip": "scenes-clip"}


def answering(model: str) -> Options:
    """With random weights it says neither yes nor no, which no floor lets it abstain from."""
    return lambda request: {
        "dialect": "scenes",
        "model": str(request.getfixturevalue(f"tiny_{model}")),
        "floor": 0.0,
    }


def aesthetic(request: pytest.FixtureRequest) -> dict[str, object]:
    head = request.getfixturevalue("tmp_path_factory").mktemp("head") / "head.safetensors"
    save_file({"weight": np.ones((1, 16), "f4"), "bias": np.zeros(1, "f4")}, head)
    return {"head": str(head), "model": str(request.getfixturevalue("tiny_l14"))}


def trained(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"head": str(request.getfixturevalue("forms_probe"))}


def trained_in_scenes(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"dialect": "scenes", **trained(request)}


def worded(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"model": str(request.getfixturevalue("tiny_l14"))}


def preference(request: pytest.FixtureRequest) -> dict[str, object]:
    clips, folder = request.getfixturevalue("tiny_clips"), request.getfixturevalue("tiny_l14")
    place = request.getfixturevalue("tmp_path_factory").mktemp("preference") / "tiny-pick"
    return {"model": str(clips.transformers_folder(folder, place))}


def seen(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"model": "scenes-clip", "detector": "scenes-owl"}


def answering_of_people(model: str) -> Options:
    return lambda request: {
        "model": str(request.getfixturevalue(f"tiny_{model}")),
        "detector": "scenes-owl",
        "certainty": 0.0,
        "floor": 0.0,
    }


VARIANTS: dict[str, dict[str, Options]] = {
    "aesthetic": {"": aesthetic},
    "age_band": {"": seen},
    "geneval": {"": geneval},
    "hands": {"qwen2": answering("qwen2")},
    "harm": {"": worded},
    "objects": {"": chosen_in_scenes, "grounding": grounding},
    "preference": {"": preference},
    "presentation_vqa": {
        "blip": answering_of_people("blip"),
        "qwen2": answering_of_people("qwen2"),
    },
    "presentation_probe": {"": trained_in_scenes},
    "probe": {"": trained},
    "text": {"": lambda request: {}},
    "vqa": {"blip": answering("blip"), "qwen2": answering("qwen2")},
}
"""How to build the scorers that need more than to be told that they judge the bundled world."""

FILES = sorted(
    module.name
    for module in pkgutil.iter_modules(scorers.__path__)
    if not module.name.startswith("_")
)
PARAMETERS = [
    (name, variant) for name in FILES for variant in VARIANTS.get(name, {"": chosen_in_scenes})
]


@pytest.fixture(scope="module", params=PARAMETERS, ids=lambda found: "-".join(filter(None, found)))
def scorer(request: pytest.FixtureRequest) -> Scorer:
    name, variant = request.param
    options = VARIANTS.get(name, {"": chosen_in_scenes})[variant](request)
    if name not in VARIANTS and "dialect" not in options_of(scorer_module(name), name):
        options = {}
    try:
        return load_scorer(name, options)
    except InputError as error:
        pytest.fail(f"scorers/{name}.py cannot be built here ({error}); say how in VARIANTS")


@pytest.fixture(scope="module")
def judged(scorer: Scorer) -> list[Judgement]:
    """All cases at once."""
    return list(scorer.judge(cases()))


def test_every_file_is_a_scorer_and_no_way_to_build_one_is_left_over() -> None:
    folder = Path(scorers.__file__).parent
    assert [path.stem for path in sorted(folder.glob("[!_]*.py"))] == FILES
    assert set(VARIANTS) <= set(FILES)
    assert {"clip", "objects", "presentation", "skin_tone"} <= set(FILES)


def test_its_name_is_its_files_and_its_measures_are_its_own(scorer: Scorer) -> None:
    assert scorer.name in FILES
    measures = measures_in(scorer_module(scorer.name), scorer.name, scorer.name)
    assert measures
    assert all(measure.title and measure.unit for measure in measures)


def test_one_judgement_per_case_in_order(scorer: Scorer, judged: list[Judgement]) -> None:
    assert [j.key.prompt_id for j in judged] == list(PICTURES)
    assert {j.scorer for j in judged} == {scorer.name}


def test_every_field_is_a_value_an_abstention_with_its_reason_or_not_applicable(
    judged: list[Judgement],
) -> None:
    for judgement in judged:
        assert judgement.failure is None
        assert judgement.values or judgement.not_applicable
        abstained = {field for field, value in judgement.values.items() if value is None}
        assert set(judgement.reasons) == abstained
        assert all(judgement.reasons.values())
        assert not set(judgement.not_applicable) & set(judgement.values)
        numbers = [value for value in judgement.values.values() if isinstance(value, float)]
        assert np.isfinite(numbers).all()


def test_boxes_lie_on_the_picture_and_probabilities_add_up(judged: list[Judgement]) -> None:
    for case, judgement in zip(cases(), judged, strict=True):
        height, width, _ = case.picture.pixels.shape
        for found in judgement.boxes:
            left, top, right, bottom = found.box
            assert -1 <= left <= right <= width + 1 and -1 <= top <= bottom <= height + 1
            assert found.name and (found.score is None or 0 <= found.score <= 1)
        for choice in judgement.choices.values():
            assert len(choice.options) == len(choice.probabilities)
            assert sum(choice.probabilities) == pytest.approx(1, abs=0.01)


def test_judgements_are_json(scorer: Scorer, judged: list[Judgement]) -> None:
    for judgement in judged:
        row = json.loads(json.dumps(judgement_rows.to_row(judgement), allow_nan=False))
        rows = judgement_rows.JudgementRows()
        rows.add(row)
        assert rows.row(0) == (judgement, None, "")
    described = json.dumps(scorer.describe(), allow_nan=False)
    assert not re.search(r'"(/|~|[A-Za-z]:\\)', described)


def test_a_judgement_depends_on_its_own_case_alone(scorer: Scorer, judged: list[Judgement]) -> None:
    alone = [scorer.judge([case])[0] for case in reversed(cases())]
    assert list(reversed(alone)) == judged


def test_ordinary_prompts_are_no_problem(scorer: Scorer) -> None:
    assert list(scorer.problems([case.prompt for case in cases()])) == []
    assert list(scorer.problems([])) == []


def by_id(judged: list[Judgement] | object) -> dict[str, Judgement]:
    return {j.key.prompt_id: j for j in judged}  # type: ignore[attr-defined]


def test_objects_on_pictures_whose_truth_is_known() -> None:
    judged = by_id(load_scorer("objects", {"dialect": "scenes"}).judge(cases()))
    assert judged["counts"].values["drawn"] == 2.0
    for name in ("counts", "spatial", "negated", "affirmed", "nurse"):
        assert judged[name].values["correct"] == 1.0, judged[name]
    assert judged["spatial"].values["relation"] == 1.0
    assert judged["negated"].values["excluded_drawn"] == 0.0
    assert judged["affirmed"].values["excluded_drawn"] == 1.0
    assert judged["bare"].values == {} and judged["bare"].not_applicable == ("correct",)
    assert judged["sign"].reasons["correct"] == "a detector does not read"
    assert sorted(found.name for found in judged["spatial"].boxes) == ["circle", "square"]


def test_presentation_speaks_of_people_only() -> None:
    judged = by_id(load_scorer("presentation", {"dialect": "scenes"}).judge(cases()))
    assert judged["nurse"].values == {"label": "woman"}
    assert judged["counts"].values == {}
    assert judged["counts"].not_applicable == ("label", "people", "seen")


def test_skin_tone_is_the_faces_alone() -> None:
    judged = by_id(load_scorer("skin_tone", {"dialect": "scenes"}).judge(cases()))
    # Tone 6's published Lab is 55.14, 7.79, 26.74: an angle of 10.9 degrees.
    assert judged["nurse"].values == {"tone": "6", "ita": pytest.approx(10.9, abs=0.5)}
    assert judged["counts"].values == {}
    assert judged["counts"].not_applicable == ("tone", "ita", "people", "seen")


def test_clip_chooses_among_hard_negatives() -> None:
    judged = by_id(load_scorer("clip", {"dialect": "scenes"}).judge(cases()))
    options = {name: judgement.choices for name, judgement in judged.items()}
    assert len(options["counts"]["choice"].options) == 6
    assert len(options["spatial"]["choice"].options) == 4
    assert options["spatial"]["binding"].options == (
        SPATIAL.text,
        "a blue circle to the left of a red square",
    )
    assert options["negated"]["choice"].options == (NEGATED.text, AFFIRMED.text)
    assert "choice" in judged["nurse"].not_applicable
