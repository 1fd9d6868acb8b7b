"""The gallery of a comparison: regressions first, one copy of each picture, flipped by key."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Box, InputError, Judgement, Key, Measure
from evalsuite.report import comparison
from evalsuite.report.comparison import Against, ComparedRun, ComparisonReport, FlippedImage
from evalsuite.report.pictures import flips

MEASURES = {
    "a.correct": Measure(name="a.correct", title="As asked"),
    "safety.explicit": Measure(
        name="safety.explicit", title="Nudity", higher_is_better=False, blur_from=1.0
    ),
}
KEYS = [Key("mine", f"p{n}", 0) for n in range(4)]


def run_named(name: str, shade: int, word: str = "") -> ComparedRun:
    """Four pictures, each of which only this run has; the last one is flagged."""
    images = {key: f"{shade:02x}{n:02x}" for n, key in enumerate(KEYS)}

    def load(sha256: str) -> np.ndarray:
        if sha256 not in images.values():
            raise InputError("not here")
        return np.full((40, 60, 3), shade, np.uint8)

    said = {
        ("a", key): Judgement(
            "a",
            key,
            {"correct": 1.0},
            boxes=(Box("cat" + word, (6.0, 4.0, 30.0, 20.0)),),
            summary=f"{name} says{word}",
        )
        for key in KEYS
    }
    said["safety", KEYS[3]] = Judgement("safety", KEYS[3], {"explicit": 1.0})
    return ComparedRun(
        name=name,
        model="m",
        seed=1,
        planned=4,
        drawn=4,
        complete=True,
        images=images,
        judgements=said,
        load_image=load,
    )


def turned(n: int, lost: int, gained: int, word: str = "") -> FlippedImage:
    names = ("a.correct", "safety.explicit")
    return FlippedImage(KEYS[n], f"prompt {n}{word}", names[:lost], names[:gained])


def compared(word: str = "") -> ComparisonReport:
    """A baseline and two candidates: p1 and p3 got worse, p3 in both, and p0 and p2 better."""
    second = [turned(3, 1, 0, word), turned(0, 0, 1, word), turned(2, 0, 2, word)]
    third = [turned(3, 1, 0, word), turned(1, 1, 0, word)]
    return ComparisonReport(
        baseline=run_named("first", 10, word),
        candidates=[
            Against(run=run_named("second", 90, word), rows=[], flips=second),
            Against(run=run_named("third", 200, word), rows=[], flips=third),
        ],
        prompt_sets=["mine"],
        measures=MEASURES,
    )


def test_regressions_of_all_candidates_first():
    found = [each.key.prompt_id for each in flips.turned(compared())]
    assert found == ["p3", "p1", "p0", "p2"]


def test_the_data_of_every_run(tmp_path, read_data):
    comparison.write(tmp_path, compared())
    told = read_data(tmp_path / "compare/pictures/index.js")
    texts = told["texts"]
    assert told["runs"] == ["first", "second", "third"]
    prompt, index, by, halves = told["pairs"][0]
    assert ([texts[n] for n in prompt], index) == (["prompt 3", "mine", "p3"], 0)
    assert told["measures"][by[0][1][0]] == ["a.correct", "As asked"]
    assert by == [[1, [0], []], [2, [0], []]]
    assert [half[0] for half in halves] == [[f"{s:02x}03", 60, 40, 0] for s in (10, 90, 200)]
    assert [texts[half[2][0][2][0]] for half in halves] == [
        "first says",
        "second says",
        "third says",
    ]
    assert [texts[half[1]] for half in halves] == ["Nudity"] * 3


def test_a_picture_is_read_once_for_page_and_gallery(tmp_path):
    read = []
    data = compared()

    def counting(run):
        def load(sha256):
            found = run.load_image(sha256)
            read.append(sha256)
            return found

        return replace(run, load_image=load)

    data = replace(
        data,
        baseline=counting(data.baseline),
        candidates=[replace(each, run=counting(each.run)) for each in data.candidates],
    )
    comparison.write(tmp_path, data)
    # The page shows p3, p1, p0 and p2 once a candidate that changed: p3's baseline twice.
    assert max(read.count(name) for name in read) <= 2
    read.clear()
    flips.FlipGallery(tmp_path / "compare", data).write(data, "x")
    assert read == []


def test_no_more_than_the_most_are_copied(tmp_path, read_data, monkeypatch):
    monkeypatch.setattr(flips, "MOST", 1)
    comparison.write(tmp_path, compared())
    assert len(read_data(tmp_path / "compare/pictures/index.js")["pairs"]) == 1
    assert "3 more changed and are not shown" in (tmp_path / "compare/flips.html").read_text()
    copies = [path.name for path in (tmp_path / "compare/pictures/thumbnails").iterdir()]
    assert sorted(copies) == [f"{s:02x}03-60x40.webp" for s in (10, 90, 200)]


def test_the_same_runs_give_the_same_bytes(tmp_path):
    for name in "ab":
        comparison.write(tmp_path / name, compared())
    found = [
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in "ab"
    ]
    assert found[0] == found[1] and len(found[0]) > 5


@pytest.fixture
def opened(tmp_path, browser):
    faults, pages = [], []

    def at(address: str = "", word: str = ""):
        comparison.write(tmp_path / word[:1], compared(word))
        page = browser.new_page(viewport={"width": 1300, "height": 800})
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text))
        page.goto(f"file://{tmp_path / word[:1]}/compare/flips.html{address}")
        page.wait_for_selector("#grid li")
        pages.append(page)
        return page

    yield at
    for page in pages:
        page.close()
    assert faults == []


@pytest.mark.browser
def test_flipping_by_key_and_click(opened):
    page = opened()
    assert page.inner_text("#count") == "4 of 4 pictures: 2 lost a verdict, 2 only gained"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#one[open]")
    sides = page.locator("#sides > section")
    assert [sides.nth(n).is_visible() for n in range(3)] == [True] * 3
    seen = []
    for act in ("f", "f", "click"):
        if act == "click":
            page.click("#sides section:not([hidden]) .frame")
        else:
            page.keyboard.press(act)
        seen.append([sides.nth(n).is_visible() for n in range(3)].index(True))
    assert seen == [1, 2, 0]
    assert "flip=0" in page.evaluate("location.hash")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#one-text") == "prompt 1"
    page.keyboard.press("s")
    assert [sides.nth(n).is_visible() for n in range(3)] == [True] * 3
    page.keyboard.press("b")
    page.wait_for_selector("#sides svg")
    assert "second says" in page.inner_text("#sides")
    page.keyboard.press("Escape")
    # The picture that was left has the focus again, once the browser comes to it.
    page.wait_for_selector("#grid li[data-place='1']:focus-within")


@pytest.mark.browser
def test_filters_of_the_gallery(opened):
    page = opened()
    cut = "[...document.querySelectorAll('#grid a')].some((e) => e.scrollHeight > e.clientHeight)"
    assert page.locator("#grid .mark").count() >= 4 and not page.evaluate(cut)
    page.select_option("#run", "third")
    assert page.inner_text("#count") == "2 of 4 pictures: 2 lost a verdict, 0 only gained"
    page.select_option("#turned", "wrong to right")
    assert page.inner_text("#count").startswith("0 of 4")
    page.click("#clear")
    page.select_option("#measure", "safety.explicit")
    assert page.inner_text("#count") == "1 of 4 pictures: 0 lost a verdict, 1 only gained"
    again = opened(page.evaluate("location.hash"))
    assert again.inner_text("#grid") == page.inner_text("#grid")


@pytest.mark.browser
def test_flagged_pictures_of_the_gallery_are_blurred(opened):
    page = opened("#pair=mine/p3/0")
    page.wait_for_selector("#sides .flagged img")
    assert page.locator("#sides .flagged").count() == 3
    page.locator("#sides input").first.check()
    assert page.locator("#sides .lifted").count() == 1


@pytest.mark.browser
def test_text_of_the_gallery_is_text_alone(opened):
    word = "<img src=x onerror=alert(1)>"
    tame, page = (opened("#pair=mine/p1/0", each) for each in ("x", word))
    tags = "[...document.querySelectorAll('*')].map((e) => e.tagName).join()"
    page.wait_for_selector("#sides .said")
    tame.wait_for_selector("#sides .said")
    assert page.evaluate(tags) == tame.evaluate(tags)
    assert word in page.inner_text("#sides") and word in page.inner_text("#one-text")
