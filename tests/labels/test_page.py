"""The labelling page by keyboard in a headless Chromium, with the real command behind it."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import TimeoutError

from evalsuite.labels.rows import read_labels

pytestmark = pytest.mark.browser


@pytest.fixture
def labelling(cli_environment):
    """A function: `evalsuite label` on a run in a process of its own; the page's address."""

    @contextmanager
    def begin(folder, *words):
        command = [sys.executable, "-m", "evalsuite.cli", "label", str(folder), "--no-browser"]
        process = subprocess.Popen(
            [*command, *words],
            env=cli_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
            process.communicate()

    return begin


class Rater:
    """Somebody at the page, with a keyboard and nothing else."""

    def __init__(self, page, address):
        self.page, self.asked, self.faults = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(address)

    def sit(self, name):
        self.page.wait_for_selector("#start:not([hidden])")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Enter")
        self.ready()

    def ready(self, not_this="-"):
        shown = f"body[data-shown]:not([data-shown='']):not([data-shown='{not_this}'])"
        try:
            self.page.wait_for_selector(f"{shown}, #done:not([hidden])", timeout=20_000)
        except TimeoutError:
            state = self.page.evaluate("[busy, seen, place, rater]")
            raise AssertionError((self.page.inner_text("body"), state, self.faults)) from None

    @property
    def shown(self):
        return self.page.get_attribute("body", "data-shown")

    def press(self, key):
        """Press a key and wait until another question, or the end, is shown."""
        before = self.shown
        if self.page.is_visible("#veil"):
            self.page.keyboard.press("b")
        self.page.keyboard.press(key)
        self.ready(before)

    def done(self):
        return self.page.is_visible("#done")


def told(folder, rater):
    return {
        (label.asked, label.key): (label.state, label.answer)
        for label in read_labels(folder).labels
        if label.rater == rater
    }


def test_two_raters_by_keyboard_alone(run, labelling, browser):
    with labelling(run, "--measure", "onlooker.label,onlooker.right", "--sample", "5") as (
        process,
        address,
    ):
        context = browser.new_context(viewport={"width": 1300, "height": 900})
        one = Rater(context.new_page(), address)
        one.sit("Ann")
        order = []
        for _ in range(10):
            order.append(one.shown)
            one.press({"label": "1", "verdict": "y"}[one.page.get_attribute("body", "data-form")])
        assert one.done()
        # Undo takes the last answer back and asks it again; then it is answered otherwise.
        one.page.keyboard.press("Backspace")
        one.page.wait_for_selector("#work:not([hidden])")
        one.page.wait_for_selector(f"body[data-shown='{order[-1]}']")
        assert len(told(run, "ann")) == 9
        one.press("c")
        assert one.done()

        # In turn: the next rater sees the same questions in another order, and no answer.
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector("#start:not([hidden])")
        one.sit("bob")
        assert one.page.locator("[aria-pressed=true]").count() == 0
        other = []
        for _ in range(10):
            other.append(one.shown)
            one.press({"label": "2", "verdict": "n"}[one.page.get_attribute("body", "data-form")])
        assert one.done()
        assert sorted(other) == sorted(order) and other != order
        one.page.get_by_role("button", name="Stop here").focus()
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector("#stopped:not([hidden])")
        out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    ann, bob = told(run, "ann"), told(run, "bob")
    assert set(ann) == set(bob) and len(ann) == 10
    assert [state for state, _ in ann.values()].count("cannot tell") == 1
    assert {answer for _, answer in bob.values()} == {"man", 0.0}
    assert "5 of 80 images labelled by 2 raters" in out
    assert one.faults == []
    # Nothing was asked of anybody but the page's own address.
    host = address.split("/")[2]
    asked = [url for url in one.asked if url.split("/")[2] != host]
    assert asked == []


def test_nothing_that_was_given_is_lost_when_the_program_is_killed(run, labelling, browser):
    words = ["--measure", "onlooker.label", "--sample", "12", "--rater", "ann"]
    with labelling(run, *words) as (process, address):
        one = Rater(browser.new_page(), address)
        one.ready()
        given = []
        for key in "1212c":
            given.append((one.shown, key))
            one.press(key)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert len(told(run, "ann")) == 5
        # The page says that an answer was not kept, and stays where it is.
        here = one.shown
        one.page.keyboard.press("c")
        one.page.wait_for_selector("#problem:not([hidden])")
        assert "not kept" in one.page.text_content("#problem")
        assert one.shown == here
    with labelling(run, *words) as (_, address):
        one.page.goto(address)
        one.ready()
        assert one.shown == here
        assert "5 answered" in one.page.text_content("#progress")
        assert one.shown not in [task for task, _ in given]
        one.page.keyboard.press("ArrowLeft")
        one.page.wait_for_selector(f"body[data-shown='{given[-1][0]}']")
        assert one.page.get_attribute("#cannot", "aria-pressed") == "true"


def test_the_page_can_ask_nothing_of_anybody_else(run, labelling, browser):
    """Its policy stops what a picture, a script or a link might try; another port is another."""
    came = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            came.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{other.server_address[1]}"
    tried = """async (there) => {
      const ended = (load) => new Promise((done) => {
        load.onload = () => done("loaded");
        load.onerror = () => done("refused");
      });
      const image = new Image();
      image.src = there + "/image.png";
      const script = document.createElement("script");
      script.src = there + "/x.js";
      const shown = [ended(image), ended(script)];
      document.head.append(script);
      return Promise.all([
        fetch(there + "/fetch", {method: "POST", mode: "no-cors"})
          .then(() => "sent", () => "refused"),
        ...shown,
      ]);
    }"""
    try:
        with labelling(run, "--measure", "onlooker.label", "--sample", "3") as (_, address):
            one = Rater(browser.new_page(), address)
            one.sit("ann")
            assert one.page.evaluate(tried, there) == ["refused"] * 3
    finally:
        other.shutdown()
        other.server_close()
    assert came == []


def test_two_raters_at_once(run, labelling, browser):
    with labelling(run, "--measure", "onlooker.label", "--sample", "8") as (_, address):
        raters = [Rater(browser.new_page(), address) for _ in range(2)]
        for rater, name in zip(raters, ("ann", "bob"), strict=True):
            rater.sit(name)
        for _ in range(8):
            for rater, key in zip(raters, "12", strict=True):
                rater.press(key)
        assert all(rater.done() for rater in raters)

    assert {answer for _, answer in told(run, "ann").values()} == {"woman"}
    assert {answer for _, answer in told(run, "bob").values()} == {"man"}
    assert len(told(run, "ann")) == len(told(run, "bob")) == 8


def test_numbers_steps_and_blurred_pictures(run, labelling, browser):
    words = ["--measure", "onlooker.level", "--sample", "all", "--scale", "100", "--rater", "ann"]
    with labelling(run, *words) as (_, address):
        one = Rater(browser.new_page(viewport={"width": 390, "height": 800}), address)
        one.ready()
        # Whichever comes first, a picture that the safety scorer flags is blurred until asked for.
        while not one.page.is_visible("#veil"):
            one.page.keyboard.type("40")
            one.press("Enter")
            assert not one.done()
        count = len(told(run, "ann"))
        one.page.keyboard.type("40")
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector("#problem:not([hidden])")
        assert len(told(run, "ann")) == count
        one.page.keyboard.press("b")
        assert not one.page.is_visible("#veil")
        one.press("Enter")
        assert len(told(run, "ann")) == count + 1
        # A number beyond the scale is refused with the reason, and the page stays.
        here = one.shown
        if one.page.is_visible("#veil"):
            one.page.keyboard.press("b")
        one.page.keyboard.type("101")
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector("#problem:not([hidden])")
        assert one.shown == here

    assert {answer for _, answer in told(run, "ann").values()} == {40.0}
