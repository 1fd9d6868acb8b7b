"""The command line, from flags to exit codes, with plug-ins of an outside package."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from PIL import Image

from evalsuite import cli
from evalsuite.pipeline.settings import FIELDS, flag
from evalsuite.plugins import find as plugins
from evalsuite.plugins.source import source_digest
from evalsuite.runs.folder import read_manifest

HERE = Path(__file__).parent
ROOT = HERE.parent

PROMPTS = [
    {"id": "a", "tag": "counting", "prompt": "one star", "include": [{"class": "star"}]},
    {
        "id": "b",
        "tag": "counting",
        "prompt": "two stars",
        "include": [{"class": "star", "count": 2}],
    },
    {"id": "c", "tag": "plain", "prompt": "abstain from this"},
    {"id": "d", "tag": "plain", "prompt": "refuse this"},
    {"id": "e", "tag": "plain", "prompt": "block this"},
    {"id": "f", "tag": "plain", "prompt": "invalid this"},
]

OUTSIDE = ["--model", "outside.stripes", "--scorers", "outside.brightness"]


@pytest.fixture
def write_prompts(tmp_path):
    def write(rows=PROMPTS, name="mine"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
        return f"{name}.jsonl"

    return write


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys):
    """Run a command in this process, in an empty directory: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY", "HF_HUB_VERBOSITY"):
        monkeypatch.setenv(name, "error")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


