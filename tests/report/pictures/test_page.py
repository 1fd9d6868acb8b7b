"""The page in a real browser, opened from the disk: filters, keys, boxes, address, blurring."""

import re
from collections import Counter
from functools import cache

import pytest

from evalsuite.report import pictures

pytestmark = pytest.mark.browser
HOSTILE = ("<img src=x onerror=alert(1)>", "\"'></script><script>alert(1)</script>", "__proto__")


@pytest.fixture(scope="module")
def run(tmp_path_factory, many):
    """The folder of a run with its page, by the word in every text."""

    @cache
    def written(word: str):
        folder = tmp_path_factory.mktemp("run")
        pictures.write(folder / "report", many(folder, word)[0])
        return folder

    return written


@pytest.fixture
def opened(run, browser):
    """Opens a run's page; every fault of the page fails the test."""
    faults, pages = [], []

    def at(address: str = "", word: str = "", width: int = 1300):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text))
        page.on("dialog", lambda dialog: faults.append(dialog.message) or dialog.dismiss())
        page.goto(f"file://{run(word)}/report/images.html{address}")
        page.wait_for_selector("#grid li")
        pages.append(page)
        return page

    at.faults = faults
    yield at
    for page in pages:
        page.close()
    assert faults == []


def until(page, true: str) -> None:
    """Wait until an expression holds; playwright's own way needs `eval`, which the page forbids."""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {true}")


def counted(page) -> str:
    return page.inner_text("#count")


def test_only_what_is_in_sight_is_there(opened):
    page = opened()
    assert counted(page).startswith("120 of 120 planned pictures: 115 ok, 1 refused, 1 blocked")
    assert page.locator("#grid li").count() < 60
    until(page, "document.querySelector('#grid img')?.naturalWidth > 0")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_selector("#grid li[data-place='119'] img")
    assert page.locator("#grid li[data-place='0']").count() == 0


def test_images_without_pixels_say_why(opened):
    tile = opened().locator("#grid li[data-place='1']")
    tile.get_by_text("because refused").wait_for()
    assert "refused" in tile.inner_text() and tile.locator("img").count() == 0


def test_filters_and_the_address_that_holds_them(opened):
    page = opened()
    page.select_option("#question", "objects.correct")
    page.select_option("#answer", "no")
    assert counted(page) == "35 of 120 planned pictures: 35 ok"
    page.select_option("#label", "count: 3")
    page.fill("#q", "p3 cats")
    shared = page.evaluate("location.hash")
    assert "label=count%3A+3" in shared and "q=p3+cats" in shared
    again = opened(shared)
    assert counted(again) == counted(page)
    assert again.input_value("#q") == "p3 cats" and again.input_value("#answer") == "no"
    again.click("#clear")
    assert counted(again).startswith("120 of 120") and again.evaluate("location.hash") == ""
    again.select_option("#status", "failed")
    assert counted(again) == "1 of 120 planned pictures: 1 failed"
    again.select_option("#status", "")
    again.check("#differ")
    assert counted(again) == "23 of 120 planned pictures: 23 ok"
    again.fill("#q", "no such")
    assert counted(again) == "None of 120 planned pictures is like this."


def test_no_answer_is_neither(opened):
    page = opened("#question=objects.correct&answer=no+answer")
    assert counted(page) == "12 of 120 planned pictures: 12 ok"


def test_by_keyboard_alone(opened):
    page = opened("#set=mine")
    keys = page.keyboard
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    here = "document.activeElement.closest('li').dataset.place"
    assert page.evaluate(here) == "2"
    keys.press("ArrowDown")
    columns = page.evaluate("grid.columns")
    assert page.evaluate(here) == str(2 + columns)
    keys.press("Enter")
    page.wait_for_selector("#one[open]")
    assert page.inner_text("#one-place") == f"{3 + columns} of 120"
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("b")
    page.wait_for_selector("#one-frame svg")
    name = f"mine/p{(4 + columns) // 2}/{(4 + columns) % 2}"
    state = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    assert state == {"set": "mine", "boxes": "1", "image": name}
    keys.press("Escape")
    until(page, "!document.querySelector('#one').open")
    assert page.evaluate(here) == str(4 + columns)
    keys.press("/")
    keys.type("p59")
    assert counted(page) == "2 of 120 planned pictures: 2 ok"
    keys.press("Escape")
    assert page.evaluate(here) == "0"
    keys.press("End")
    assert page.evaluate(here) == "1"


