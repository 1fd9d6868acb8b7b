"""docs/python.md, literally: its blocks run in order, in one session, in an empty folder."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "docs" / "python.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_the_page_runs_as_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    session = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/python.md, block {number}", "exec"), session)
    out = capsys.readouterr().out

    assert len(BLOCKS) == 9
    assert "num_images: '0' is not a whole number from 1 on\n" in out
    assert out.count("runs/miscounts/report/index.html\n") == 1
    assert repr(session["outcome"]) == "<runs/miscounts: complete; 8 images planned: 8 ok>"
    assert len(session["run"].samples) == 8 and len(session["run"].prompts) == 4
    assert set(session["counted"]["state"]) == {"value"}
    assert session["picture"].size == session["same"].size == (64, 64)
    assert session["picture"].tobytes() != session["same"].tobytes(), "it has a frame"
    assert (tmp_path / "baseline.json").is_file()
    gate = session["gate"]
    assert (gate.word, gate.passed, gate.complete) == ("undecided", False, True)
    assert gate.to_pandas()["word"].tolist() == ["undecided"]
    assert "<td>undecided</td><td>block</td><td>objects.count</td>" in gate._repr_html_()
