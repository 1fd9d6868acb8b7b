"""The commands as functions: what they take, what they refuse, and what they say meanwhile."""

import json
from pathlib import Path

import numpy as np
import pytest

import evalsuite
from evalsuite.commands.keywords import in_keywords
from evalsuite.records import InputError

TESTS = Path(__file__).parents[1]
PROMPTS = [{"id": f"p{n}", "tag": "plain", "prompt": f"{n} stars"} for n in range(4)]
STRIPES = {"model": "outside.stripes", "scorers": "outside.brightness", "prompts": "mine.jsonl"}


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    """An empty directory with a prompt set, from which the tests' plug-ins are found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, PROMPTS)) + "\n")


def test_values_are_plain_python(tmp_path):
    outcome = evalsuite.evaluate(
        model="outside.stripes",
        model_arg={"batch_size": np.int64(2)},
        scorers=("outside.brightness",),
        scorer_arg={"outside.brightness": {"threshold": 10}},
        prompts=[tmp_path / "mine.jsonl"],
        limit=3,
        num_images=2,
        size=(24, 16),
        resume=True,
        output_dir=Path("here"),
        seed=None,
    )

    assert (outcome.planned, outcome.complete) == (6, True)
    assert repr(outcome) == "<here: complete; 6 images planned: 6 ok>"
    assert outcome.run.manifest["configuration"]["size"] == "24x16"
    assert outcome.run.manifest["scorers"]["brightness"]["threshold"] == 10
    assert outcome.run.show("mine/p0/0").size == (24, 16)


def test_a_variable_of_the_command_line_changes_nothing(monkeypatch):
    monkeypatch.setenv("EVALSUITE_NUM_IMAGES", "3")
    monkeypatch.setenv("EVALSUITE_SCORERS", "nobody")

    outcome = evalsuite.evaluate(**STRIPES, num_images=1, output_dir="here")

    assert outcome.planned == 4
    assert evalsuite.judge("here").complete


def test_a_file_of_settings_counts_below_keywords():
    Path("run.yaml").write_text("limit: 1\nnum_images: 3\n")

    outcome = evalsuite.generate(
        model="outside.stripes", prompts="mine.jsonl", config="run.yaml", num_images=2
    )

    assert outcome.planned == 2
    assert outcome.tables() == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: evalsuite.evaluate(num_images=0),
            "num_images: '0' is not a whole number from 1 on",
        ),
        (
            lambda: evalsuite.evaluate(num_images=2.0),
            "num_images: '2.0' is not a whole number from 1 on",
        ),
        (lambda: evalsuite.evaluate(limit=[1, 2]), "limit: '1 2' is not a text"),
        (lambda: evalsuite.evaluate(resume="maybe"), "resume: 'maybe' is neither yes nor no"),
        (lambda: evalsuite.evaluate(size=(3,)), "size: '3' is not a size; write width and height"),
        (lambda: evalsuite.evaluate(scorers=[]), "scorers: '' is not a list of names"),
        (lambda: evalsuite.evaluate(stpes=3), "evaluate: no keyword 'stpes'; did you mean 'steps'"),
        (lambda: evalsuite.judge("x", steps=3), "judge: no keyword 'steps'; there are: folder, "),
        (lambda: evalsuite.judge(3), "folder: 3 is no path; write it as a text or a Path"),
        (lambda: evalsuite.judge("x"), "x/manifest.json: is missing, so this is not a run folder"),
        (lambda: evalsuite.evaluate(progress="often"), "progress: 'often' is neither yes nor no"),
        (
            lambda: evalsuite.evaluate(**STRIPES, scorer_arg={"clip": {"model": "m"}}),
            "scorer_arg clip: is not among the scorers of this run",
        ),
        (lambda: evalsuite.evaluate(config="no.yaml"), "no.yaml: No such file or directory"),
        (lambda: evalsuite.compare("x"), "compare: needs at least two runs"),
        (lambda: evalsuite.compare(["x", "y"]), "compare: ['x', 'y'] is no path"),
        (
            lambda: evalsuite.gate("x", baseline="b.json", policy="p.yaml", steps=3),
            "steps: draws images, so it goes with sequential only",
        ),
        (
            lambda: evalsuite.gate(baseline="b.json", policy="p.yaml"),
            "give either the folder of a RUN, or sequential",
        ),
        (lambda: evalsuite.plan(), "plan: say what to find out, detect D, or prompts N"),
        (lambda: evalsuite.plan(detect="x"), "detect: 'x' is not a number"),
        (
            lambda: evalsuite.plan(detect=0.1),
            "plan: say how much scores vary, with pilot RUN or with variance",
        ),
        (lambda: evalsuite.audit("objects", images=0), "images: 0 is not a whole number from 1 on"),
        (lambda: evalsuite.audit("objcets"), "did you mean 'objects'?"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_keyword(call, said):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        call()

    assert said in str(error.value)
    assert "--" not in str(error.value)


def test_commands_in_backticks_stay_commands():
    text = "--num-images 3: see `evalsuite run --num-images`, or --no-resume, or --device"

    assert in_keywords(text, ["num_images", "resume"]) == (
        "num_images 3: see `evalsuite run --num-images`, or resume=False, or --device"
    )


def test_a_notebook_shows_an_error_as_its_line():
    assert InputError("a: b")._render_traceback_() == ["InputError: a: b"]


def test_progress_is_shown_only_where_it_is_asked_for(capsys):
    told = []
    one = {**STRIPES, "num_images": 1}
    evalsuite.evaluate(**one, output_dir="a")
    evalsuite.evaluate(**one, output_dir="b", progress=False)
    quiet = capsys.readouterr()
    evalsuite.evaluate(**one, output_dir="c", progress=True)
    loud = capsys.readouterr()
    evalsuite.evaluate(**one, output_dir="d", progress=lambda *said: told.append(said))

    assert quiet.out + quiet.err == ""
    assert "generate: 0/4" in loud.err and "judge: 4/4" in loud.err
    assert told[0] == ("generate", 0, 4) and told[-1] == ("judge", 4, 4)


def test_a_baseline_of_an_incomplete_run_is_taken_anyway():
    evalsuite.generate(model="outside.stripes", prompts="mine.jsonl", output_dir="a", num_images=1)
    for path in Path("a/images").iterdir():
        path.unlink()

    with pytest.raises(InputError, match=r"the run is incomplete; .* with anyway$"):
        evalsuite.baseline("a", "b.json")
    assert evalsuite.baseline("a", Path("b.json"), anyway=True) == Path("b.json")
    assert json.loads(Path("b.json").read_text())["complete"] is False


def test_a_plan_from_stated_variances():
    plan = evalsuite.plan(
        detect=0.03, num_images=2, variance={"prompt_model": 0.005, "noise": 0.08}
    )

    # As the command says: (2.3263 + 1.3408)^2 * (0.01 + 0.16 / 2) / 0.03^2 = 1344.8, and a few.
    (row,) = plan.to_pandas().to_dict("records")
    assert row["design"] == "seeds" and 1345 <= row["prompts"] <= 1351
    assert repr(plan) == "<To show a difference, one-sided at alpha 0.01>"
    assert "<td>same prompts and seeds</td><td>0.03</td><td>90 %</td>" in plan._repr_html_()


def test_an_audit_is_a_table_too():
    audit = evalsuite.audit("outside.opinions", images=12, output_dir="here")

    table = audit.to_pandas()
    assert set(table["scorer"]) == {"opinions"} and set(table["field"]) == {"says"}
    assert list(table.columns[:5]) == ["scorer", "field", "kind", "tag", "form"]
    # 12 renders, 12 autoencoded, 3 each blurred, noisy and as JPEG, and 40 pairs of perturbed ones,
    # of which one picture comes twice.
    assert repr(audit) == f"<here/audit.md: {audit.outcome.questions} questions about 112 images>"
    assert "<td>opinions.says</td>" in audit._repr_html_()
    assert Path("here/audit.json").is_file()
