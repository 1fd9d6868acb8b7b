"""The gallery of a comparison: the same prompt and seed in every run, what changed first."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evalsuite.files.atomic import write_text
from evalsuite.records import InputError, Json, Key, Pixels
from evalsuite.report.comparison.content import ComparedRun, ComparisonReport
from evalsuite.report.pictures.html import render
from evalsuite.report.pictures.rows import Rows, Size
from evalsuite.report.pictures.scripts import Scripts
from evalsuite.report.pictures.texts import Texts
from evalsuite.report.pictures.thumbnails import Thumbnails

MOST = 400
"""Images that the gallery shows, worst first: it holds a copy of each, from every run."""
SIDE = 512
"""The copies' longer side in pixels, so that the page can be sent without the runs."""
SCRIPTS = ("data.js", "picture.js", "grid.js", "address.js", "flips.js")


@dataclass
class Turned:
    """One image, and by candidate's number what it lost and gained."""

    key: Key
    prompt: str
    by: dict[int, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)

    def rank(self) -> tuple[int, int]:
        """Most verdicts lost first, in all candidates together; then fewest gained."""
        lost, gained = (sum(len(each[side]) for each in self.by.values()) for side in (0, 1))
        return -lost, gained


class Page(NamedTuple):
    """What the page's template says; everything else is in the data file."""

    title: str
    left_out: int
    most: int = MOST


class FlipGallery:
    """Writes `flips.html` with what it loads; `runs` keep copies of what is loaded through them."""

    def __init__(self, folder: Path, comparison: ComparisonReport) -> None:
        self._folder = folder
        self._runs = [comparison.baseline, *(against.run for against in comparison.candidates)]
        home = folder / "pictures" / "thumbnails"
        self._copies = Thumbnails(home, self._load, None, SIDE)
        self._turned = turned(comparison)

    def _load(self, sha256: str) -> Pixels:
        for run in self._runs[:-1]:
            with contextlib.suppress(InputError):
                return run.load_image(sha256)
        return self._runs[-1].load_image(sha256)

    def keeping(self, comparison: ComparisonReport) -> ComparisonReport:
        """The comparison, whose pictures are copied when they are read: nothing is read twice."""

        def kept(run: ComparedRun) -> ComparedRun:
            return replace(run, load_image=partial(self._copies.load, load_image=run.load_image))

        return replace(
            comparison,
            baseline=kept(comparison.baseline),
            candidates=[replace(each, run=kept(each.run)) for each in comparison.candidates],
        )

    def write(self, comparison: ComparisonReport, title: str) -> Path:
        """Write the page and its data; returns the page."""
        chosen = self._turned[:MOST]
        names = [run.images.get(each.key) for each in chosen for run in self._runs]
        sizes = self._copies.of([name for name in names if name])
        scripts = Scripts(self._folder / "pictures")
        scripts.write("index", self._data(comparison, chosen, sizes))
        scripts.remove_others()
        self._copies.remove_others()
        page = Page(title, len(self._turned) - len(chosen))
        target = self._folder / "flips.html"
        write_text(target, render(page, "flips.html.jinja", SCRIPTS))
        return target

    def _data(
        self, comparison: ComparisonReport, chosen: Sequence[Turned], sizes: Mapping[str, Size]
    ) -> Json:
        texts, rows = Texts(), Rows(comparison.measures)
        measures: dict[str, int] = {}
        scorers = [sorted({name for name, _ in run.judgements}) for run in self._runs]

        def side(run: ComparedRun, own: Sequence[str], key: Key) -> Json:
            sha256 = run.images.get(key)
            if sha256 is None:
                return None
            said = {name: run.judgements.get((name, key)) for name in own}
            judged = {name: judgement for name, judgement in said.items() if judgement is not None}
            return rows.shown(judged, sha256, sizes[sha256], texts)

        pairs = [
            [
                [texts.number(t) for t in (each.prompt, *each.key[:2])],
                each.key.index,
                [
                    [run, *([measures.setdefault(m, len(measures)) for m in s] for s in sides)]
                    for run, sides in each.by.items()
                ],
                [side(run, own, each.key) for run, own in zip(self._runs, scorers, strict=True)],
            ]
            for each in chosen
        ]
        return {
            "format": 1,
            "runs": [texts.clean(run.name) for run in self._runs],
            "measures": [
                [texts.clean(name), texts.clean(comparison.measure(name).title)]
                for name in measures
            ],
            "pairs": pairs,
            "texts": texts.all,
        }


def turned(comparison: ComparisonReport) -> list[Turned]:
    """The images whose verdict changed in any candidate, regressions first."""
    found: dict[Key, Turned] = {}
    for number, against in enumerate(comparison.candidates, 1):
        for flip in against.flips:
            each = found.setdefault(flip.key, Turned(flip.key, flip.prompt))
            each.by[number] = flip.lost, flip.gained
    return sorted(found.values(), key=Turned.rank)
