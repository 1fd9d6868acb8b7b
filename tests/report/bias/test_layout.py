"""The chapter on people in a real browser: nothing is cut off or overlaps at three widths."""

from pathlib import Path

import pytest

from evalsuite.report import write

pytestmark = pytest.mark.browser

LAYOUT = (Path(__file__).parents[1] / "layout.js").read_text("utf-8")


@pytest.mark.parametrize("width", [1300, 768, 390])
def test_nothing_of_the_chapter_is_cut_or_overlaps(tmp_path, given, report, browser, width):
    letters = {f"flight attendant {n}": ["w" * 10 if n < 3 else "m" * 10] * 4 for n in range(6)}
    tones = {job: [str(1 + n) * 10 for n in range(4)] for job in letters}
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(write(tmp_path, report(given(letters, tones=tones))).as_uri())
    assert page.locator("#people-chapter table").count() > 3
    assert page.evaluate(LAYOUT) == []
    page.close()
