"""Nothing secret leaves the program: every byte of a run and of what is printed is searched."""

import base64
import json
import os
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet
import pytest

from evalsuite import cli

TESTS = Path(__file__).parents[1]
CANARY = "CANARY/12345678+ab cd"
SIMPLE = "CANARY12345678"
PROMPTS = ("plain", "header", "basic", "address", "cut", "raise", "draw", "draw and break")
RUN = (
    *("run", "--model", "outside.leaky", "--scorers", "outside.leaky", "--num-images", "1"),
    *("--max-retries", "0", "--no-progress", "--output-dir", "r"),
)


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capfd):
    """Run a command in this process, in a folder with a few prompts: its exit code, all it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    rows = [{"id": f"p{n}", "tag": "plain", "prompt": text} for n, text in enumerate(PROMPTS)]
    Path("mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capfd.readouterr()
        return ended.value.code, out + err

    return command


def forms_of(canary):
    """Bytes by which a canary is known: as it is, part of it, and in encodings."""
    yield canary.encode()
    yield canary[:10].encode()
    yield quote(canary, safe="").encode()
    yield json.dumps(canary)[1:-1].encode()
    yield base64.b64encode(canary.encode())[:10]
    yield base64.b64encode(f"bob:{canary}".encode())[8:18]


def found_in(folder, said, canary):
    """Each file and stream in which a form of a canary stands."""
    texts = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    table = pyarrow.parquet.read_table(folder / "judgements.parquet")
    texts["parquet, unpacked"] = json.dumps(table.to_pylist(), ensure_ascii=False).encode()
    texts["streams"] = said.encode()
    return {name for name, data in texts.items() for form in forms_of(canary) if form in data}


@pytest.mark.parametrize("way", ["flag", "environment", "config", "service's variable"])
@pytest.mark.parametrize("canary", [SIMPLE, CANARY])
def test_a_key_leaves_by_no_file_and_no_stream(evalsuite, monkeypatch, tmp_path, way, canary):
    words = [*RUN, "--prompts", str(tmp_path / "mine.jsonl")]
    if way == "flag":
        words += [
            "--model-arg",
            f"api_key={canary}",
            "--scorer-arg",
            f"outside.leaky.api_key={canary}",
        ]
    if way == "environment":
        monkeypatch.setenv("EVALSUITE_MODEL_ARG", f"api_key={canary}")
        monkeypatch.setenv("EVALSUITE_SCORER_ARG", f"outside.leaky.api_key={canary}")
    if way == "config":
        args = {
            "model-arg": {"api_key": canary},
            "scorer-arg": {"outside.leaky": {"api_key": canary}},
        }
        Path("c.yaml").write_text(json.dumps(args))
        words += ["--config", "c.yaml"]
    if way == "service's variable":
        monkeypatch.setenv("MY_SERVICE_KEY", canary)
    code, said = evalsuite(*words)
    assert code == 4 and "this finishes it: evalsuite run" in said, said
    again = evalsuite("report", "r")[1] + evalsuite("run", "--help")[1]
    again += evalsuite("baseline", "r", "-o", "r/baseline.json", "--anyway")[1]
    assert found_in(tmp_path / "r", said + again, canary) == set()
    text = Path("r/report/index.html").read_text()
    assert "&lt;secret&gt;" in text and "<secret>" not in text
    assert str(tmp_path) not in text + Path("r/report/report.md").read_text()
    assert "--prompts mine.jsonl" in said


def test_a_password_in_an_address_is_never_said(evalsuite, tmp_path):
    _, said = evalsuite("run", "--model", f"https://bob:{SIMPLE}@host/x", "--prompts", "mine.jsonl")
    assert "https://<secret>@host/x" in said and SIMPLE not in said
    code, said = evalsuite(
        *RUN, "--prompts", "mine.jsonl", "--model-arg", f"endpoint=https://bob:{SIMPLE}@host/x"
    )
    assert code == 4 and found_in(tmp_path / "r", said, SIMPLE) == set()


def test_a_key_in_an_error_or_a_traceback_is_never_said(evalsuite, monkeypatch):
    monkeypatch.setenv("FAL_KEY", SIMPLE)
    code, said = evalsuite("report", f"no/{SIMPLE}")
    assert code == 2 and SIMPLE not in said and "no/<secret>" in said
    code, said = evalsuite("run", "--steps", SIMPLE, "-vv")
    assert code == 2 and SIMPLE not in said


def test_the_step_summary_has_no_key_either(evalsuite, monkeypatch, tmp_path):
    monkeypatch.setenv("AZURE_OPENAI_KEY", SIMPLE)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    Path(f"{SIMPLE}.jsonl").write_text('{"id": "a", "tag": "plain", "prompt": "draw"}\n')
    evalsuite(*RUN, "--prompts", f"{SIMPLE}.jsonl")
    policy = {"name": "mine", "gates": [{"measure": "leaky.score", "tier": "block"}]}
    Path("p.yaml").write_text(json.dumps(policy))
    said = evalsuite("gate", "r", "--baseline", "r", "--policy", "p.yaml", "--junit", "j.xml")[1]
    data = b"".join(path.read_bytes() for path in tmp_path.rglob("*.[jmx]*") if path.is_file())
    assert SIMPLE not in said and os.path.exists("r/report")
    assert SIMPLE.encode() not in data.replace(b'"prompt": "draw"', b"")
