"""Drawing until the gate is decided, on the renderer and its error knobs."""

import json
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.gating import run as gating
from evalsuite.gating import sequential
from evalsuite.gating.sequential import first_maximum
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.records import InputError, Key, Prompt, PromptSet
from evalsuite.runs.seeds import plan

TESTS = Path(__file__).parents[1]
POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, margin: 0.3}
  - {measure: objects.relation, margin: 0.3}
"""
DRAWN = ("--scorers", "outside.pixels", "--no-progress", "--json", "--model", "scenes")


def test_prompts_come_whole_twins_together_in_an_order_of_their_own():
    prompts = [Prompt(f"p{n}", "a", "b", twin=f"p{n - 10}" if n >= 10 else None) for n in range(20)]
    one = PromptSet(name="s", version="1", digest="d", dialect="scenes", prompts=tuple(prompts))
    requests = plan([one], 2, 0)

    units = sequential.in_random_order(requests, [one], 0)
    assert sorted(r.key for _, unit in units for r in unit) == sorted(r.key for r in requests)
    for _, unit in units:
        (first, *_, last) = (r.key.prompt_id for r in unit)
        assert len(unit) == 4 and last == f"p{int(first[1:]) + 10}"
    assert units == sequential.in_random_order(requests, [one], 0)
    orders = [[unit[0].key for _, unit in sequential.in_random_order(requests, [one], seed)]
              for seed in range(3)]  # fmt: skip
    assert orders[0] != orders[1] != orders[2]
    assert orders[0] != sorted(orders[0])
    # By SHA-256 of '["sequential",0,"d","p0"]' and so on: another version draws the same first.
    assert " ".join(key.prompt_id for key in orders[0]) == "p9 p0 p2 p4 p8 p7 p1 p5 p3 p6"
    assert sequential.in_random_order(requests, [one], 0, 11) == units[:2]
    with pytest.raises(InputError, match="--max-images 3: is less than one family's images"):
        sequential.in_random_order(requests, [one], 0, 3)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A blessed run of the renderer with a few errors."""
    place = tmp_path_factory.mktemp("sequential")
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(TESTS))
    settings = Settings(
        model="scenes",
        model_arg={"miscount": 0.1, "swap": 0.1},
        prompts=("scenes-counts", "scenes-spatial"),
        scorers=("outside.pixels",),
        num_images=2,
        seed=3,
        output_dir=str(place / "base"),
    )
    stages.generate(settings)
    stages.judge(place / "base", settings)
    gating.bless(place / "base", place / "base.json", {})
    (place / "policy.yaml").write_text(POLICY)
    yield place
    patch.undo()


@pytest.fixture
def gate(place, monkeypatch, capsys):
    """Draw and gate into a folder of that name: exit code, what was said, errors."""
    monkeypatch.chdir(place)

    def command(name, *words, policy="policy.yaml"):
        against = ("--baseline", "base.json", "--policy", policy, "--output-dir", name)
        with pytest.raises(SystemExit) as ended:
            cli.main(["gate", "--sequential", *DRAWN, *against, *words])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if out else {}, err

    return command


SAME = ("--model-arg", "miscount=0.1", "--model-arg", "swap=0.1")
BROKEN = ("--model-arg", "miscount=0.9", "--model-arg", "swap=0.9")


def counts(said):
    drawn, _, planned, *_ = said["note"].split()
    return int(drawn), int(planned)


def test_a_gross_regression_is_shown_before_all_is_drawn_and_a_rerun_says_the_same(gate, place):
    code, said, _ = gate("broken", *BROKEN)

    assert code == 1
    drawn, planned = counts(said)
    assert planned == 192 and drawn < 150
    assert {v["measure"]: v["word"] for v in said["verdicts"]}["objects.count"] == "fail"
    assert said["note"] == f"{drawn} of 192 images drawn, {192 - drawn} not needed"
    rows = (place / "broken" / "samples-w0.jsonl").read_text()
    assert len(rows.splitlines()) == drawn
    report = (place / "broken" / "report" / "report.md").read_text()
    assert f"{drawn} of 192 images drawn" in report
    assert (place / "broken" / "report" / "junit.xml").is_file()
    # Nothing is drawn again, and what was decided stays decided.
    assert gate("broken", *BROKEN)[1] == said
    assert (place / "broken" / "samples-w0.jsonl").read_text() == rows


