"""What the page of all pictures costs with 10,000 of them: bytes, and CPU time in a browser.

The run is written by the rows' real writers: 500 prompts with 20 images each, one scorer, whose
boxes are on every picture; 500 different pictures of 512 pixels a side. The page is opened in a
headless Chromium from file://, in a tab that showed an empty file. "All processes" is the CPU time
of the browser's own processes together (`SystemInfo.getProcessInfo`), decoding and drawing
included; "main thread" is the page's tasks in thread time (`Performance.getMetrics`). Each figure
is the median of `TIMES` fresh pages.

python -m benchmarks.gallery            prints the tables
python -m benchmarks.gallery --write    also writes reports/benchmarks/gallery.md
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.promises import scale
from evalsuite.files.images import encode_png
from evalsuite.records import Pixels
from evalsuite.report.pictures.thumbnails import webp

IMAGES, PICTURES, SIDE = 10_000, 500, 512
TIMES = 5
MOST_CPU, MOST_BYTES = 2.0, 2_000_000
"""The bars: seconds of all processes to the first paint, and bytes before thumbnails."""
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "gallery.md"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def photograph(number: int, side: int) -> Pixels:
    """Coloured clouds with grain: compresses about as badly as a photograph."""
    rng = np.random.default_rng(number)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8))
    smooth = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), float)
    return np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)


def paint(folder: Path, count: int) -> Iterator[str]:
    """The run's pictures as files; their names, again and again."""
    (folder / "images").mkdir(exist_ok=True)
    names = []
    for number in range(PICTURES):
        data = encode_png(photograph(number, SIDE))
        names.append(hashlib.sha256(data).hexdigest())
        (folder / "images" / f"{names[-1]}.png").write_bytes(data)
    yield from (names[n % PICTURES] for n in range(count))


class Opened:
    """One fresh page, and what it has cost since the last look."""

    def __init__(self, browser: Any, address: str) -> None:
        self.files: list[Path] = []
        self._system = browser.new_browser_cdp_session()
        self.page = browser.new_page(viewport={"width": 1300, "height": 900})
        # A tab costs the browser more than the page does: it is open, and shows an empty file.
        self.page.goto(Path(address[7:]).with_name("empty.html").as_uri())
        self.page.wait_for_timeout(500)
        self.page.on("request", lambda asked: self.files.append(Path(asked.url[7:])))
        self._own = self.page.context.new_cdp_session(self.page)
        self._own.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before, self._main = self._all(), self._tasks()
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until every picture in sight is there, and drawn."""
        there = "[...document.querySelectorAll('#grid .frame')].every((f) => f.textContent || "
        there += "f.querySelector('img')?.complete) && document.querySelector('#grid .frame')"
        while not self.page.evaluate(f"Boolean({there})"):
            time.sleep(0.05)
        self.page.evaluate(
            "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
        )

    def _all(self) -> float:
        found = self._system.send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(each["cpuTime"] for each in found))

    def _tasks(self) -> float:
        metrics = self._own.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    def spent(self) -> tuple[float, float]:
        """Seconds of all processes and of the main thread's tasks since the last look."""
        every, main = self._all(), self._tasks()
        spent = every - self._before, main - self._main
        self._before, self._main = every, main
        return spent

    def weight(self) -> int:
        """Bytes of the page and its data files so far, without pictures."""
        own = {file for file in self.files if file.suffix in (".html", ".js")}
        return sum(file.stat().st_size for file in own)


STEPS: dict[str, Callable[[Any], object]] = {
    "a filter by answer": lambda page: page.evaluate(
        "go({ question: 'objects.correct', answer: 'no' })"
    ),
    "a word in the search": lambda page: page.fill("#q", "stars 4"),
    "all again": lambda page: page.click("#clear"),
    "a jump to the middle": lambda page: page.evaluate(
        "scrollTo(0, document.body.scrollHeight / 2)"
    ),
    "boxes on what is in sight": lambda page: page.evaluate("go({ boxes: '1' })"),
}


def measure(address: str) -> tuple[dict[str, tuple[float, float]], int]:
    """The medians of all steps, and the page's weight at the first paint."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[tuple[float, float]]] = {}
    with sync_playwright() as driver:
        path = next(filter(None, map(which, BROWSERS)))
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(TIMES):
            opened = Opened(browser, address)
            found.setdefault("first paint", []).append(opened.spent())
            weight = opened.weight()
            for name, act in STEPS.items():
                act(opened.page)
                opened.settle()
                found.setdefault(name, []).append(opened.spent())
            opened.page.close()
        browser.close()
    columns = {name: tuple(zip(*each, strict=True)) for name, each in found.items()}
    return {n: (median(every), median(main)) for n, (every, main) in columns.items()}, weight


def thumbnail(side: int) -> float:
    """Milliseconds of CPU to read a picture from its PNG and make its thumbnail."""
    from evalsuite.files.images import decode_image

    data = encode_png(photograph(0, side))
    began = time.process_time()
    for _ in range(10):
        webp(decode_image(data, "it"))
    return 100 * (time.process_time() - began)


def tables() -> tuple[str, bool]:
    """All figures as Markdown, and whether they keep to the bars."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        scale.write_runs(home, 2 * IMAGES, "a", paint)
        costs = [scale.measured(home, ["report", "a"]) for _ in range(2)]
        folder = home / "a" / "report"
        (folder / "empty.html").write_text("<!doctype html><title>empty</title>")
        spent, weight = measure(f"file://{folder}/images.html")
        data = sum(path.stat().st_size for path in (folder / "pictures").glob("*.js"))
        small = [path.stat().st_size for path in (folder / "pictures/thumbnails").iterdir()]
    keeps = spent["first paint"][0] <= MOST_CPU and weight <= MOST_BYTES
    lines = ["| step | all processes, s | main thread, s |", "|---|---|---|"]
    lines += [f"| {name} | {every:.2f} | {main:.2f} |" for name, (every, main) in spent.items()]
    lines += [
        *("", "| what | figure |", "|---|---|"),
        f"| page and data at the first paint, before thumbnails | {weight / 1e6:.2f} MB |",
        f"| all data files of {IMAGES:,} pictures | {data / 1e6:.2f} MB |",
        f"| a thumbnail of {SIDE} pixels a side, mean | {sum(small) / len(small) / 1e3:.1f} kB |",
        f"| CPU for a thumbnail of {SIDE} pixels a side | {thumbnail(SIDE):.0f} ms |",
        f"| CPU for a thumbnail of 1024 pixels a side | {thumbnail(1024):.0f} ms |",
        f"| `report`, with {PICTURES} new thumbnails | {costs[0].cpu:.1f} s of CPU |",
        f"| `report` again | {costs[1].cpu:.1f} s of CPU |",
        "",
        f"Bars: {MOST_CPU:.0f} s of CPU of all processes to the first paint, "
        f"{MOST_BYTES / 1e6:.0f} MB before thumbnails: {'kept' if keeps else 'BROKEN'}.",
    ]
    return "\n".join(lines) + "\n", keeps


def main() -> int:
    """Print, and write where asked; 1 where a bar is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    text, keeps = tables()
    print(text)
    if write:
        REPORT.write_text(f"# The page of all pictures\n\n{__doc__}\n## Figures\n\n{text}")
    return 0 if keeps else 1


if __name__ == "__main__":
    sys.exit(main())
