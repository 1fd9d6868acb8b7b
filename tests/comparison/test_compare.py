"""`evalsuite compare`, from flags to exit codes and files."""

import json
import shutil
from pathlib import Path

import pytest

import evalsuite
from evalsuite import cli
from evalsuite.measures import DIVERSITY
from evalsuite.records import InputError

HERE = Path(__file__).parents[1]
DRAW = (
    *("run", "--model", "scenes", "--scorers", "objects", "--no-progress"),
    *("--prompts", "scenes-counts,scenes-spatial", "--limit", "8", "--num-images", "1"),
)


def command(*words):
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return ended.value.code


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs of the renderer: right, right again under another seed, and with relations swapped."""
    folder = tmp_path_factory.mktemp("runs")
    assert command(*DRAW, "--output-dir", str(folder / "right")) == 0
    assert command(*DRAW, "--seed", "3", "--output-dir", str(folder / "reseeded")) == 0
    swapped = ("--model-arg", "swap=1", "--output-dir", str(folder / "swapped"))
    assert command(*DRAW, *swapped) == 0
    return folder


@pytest.fixture
def compare(tmp_path, monkeypatch, capsys):
    """Run `compare` in this process, in an empty directory: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        code = command("compare", *map(str, words))
        out, err = capsys.readouterr()
        return code, out, err

    return run


def read(folder):
    return json.loads((Path(folder) / "differences.json").read_text())


def test_a_run_does_not_differ_from_itself(runs, compare):
    code, out, err = compare(runs / "right", runs / "right")

    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "runs/compare-right-right (2)/compare/index.html"
    (one,) = read("runs/compare-right-right (2)")["candidates"]
    assert len(one["differences"]) > 10
    for row in one["differences"]:
        assert row["value"] == (0 if row["n"] else None)
        assert row["p"] in (1, None) and row["q"] in (1, None)
        assert all(before == after for before, after in row["missing"].values())
    assert one["flips"] == [] and one["missing"] == []


def test_what_a_knob_broke_is_named_with_its_images(runs, compare):
    code, out, _ = compare(runs / "right", runs / "swapped", "--output-dir", "here")

    assert code == 0
    assert "objects.relation" not in out
    assert "Everything as asked" in out and "not told apart: " in out
    assert "swapped against right: 8 images lost a verdict, 0 images only gained." in out
    assert sorted(p.name for p in Path("here").iterdir()) == ["compare", "differences.json"]
    (one,) = read("here")["candidates"]
    flipped = {(row["prompt_set"], tuple(row["lost"])) for row in one["flips"]}
    relation = ("objects.relation", "objects.visor_uncond", "objects.visor_cond")
    assert flipped == {("scenes-spatial", ("objects.correct", *relation))}
    assert len(one["flips"]) == 8
    (relation,) = (
        row
        for row in one["differences"]
        if row["measure"] == "objects.relation" and not row["group"]
    )
    assert (relation["value"], relation["n"], relation["prompts"]) == (-1, 8, 4)
    assert (relation["pairing"], relation["lost"], relation["gained"]) == ("seeds", 8, 0)
    assert relation["p"] == 2 / 16  # four pairs of swapped prompts, all of them worse
    page = Path("here/compare/index.html").read_text()
    assert page.count("data:image/") == 16
    text = Path("here/compare/compare.md").read_text()
    assert "objects.relation" in text
    assert "\nevalsuite compare right swapped --output-dir here\n" in text


def test_verbose_prints_every_measure(runs, compare):
    _, out, _ = compare(runs / "right", runs / "swapped", "--verbose")
    assert "scenes-spatial: swapped against right" in out and "objects.relation" in out


def test_other_seeds_are_compared_by_prompt(runs, compare):
    code, out, _ = compare(runs / "right", runs / "swapped", runs / "reseeded", "--json")

    said = json.loads(out)
    assert code == 0
    assert "No verdict can flip: no two images" in compare(runs / "right", runs / "reseeded")[1]
    assert [one["name"] for one in said["candidates"]] == ["swapped", "reseeded"]
    pairings = [{row["pairing"] for row in one["differences"]} for one in said["candidates"]]
    assert pairings == [{"seeds"}, {"prompts"}]
    assert Path(said["report"]).is_file()


def test_an_unfinished_run_is_compared_and_said_to_be_so(runs, compare, tmp_path):
    shutil.copytree(runs / "right", tmp_path / "cut")
    for image in sorted(Path(tmp_path, "cut", "images").iterdir())[:3]:
        image.unlink()

    code, _, err = compare(runs / "right", "cut", "--output-dir", "here")

    assert code == 4
    assert "missing in cut" in err
    assert "incomplete" in Path("here/compare/index.html").read_text()