def subprocess_of(*words, **variables):
    """The same in a process of its own."""
    path = os.pathsep.join([str(ROOT), str(HERE)])
    return subprocess.Popen(
        [sys.executable, "-m", "evalsuite", *words],
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# What is cheap


@pytest.mark.parametrize(
    ("words", "has", "lacks"),
    [
        (["audit"], "runs/audit-<scorers>", "digest of the settings"),
        (["audit"], "fresh scenes are drawn", "every image has its own"),
        (["baseline"], "the run was drawn from", "dialect"),
        (["report"], "the run was drawn from", "those of the model's dialect"),
    ],
)
def test_a_flag_is_explained_as_this_command_takes_it(evalsuite, monkeypatch, words, has, lacks):
    monkeypatch.setenv("COLUMNS", "300")
    code, out, _ = evalsuite(*words, "--help")
    plain = " ".join(out.split())
    assert code == 0 and has in plain and lacks not in plain


def test_help_is_quick():
    """In CPU time little more than numpy and typer's own help take, the least of five of each."""
    peer = "import numpy, typer.rich_utils, rich.markdown, rich.traceback"

    def seconds(words):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout

    pairs = [(seconds(["-m", "evalsuite.cli", "--help"]), seconds(["-c", peer])) for _ in range(5)]
    assert all("generate" in ours[1] for ours, _ in pairs)
    ours, theirs = (min(side[0] for side in sides) for sides in zip(*pairs, strict=True))
    assert ours < 2 * theirs


def test_importing_the_package_or_its_command_line_imports_nothing_heavy():
    heavy = (
        "torch pandas diffusers transformers open_clip matplotlib scipy sklearn pyarrow pydantic"
    )
    script = (
        "import sys, evalsuite, evalsuite.cli\n"
        "assert evalsuite.__version__ and evalsuite.evaluate and evalsuite.open_run\n"
        f"found = [name for name in {heavy.split()} if name in sys.modules]\n"
        "assert not found, found\n"
    )
    subprocess.run(
        [sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def test_the_public_names_are_there():
    import evalsuite

    for name in evalsuite.__all__:
        assert getattr(evalsuite, name)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        evalsuite.nothing_like_it  # noqa: B018


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("pla", ["plan"]),
        ("run --model scenes-l", ["scenes-ldm", "scenes-ldm-early"]),
        ("run --model http:fa", ["http:fal"]),
        ("run --prompts negation,scenes-c", ["negation,scenes-counts"]),
        ("run --prompts scenes-counts,scenes-c", []),
        ("judge runs/x --scorers presentation_v", ["presentation_vqa"]),
        ("run --dtype b", ["bfloat16"]),
    ],
)
def test_a_shell_is_told_what_may_follow(typed, offered):
    words = f"evalsuite {typed}"
    asking = {
        "_EVALSUITE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "evalsuite.cli"],
        env={**os.environ, **asking},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == offered


def test_no_command_prints_the_help(evalsuite):
    code, out, _ = evalsuite()

    assert code == 0
    assert "generate" in out and "EVALSUITE_NUM_IMAGES" in out


def test_every_setting_is_a_flag_of_run(evalsuite):
    code, out, _ = evalsuite("run", "--help")

    assert code == 0
    own = {flag(name) for name in FIELDS}
    for word in own | {"--no-resume", "--config", "--dry-run", "--json", "--no-progress", "-v"}:
        assert word in out


# A run


def test_a_run_ends_with_the_reports_path(evalsuite, write_prompts, tmp_path):
    code, out, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--num-images", "2")

    assert code == 0, err
    report = Path(out.splitlines()[-1])
    assert report.is_file() and report.name == "index.html"
    assert "12 images planned: 6 ok, 2 refused, 2 blocked, 2 invalid" in out
    assert "brightness.level" in out
    folder = report.parents[1]
    assert folder.parent == Path("runs") and folder.name.startswith("stripes-")
    assert f"{folder}: 12 images of 6 prompts (mine)" in err
    for name in ("manifest.json", "estimates.json", "judgements.parquet", "report/report.md"):
        assert (folder / name).is_file()


def test_the_table_of_judgements_has_a_row_a_value(evalsuite, write_prompts):
    evalsuite(
        "run", *OUTSIDE, "--prompts", write_prompts(), "--num-images", "1", "--output-dir", "r"
    )

    rows = pyarrow.parquet.read_table("r/judgements.parquet").to_pylist()

    assert len(rows) == 5
    assert {row["image"] for row in rows} <= {path.stem for path in Path("r/images").iterdir()}
    by_name = {(row["prompt_id"], row["field"]): row for row in rows}
    assert by_name["a", "level"]["value"] == pytest.approx(
        np.asarray(Image.open(f"r/images/{by_name['a', 'level']['image']}.png")).mean()
    )
    assert by_name["a", "word"]["label"] in ("bright", "dark")
    assert by_name["a", "word"]["value"] is None
    assert by_name["c", "level"]["value"] is None
    assert by_name["c", "level"]["reason"] == "unknown: asked to"


def test_the_same_command_again_does_nothing_twice(evalsuite, write_prompts, monkeypatch, tmp_path):
    monkeypatch.setenv("STRIPES_LOG", str(tmp_path / "log"))
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--num-images", "2", "--no-progress")
    _, first, _ = evalsuite(*words)
    log = (tmp_path / "log").read_text()
    folder = Path(first.splitlines()[-1]).parents[1]
    estimates = (folder / "estimates.json").read_bytes()

    code, second, _ = evalsuite(*words)

    assert (code, second) == (0, first)
    assert (tmp_path / "log").read_text() == log
    assert (folder / "estimates.json").read_bytes() == estimates


def test_stages_alone_give_the_same_as_run(evalsuite, write_prompts):
    common = ("--model", "outside.stripes", "--prompts", write_prompts())
    evalsuite("run", *common, "--scorers", "outside.brightness", "--output-dir", "whole")

    assert evalsuite("generate", *common, "--output-dir", "parts")[0] == 0
    assert not Path("parts/estimates.json").exists()
    assert evalsuite("judge", "parts", "--scorers", "outside.brightness")[0] == 0
    code, out, _ = evalsuite("report", "parts")

    assert code == 0
    assert out.splitlines()[-1] == "parts/report/index.html"
    for name in ("estimates.json", "judgements.parquet"):
        assert Path("parts", name).read_bytes() == Path("whole", name).read_bytes()


def test_json_is_one_object_on_stdout(evalsuite, write_prompts):
    code, out, _ = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--json")

    said = json.loads(out)
    assert code == 0
    assert said["complete"] is True
    assert said["planned"] == 24
    assert said["images"] == {"ok": 12, "refused": 4, "blocked": 4, "invalid": 4}
    assert Path(said["report"]).is_file()
    assert {row["measure"] for row in said["estimates"]} >= {"brightness.level"}


def test_a_dry_run_says_what_would_be_drawn_and_does_nothing(evalsuite, write_prompts, tmp_path):
    write_prompts()
    before = sorted(tmp_path.rglob("*"))

    code, out, _ = evalsuite(
        "run", *OUTSIDE, "--prompts", "mine.jsonl", "--limit", "2", "--size", "100x50", "--dry-run"
    )

    assert code == 0
    assert "images   8 of 100x50 pixels" in out
    assert "prompts  2: mine 2" in out
    assert "disk     about" in out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_dry_run_takes_the_time_from_a_like_run_beside_it(evalsuite, write_prompts, tmp_path):
    words = ["run", *OUTSIDE, "--prompts", write_prompts(), "--num-images", "2"]
    assert "time     unknown" in evalsuite(*words, "--dry-run")[1]
    assert evalsuite(*words, "--output-dir", "runs/earlier")[0] == 0

    _, out, _ = evalsuite(*words, "--num-images", "4", "--dry-run")
    assert re.search(r"^time     about 0:0\d \(as runs/earlier went here\)$", out, re.M)
    # Other steps would take another time.
    _, out, _ = evalsuite(*words, "--size", "100x50", "--dry-run")
    assert "time     unknown" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "folder:/nope"], "there is no such folder"),
        (["--model", "folder"], "needs path"),
        (["--model", "folder:shots"], "write --num-images 1"),
        (["--model", "scenes", "--model-arg", "mscount=1"], "the scenes renderer has miscount"),
        (["--model", "scenes-ldm", "--model-arg", "stpes=1"], "takes no option 'stpes'"),
        (["--model", "outside.stripes", "--steps", "3"], "takes no option 'steps'"),
        ([*OUTSIDE[:2], "--scorers", "clipp"], "did you mean 'clip'?"),
        ([*OUTSIDE, "--scorer-arg", "clip.model=x"], "--scorer-arg clip: is not among"),
        ([*OUTSIDE, "--scorer-arg", "outside.brightness.treshold=1"], "did you mean 'threshold'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_dry_run_refuses_what_the_run_would(evalsuite, write_prompts, words, said, tmp_path):
    (tmp_path / "shots" / "a").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save("shots/a/0.png")
    words = ["run", "--prompts", write_prompts(PROMPTS[:1]), *words]

    dry, wet = evalsuite(*words, "--dry-run"), evalsuite(*words)

    assert dry == wet
    assert dry[0] == 2 and dry[1] == ""
    # A folder says first which of its files are of a prompt.
    *before, refusal = dry[2].splitlines()
    assert said in refusal
    assert all(line.startswith("evalsuite: folder 'shots': 1 of its 1") for line in before)
    assert not Path("runs").exists()


def test_a_dry_run_names_the_folder_that_the_run_takes(evalsuite, write_prompts):
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--json")

    _, dry, _ = evalsuite(*words, "--dry-run")
    _, wet, _ = evalsuite(*words)

    assert json.loads(dry)["run"] == json.loads(wet)["run"]


def test_other_settings_take_another_folder(evalsuite, write_prompts):
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--json", "--dry-run")
    folders = [
        json.loads(evalsuite(*words, *more)[1])["run"]
        for more in ([], ["--seed", "1"], ["--limit", "2"], ["--model-arg", "batch_size=2"])
    ]

    assert len(set(folders)) == 4
    assert (
        json.loads(evalsuite(*words, "--scorer-arg", "outside.brightness.threshold=1")[1])["run"]
        == folders[0]
    ), "judging otherwise needs no new images"


def test_flags_environment_and_file_reach_the_manifest(evalsuite, write_prompts, monkeypatch):
    monkeypatch.setenv("EVALSUITE_SEED", "5")
    Path("run.yaml").write_text(
        f"model: outside.stripes\nseed: 4\nprompts: {write_prompts()}\n"
        "scorers: [outside.brightness]\nnum_images: 3\n"
        "scorer_arg: {outside.brightness: {threshold: 9.5}}\n"
    )

    code, _, err = evalsuite(
        "run", "--config", "run.yaml", "--num-images", "1", "--output-dir", "r"
    )

    assert code == 0, err
    manifest = read_manifest(Path("r"))
    assert (manifest["seed"], manifest["num_images"]) == (5, 1)
    assert manifest["scorers"]["brightness"]["threshold"] == 9.5
    assert manifest["scorers"]["brightness"]["dialect"] == "scenes"
    assert manifest["configuration"]["scorers"] == ["outside.brightness"]
    source = manifest["backend"].pop("source_sha256")
    assert source == source_digest("outside.stripes")
    assert manifest["backend"] == {"model": "stripes", "size": [32, 32]}
    assert manifest["prompt_sets"]["mine"]["prompts"] == 6
    assert len(manifest["prompt_sets"]["mine"]["digest"]) == 64
    assert manifest["packages"]["torch"]


def test_lists_that_are_given_twice_both_count(evalsuite, write_prompts):
    code, out, _ = evalsuite(
        *("run", *OUTSIDE, "--scorers", "outside.opinions", "--output-dir", "r", "--json"),
        *("--prompts", write_prompts(PROMPTS[:1]), "--prompts", write_prompts(PROMPTS[1:2], "b")),
    )

    assert code == 0
    assert set(read_manifest(Path("r"))["prompt_sets"]) == {"mine", "b"}
    assert json.loads(out)["planned"] == 8
    configuration = read_manifest(Path("r"))["configuration"]
    assert configuration["scorers"] == ["outside.brightness", "outside.opinions"]
    code, _, err = evalsuite("run", "--prompts", "a", "--prompts", "b,a")
    assert (code, err) == (2, "evalsuite: --prompts: 'a,b,a' names something twice\n")


def test_a_variable_of_somebody_else_is_left_alone(evalsuite, write_prompts, monkeypatch):
    monkeypatch.setenv("EVALSUITE_FORMAT", "x")
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--dry-run")

    assert evalsuite(*words)[0] == 0
    monkeypatch.setenv("EVALSUITE_STPES", "3")
    code, _, err = evalsuite(*words)
    assert code == 2
    assert err.startswith("evalsuite: EVALSUITE_STPES: no such setting; did you mean 'steps'?")


def test_the_manifest_holds_no_absolute_path(evalsuite, write_prompts, tmp_path):
    write_prompts()

    evalsuite("generate", *OUTSIDE[:2], "--prompts", f"{tmp_path}/mine.jsonl", "--output-dir", "r")

    assert str(tmp_path) not in Path("r/manifest.json").read_text()
    code, _, err = evalsuite("report", "r")
    assert code == 2
    assert "(mine.jsonl); name them with --prompts" in err
    assert "images planned" in evalsuite("report", "r", "--prompts", f"{tmp_path}/mine.jsonl")[1]


def test_images_that_somebody_has_are_judged(evalsuite, write_prompts, tmp_path):
    (tmp_path / "shots").mkdir()
    rng = np.random.default_rng(0)
    for name in "ab":
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(f"shots/{name}.png")
    Path("shots/metadata.csv").write_text("file_name,prompt_id\na.png,a\nb.png,b\n")

    words = ("run", "--model", "folder:shots", "--scorers", "outside.brightness")
    words += ("--prompts", write_prompts(PROMPTS[:2]))
    code, _, err = evalsuite(*words)
    assert code == 2 and err.count("\n") == 1
    assert "--num-images 4: --model folder:shots has no more than 1 image of a prompt" in err
    assert "write --num-images 1" in err and not Path("runs").exists()

    code, out, err = evalsuite(*words, "--num-images", "1")

    assert code == 0, err
    assert "2 images planned: 2 ok" in out
    assert Path(out.splitlines()[-1]).parents[1].name.startswith("folder-shots-")


def test_python_gives_what_the_command_gives(evalsuite, write_prompts):
    from evalsuite import evaluate, judge, write_report

    evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "shell")
    told = []

    outcome = evaluate(
        model="outside.stripes",
        scorers="outside.brightness",
        prompts=Path("mine.jsonl"),
        output_dir="python",
        progress=lambda *said: told.append(said),
    )

    assert outcome.complete
    assert outcome.statuses == {"ok": 12, "refused": 4, "blocked": 4, "invalid": 4}
    assert {stage for stage, _, _ in told} == {"generate", "judge"}
    estimates = Path("python/estimates.json").read_bytes()
    assert estimates == Path("shell/estimates.json").read_bytes()
    assert judge("python").complete
    assert write_report(Path("python")).estimates == outcome.estimates


