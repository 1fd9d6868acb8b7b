"""One small entry, written out; its numbers are read back from what each tracker has kept."""

import pytest

from evalsuite.trackers import Entry


@pytest.fixture
def entry(tmp_path):
    page = tmp_path / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("<p>a report</p>")
    return Entry(
        name="run-7",
        version="0.1.0",
        configuration={"model": "m", "steps": None, "size": [8, 8], "model_arg": {"k": {"j": 2}}},
        manifest={"seed": 3},
        numbers={"counts/a.right/value": 0.5, "counts/a.right/n": 4.0, "images/ok": 4.0},
        rows=[
            {"measure": "a.right", "group": "", "value": 0.5, "n": 4},
            {"measure": "a.right", "group": "number: 2", "value": None, "n": 0},
        ],
        files={"report/index.html": page},
    )