def test_the_same_model_passes_before_all_is_drawn_and_the_run_can_be_finished(gate, place):
    code, said, _ = gate("same", *SAME)

    assert code == 0
    drawn, planned = counts(said)
    assert drawn < planned
    assert all(v["difference"]["low"] is None for v in said["verdicts"])
    # The folder is that of the whole run: it goes on where the gate stopped.
    settings = Settings(
        model="scenes",
        model_arg={"miscount": 0.1, "swap": 0.1},
        prompts=("scenes-counts", "scenes-spatial"),
        scorers=("outside.pixels",),
        num_images=2,
        seed=3,
        output_dir="same",
    )
    stages.generate(settings)
    assert stages.judge(Path("same"), settings).complete
    assert gating.gate_run(Path("same"), Path("base"), "policy.yaml", {}).word == "pass"


def test_too_few_images_are_undecided_and_say_how_many_there_were(gate):
    code, said, _ = gate("few", *SAME, "--max-images", "21")

    assert code == 3
    assert counts(said) == (20, 20)
    assert said["verdicts"][0]["word"] == "undecided"


def test_a_raised_maximum_spends_nothing_again(gate, place):
    """Tests of a fixed number stay those of the first maximum; a lower one is no maximum at all."""
    code, said, _ = gate("raised", *SAME, "--max-images", "41")
    assert (code, counts(said)) == (3, (40, 40))
    first = json.loads((place / "raised" / "sequential.json").read_text())
    assert first["first_maximum"] == 40

    for maximum, drawn in (("61", 60), ("21", 20)):
        said = gate("raised", *SAME, "--max-images", maximum)[1]
        assert counts(said) == (drawn, drawn)
        assert said["note"].endswith(
            "what is tested at a maximum was tested at the first one, 40 images"
        )
    assert json.loads((place / "raised" / "sequential.json").read_text()) == first
    # Starting over is a new gate.
    gate("raised", *SAME, "--max-images", "21", "--no-resume")
    assert json.loads((place / "raised" / "sequential.json").read_text())["first_maximum"] == 20


def test_a_damaged_or_foreign_first_maximum_is_refused(gate, place):
    gate("odd", *SAME, "--max-images", "21")
    path = place / "odd" / "sequential.json"
    state = json.loads(path.read_text())

    path.write_text(json.dumps({**state, "images": "0" * 64}))
    code, _, err = gate("odd", *SAME)
    assert code == 2
    last = err.splitlines()[-1]
    assert "sequential.json: this gate was begun on other images than the baseline's now" in last
    path.write_text("{}")
    assert "is damaged; start over with --no-resume" in gate("odd", *SAME)[2]


def test_what_no_image_could_decide_draws_none(gate, place):
    words = ("--scorer-arg", "outside.pixels.strict=false")
    code, said, _ = gate("other", *SAME, *words)

    assert code == 3
    assert counts(said) == (0, 192)
    assert "another objects" in said["verdicts"][0]["reason"]
    assert not list((place / "other").glob("samples-*"))


def test_images_that_the_baseline_has_not_are_refused(gate):
    code, _, err = gate("elsewhere", *SAME, "--seed", "4")

    assert code == 2
    assert "none of the planned images is among the baseline's 192" in err
    assert "from seed 3; leave --seed" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["base", "--sequential"], "give either the folder of a RUN, or --sequential"),
        ([], "give either the folder of a RUN, or --sequential"),
        (["base", "--steps", "2"], "--steps: draws images, so it goes with --sequential only"),
    ],
)
def test_a_folder_or_drawing_but_not_both(place, monkeypatch, capsys, words, says):
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as ended:
        cli.main(["gate", *words, "--baseline", "base.json", "--policy", "policy.yaml"])

    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_the_first_maximum_is_of_its_images_alone(tmp_path):
    keys = [Key("s", f"p{n}", 0) for n in range(4)]
    assert first_maximum(tmp_path, 2, keys) == frozenset(keys[:2])
    assert first_maximum(tmp_path, 4, keys) == frozenset(keys[:2])
    with pytest.raises(InputError, match="this gate was begun on other images"):
        first_maximum(tmp_path, 2, keys[::-1])
