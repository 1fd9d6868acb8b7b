"""`evalsuite plan`, from its flags to what it prints."""

import json
from pathlib import Path

import pytest

from evalsuite import cli

TESTS = Path(__file__).parents[1]


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


def draw(evalsuite, name, *more):
    rows = [{"id": f"p{i}", "tag": "plain", "prompt": f"{i} stars"} for i in range(6)]
    Path("mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    words = ("run", "--model", "outside.stripes", "--scorers", "outside.brightness", *more)
    code, _, err = evalsuite(*words, "--prompts", "mine.jsonl", "--output-dir", name)
    assert code == 0, err


def test_stated_variances_give_prompts_or_images_or_what_shows(evalsuite):
    stated = ("--variance", "prompt_model=0.005,noise=0.08", "--json")
    code, out, _ = evalsuite("plan", "--detect", "0.03", "--num-images", "2", *stated)
    found = json.loads(out)
    (row,) = found["designs"]
    # Power 0.9 and the 0.01 of such regressions that pass anyway:
    # (2.3263 + 1.3408)^2 * (0.01 + 0.16 / 2) / 0.03^2 = 1344.8, and a few more for t.
    assert code == 0 and row["design"] == "seeds" and 1345 <= row["prompts"] <= 1351
    assert row["images"] == 2 * row["prompts"]
    assert found["seconds_per_image"] is None and row["hours"] is None
    prompts = ("--prompts", str(row["prompts"]))
    (row,) = json.loads(evalsuite("plan", "--detect", "0.03", *prompts, *stated)[1])["designs"]
    assert row["num_images"] == 2
    (row,) = json.loads(evalsuite("plan", *prompts, "--num-images", "2", *stated)[1])["designs"]
    assert row["detect"] == pytest.approx(0.03, rel=1e-3)
    whole = (*prompts, "--num-images", "2", "--detect", "0.03")
    (row,) = json.loads(evalsuite("plan", *whole, *stated)[1])["designs"]
    assert row["power"] == pytest.approx(0.9, abs=1e-3)
    few = evalsuite("plan", "--detect", "0.03", "--prompts", "50", *stated[:-1])[1]
    assert "no number is enough" in few


def test_a_pilot_gives_variances_and_hours(evalsuite, monkeypatch):
    monkeypatch.delenv("EVALSUITE_PROMPTS", raising=False)
    draw(evalsuite, "pilot", "--num-images", "2")
    code, out, err = evalsuite("plan", "--detect", "5", "--from", "pilot")
    assert code == 0, err
    assert "brightness." in out and "from 6 prompts" in out and "other prompts" in out
    assert "add a second with --against" in out and "drawn and judged" in out
    for path in Path("pilot").glob("timings-*.jsonl"):
        path.unlink()
    assert "not on record" in evalsuite("plan", "--detect", "5", "--from", "pilot")[1]


def test_a_policy_says_what_is_planned(evalsuite, monkeypatch):
    monkeypatch.delenv("EVALSUITE_PROMPTS", raising=False)
    draw(evalsuite, "pilot", "--num-images", "2")
    names = {row["measure"] for row in json.loads(
        evalsuite("plan", "--detect", "5", "--from", "pilot", "--json")[1])["designs"]}  # fmt: skip
    name = sorted(names)[0]
    Path("policy.yaml").write_text(
        "format: evalsuite-policy-1\nalpha: 0.02\nmeasures:\n"
        f"  - {{measure: {name}, margin: 20, direction: higher}}\n"
    )
    words = ("plan", "--policy", "policy.yaml", "--from", "pilot")

    code, out, err = evalsuite(*words, "--num-images", "2", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["alpha"], found["family"]) == (0.02, 1)
    assert {(row["measure"], row["detect"]) for row in found["designs"]} == {(name, 20)}
    # Alone with its margin it is the same question.
    same = ("--detect", "20", "--alpha", "0.02", "--num-images", "2", "--measure", name)
    assert (
        json.loads(evalsuite("plan", *same, "--from", "pilot", "--json")[1])["designs"]
        == (found["designs"])
    )
    assert evalsuite(*words, "--detect", "20")[0] == 0  # as much as the margin
    draw(evalsuite, "second", "--num-images", "2")
    alone = "add a second with --against"
    assert alone in evalsuite(*words)[1]
    code, out, err = evalsuite(*words, "--against", "second")
    assert code == 0, err
    assert name in out and alone not in out
    code, _, err = evalsuite(*words, "--detect", "10")
    assert code == 2 and "is less than the margin" in err and err.count("\n") == 1
    code, _, err = evalsuite(*words, "--alpha", "0.05")
    assert code == 2 and "--alpha 0.05: --policy says that itself" in err
    code, _, err = evalsuite("plan", "--policy", "policy.yaml", "--variance", "noise=1")
    assert code == 2 and err.count("\n") == 1
    # What blocks without a number of single images is named, and is one of the family.
    Path("more.yaml").write_text(
        Path("policy.yaml").read_text()
        + f"  - {{measure: {name}, margin: 20, direction: higher, group: {{label: dark}}}}\n"
        f"  - {{measure: {name}, margin: 20, direction: higher, group: {{tone: 3}}}}\n"
        "  - {measure: objects.count, margin: 0.1}\n"
        "  - {measure: objects.present, margin: 0.1, tier: watch}\n"
    )
    code, out, err = evalsuite("plan", "--policy", "more.yaml", "--from", "pilot", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["family"] == 4
    assert {row["measure"] for row in found["designs"]} == {name}
    assert found["notes"][0] == (
        "Not planned, as no single image has a number of it here: "
        f"{name} of mine, {name} of mine, objects.count of (any)."
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--detect", "0.03"), "--from RUN or with --variance"),
        (("--variance", "noise=1"), "--detect D, or --prompts N"),
        (("--detect", "0", "--variance", "noise=1"), "--detect 0: must be a positive"),
        (("--detect", "1", "--power", "1", "--variance", "noise=1"), "--power 1"),
        (("--detect", "1", "--family", "0", "--variance", "noise=1"), "--family 0"),
        (("--detect", "1", "--against", "x", "--variance", "noise=1"), "--against"),
        (("--detect", "1", "--from", "nowhere"), "nowhere"),
    ],
)
def test_bad_questions_are_one_line(evalsuite, words, said):
    code, out, err = evalsuite("plan", *words)
    assert code == 2 and not out
    assert said in err and err.count("\n") == 1