def test_diversity_is_compared_from_the_rows_whatever_the_report_says(compare, tmp_path):
    draw = ("run", "--model", "scenes", "--prompts", "scenes-counts", "--limit", "2")
    judge = ("--scorers", "clip", "--num-images", "2", "--no-progress", "--output-dir")
    assert command(*draw, *judge, "a") == 0
    shutil.copytree("a", "b")
    report = tmp_path / "b" / "estimates.json"
    changed = [{**row, "value": 99.0} for row in json.loads(report.read_text())]
    report.write_text(json.dumps(changed))
    (tmp_path / "a" / "estimates.json").unlink()

    assert compare("a", "b", "--output-dir", "here")[0] == 0

    (one,) = read("here")["candidates"]
    rows = [row for row in one["differences"] if row["measure"].startswith("diversity.")]
    assert rows and {row["measure"] for row in rows} == {m.name for m in DIVERSITY}
    assert all((row["value"], row["p"], row["pairing"]) == (0, None, "none") for row in rows)
    assert "diversity.vendi" in Path("here/compare/index.html").read_text()


def test_equal_runs_of_few_prompts_say_so_where_their_scores_span_200(compare):
    draw = ("run", "--model", "scenes", "--prompts", "scenes-counts", "--limit", "6")
    judge = ("--scorers", "clip", "--num-images", "2", "--no-progress", "--output-dir", "a")
    assert command(*draw, *judge) == 0

    code, out, _ = compare("a", "a", "--verbose")

    assert code == 0
    (line,) = [line for line in out.splitlines() if line.strip().startswith("clip.score ")]
    assert "too few prompts" in line and "to +" not in line


