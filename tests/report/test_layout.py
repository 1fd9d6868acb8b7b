"""The page in a real browser: nothing is cut off or lies over something else, at three widths."""

from pathlib import Path

import pytest

from evalsuite.report import write

pytestmark = pytest.mark.browser

LAYOUT = (Path(__file__).parent / "layout.js").read_text("utf-8")
WIDTHS = (1300, 768, 390)


def opened(browser, path, width, scheme="light"):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_or_overlaps(tmp_path, tiny, browser, width):
    page = opened(browser, write(tmp_path, tiny), width)
    assert page.locator("table").count() > 10 and page.locator("figure").count() > 5
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    assert page.evaluate(LAYOUT) == []
    page.close()


@pytest.mark.parametrize("width", [1300, 390])
def test_a_word_of_eighty_letters_is_broken(tmp_path, hostile, browser, width):
    page = opened(browser, write(tmp_path, hostile("abcdefghij" * 8)), width)
    assert page.evaluate(LAYOUT) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(tmp_path, tiny, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, write(tmp_path, tiny), 1300, scheme)
    faults = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"][:3]])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []
    page.close()
