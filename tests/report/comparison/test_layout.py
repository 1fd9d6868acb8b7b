"""Comparison pages in a real browser: nothing is cut off or lies over something else."""

from pathlib import Path

import pytest

from evalsuite.report import comparison

pytestmark = pytest.mark.browser

LAYOUT = (Path(__file__).parents[1] / "layout.js").read_text("utf-8")


def opened(browser, path, width, scheme="light"):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(path.as_uri())
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    return page


@pytest.mark.parametrize("candidates", [1, 2])
@pytest.mark.parametrize("width", [1300, 768, 390])
def test_nothing_is_cut_or_overlaps(tmp_path, build, browser, width, candidates):
    page = opened(browser, comparison.write(tmp_path, build(candidates=candidates)), width)
    assert page.locator("table").count() > 5 and page.locator("figure").count() > 1
    assert page.evaluate(LAYOUT) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(tmp_path, build, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, comparison.write(tmp_path, build()), 1300, scheme)
    faults = Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"][:3]])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []
    page.close()
