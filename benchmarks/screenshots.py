"""The pictures of a report that the documentation shows.

python benchmarks/screenshots.py RUN [--chromium PATH]
python benchmarks/screenshots.py --comparison FOLDER

Opens `RUN/report/index.html` in a headless Chromium and writes `docs/report.png` and those in
`docs/screenshots/`: 1300, 768 and 390 pixels wide, dark, and as printed; of a comparison of several
runs its leaderboard, 1300 and 390 wide. Playwright, which the test
extra installs, drives the browser.
"""

import argparse
import io
import shutil
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parent.parent / "docs"
COLOURS = 96
"""Of the palette: enough for text, lines and thumbnails, and a quarter of the bytes."""


class Shot(NamedTuple):
    """One picture: its file, its size in pixels, and how the page is shown."""

    file: str
    width: int
    height: int
    scheme: str = "light"
    media: str = "screen"


SHOTS = (
    Shot("report.png", 1300, 1180),
    Shot("screenshots/report-768.png", 768, 1400),
    Shot("screenshots/report-390.png", 390, 1700),
    Shot("screenshots/report-dark.png", 1300, 1180, scheme="dark"),
    Shot("screenshots/report-print.png", 794, 1123, media="print"),
)
"""An A4 page has 794 x 1123 CSS pixels."""

COMPARED = (
    Shot("screenshots/leaderboard.png", 1300, 1180),
    Shot("screenshots/leaderboard-390.png", 390, 1700),
)


def take(browser: Browser, page_file: Path, shot: Shot) -> bytes:
    """The top of the page as a PNG with a palette."""
    page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.emulate_media(media=shot.media, color_scheme=shot.scheme)
    page.goto(page_file.resolve().as_uri())
    image = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    target = io.BytesIO()
    flat = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(target, "PNG", optimize=True)
    return target.getvalue()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", help="a run's folder with its report")
    parser.add_argument("--comparison", type=Path, help="a folder that compare wrote")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="its path")
    given = parser.parse_args()
    pages = []
    if given.run:
        pages += [(given.run / "report" / "index.html", shot) for shot in SHOTS]
    if given.comparison:
        pages += [(given.comparison / "compare" / "index.html", shot) for shot in COMPARED]
    (DOCS / "screenshots").mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        for page_file, shot in pages:
            data = take(browser, page_file, shot)
            (DOCS / shot.file).write_bytes(data)
            print(f"docs/{shot.file}: {shot.width} wide, {len(data):,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
