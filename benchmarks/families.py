"""Draw with each of diffusers' text-to-image classes as the class itself does, and say so.

python benchmarks/families.py            prints the table
python benchmarks/families.py --write    also writes it into docs/models.md

A tiny random model of each class is built, saved, loaded and drawn with by the functions of
tests/backends/test_families.py. About two minutes on one core.
"""

import argparse
import importlib.util
import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
PAGE = REPOSITORY / "docs" / "models.md"
BEGIN, END = "<!-- families: written by benchmarks/families.py -->", "<!-- families end -->"
HEAD = (
    "| class | built small | batch on the CPU | guidance is | on a GPU | bytes equal to its own |"
    " by its seed alone |\n|---|---|---|---|---|---|---|\n"
)


def tests() -> Any:
    """The module with the tests, by its file."""
    path = REPOSITORY / "tests" / "backends" / "test_families.py"
    spec = importlib.util.spec_from_file_location("test_families", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(module: Any) -> str:
    """Markdown: a row for each class, and under it the classes that were not built, and why."""
    rows, reasons = [], {}
    for name in sorted(module.NAMES, key=str.casefold):
        with tempfile.TemporaryDirectory() as folder:
            row = module.seen(name, module.saved(name, Path(folder) / name))
        yes = {True: "yes", False: "**no**"}
        cells = (
            f"`{row['class']}`",
            "yes",
            row["batch"],
            row["guidance"],
            row["gpu dtype"].replace("float", "fp").replace("bfp", "bf"),
            yes[row["bytes equal"]],
            yes[row["independent"] and row["distinct"]],
        )
        rows.append(f"| {' | '.join(cells)} |\n")
        if row["why"]:
            reasons.setdefault(row["why"], []).append(f"`{row['class'].removesuffix('Pipeline')}`")
    missing = [
        f"| `{name}Pipeline` | no: {why} | | | | | |\n"
        for name, why in sorted(module.families.NOT_BUILT.items())
    ]
    alone = "".join(f"- {why}: {', '.join(names)}\n" for why, names in sorted(reasons.items()))
    count = f"{len(rows)} classes were built and drawn with, {len(missing)} were not.\n\n"
    return (
        f"{count}{HEAD}{''.join(rows + missing)}\nDrawn one at a time, because the class\n\n{alone}"
    )


def main() -> None:
    """Draw, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/models.md")
    write = parser.parse_args().write
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    text = table(tests())
    print(text)
    if write:
        page = PAGE.read_text(encoding="utf-8")
        start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        PAGE.write_text(f"{page[:start]}\n\n{text}\n{page[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