def stripes(folder, *words):
    rows = [{"id": f"p{n}", "tag": "counting", "prompt": f"{n} stars"} for n in range(3)]
    Path("mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    base = ("run", "--model", "outside.stripes", "--scorers", "outside.brightness")
    assert command(*base, "--num-images", "1", *words, "--output-dir", folder) == 0


def test_other_prompts_are_refused_unless_told_to(compare):
    stripes("a", "--prompts", "mine.jsonl")
    Path("yours.jsonl").write_text('{"id": "p0", "tag": "counting", "prompt": "a moon"}\n')
    stripes("b", "--prompts", "yours.jsonl")
    stripes("c", "--prompts", "mine.jsonl", "--limit", "2")

    code, _, err = compare("a", "b")
    assert code == 2
    assert "prompt set mine: only a was asked for it" in err
    assert "prompt set yours: only b was asked for it" in err
    assert "--anyway" in err
    assert not Path("runs").exists()

    code, _, err = compare("a", "c")
    assert code == 2
    assert "not the same of its prompts were asked: 1 in a alone, 0 in c alone" in err

    code, out, _ = compare("a", "b", "--anyway", "--output-dir", "here")
    assert code == 0
    assert "not alike: prompt set mine: only a was asked for it" in out
    assert len(read("here")["candidates"][0]["unlike"]) == 2
    page = Path("here/compare/index.html").read_text()
    assert page.count("prompt set mine: only a was asked for it") >= 3


def test_another_scorer_is_refused_with_what_differs(compare):
    stripes("a", "--prompts", "mine.jsonl")
    stripes("b", "--prompts", "mine.jsonl", "--scorer-arg", "outside.brightness.threshold=1")

    code, _, err = compare("a", "b")

    assert code == 2
    assert "scorer brightness: not the same judged a and b (threshold differ)" in err


def test_too_few_and_too_many_runs_are_refused(compare):
    assert compare("a")[0] == 2
    code, _, err = compare(*"abcdefghi")
    assert code == 2 and "at most 8 runs" in err
    code, _, err = compare("nowhere", "nowhere")
    assert code == 2 and "not a run folder" in err


def test_prompt_files_that_are_not_on_record_can_be_named(compare, tmp_path):
    stripes("a", "--prompts", str(tmp_path / "mine.jsonl"))
    stripes("b", "--prompts", str(tmp_path / "mine.jsonl"), "--seed", "1")

    code, _, err = compare("a", "b")
    assert code == 2 and "name them with --prompts" in err
    assert compare("a", "b", "--prompts", "mine.jsonl")[0] == 0


def test_whole_sets_and_groups_are_families_of_their_own(runs, compare):
    compare(runs / "right", runs / "swapped", "--output-dir", "here")

    (one,) = read("here")["candidates"]
    whole = [row for row in one["differences"] if not row["group"] and row["p"] is not None]
    # Correct, the relation and VISOR's three of it have p = 1/8, all others of the whole sets 1.
    changed = [row for row in whole if row["p"] < 1]
    assert {row["p"] for row in changed} == {0.125} and len(changed) == 5
    (q,) = {row["q"] for row in changed}
    assert q == pytest.approx(0.125 * len(whole) / 5)


def test_the_python_interface_does_the_same(runs, tmp_path):
    found = evalsuite.compare(runs / "right", str(runs / "swapped"), output_dir=tmp_path / "here")

    assert found.baseline == "right"
    assert len(found.candidates[0].flips) == 8
    assert sum(found.tested) == sum(one.q is not None for one in found.candidates[0].rows)
    assert found.report == tmp_path / "here" / "compare" / "index.html"
    table = found.to_pandas()
    (whole,) = table[(table["group"] == "") & (table["measure"] == "objects.relation")].to_dict(
        "records"
    )
    assert (whole["run"], whole["candidate"], whole["value"]) == ("swapped", 0, -1)
    assert f"<swapped against right: {found.report}>" == repr(found)
    assert "<td>objects.relation</td><td>100.0%</td><td>0.0%</td>" in found._repr_html_()
    with pytest.raises(InputError, match="at least two"):
        evalsuite.compare(runs / "right")


def test_a_ceiling_has_its_values_but_no_q_and_no_flips(runs, compare, tmp_path):
    through = tmp_path / "through"
    draw = [word if word != "scenes" else "vae:scenes-ldm" for word in DRAW]
    assert command(*draw, "--output-dir", str(through)) == 0
    code, out, _ = compare(runs / "swapped", through, runs / "reseeded", "--output-dir", "here")
    assert code == 0 and "through against swapped: A ceiling" in out
    ceiling, reseeded = json.loads(Path("here/differences.json").read_text("utf-8"))["candidates"]
    assert (ceiling["is_ceiling"], reseeded["is_ceiling"]) == (True, False)
    assert ceiling["flips"] == []
    assert {row["q"] for row in ceiling["differences"]} == {None}
    assert any(row["q"] is not None for row in reseeded["differences"])
    right = [row for row in ceiling["differences"] if row["measure"] == "objects.correct"]
    assert any(row["value"] > 0.5 and row["p"] is not None for row in right)


def test_folders_are_paired_by_prompt_and_it_is_said(runs, compare, tmp_path, capsys):
    """What a service left behind has no seeds: page, JSON and gate say what was compared."""
    for name in ("right", "swapped"):
        folder, rows = tmp_path / f"{name}-pictures", []
        folder.mkdir()
        for segment in (runs / name).glob("samples-*.jsonl"):
            for line in segment.read_text().splitlines():
                row = json.loads(line)
                shutil.copy(runs / name / "images" / f"{row['image']}.png", folder)
                told = {k: row[k] for k in ("prompt_set", "prompt_id", "index")}
                rows.append({"file_name": f"{row['image']}.png", **told})
        (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / "README.md").write_text("---\ndialect: scenes\n---\n")
        draw = [*DRAW[:2], f"folder:{folder}", *DRAW[3:], "--output-dir", str(tmp_path / name)]
        assert command(*draw) == 0
    capsys.readouterr()
    code, out, _ = compare(tmp_path / "right", tmp_path / "swapped")
    assert code == 0
    assert "nothing says that right and swapped kept to the seeds" in out
    (folder,) = Path("runs").glob("compare-*")
    found = read(folder)["candidates"][0]
    assert found["seeds_not_kept_by"] == "right and swapped"
    overall = [row for row in found["differences"] if not row["group"]]
    assert {row["pairing"] for row in overall} == {"prompts"} and found["flips"] == []
    relation = next(row for row in overall if row["measure"] == "objects.relation")
    assert relation["value"] == -1 and "as seeds were not kept" in relation["method"]
    page = (folder / "compare" / "index.html").read_text()
    assert "paired, seeds not kept" in page and "two draws of a prompt are no pair" in page
    sides = [str(tmp_path / "swapped"), "--baseline", str(tmp_path / "right")]
    assert command("gate", *sides, "--policy", "scenes") in (1, 3)
    assert "paired by prompt: nothing says that" in capsys.readouterr().out
