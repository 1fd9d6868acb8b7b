"""Several requests in flight: a row each as it ends, and an end that loses none."""

import json
import threading

import numpy as np
import pytest

from evalsuite.pipeline import drawing
from evalsuite.records import Drawn, InputError, Key, NoImage, Prompt, Request, Stopped
from evalsuite.runs.folder import create
from evalsuite.runs.rows import read_run

REQUESTS = [
    Request(Key("s", f"p{n}", 0), Prompt(f"p{n}", f"{n} dogs", "counting"), n) for n in range(20)
]


class Asked:
    """A service in this process; `answer` gives what a request gets, or raises."""

    dialect, batch_size = "everyday", 1

    def __init__(self, concurrency, answer):
        self.concurrency, self.answer = concurrency, answer
        self.asked, self.at_once, self.most = [], 0, 0
        self._lock = threading.Lock()

    def describe(self):
        return {"model": "asked"}

    def problems(self, prompts):
        return []

    def render(self, requests):
        (request,) = requests  # one at a time, and nothing padded
        with self._lock:
            self.asked.append(request.key)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            return [self.answer(request)]
        finally:
            with self._lock:
                self.at_once -= 1


def picture(request):
    pixels = np.full((4, 4, 3), request.seed, np.uint8)
    return Drawn(pixels, {"cost_usd": 0.25, "attempts": 1})


def rows(folder):
    return read_run(folder, create(folder, {"format": 1, "scorers": {}}))


def test_each_request_is_asked_once_and_has_its_row(tmp_path):
    together = threading.Barrier(4, timeout=5)
    asked = Asked(4, lambda request: (together.wait(), picture(request))[1])
    told = []
    counts = drawing.generate(
        rows(tmp_path), asked, REQUESTS, progress=lambda stage, done, total: told.append(done)
    )
    assert sorted(asked.asked) == sorted(request.key for request in REQUESTS)
    assert asked.most == 4 and counts.ended == 20 and counts.calls == 20 and counts.stopped == ""
    assert told == sorted(told) and told[-1] == 20
    found = read_run(tmp_path)
    assert found.cost == 5.0
    assert {s.key: s.facts["cost_usd"] for s in found.samples.values()} == {
        request.key: 0.25 for request in REQUESTS
    }


def test_a_row_is_written_as_soon_as_its_answer_is_there(tmp_path):
    seen = []

    def answer(request):
        seen.append(len((tmp_path / "samples-w0.jsonl").read_text().splitlines()) if seen else 0)
        return picture(request)

    drawing.generate(rows(tmp_path), Asked(1, answer), REQUESTS)
    assert seen == list(range(20))


def test_what_stops_ends_the_run_without_a_row_of_its_own(tmp_path):
    def answer(request):
        if request.seed >= 5:
            raise Stopped("no more money")
        return picture(request)

    counts = drawing.generate(rows(tmp_path), Asked(3, answer), REQUESTS)
    assert counts.stopped == "no more money" and counts.ended == 5
    assert len(read_run(tmp_path).samples) == 5
    asked = Asked(3, picture)
    drawing.generate(read_run(tmp_path), asked, REQUESTS)
    assert len(asked.asked) == 15 and len(read_run(tmp_path).samples) == 20


@pytest.mark.parametrize("error", [InputError("bad key"), KeyboardInterrupt()])
def test_an_end_keeps_what_was_in_flight(tmp_path, error):
    others = threading.Barrier(3, timeout=5)

    def answer(request):
        if request.seed < 3:
            others.wait()
        if request.seed == 0:
            raise error
        return picture(request)

    with pytest.raises(type(error)):
        drawing.generate(rows(tmp_path), Asked(3, answer), REQUESTS)
    found = {key.prompt_id for key in read_run(tmp_path).samples}
    assert {"p1", "p2"} <= found and "p0" not in found


def test_what_raises_is_asked_again_and_what_no_row_can_hold_has_failed(tmp_path):
    def answer(request):
        if request.seed == 0:
            return Drawn(NoImage("refused", "no"), {"cost_usd": float("nan")})
        if request.seed == 1:
            raise ValueError("broken")
        return picture(request)

    asked = Asked(2, answer)
    counts = drawing.generate(rows(tmp_path), asked, REQUESTS[:3], max_retries=1)
    found = {key.prompt_id: s.status for key, s in read_run(tmp_path).samples.items()}
    assert found == {"p0": "failed", "p1": "failed", "p2": "ok"}
    assert counts.failed == 2 and counts.retried == 2


def test_a_row_with_foolish_facts_is_no_row(tmp_path):
    drawing.generate(rows(tmp_path), Asked(1, picture), REQUESTS[:1])
    path = tmp_path / "samples-w0.jsonl"
    row = json.loads(path.read_text())
    assert row["facts"] == {"attempts": 1, "cost_usd": 0.25}
    path.write_text(path.read_text().replace('"cost_usd":0.25', '"cost_usd":-9.0'))
    assert read_run(tmp_path).damaged == 1