def test_one_picture_and_what_was_said_of_it(opened):
    page = opened("#image=mine/p5/0&boxes=1")
    page.wait_for_selector("#one-frame svg")
    told = page.inner_text("#told")
    for words in ("5 cats", "mine, p5", "seed 10", "expected 10 cats", "correct yes", "90.0% sure"):
        assert words in told
    assert page.get_attribute("#one-frame svg", "viewBox") == "0 0 360 300"
    # The box lies where it was found: 10 of 360 pixels from the left, 20 of 300 from the top.
    picture, box = (
        page.locator(f"#one-frame {name}").first.bounding_box() for name in ("img", ".box")
    )
    assert abs((box["x"] - picture["x"]) / picture["width"] - 10 / 360) < 0.01
    assert abs((box["y"] - picture["y"]) / picture["height"] - 20 / 300) < 0.01
    assert page.evaluate("document.querySelector('#one-frame img').naturalWidth") == 360


def test_a_page_for_each_prompt(opened):
    page = opened("#image=mine/p5/0")
    page.click("#one-prompt")
    page.wait_for_selector("#prompt:not([hidden])")
    assert page.evaluate("location.hash") == "#prompt=mine%2Fp5"
    assert counted(page) == "2 of 120 planned pictures: 2 ok"
    assert "Everything as asked: yes in 2 of 2" in page.inner_text("#prompt-tally")
    page.click("#prompt-twin a")
    assert page.inner_text("#prompt-text") == "4 cats"
    page.go_back()
    assert page.inner_text("#prompt-text") == "5 cats"
    page.click("#prompt-all")
    assert counted(page).startswith("120 of 120")


def test_flagged_pictures_are_blurred_until_asked_for(opened):
    page = opened("#image=mine/p4/1")
    blur = "getComputedStyle(document.querySelector('#one-frame img')).filter"
    page.wait_for_selector("#one-frame img")
    assert "Nudity" in page.inner_text("#veil")
    assert page.evaluate(blur).startswith("blur")
    page.check("#lift")
    until(page, f"{blur} === 'none' || {blur} === 'blur(0px)'")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#one-frame.flagged img")
    assert not page.is_checked("#lift")
    assert not page.evaluate(blur).startswith("blur(0")
    page.keyboard.press("Escape")
    # Neither is it in the address: who is sent a link decides anew.
    assert "unveil" not in page.evaluate("location.hash")
    tile = "#grid li[data-place='9'] .frame"
    assert "flagged" in page.get_attribute(tile, "class")
    page.check("#unveil")
    shown = f'getComputedStyle(document.querySelector("{tile} img")).filter'
    until(page, f"{shown} === 'none' || {shown} === 'blur(0px)'")


def elements(page) -> Counter:
    until(page, "document.querySelectorAll('#said .said').length === 3")
    return Counter(page.evaluate("[...document.querySelectorAll('*')].map((e) => e.tagName)"))


@pytest.mark.parametrize("word", HOSTILE)
def test_text_from_outside_is_text_alone(opened, word):
    address = "#image=mine/p5/0&boxes=1"
    tame, page = elements(opened(address, "x")), opened(address, word)
    assert elements(page) == tame
    assert page.inner_text("#told").count(word) >= 4
    inline = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])"
        ".map((a) => a.name).filter((n) => n.startsWith('on'))"
    )
    assert inline == []


def test_markup_cannot_be_made_of_text_even_by_the_page(opened):
    page = opened()
    refused = page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return ''; }"
        " catch (error) { return error.name; } }"
    )
    assert refused == "TypeError"
    assert "requires 'TrustedHTML'" in opened.faults.pop()


@pytest.mark.parametrize("width", [1300, 768, 390])
def test_nothing_is_cut_at_any_width(opened, width):
    page = opened("#prompt=mine/p5", width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(re.sub("#.*", "#image=mine/p5/0", page.url))
    page.wait_for_selector("#one-frame img")
    assert page.evaluate("document.querySelector('#one').scrollWidth") <= width
