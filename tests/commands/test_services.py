"""Services from the command line: what is said before money is spent, its cap, and the key."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from evalsuite import cli

ROOT = Path(__file__).parents[2]
CANARY = "CANARY/12345678+ab"
FORMS = (CANARY.encode(), quote(CANARY, safe="").encode(), base64.b64encode(CANARY.encode())[:16])


@pytest.fixture(scope="module")
def server():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        import benchmarks.promises._server as module

        yield module


@pytest.fixture
def evalsuite(server, monkeypatch, tmp_path, capfd):
    """Run a command in this process against a server: its exit code, and all it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MY_SERVICE", CANARY)
    rows = [("a", "one dog"), ("b", "two dogs say:echo"), ("c", "three dogs say:input")]
    texts = [json.dumps({"id": name, "tag": "plain", "prompt": text}) for name, text in rows]
    Path("mine.jsonl").write_text("\n".join(texts) + "\n")
    with server.serve(server.Service()) as running:

        def command(*words, model="openai:m"):
            given = ["--model", model, "--base-url", f"{running.url}/v1", *words]
            with pytest.raises(SystemExit) as ended:
                cli.main(["generate", "--prompts", "mine.jsonl", *given])
            out, err = capfd.readouterr()
            return ended.value.code, out + err

        command.server = running
        yield command


def test_a_dry_run_says_images_time_and_price_and_asks_nobody(evalsuite):
    code, said = evalsuite("--dry-run", "--price", "0.05", "--concurrency", "5")
    assert code == 0 and "images   12 of" in said
    assert "time     about 0:36 (an assumption; services differ)" in said
    assert "price    $0.60 at most, for 12 images at $0.05" in said
    assert "$" not in evalsuite("--dry-run")[1]
    found = json.loads(evalsuite("--dry-run", "--json", "--price", "0.05")[1])
    assert (found["left"], found["price_usd"], found["hours"]) == (12, 0.6, 0.013)
    assert evalsuite.server.seen == [] and not Path("runs").exists()


def test_a_cap_stops_the_run_and_says_what_was_spent(evalsuite):
    words = ("--price", "0.05", "--output-dir", "r")
    code, said = evalsuite("--max-cost", "0.12", *words)
    assert code == 4
    assert "drawing stopped: one more image could cost more than --max-cost 0.12" in said
    assert "the service's images cost $0.1000 at most" in said
    assert sum(evalsuite.server.billed().values()) == 2
    code, said = evalsuite("--dry-run", *words)
    left = 12 - len(Path("r/samples-w0.jsonl").read_text().splitlines())
    assert f"for {left} images at $0.05" in said and f"for the {left} that are left" in said
    code, said = evalsuite("--max-cost", "9", *words)
    assert code == 4 and "4 failed" in said  # the four whose prompts break the server
    assert max(evalsuite.server.billed().values()) == 1


def test_money_settings_are_refused_where_they_do_nothing(evalsuite):
    for words in (("--max-cost", "1"), ("--price", "1"), ("--concurrency", "2")):
        with pytest.raises(SystemExit) as ended:
            cli.main(["generate", "--model", "scenes", "--limit", "1", *words])
        assert ended.value.code == 2
    code, said = evalsuite("--max-cost", "-1")
    assert code == 2 and "--max-cost: '-1' is less than nothing" in said


def test_a_key_is_in_no_byte_of_a_run_though_the_service_says_it_back(evalsuite, tmp_path):
    code, said = evalsuite(
        "--model-arg", "key_from=MY_SERVICE", "--output-dir", "r", "-vv", "--json"
    )
    assert evalsuite.server.authorised == {f"Bearer {CANARY}"}
    assert code == 4 and "<secret>" in said
    texts = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert b"Incorrect API key provided" in b"".join(texts)
    assert not [form for form in FORMS for text in [*texts, said.encode()] if form in text]


def test_a_missing_key_is_one_line(evalsuite):
    code, said = evalsuite("--no-progress", model="gemini:g")
    assert code == 2 and "another address needs --model-arg key_from=" in said
    code, said = evalsuite("--model-arg", "key_from=NOT_SET")
    assert code == 2 and "set NOT_SET to the service's key" in said


def test_models_have_an_example_each(evalsuite, capfd):
    with pytest.raises(SystemExit):
        cli.main(["models", "--json"])
    rows = {row["name"]: row for row in json.loads(capfd.readouterr()[0])}
    assert rows["openai"]["example"].startswith("openai:gpt-image-2")
    assert rows["http:comfyui"]["example"] == "http:comfyui --model-arg graph=..."
    assert all(row["example"] for row in rows.values())
