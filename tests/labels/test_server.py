"""The server: loopback, a token, no other host or page, and nothing told of judges."""

import http.client
import json
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from evalsuite.labels.desk import Desk
from evalsuite.labels.rows import read_labels
from evalsuite.labels.server import Server, serving
from evalsuite.records import InputError


@pytest.fixture
def served(run, questions):
    """A function: a served desk of a run's questions, and a way to ask it over HTTP."""

    @contextmanager
    def begin(images=6):
        asked, seed = questions(run, images)
        with Desk(run, asked, seed) as desk, serving(desk) as server:
            yield Asker(server), asked

    return begin


class Asker:
    def __init__(self, server):
        self.address = urlsplit(server.url)
        self.server = server

    def __call__(self, name="", body=None, *, path=None, **headers):
        link = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=20)
        sent = {"Content-Type": "application/json", **headers}
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body)
        where = self.address.path + name if path is None else path
        link.request("GET" if data is None else "POST", where, data, sent)
        reply = link.getresponse()
        found = reply.read()
        link.close()
        return reply, found


def test_it_listens_on_loopback_alone_and_its_page_may_load_nothing_from_elsewhere(served):
    with served() as (ask, _):
        reply, page = ask()

        assert ask.server.server_address[0] == "127.0.0.1"
        assert reply.status == 200 and b"<title>Labelling</title>" in page
        assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
        assert "http" not in reply.headers["Content-Security-Policy"]
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
        for name in ("page.css", "page.js"):
            _, text = ask(name)
            assert b"http" not in text.replace(b"http-equiv", b"")


def test_without_the_token_nothing_is_there(served):
    with served() as (ask, _):
        for path in ("/", "/welcome", f"/{'x' * 32}/", ask.address.path[:-1], "/../etc/passwd"):
            reply, text = ask(path=path)
            assert reply.status == 404, path
            assert b"rater" not in text
        other = Server(ask.server.desk)
        assert other.token != ask.server.token and len(other.token) >= 32
        other.server_close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil:80"])
def test_another_hosts_name_is_refused(served, host):
    with served() as (ask, _):
        reply, text = ask(Host=host)
        assert reply.status == 403 and b"Labelling" not in text


def test_answers_are_taken_from_the_own_page_alone(served, run):
    with served() as (ask, asked):
        task = asked[0]
        body = {"rater": "ann", "task": task.id, "state": "told", "answer": task.options[0].value}
        assert ask("answer", body, Origin="http://evil.example")[0].status == 403
        assert ask("answer", body, Origin="null")[0].status == 403
        assert ask("answer", body, **{"Content-Type": "text/plain"})[0].status == 400
        assert read_labels(run).labels == ()
        own = f"http://{ask.address.netloc}"
        assert ask("answer", body, Origin=own)[0].status == 200
        assert len(read_labels(run).labels) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rater": "../x"},
        {"rater": ""},
        {"task": "0" * 16},
        {"answer": "child"},
        {"answer": None},
        {"answer": True},
        {"answer": [1]},
        {"answer": 10**400},
        {"answer": float("nan")},
        {"state": "perhaps"},
    ],
)
def test_what_is_no_answer_is_refused_and_kept_nowhere(served, run, wrong):
    with served() as (ask, asked):
        task = asked[0]
        body = {"rater": "ann", "task": task.id, "state": "told", "answer": task.options[0].value}
        reply, text = ask("answer", {**body, **wrong})

        assert reply.status == 400 and json.loads(text)["error"]
    assert read_labels(run).labels == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 9000, b"x" * 10_001])
def test_a_body_that_is_none_is_refused(served, body):
    with served() as (ask, _):
        assert ask("answer", body)[0].status == 400
        assert ask()[0].status == 200


def test_the_page_is_told_nothing_of_model_judge_stratum_or_others(served, run):
    with served() as (ask, asked):
        one = asked[0]
        ask("answer", {"rater": "ann", "task": one.id, "answer": one.options[0].value})
        _, text = ask("begin", {"rater": "bob"})
        found = json.loads(text)

        assert found["answers"] == {}
        assert set(found["tasks"][0]) == {
            *("id", "picture", "question", "context", "guidelines", "form", "options", "flagged")
        }  # fmt: skip
        said = text.decode()
        for word in ("onlooker", "scenes", "abstained", "stratum", "ann", "nurse-"):
            assert word not in said.replace("cannot", "")
        # The questions about a face do not say what was asked for.
        assert all(not t["context"] for t in found["tasks"] if t["form"] == "label")
        assert all(t["context"] for t in found["tasks"] if t["form"] == "verdict")


def test_only_pictures_of_the_sample_are_served(served, run):
    with served(3) as (ask, asked):
        shown = {task.drawn.cell.image for task in asked}
        others = {path.stem for path in (run / "images").iterdir()} - shown
        reply, data = ask(f"picture/{min(shown)}")
        assert reply.status == 200 and data.startswith(b"\x89PNG")
        for name in (min(others), "..%2f..%2fmanifest.json", "../manifest.json", ""):
            assert ask(f"picture/{name}")[0].status == 404


def test_a_damaged_picture_is_said_and_not_shown(served, run):
    with served(3) as (ask, asked):
        image = asked[0].drawn.cell.image
        (run / "images" / f"{image}.png").write_bytes(b"broken")
        reply, text = ask(f"picture/{image}")
        assert reply.status == 404 and "damaged" in json.loads(text)["error"]


def test_many_raters_at_once_lose_nothing(served, run):
    with served(10) as (ask, asked):
        failed = []

        def rate(name):
            for task in asked:
                body = {"rater": name, "task": task.id, "answer": task.options[-1].value}
                if ask("answer", body)[0].status != 200:
                    failed.append((name, task.id))

        threads = [threading.Thread(target=rate, args=(f"r{k % 4}",)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ask.server.desk.given == 8 * len(asked)

    told = read_labels(run)
    assert failed == [] and told.damaged == 0
    assert told.raters() == ["r0", "r1", "r2", "r3"]
    assert len(told.labels) == 4 * len(asked)


def test_a_port_that_is_taken_is_one_line(served):
    with served() as (ask, _), pytest.raises(InputError, match="--port"):
        Server(ask.server.desk, ask.address.port)


def test_ending_it_from_the_page_ends_it(run, questions):
    asked, seed = questions(run, 3)
    with Desk(run, asked, seed) as desk, Server(desk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        assert Asker(server)("end", {})[0].status == 200
        thread.join(timeout=20)
        assert not thread.is_alive()
