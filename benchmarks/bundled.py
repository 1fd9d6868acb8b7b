"""How good are the bundled models? Measured on fresh renders, and written into their cards.

python benchmarks/bundled.py            prints the table
python benchmarks/bundled.py --write    also writes reports/benchmarks/bundled.md and the cards
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from bundled_figures import Boxes, Figure, clip_figures, ldm_figures, reader_figures
from bundled_owl import owl_figures

from evalsuite.files.checkpoints import BUNDLED

REPOSITORY = Path(__file__).parent.parent

HEAD = "| | right | 95 % interval | n | chance |\n|---|---|---|---|---|\n"
BOXES = (
    "| | mean IoU | 95 % interval | tenth percentile | centres apart | missed | surplus | n |\n"
    "|---|---|---|---|---|---|---|---|\n"
)

Row = Figure | Boxes


def table(figures: Sequence[Row]) -> str:
    """Markdown tables of one model's figures: shares, and boxes if it has any."""
    tables = []
    for head, kind in ((HEAD, Figure), (BOXES, Boxes)):
        if rows := [figure.row() for figure in figures if isinstance(figure, kind)]:
            tables.append(head + "\n".join(rows) + "\n")
    return "\n".join(tables)


def write(figures: Sequence[Row]) -> None:
    """The report, and each model's own rows in its card."""
    names = list(dict.fromkeys(figure.model for figure in figures))
    text = (
        "# The bundled models, measured\n\nWritten by `python benchmarks/bundled.py --write`: "
        "fresh renders that no training step has seen (seeds [7, …]), Wilson intervals.\n"
    )
    for name in names:
        rows = table([figure for figure in figures if figure.model == name])
        text += f"\n## {name}\n\n{rows}"
        card = BUNDLED / name / "README.md"
        if card.exists():
            old = card.read_text(encoding="utf-8")
            body = f"## Measured quality\n\n{rows}\nBy `benchmarks/bundled.py`.\n\n"
            start, end = old.index("## Measured quality"), old.index("## What it is")
            card.write_text(old[:start] + body + old[end:], encoding="utf-8")
    report = REPOSITORY / "reports" / "benchmarks" / "bundled.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the report and the cards")
    parser.add_argument(
        "--images", type=int, default=32, help="pictures per count from each pipeline"
    )
    parser.add_argument("--only", nargs="*", help="reader clip owl ldm early gan")
    options = parser.parse_args()
    parts: dict[str, Callable[[], Sequence[Row]]] = {
        "reader": reader_figures,
        "clip": clip_figures,
        "owl": owl_figures,
        "ldm": lambda: ldm_figures("scenes-ldm", options.images),
        "early": lambda: ldm_figures("scenes-ldm-early", options.images),
        "gan": lambda: ldm_figures("scenes-gan", options.images),
    }
    figures: list[Row] = []
    for name, part in parts.items():
        if not options.only or name in options.only:
            measured = part()
            for model in dict.fromkeys(figure.model for figure in measured):
                print(f"{model}\n{table([f for f in measured if f.model == model])}", flush=True)
            figures += measured
    if options.write:
        write(figures)


if __name__ == "__main__":
    main()