# What goes wrong


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "Did you mean 'run'?; see evalsuite --help"),
        (["run", "--stpes", "3"], "--stpes"),
        (["run", "--steps"], "--steps"),
        (["run", "extra"], "extra"),
        (["judge"], "Missing argument 'RUN'; see evalsuite judge --help"),
        (["run", "--steps", "many"], "--steps: 'many' is not a whole number"),
        (["run", "--model", "scnes"], "did you mean 'scenes'?"),
        (["run", "--model", "./nowhere"], "no such directory"),
        (["run", "--model", "outside.stripes", "--prompts", "cuonts"], "did you mean 'counts'"),
        (["run", "--model", "outside.stripes", "--steps", "3"], "takes no option 'steps'"),
        (["run", *OUTSIDE, "--scorer-arg", "clip.model=x"], "--scorer-arg clip: is not among"),
        (["run", "--model", "outside.stripes", "--scorers", "clop"], "did you mean 'clip'?"),
        (["run", *OUTSIDE, "--limit", "900-901"], "limit '900-901'"),
        (
            ["run", "--model-arg", "a=1", "--model-arg", "a=2"],
            "gives a twice; keep one",
        ),
        (["run", "--config", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["judge", "nowhere"], "this is not a run folder"),
        (["report", "nowhere"], "this is not a run folder"),
        (["prompts", "show", "nope"], "no prompt set 'nope'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_exits_with_2(evalsuite, words, said):
    code, out, err = evalsuite(*words)

    assert code == 2
    assert out == ""
    assert said in err
    assert err.startswith("evalsuite: ") and err.count("\n") == 1


def test_a_bad_line_of_a_prompt_file_is_named(evalsuite):
    Path("bad.jsonl").write_text('{"id": "a", "tag": "x", "prompt": "y"}\n{"id": 3}\n')

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", "bad.jsonl")

    assert code == 2
    assert "bad.jsonl:2:" in err
    assert not Path("runs").exists()


def test_unusable_prompts_are_listed_before_anything_is_drawn(evalsuite, write_prompts):
    rows = [{"id": f"p{n}", "tag": "plain", "prompt": f"{n} " + "long " * 90} for n in range(7)]

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(rows))

    assert code == 2
    assert "--model outside.stripes cannot use 7 prompts:" in err
    assert err.count("too long for stripes") == 5
    assert "and 2 more" in err
    assert not Path("runs").exists()


def test_a_scorers_problems_count_too(evalsuite, write_prompts):
    rows = [{"id": "p", "tag": "plain", "prompt": "unjudgeable"}]

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(rows))

    assert code == 2
    assert "scorer brightness cannot use 1 prompt:" in err
    assert not Path("runs").exists()


def test_a_plug_in_whose_problems_break_is_one_line(evalsuite, write_prompts):
    rows = [{"id": "p", "tag": "plain", "prompt": "problems break"}]

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(rows))

    assert code == 2
    assert "scorer brightness: its problems() raised ValueError: no such light; mend it" in err
    assert len(err.splitlines()) == 1 and not Path("runs").exists()


def test_an_unwritable_folder_is_named(evalsuite, write_prompts, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    # Root may write everywhere, except where the kernel makes the files.
    folder = str(closed / "run") if os.geteuid() else "/proc/run"

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", folder)

    assert code == 2
    assert err.startswith(f"evalsuite: {folder}: ") and err.count("\n") == 1
    assert "another --output-dir" in err


def test_a_file_where_the_folder_should_be_is_named(evalsuite, write_prompts, tmp_path):
    (tmp_path / "taken").write_text("")

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "taken")

    assert code == 2
    assert "taken" in err and err.count("\n") == 1


def test_a_folder_of_another_run_is_refused_and_no_resume_starts_over(evalsuite, write_prompts):
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "r")
    evalsuite(*words)

    code, _, err = evalsuite(*words, "--seed", "1")

    assert code == 2
    assert "holds another run" in err and "seed (0 there, 1 here)" in err
    assert evalsuite(*words, "--seed", "1", "--no-resume")[0] == 0
    assert read_manifest(Path("r"))["seed"] == 1


def test_another_scorer_of_the_same_name_is_refused(evalsuite, write_prompts):
    evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "r")
    words = ("judge", "r", "--scorer-arg", "outside.brightness.threshold=1")

    code, _, err = evalsuite(*words)

    assert code == 2
    assert "judged by another brightness (threshold differ)" in err
    for path in Path("r").glob("judgements-brightness-*.jsonl"):
        path.unlink()
    assert evalsuite(*words)[0] == 0
    assert read_manifest(Path("r"))["scorers"]["brightness"]["threshold"] == 1


def test_a_changed_prompt_set_is_refused_by_judge_and_report(evalsuite, write_prompts):
    evalsuite("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "r")
    write_prompts(PROMPTS[:-1])

    for command in ("judge", "report"):
        code, _, err = evalsuite(command, "r")
        assert code == 2
        assert "prompt set mine is not the one that was drawn" in err


def test_a_changed_manifest_is_refused_by_every_command(evalsuite, write_prompts):
    words = ("run", *OUTSIDE, "--prompts", write_prompts(), "--output-dir", "r")
    evalsuite(*words)
    path = Path("r/manifest.json")
    path.write_text(path.read_text().replace('"num_images": 4', '"num_images": 2'))

    policy = ("--baseline", "r", "--policy", "scenes")
    for command in (words, ("judge", "r"), ("report", "r"), ("gate", "r", *policy)):
        code, _, err = evalsuite(*command)
        assert code == 2 and err.count("\n") == 1
        assert "r/manifest.json: was changed since it was written" in err


@pytest.mark.parametrize("command", ["run", "generate", "judge", "report"])
def test_what_a_killed_process_left_is_swept_by_the_next_command(evalsuite, write_prompts, command):
    words = ("--prompts", write_prompts(PROMPTS[:1]), "--output-dir", "r")
    evalsuite("run", *OUTSIDE, *words)
    left = [
        Path("r", f".estimates.json.{'0' * 12}.tmp"),
        Path("r/images", f".a.png.{'f' * 12}.tmp"),
    ]
    for path in left:
        path.write_text("half")
        os.utime(path, (0, 0))

    alone = {"run": (*OUTSIDE, *words), "generate": (*OUTSIDE[:2], *words)}
    assert evalsuite(command, *alone.get(command, ("r",)))[0] == 0

    assert not any(path.exists() for path in left)


def test_a_failed_image_makes_the_run_incomplete(evalsuite, write_prompts):
    rows = [*PROMPTS[:1], {"id": "x", "tag": "plain", "prompt": "crash"}]

    code, out, err = evalsuite(
        *("run", *OUTSIDE, "--prompts", write_prompts(rows), "--num-images", "1"),
        *("--max-retries", "0", "--output-dir", "r"),
    )

    assert code == 4
    assert "1 failed" in err and "stripes broke" in err
    assert "this finishes it: evalsuite run --model outside.stripes" in err
    assert "--output-dir r --retry-failed" in err
    assert out.splitlines()[-1] == "r/report/index.html"


def test_a_broken_scorer_makes_the_run_incomplete(evalsuite, write_prompts):
    rows = [*PROMPTS[:1], {"id": "x", "tag": "plain", "prompt": "scorer breaks"}]

    code, _, err = evalsuite("run", *OUTSIDE, "--prompts", write_prompts(rows), "--json")

    assert code == 4
    assert "brightness broke" in err


@pytest.mark.parametrize("word", ["invalid", "refuse", "block"])
def test_a_run_without_any_valid_image_is_incomplete_and_says_why(evalsuite, write_prompts, word):
    rows = [{"id": "x", "tag": "plain", "prompt": f"{word} this"}]
    words = ("--prompts", write_prompts(rows), "--output-dir", "r")
    why = {"invalid": "invalid: NaN", "refuse": "refused: said no", "block": "blocked: blanked"}

    code, out, err = evalsuite("run", *OUTSIDE, *words)

    assert code == 4
    assert f"incomplete: no image is valid (4 times {why[word]})" in err
    assert "this finishes it" not in err, "the same command would end the same"
    assert out.splitlines()[-1] == "r/report/index.html"
    assert evalsuite("generate", *OUTSIDE[:2], *words)[0] == 4
    assert json.loads(evalsuite("report", "r", "--json")[1])["complete"] is False


def test_a_report_of_an_unfinished_run_says_what_is_missing(evalsuite, write_prompts):
    evalsuite(
        "run", *OUTSIDE, "--prompts", write_prompts(), "--num-images", "1", "--output-dir", "r"
    )
    rows = Path("r/samples-w0.jsonl").read_text().splitlines(keepends=True)
    Path("r/samples-w0.jsonl").write_text("".join(rows[1:]))

    code, _, err = evalsuite("report", "r")

    assert code == 4
    assert "1 of 6 images are missing" in err
    assert "this finishes it: evalsuite run" in err and "--output-dir r" in err
    assert (
        evalsuite(
            "run", *OUTSIDE, "--prompts", "mine.jsonl", "--num-images", "1", "--output-dir", "r"
        )[0]
        == 0
    )


def test_ctrl_c_says_that_the_same_command_resumes(evalsuite, write_prompts, monkeypatch, tmp_path):
    monkeypatch.setenv("STRIPES_LOG", str(tmp_path / "log"))
    words = ("run", *OUTSIDE, "--prompts", write_prompts(PROMPTS[:3]), "--num-images", "4")

    code, _, err = evalsuite(*words, "--model-arg", "crash_at=6")

    assert code == 130
    assert "interrupted; what is done is kept, and this finishes it: evalsuite" in err


def test_a_killed_run_ends_like_one_that_was_not(write_prompts, tmp_path):
    write_prompts([{"id": f"p{n}", "tag": "counting", "prompt": f"{n} stars"} for n in range(40)])
    words = ("run", *OUTSIDE, "--prompts", str(tmp_path / "mine.jsonl"), "--no-progress")
    whole, killed = str(tmp_path / "whole"), str(tmp_path / "killed")
    first = subprocess_of(*words, "--output-dir", whole)
    _, err = first.communicate()
    assert first.returncode == 0, err

    log = tmp_path / "log"
    slow = {"STRIPES_LOG": str(log), "STRIPES_PAUSE": "0.01"}
    victim = subprocess_of(*words, "--output-dir", killed, **slow)
    while not (log.is_file() and len(log.read_text().splitlines()) >= 50) and victim.poll() is None:
        time.sleep(0.002)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert victim.returncode == -signal.SIGKILL
    second = subprocess_of(*words, "--output-dir", killed, STRIPES_LOG=str(log))
    _, err = second.communicate()

    assert second.returncode == 0, err
    for name in ("estimates.json", "judgements.parquet"):
        assert Path(killed, name).read_bytes() == Path(whole, name).read_bytes()


def test_tracebacks_are_for_those_who_ask(evalsuite):
    quiet = evalsuite("run", "--model", "./nowhere")
    loud = evalsuite("run", "--model", "./nowhere", "-v", "-v")

    assert "Traceback" not in quiet[2]
    assert "Traceback" in loud[2]
    assert (quiet[0], loud[0]) == (2, 2)


# What is there


def test_listings_name_what_is_there(evalsuite):
    assert "scenes-counts" in evalsuite("prompts", "list")[1]
    assert "folder" in evalsuite("models")[1]
    assert "presentation" in evalsuite("scorers")[1]
    names = {row["name"] for row in json.loads(evalsuite("models", "--json")[1])}
    assert {"diffusers", "folder", "scenes", *plugins.bundled()} <= names
    about = {row["name"]: row["about"] for row in json.loads(evalsuite("models", "--json")[1])}
    assert all(name in about["scenes-gan"] for name in ("scenes dialect", "GAN", "scenes-ldm"))


def test_a_prompt_set_is_shown_with_its_card(evalsuite):
    code, out, _ = evalsuite("prompts", "show", "scenes-counts")

    assert code == 0
    assert "not_measured" in out and "scenes-counts-0000" in out


def test_prompt_files_are_checked_one_and_all(evalsuite, write_prompts):
    Path("bad.jsonl").write_text("nonsense\n")

    code, out, err = evalsuite("prompts", "check", write_prompts(), "bad.jsonl", "counts")

    assert code == 2
    assert "mine.jsonl: 6 prompts" in out
    assert "counts: 210 prompts" in out
    assert "bad.jsonl:1:" in err


def test_every_bundled_set_passes_the_check(evalsuite):
    code, out, _ = evalsuite("prompts", "check", "--json")

    said = json.loads(out)
    assert (code, said["faults"], said["shared"]) == (0, [], [])
    assert [row["slips"] for row in said["sets"]] == [[]] * 19
    judged = {row["name"]: row["judged_by"] for row in said["sets"]}
    assert judged["control"]["COCO detector"] == judged["control"]["open-vocabulary detector"] == 80
    assert judged["text"]["text reader"] == 160


def test_check_names_cut_and_shared_prompts_and_stops_listing(evalsuite, write_prompts):
    many = [{"id": f"p{n}", "tag": "t", "prompt": f"{n}" + " very" * 80} for n in range(15)]
    first, second = write_prompts(many, "one"), write_prompts(many[:1], "two")

    _, out, _ = evalsuite("prompts", "check", first, second)

    assert "one.jsonl: p0: 83 tokens, by CLIP's count, but CLIP reads 77" in out
    assert "one.jsonl: and 10 more slips; --json lists them" in out
    assert "two.jsonl: can be judged by likeness to the text alone" in out
    assert "p0: the same text as p0 of one" in out


def test_other_benchmarks_prompts_are_imported_once(evalsuite):
    Path("PartiPrompts.tsv").write_text(
        "Prompt\tCategory\tChallenge\tNote\na dog\tAnimals\tBasic\t\n"
    )

    code, out, _ = evalsuite("prompts", "import", "PartiPrompts.tsv", "-o", "prompts/mine.jsonl")

    assert code == 0
    assert "prompts/mine.jsonl: 1 prompts, read as partiprompts, digest" in out
    assert (
        "Imported by evalsuite from PartiPrompts.tsv (partiprompts, SHA-256"
        in Path("prompts/mine.md").read_text()
    )
    again = evalsuite("prompts", "import", "PartiPrompts.tsv", "-o", "prompts/mine.jsonl")
    assert again[0] == 2 and "is there already" in again[2]
    assert evalsuite("prompts", "check", "prompts/mine.jsonl")[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.tsv", "-o", "a.jsonl"], "nowhere.tsv: no such file or folder"),
        (["dog.txt", "-o", "a.json"], "-o a.json: name it <set>.jsonl"),
        (["dog.txt", "-o", "a.jsonl", "--format", "tekst"], "did you mean 'text'"),
    ],
)
def test_imports_that_cannot_be_are_refused(evalsuite, words, message):
    Path("dog.txt").write_text("a dog\n")

    code, _, err = evalsuite("prompts", "import", *words)

    assert code == 2 and message in err and "Traceback" not in err
    assert not Path("a.jsonl").exists()


def test_what_an_import_mends_is_said(evalsuite):
    Path("color_val.txt").write_text("a red cup\n" * 8)

    _, out, err = evalsuite("prompts", "import", "color_val.txt", "-o", "a.jsonl")
    said = json.loads(evalsuite("prompts", "import", "color_val.txt", "-o", "b.jsonl", "--json")[1])

    assert "1 prompts" in out and "color_val.txt:2: left out" in err
    assert "and 2 more such notes" in err
    assert (said["prompts"], len(said["notes"])) == (1, 7)


def test_env_keeps_secrets(evalsuite, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_abcdefghijklmnopqrstuvwx")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    code, out, _ = evalsuite("env", "--json")

    said = json.loads(out)
    assert code == 0
    assert said["variables"]["HF_TOKEN"] == "set"
    assert said["variables"]["HF_HUB_OFFLINE"] == "1"
    assert said["packages"]["torch"]


def test_no_color_is_honoured(write_prompts, tmp_path):
    shown = subprocess_of("models", NO_COLOR="1", FORCE_COLOR="1")

    out, _ = shown.communicate()

    assert "\x1b[3" not in out
